"""figure, release, check."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from django.core.checks import run_checks
from django.utils.translation import gettext_lazy as _

from waystation.hall.finding import api as finding
from waystation.kernel import audit, figures, release
from waystation.kernel.commands import Answer, command
from waystation.kernel.datasets import whole
from waystation.kernel.models import Account, FrozenFigure, Partition, Release, Transfer
from waystation.kernel.refusals import require
from waystation.site.books import differences

MOST_DIFFERENCES = 100


def _pair(text: str) -> tuple[str, str]:
    """``DIM=VALUE``."""
    name, equals, said = text.partition("=")
    if not (name and equals and said):
        raise ArgumentTypeError(f"{text!r} is not DIM=VALUE")
    return name, said


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from None


def _moment(text: str) -> datetime:
    """A moment; in UTC unless it says otherwise, and a day alone is its midnight."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no moment: write 2026-03-31T12:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _asking(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the figure (waystation figure list)")
    parser.add_argument("--as-of", metavar="DATE", type=_day, help="when it was true (default: today)")
    parser.add_argument("--known-at", metavar="MOMENT", type=_moment, help="when we knew, in UTC (default: now)")
    parser.add_argument(
        "--where", action="append", default=[], metavar="DIM=VALUE", type=_pair,
        help="only these (repeatable; one dimension several times means any of its values)",
    )  # fmt: skip


def _asked(args: Namespace) -> dict[str, Any]:
    """The two dates and what to keep to, as ``figures.value`` and ``figures.lineage`` take them."""
    where: dict[str, list[str]] = {}
    for name, said in args.where:
        where.setdefault(name, []).append(said)
    kept = {name: said[0] if len(said) == 1 else said for name, said in where.items()}
    return {"as_of": args.as_of, "known_at": args.known_at, "where": kept}


@command("figure list", about=_("the declared figures"), examples=["waystation figure list --json"])
def figure_list(args: Namespace) -> Answer:
    """Every figure with its unit, its additivity and the figures of the catalogue that it answers."""
    rows = [
        {"name": f.name, "unit": f.unit, "label": str(f.label), "additivity": f.kind.word, "dims": [d.name for d in f.dims],
         "never_across": list(f.never_across), "answers": list(f.answers), "sentence": f.sentence}
        for _, f in sorted(figures.figures.items())
    ]  # fmt: skip
    lines = [
        f"{r['name']:44} {r['unit']:14} {r['additivity']:10} {' '.join(r['answers']):10} {r['label']}" for r in rows
    ]
    return Answer(rows, "\n".join(lines))


@command("figure value", about=_("compute a figure"), examples=[
    "waystation figure value tracking.idps_tracked --as-of 2025-12-31",
    "waystation figure value tracking.people_present --where operation=HTI-COUNTRYWIDE-MONITORING --by admin1 --json",
    "waystation figure value reference.internally_displaced --as-of 2020-12-31 --where source=IDMC --where edition=2022",
    "waystation figure value tracking.households_present --across operation='they track different provinces'",
])  # fmt: skip
def figure_value(args: Namespace) -> Answer:
    """The value as of a date, as known at a moment, split as asked."""
    answer = figures.value(args.name, by=tuple(args.by), across=dict(args.across), **_asked(args))
    return Answer(answer.as_dict(), _value_text(answer))


@figure_value.arguments
def _figure_value(parser: ArgumentParser) -> None:
    _asking(parser)
    parser.add_argument("--by", action="append", default=[], metavar="DIM", help="split by this dimension (repeatable)")
    parser.add_argument(
        "--across", action="append", default=[], metavar="DIM=REASON", type=_pair, help="add over it: why that is right"
    )


def _shown(number: Any) -> str:
    if number is None:
        return "not available"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.4f}"


def _value_text(answer: figures.Value) -> str:
    told = answer.value if answer.figure.unit == "year" and answer.value else _shown(answer.value)
    lines = [f"{answer.figure.label}: {told} {answer.figure.unit}, as of {answer.at.as_of}"]
    if answer.apart:
        lines.append(f"{_shown(answer.apart['numerator'])} over {_shown(answer.apart['denominator'])}")
    for part in answer.parts:
        lines.append(f"  {' / '.join(str(part[name]) for name in answer.by):60} {_shown(part['value']):>16}")
    lines += [f"added over {name} because: {why}" for name, why in answer.across.items()]
    cover = answer.coverage
    if cover.planned is not None:
        lines.append(f"coverage: {cover.answered} of {cover.planned} {cover.word}")
    lines += [str(cover.note)] if cover.note else []
    lines.append(f"{answer.rows:,} rows, {answer.unknown:,} of them without a value")
    return "\n".join([*lines, answer.figure.sentence, *_cited(answer.cites)])


def _cited(cites: list[dict[str, Any]]) -> list[str]:
    """A line for each source: what it is, its licence, how to credit it, and which partitions came from it."""
    lines = []
    for one in cites:
        kept = one["partitions"]
        held = ", ".join(kept[:3]) + (f" and {len(kept) - 3} more" if len(kept) > 3 else "")
        closed = "" if one["may_republish"] else "; not to be republished"
        lines.append(f"source: {one['source']} ({one['licence']}{closed}). {one['attribution']} [{held}]")
    return lines


@command("figure lineage", about=_("the rows behind a figure"), acts_as=True, examples=[
    "waystation figure lineage tracking.idps_tracked --as-of 2025-12-31 --page 2 --json",
])  # fmt: skip
def figure_lineage(args: Namespace) -> Answer:
    """A page of contributing rows with digests, as far as the asking person may see them."""
    found = figures.lineage(args.name, page=args.page, size=args.size, **_asked(args))
    lines = [f"{found.total:,} rows, {found.hidden:,} of them not for you; page {found.page}"]
    for row in found.rows:
        place = row.get("origin_file") or row.get("_model", "")
        lines.append(
            f"  {row['digest'][:12]}  {row.get('value', '')!s:>12}  {place} {row.get('origin_row', row.get('_record', row.get('_key')))}"
        )
    return Answer(found.as_dict(), "\n".join([*lines, *_cited(found.cites)]))


@figure_lineage.arguments
def _figure_lineage(parser: ArgumentParser) -> None:
    _asking(parser)
    parser.add_argument("--page", type=int, default=1)
    parser.add_argument("--size", type=int, default=50)


@command("figure verify", about=_("recompute every released figure and compare"), examples=[
    "waystation figure verify", "waystation figure verify --release REL-20261123-ab12cd34 --json",
])  # fmt: skip
def figure_verify(args: Namespace) -> Answer:
    """Same, drifted, changed or not computable; and what the same question gives with today's knowledge."""
    frozen = FrozenFigure.objects.filter(release__state="released").select_related("release").order_by("pk")
    if args.release:
        require(Release.objects.filter(ref=args.release).exists(), "kernel.not_found", ref=args.release)
        frozen = frozen.filter(release__ref=args.release)
    verdicts = [figures.verify(one) for one in frozen]
    lines = [f"{v.frozen.release.ref}  {v.frozen.name:40} {v.status:15} now: {v.now}" for v in verdicts]
    good = all(v.status == "same" for v in verdicts)
    return Answer([v.as_dict() for v in verdicts], "\n".join(lines) or "No figure was released yet.", good)


@figure_verify.arguments
def _figure_verify(parser: ArgumentParser) -> None:
    parser.add_argument("--release", metavar="REF", help="only the figures of this release")


@command("release list", about=_("what left the house"), acts_as=True, examples=["waystation release list --json"])
def release_list(args: Namespace) -> Answer:
    """Every release the asking person may see."""
    kept = ("ref", "title", "product", "audience", "licence", "released_at", "state")
    rows = [{k: getattr(one, k) for k in kept} | {"folder": str(release.folder_of(one.folder))}
            for one in Release.objects.order_by("pk")]  # fmt: skip
    text = "\n".join(f"{r['ref']}  {r['state']:10} {r['audience']:9} {r['title']}" for r in rows)
    return Answer(rows, text or "Nothing was released yet.")


@command("release verify", about=_("check a release: files, digests, signature, record"), examples=[
    "waystation release verify REL-20261123-ab12cd34", "waystation release verify ./REL-20261123-ab12cd34 --json",
])  # fmt: skip
def release_verify(args: Namespace) -> Answer:
    """Check the folder by itself and, when it is ours, against its record."""
    found = release.verify_release(args.release)
    state = "whole" if found["ok"] else "NOT whole"
    lines = [f"{found['release']} is {state}{' and withdrawn' if found.get('withdrawn') else ''}.", *found["problems"]]
    return Answer(found, "\n".join(lines), found["ok"])


@release_verify.arguments
def _release_verify(parser: ArgumentParser) -> None:
    parser.add_argument("release", metavar="REF_OR_FOLDER")


@command("release withdraw", about=_("serve a release no more"), acts_as=True, examples=[
    "waystation release withdraw REL-20261123-ab12cd34 --why 'counts of one site were wrong' --as amina",
])  # fmt: skip
def release_withdraw(args: Namespace) -> Answer:
    """Withdraw it; the folder keeps a signed note."""
    done = release.take_back(args.release, args.why)
    return Answer({"release": args.release, "state": done.record.state}, f"{args.release} is withdrawn.")


@release_withdraw.arguments
def _release_withdraw(parser: ArgumentParser) -> None:
    parser.add_argument("release", metavar="REF")
    parser.add_argument("--why", required=True, help="the reason readers will see")


@command(
    "check audit", about=_("walk the audit chains and name the first broken link"), examples=["waystation check audit"]
)
def check_audit(args: Namespace) -> Answer:
    """Edited, removed or inserted entries show, against the key and against the heads signed into releases."""
    broken = [vars(one) for one in audit.verify(release.anchors())]
    lines = [f"chain {b['chain']}, link {b['place']}: {b['why']} ({b['subject']})" for b in broken]
    links = sum(head["length"] for head in audit.heads())
    data = {"ok": not broken, "links": links, "broken": broken}
    return Answer(data, "\n".join(lines) or f"{links:,} links, all whole.", not broken)


@command(
    "check ledger", about=_("recompute every balance, hold and closing from the transfers"),
    examples=["waystation check ledger --json"],
)  # fmt: skip
def check_ledger(args: Namespace) -> Answer:
    """The books against themselves: what is kept beside what the transfers say, the first hundred differences."""
    found = [str(one) for one in islice(differences(), MOST_DIFFERENCES)]
    counted = {"transfers": Transfer.objects.count(), "accounts": Account.objects.count()}
    told = (
        "\n".join(found) or f"the books are whole: {counted['transfers']:,} transfers, {counted['accounts']:,} accounts"
    )
    return Answer({"ok": not found, **counted, "differences": found}, told, not found)


@command(
    "check all",
    about=_("declarations, audit chains, ledgers, stored data, releases, the search index"),
    examples=["waystation check all --json"],
)
def check_all(args: Namespace) -> Answer:
    """Everything that can be checked without changing anything."""
    found = {
        "declarations": [str(one) for one in run_checks()],
        "audit": [f"chain {b.chain}, link {b.place}: {b.why}" for b in audit.verify(release.anchors())],
        "ledger": [str(one) for one in islice(differences(), MOST_DIFFERENCES)],
        "data": [str(one) for one in Partition.objects.iterator() if not whole(one)],
        "releases": [
            f"{one.ref}: {problem}"
            for one in Release.objects.all()
            for problem in release.verify_release(one.ref)["problems"]
        ],
    }
    found["search"] = list(islice(finding.problems(), 100))
    good = not any(found.values())
    text = "\n".join(
        f"{name:14} {'whole' if not problems else '; '.join(problems)}" for name, problems in found.items()
    )
    return Answer({"ok": good, **found}, text, good)
