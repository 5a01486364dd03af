"""Feeds and plans: their lives, what is refused of them, and the figures that count them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.exchange.acts import feeds, plans
from waystation.apps.exchange.models import Feed, Plan
from waystation.apps.exchange.releases import package
from waystation.apps.tracking.tests.making import make_operation, make_round, spot
from waystation.kernel import release, scope
from waystation.kernel.acts import do
from waystation.kernel.figures import Value, lineage, roll_up, value
from waystation.kernel.models import Release
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock, now, today

SINCE, DAY = date(2025, 2, 1), date(2025, 6, 30)


def ask(name: str, as_of: date = DAY, **more: Any) -> Value:
    """The house asks."""
    with scope.enter(scope.house("tests")):
        return value(f"exchange.{name}", as_of=as_of, **more)


def opened(name: str, **more: Any) -> list[str]:
    """The records behind a figure, by reference, as anyone signed in is shown them."""
    with scope.enter(scope.house("tests")):
        return sorted(row["ref"] for row in lineage(f"exchange.{name}", as_of=DAY, **more).rows)


@pytest.fixture
def desk(personas: Personas) -> Desk:
    """The desk of whoever keeps feeds in Dakar, with a release of Haiti and one of Chad."""
    return Desk(personas)


class Desk:
    """Does acts as Bakary; ``out`` are releases by country."""

    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.out = {code: self.let_out(code) for code in ("HTI", "TCD")}

    def let_out(self, country: str, audience: str = "public", name: str = "Tracking") -> Release:
        """A release of one round of a new operation of the country."""
        operation = make_operation(self.personas, name=name, country=country)
        made = make_round(self.personas, operation, 1, date(2025, 1, 31), [spot("HT0111", 9)])
        with self.personas.asking(self.personas.bakary):
            done = release.publish(
                package([made.ref]), audience=audience, licence="CC BY 4.0", office=self.personas.dakar
            )
        found: Release = done.record
        return found

    def do(self, act: Any, *record: Any, **said: Any) -> Any:
        """Do an act as Bakary on the record as it stands."""
        with self.personas.asking(self.personas.bakary):
            return do(act, *(type(one).objects.get(pk=one.pk) for one in record), **said).record

    def refused(self, act: Any, *record: Any, **said: Any) -> str:
        """The code with which an act is refused, having changed nothing."""
        before = [list(kind.everything.values()) for kind in (Feed, Plan)]
        with pytest.raises(Refused) as caught:
            self.do(act, *record, **said)
        assert [list(kind.everything.values()) for kind in (Feed, Plan)] == before
        return caught.value.code

    def feed(self, country: str = "HTI", place: str = "hti", **more: Any) -> Feed:
        """A feed on HDX since February."""
        said = {
            "venue": "hdx", "title": f"Displacement in {country}", "country": country, "since": SINCE,
            "address": f"https://data.example.org/dataset/{place}", "release": self.out[country],
        }  # fmt: skip
        made: Feed = self.do(feeds.announce, **{**said, "office": self.personas.dakar, **more})
        return made

    def plan(self, country: str, use: str, year: int = 2025, **more: Any) -> Plan:
        """A response plan that was read."""
        said = {
            "kind": "response_plan",
            "title": f"Plan of {country}",
            "evidence": "Page 3",
            "office": self.personas.dakar,
        }
        made: Plan = self.do(plans.read, **{**said, "country": country, "use": use, "year": year, **more})
        return made


def test_a_feed_is_announced_updated_and_retired(desk: Desk) -> None:
    feed = desk.feed()
    assert (feed.state, feed.updated_on, feed.downloads) == ("active", SINCE, None)
    newer = desk.let_out("HTI", name="Second")
    feed = desk.do(feeds.update, feed, release=newer, downloads=40, title=" Haiti, all rounds ")
    assert (feed.release, feed.updated_on, feed.downloads, feed.reported_on) == (newer, today(), 40, today())
    assert feed.title == "Haiti, all rounds"
    feed = desk.do(feeds.update, feed, address="http://data.example.org/other")
    assert feed.address == "http://data.example.org/other"
    feed = desk.do(feeds.retire, feed, why="moved to another exchange")
    assert (feed.state, feed.retired_on) == ("retired", today())
    assert desk.refused(feeds.update, feed, downloads=50) == "kernel.wrong_state"
    assert desk.feed(address="http://data.example.org/other").state == "active"  # the address is free again


def test_what_no_exchange_can_hold_is_refused(desk: Desk) -> None:
    inside = desk.let_out("HTI", audience="internal", name="Internal")
    gone = desk.let_out("HTI", name="Withdrawn")
    with desk.personas.asking(desk.personas.bakary):
        release.take_back(gone.ref, "counts of one site were wrong")
    gone = Release.everything.get(pk=gone.pk)
    said = {"venue": "hdx", "title": "Haiti", "country": "HTI", "office": desk.personas.dakar}
    said |= {"address": "https://data.example.org/hti", "release": desk.out["HTI"]}
    held = desk.feed(place="held")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("exchange.release_withdrawn", {"release": gone}),
        ("exchange.release_not_public", {"release": inside}),
        ("exchange.release_elsewhere", {"release": desk.out["TCD"]}),
        ("exchange.unknown_venue", {"venue": "market"}),
        ("exchange.unknown_country", {"country": "ZZZ"}),
        ("exchange.feed_exists", {"address": held.address}),
        ("exchange.day_ahead", {"since": date(2999, 1, 1)}),
        *(("exchange.address_wrong", {"address": one}) for one in ADDRESSES),
    ]
    for code, more in wrong:
        assert desk.refused(feeds.announce, **{**said, **more}) == code, more
    for release_, code in ((gone, "exchange.release_withdrawn"), (inside, "exchange.release_not_public")):
        assert desk.refused(feeds.update, held, release=release_) == code


ADDRESSES = (
    "ftp://data.example.org/x",
    "javascript:alert(1)",
    "data.example.org/x",
    "https://",
    "https://[x/",
    "https://a b/c",
)


def test_days_and_downloads_run_forward(desk: Desk) -> None:
    feed = desk.feed()
    early = date(2025, 1, 31)
    assert desk.refused(feeds.update, feed, updated_on=early) == "exchange.before_it_was_there"
    assert desk.refused(feeds.update, feed, downloads=3, reported_on=early) == "exchange.before_it_was_there"
    assert desk.refused(feeds.update, feed, updated_on=date(2999, 1, 1)) == "exchange.day_ahead"
    assert desk.refused(feeds.retire, feed, why="gone", on=early) == "exchange.before_it_was_there"
    desk.do(feeds.update, feed, downloads=3, reported_on=date(2025, 5, 1))
    assert desk.refused(feeds.update, feed, downloads=2, reported_on=date(2025, 4, 1)) == "exchange.report_older"


def test_only_who_keeps_feeds_does_so_and_everyone_sees_them(desk: Desk) -> None:
    desk.feed()
    for who in (desk.personas.amina, desk.personas.daniel):
        with desk.personas.asking(who), pytest.raises(Refused) as caught:
            do(feeds.retire, Feed.objects.get(), why="no")
        assert caught.value.code == "kernel.not_allowed"
    with desk.personas.asking(None):
        assert Feed.objects.count() == 1


def test_countries_and_datasets_on_an_exchange_on_a_day(desk: Desk) -> None:
    one, two, chad = desk.feed(), desk.feed(place="hti-2"), desk.feed("TCD", "tcd")
    other = desk.feed("TCD", "relief", venue="reliefweb", since=date(2025, 6, 1))
    assert (ask("countries_shared").value, ask("datasets_shared").value) == (2, 4)
    assert ask("countries_shared", where={"venue": "hdx"}).value == 2
    assert ask("countries_shared", as_of=date(2025, 1, 31)).value == 0
    by_venue = ask("countries_shared", by=("venue",))
    assert {part["venue"]: part["value"] for part in by_venue.parts} == {"hdx": 2, "reliefweb": 1}
    with pytest.raises(Refused) as caught:
        roll_up(by_venue, "venue")  # one country may be on both
    assert caught.value.code == "figures.wrong_roll_up"
    assert [p["value"] for p in roll_up(ask("datasets_shared", by=("venue",)), "venue")] == [4]
    assert opened("countries_shared", where={"country": "TCD"}) == sorted([chad.ref, other.ref])
    moment = now()
    desk.do(feeds.retire, chad, why="asked to", on=date(2025, 3, 1))
    desk.do(feeds.retire, other, why="asked to", on=date(2025, 6, 30))
    assert (ask("countries_shared").value, ask("datasets_shared").value) == (1, 2)
    assert ask("countries_shared", as_of=date(2025, 6, 29)).value == 2
    assert (ask("countries_shared", known_at=moment).value, ask("datasets_shared", known_at=moment).value) == (2, 4)
    assert opened("datasets_shared") == sorted([one.ref, two.ref])


def test_a_feed_whose_release_was_withdrawn_since_counts_no_more(desk: Desk) -> None:
    desk.feed()
    moment = now()
    with desk.personas.asking(desk.personas.bakary):
        release.take_back(desk.out["HTI"].ref, "counts of one site were wrong")
    assert (ask("countries_shared").value, ask("datasets_shared").value) == (0, None)
    assert ask("countries_shared", known_at=moment).value == 1


def test_downloads_are_those_last_reported_and_unknown_is_no_zero(desk: Desk) -> None:
    feed, silent = desk.feed(), desk.feed("TCD", "tcd")
    desk.do(feeds.update, feed, downloads=120, reported_on=date(2025, 4, 1))
    answer, moment = ask("downloads"), now()
    assert (answer.value, answer.rows, answer.unknown) == (120, 2, 1)
    by_country = ask("downloads", by=("country",))
    assert {part["country"]: part["value"] for part in by_country.parts} == {"HTI": 120, "TCD": None}
    assert ask("downloads", as_of=date(2025, 3, 31)).value is None  # a later report says nothing about that day
    desk.do(feeds.update, feed, downloads=150, reported_on=date(2025, 5, 1))
    desk.do(feeds.update, silent, downloads=0, reported_on=date(2025, 5, 1))
    assert (ask("downloads").value, ask("downloads").unknown) == (150, 0)
    assert ask("downloads", known_at=moment).value == 120
    assert opened("downloads") == sorted([feed.ref, silent.ref])


def test_plans_are_read_read_again_and_set_aside(desk: Desk) -> None:
    said = {"kind": "response_plan", "title": "Plan of HTI", "country": "HTI", "year": 2025, "use": "full"}
    said |= {"evidence": "Page 3", "office": desk.personas.dakar}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("exchange.unknown_kind", {"kind": "leaflet"}),
        ("exchange.unknown_use", {"use": "yes"}),
        ("exchange.unknown_country", {"country": "ZZZ"}),
        ("exchange.plan_year", {"year": 1999}),
        ("exchange.plan_year", {"year": today().year + 2}),
        ("exchange.address_wrong", {"address": "plan.pdf"}),
        ("kernel.argument_missing", {"evidence": "  "}),
    ]
    for code, more in wrong:
        assert desk.refused(plans.read, **{**said, **more}) == code, more
    plan = desk.plan("HTI", "full")
    assert desk.refused(plans.read, **said) == "exchange.plan_exists"
    assert desk.refused(plans.read_again, plan, use="perhaps", evidence="Page 9") == "exchange.unknown_use"
    plan = desk.do(plans.read_again, plan, use="part", evidence=" Page 9 ")
    assert (plan.use, plan.evidence) == ("part", "Page 9")
    assert desk.do(plans.set_aside, plan, why="the final edition replaced it").state == "set_aside"
    assert desk.plan("HTI", "full").state == "read"


def test_the_share_of_plans_that_use_tracking_data_names_its_denominator(desk: Desk) -> None:
    read = [desk.plan("HTI", "full"), desk.plan("TCD", "part"), desk.plan("HTI", "none", kind="needs_overview")]
    desk.plan("TCD", "none", year=2024)
    answer, moment = ask("plans_using_tracking"), now()
    assert (answer.value, answer.apart) == (pytest.approx(2 / 3), {"numerator": 2, "denominator": 3})
    assert "of all plans" in answer.figure.sentence
    assert ask("plans_using_tracking", as_of=date(2024, 5, 1)).apart == {"numerator": 0, "denominator": 1}
    assert ask("plans_using_tracking", as_of=date(2023, 5, 1)).value is None
    by_use = ask("plans_read", by=("use",))
    assert {part["use"]: part["value"] for part in by_use.parts} == {"full": 1, "part": 1, "none": 1}
    assert by_use.value == 3 == roll_up(by_use, "use")[0]["value"]
    assert opened("plans_using_tracking") == opened("plans_read") == sorted(plan.ref for plan in read)
    desk.do(plans.read_again, read[2], use="part", evidence="Annex 2")
    assert ask("plans_using_tracking").apart == {"numerator": 3, "denominator": 3}
    desk.do(plans.set_aside, read[0], why="read twice")
    assert ask("plans_using_tracking").apart == {"numerator": 2, "denominator": 2}
    assert ask("plans_read").value == 2
    assert ask("plans_using_tracking", known_at=moment).apart == {"numerator": 2, "denominator": 3}


def test_an_earlier_moment_knows_no_feed_that_was_announced_later(desk: Desk) -> None:
    desk.feed()
    with clock(datetime(2025, 7, 1, tzinfo=UTC)):
        assert ask("countries_shared", known_at=datetime(2025, 7, 1, tzinfo=UTC)).value == 0
