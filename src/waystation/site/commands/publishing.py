"""``waystation tracking publish FILE...``: the whole main job. Import, check, sign off, publish, release."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.exchange.releases import package
from waystation.apps.sources.commands import constants_of, mapping_of
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.tracking.acts import findings as on_findings
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.kernel import release, scope
from waystation.kernel.acts import do
from waystation.kernel.commands import Answer, command
from waystation.kernel.datasets import Terms
from waystation.kernel.files import files_of
from waystation.kernel.imports import office_of
from waystation.kernel.refusals import Problem, Refused, require

MOST_TOLD = 50
MOST_NAMED = 5


@command("tracking publish", about=gettext_lazy("import rounds, check them, sign them off and release them"), acts_as=True, examples=[
    "waystation tracking publish admin2.json --as amina --audience public --licence 'CC BY 4.0' --may-republish",
    "waystation tracking publish round.xlsx --as amina --audience internal --licence 'internal' "
    "--set country=SSD --set round_number=11 --accept-findings 'checked with the field team'",
])  # fmt: skip
def publish(args: Namespace) -> Answer:
    """Do it all as one person, who must hold the duties; stops at open blocking findings unless they are accepted."""
    require(scope.current().actor, "kernel.argument_missing", act="tracking publish", name="--as USER")
    known = ", ".join(release.AUDIENCES)
    require(args.audience in release.AUDIENCES, "release.unknown_audience", audience=args.audience, known=known)
    terms = Terms(args.source or args.licence, args.licence, args.attribution, args.may_republish)
    if args.audience != "internal":
        require(args.may_republish, "release.may_not_republish", source=terms.source, licence=terms.licence)
    office = office_of(args)
    rounds = _taken_in(args, terms)
    accepted = _accept(rounds, args.accept_findings) if args.accept_findings else []
    _refuse_open(rounds)
    published = [_sign_off(one) for one in rounds]
    offered = package([one.ref for one in published])
    done = release.publish(offered, audience=args.audience, licence=args.licence, office=office)
    return _answer(published, accepted, offered, done.record.ref)


@publish.arguments
def _publish(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--audience", required=True, help="public, partners or internal")
    parser.add_argument("--licence", required=True, help="the licence it came under and leaves under")
    parser.add_argument("--may-republish", action="store_true", help="you may publish it again")
    parser.add_argument("--accept-findings", metavar="REASON", help="accept every open finding, for this reason")
    parser.add_argument("--source", default="", help="who made the data")
    parser.add_argument("--attribution", default="", help="how to credit it")
    parser.add_argument("--office", metavar="CODE", help="the office it belongs to (default: yours)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", dest="said", help="what the file does not say"
    )
    parser.add_argument("--mapping", metavar="FILE", help="a mapping kept as JSON")


def _taken_in(args: Namespace, terms: Terms) -> list[Round]:
    """The rounds of the files; a round that holds these very rows already is taken up where it stands."""
    said: dict[str, Any] = {"mapping": mapping_of(args.mapping), "constants": constants_of(args.said)}
    try:
        taken = take_in(files_of(args.files), office=office_of(args), terms=terms, **said)
        refs = [one.ref for one in taken.rounds]
    except Refused as refused:
        held = refused.problems[0].params.get("round")
        if refused.code != "sources.same_data" or held is None or held.state == "published":
            raise
        refs = [held.ref]
    return list(Round.objects.filter(ref__in=refs).order_by("pk"))


def _accept(rounds: list[Round], reason: str) -> list[Finding]:
    opened = Finding.objects.filter(round__in=rounds, state="found").order_by("pk")
    return [do(on_findings.accept, one, reason=reason).record for one in list(opened)]


def _refuse_open(rounds: list[Round]) -> None:
    """Refuse with every open blocking finding, each at its row."""
    opened = list(
        Finding.objects.filter(round__in=rounds, state="found", blocking=True).select_related("round").order_by("pk")
    )
    if not opened:
        return
    refs = sorted({one.round.ref for one in opened})
    more = len(refs) - MOST_NAMED
    named = ", ".join(refs[:MOST_NAMED]) + (_(" and {count} more").format(count=more) if more > 0 else "")
    first = Problem("tracking.open_findings", {"round": named, "count": len(opened)})
    each = [
        Problem(
            "tracking.finding", {"says": one.says, "advice": one.advice, "place": _seen(one)},
            file=one.details.get("file"), row=one.origin_row, column=one.column or None,
        )
        for one in opened[:MOST_TOLD]
    ]  # fmt: skip
    raise Refused(problems=[first, *each])


def _seen(finding: Finding) -> str:
    """Where a finding is and what the code that was probably meant is, where that is known."""
    meant = finding.details.get("suggestion")
    return _("{place} (meant: {code}?)").format(place=finding.place, code=meant) if meant else finding.place


def _sign_off(one: Round) -> Round:
    if one.state == "cleaning":
        one = do(on_rounds.validate, one).record
    return do(on_rounds.publish, one).record if one.state == "validated" else one


def _left_out(published: list[Round]) -> list[Operation]:
    """The operations that do not count in their country's total."""
    return list(Operation.objects.filter(rounds__in=published, in_total=False).distinct().order_by("pk"))


def _answer(published: list[Round], accepted: list[Finding], offered: release.Package, ref: str) -> Answer:
    folder = release.folder_of(ref)
    findings = list(Finding.objects.filter(round__in=published).select_related("round").order_by("pk"))
    data: dict[str, Any] = {
        "rounds": [{"ref": r.ref, "state": r.state, "version": r.published_version, "reporting_date": r.reporting_date.isoformat()}
                   for r in published],
        "findings": [{"ref": f.ref, "round": f.round.ref, "rule": f.rule, "blocking": f.blocking, "place": f.place,
                      "row": f.origin_row, "state": f.state, "says": f.says} for f in findings],
        "figures": [one.as_dict() for one in offered.figures],
        "not_in_total": [one.ref for one in _left_out(published)],
        "release": {"ref": ref, "folder": str(folder), "files": sorted(path.name for path in folder.iterdir())},
    }  # fmt: skip
    lines = [f"{r.ref}  {r.state}, version {r.published_version}" for r in published]
    lines += [_("{name} is left out of its country's total, for another operation counts in it; say why both may be added on {page}").format(
        name=one.name, page=f"/r/tracking.operations/{one.ref}/") for one in _left_out(published)]  # fmt: skip
    lines.append(f"{len(findings)} findings, {len(accepted)} accepted now")
    lines += [
        f"{one.figure.name} {one.where}: {one.value:,} {one.figure.unit}"
        for one in offered.figures
        if one.value is not None
    ]
    return Answer(data, "\n".join([*lines, f"released {ref} in {folder}"]))
