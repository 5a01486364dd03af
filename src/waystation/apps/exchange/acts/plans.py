"""Plans are read, read again, and set aside."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.exchange.acts.said import address_of, country_of
from waystation.apps.exchange.models import Plan
from waystation.apps.exchange.rules import keeper
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Office
from waystation.kernel.refusals import require
from waystation.kernel.values import today

EARLIEST = 2000


@act("new -> read", by=keeper, said=_("read the plan"))
def read(
    *, kind: str, title: str, country: str, year: int, use: str, evidence: str, office: Office, address: str = ""
) -> Outcome:
    """Say of a needs overview or response plan whether it uses tracking data, and where that shows."""
    kinds = codelist("exchange.kind")
    require(kind in kinds, "exchange.unknown_kind", kind=kind, known=", ".join(kinds.codes))
    _known_use(use)
    last = today().year + 1
    require(EARLIEST <= year <= last, "exchange.plan_year", year=year, last=last)
    plan = Plan(
        kind=kind, title=title.strip(), country_id=country_of(country), year=year, use=use, evidence=evidence.strip(),
        address=address_of(address) if address else "", office=office,
    )  # fmt: skip
    same = {"kind": kind, "title": plan.title, "country": plan.country_id, "year": year}
    there = Plan.objects.filter(**same, state="read").first()
    require(there is None, "exchange.plan_exists", plan=plan, ref=there.ref if there else "")
    return Outcome(record=plan)


@act("read", by=keeper, said=_("read the plan again"))
def read_again(plan: Plan, *, use: str, evidence: str) -> Outcome:
    """Correct what the plan was found to use, with where that shows."""
    _known_use(use)
    plan.use, plan.evidence = use, evidence.strip()
    return Outcome()


@act("read -> set_aside", by=keeper, said=_("set the plan aside"), danger=True)
def set_aside(plan: Plan, *, why: str) -> Outcome:
    """Count the plan no more: it was read by mistake, or another edition replaced it."""
    return Outcome()


def _known_use(use: str) -> None:
    uses = codelist("exchange.use")
    require(use in uses, "exchange.unknown_use", use=use, known=", ".join(uses.codes))
