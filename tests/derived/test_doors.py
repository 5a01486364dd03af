"""Every door, walked by everyone: lists, counts, searches, suggestions, exports, sheets with their history, act menus and forms, home,
progress of jobs, files of releases, figures down to their rows, and the pages of apps. None shows what the rule hides, nor
tells what is hidden from what is not there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.derived.making import World, seen
from waystation.kernel import figures, scope
from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.datasets import path_of
from waystation.kernel.models import Actor, Partition, Release
from waystation.kernel.pages import pages
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register, registers
from waystation.kernel.scope import Scope

NOBODYS = "NOTHING-HERE-1"


class Visit:
    """Somebody at the doors: what they may see, what is hidden from them, and the browser they came with."""

    def __init__(self, world: World, who: Actor | None) -> None:
        self.asking, self.client = Scope(who), Client()
        if who is not None:
            self.client.force_login(who)
        with scope.enter(scope.house("tests")):
            everything = {name: list(one.model._base_manager.all()) for name, one in registers.items()}
        self.allowed, self.hidden = {}, {}
        for name, records in everything.items():
            rule = registers[name].sight
            self.allowed[name] = {one.ref for one in records if rule.allows(self.asking, one)}
            self.hidden[name] = {one.ref for one in records} - self.allowed[name]
        self.barred = set[str]().union(*self.hidden.values())
        self.nothing: dict[str, HttpResponse] = {}

    def get(self, address: str, **query: str) -> HttpResponse:
        """The answer, which must tell nothing that is hidden."""
        answer = self.client.get(address, query)
        self.check(answer, address, "")
        return answer

    def check(self, answer: HttpResponse, address: str, but: str) -> None:
        """The answer says no hidden reference, but for the one that was asked for."""
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        told = set(re.findall(r"[A-Za-z0-9][\w.-]*\w", text.decode(errors="replace"))) & (self.barred - {but})
        assert not told, f"{address} tells {self.asking.actor or 'the public'} of {sorted(told)}"

    def barred_at(self, address: str, ref: str) -> None:
        """What is hidden answers as what is not there."""
        answer, elsewhere = self.client.get(address), address.replace(ref, NOBODYS)
        if elsewhere not in self.nothing:
            self.nothing[elsewhere] = self.client.get(elsewhere)
        nothing = self.nothing[elsewhere]
        assert answer.status_code == nothing.status_code != 200, address
        self.check(answer, address, ref)
        if not answer.streaming and answer.status_code == 404:
            assert _without(answer, ref) == _without(nothing, NOBODYS), f"{address} answers otherwise than nothing does"


def _without(answer: HttpResponse, ref: str) -> str:
    """A page without the reference that was asked for and the token that is another on every page."""
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", answer.content.decode()).replace(ref, "")


def visits(world: World) -> Iterator[Visit]:
    for who in world.personas.everyone():
        yield Visit(world, who)


def test_somebody_is_kept_from_something_in_most_registers(world: World) -> None:
    """Doors that hide nothing would prove nothing."""
    hidden = {name for one in visits(world) for name, refs in one.hidden.items() if refs}
    assert len(hidden) > len(registers) / 2


@pytest.mark.parametrize("name", sorted(registers))
def test_lists_counts_searches_exports_and_sheets(world: World, name: str) -> None:
    register = find_register(name)
    address = reverse("list", args=[name])
    for visit in visits(world):
        if visit.asking.actor is None:
            assert visit.client.get(address).status_code == 302
            continue
        listed = visit.get(address)
        assert listed.context["count"] == len(visit.allowed[name])
        assert {row.url for row in listed.context["rows"]} == {
            reverse("sheet", args=[name, ref]) for ref in visit.allowed[name]
        }
        exported = visit.get(address, format="csv").content.decode()
        assert {row["ref"] for row in csv.DictReader(io.StringIO(exported))} - {""} >= visit.allowed[name]
        for act in [one for one in register.lifecycle.acts if not one.creates][:1]:
            visit.get(address, can=act.run.__name__)
        _sheets(visit, name)
        for ref in sorted(visit.hidden[name])[:1]:
            _searched(visit, name, ref)


def _sheets(visit: Visit, name: str) -> None:
    register = find_register(name)
    for ref in sorted(visit.allowed[name]):
        assert visit.get(reverse("sheet", args=[name, ref])).status_code == 200
    for ref in sorted(visit.hidden[name]):
        visit.barred_at(reverse("sheet", args=[name, ref]), ref)
        act = next((one for one in register.lifecycle.acts if not one.creates), None)
        if act is not None:
            visit.barred_at(reverse("act", args=[name, ref, act.run.__name__]), ref)


def _searched(visit: Visit, name: str, ref: str) -> None:
    found = visit.client.get("/search/", {"q": ref})
    assert found.status_code == 200, "a reference that leads nowhere stays on the search page"
    visit.check(found, f"/search/?q={ref}", ref)
    suggested = visit.client.get("/search/suggest/", {"q": ref})
    assert suggested.status_code == 200
    visit.check(suggested, f"/search/suggest/?q={ref}", ref)
    for answer in (found, suggested, visit.client.get("/search/suggest/", {"q": ref[:-1]})):
        assert reverse("sheet", args=[name, ref]) not in answer.content.decode()


def test_forms_offer_only_what_their_reader_sees(world: World) -> None:
    for visit in visits(world):
        for name, register in registers.items():
            for act in register.lifecycle.acts:
                verb = act.run.__name__
                if not act.params:  # nothing is asked, so nothing is offered
                    continue
                if act.creates:
                    visit.get(reverse("create", args=[name, verb]))
                    continue
                for record in world.specimens[name].values():
                    if seen(visit.asking, record) and record.state in act.sources:
                        visit.get(reverse("act", args=[name, record.ref, verb]))


def test_home_search_and_pages_of_apps(world: World) -> None:
    for visit in visits(world):
        for address in ("/", "/search/", "/search/suggest/", "/help/", "/figures/", "/open/", "/me/", "/notices/"):
            visit.get(address)
        for words in ("a", "1", "-", "camp", "operation"):
            visit.get("/search/", q=words)
            visit.get("/search/suggest/", q=words)
        for page in pages:
            if "<" not in page.path:
                visit.get(f"/{page.path}")
                continue
            own = [refs for name, refs in visit.hidden.items() if name.split(".")[0] == page.name.split(".")[0]]
            for ref in sorted(set().union(*own)):
                address = "/" + re.sub("<[^>]*>", ref, page.path)
                visit.check(visit.client.get(address), address, ref)
        for ref in sorted(visit.hidden["house.jobs"]):
            visit.barred_at(reverse("job-progress", args=[ref]), ref)


def test_files_of_releases_are_for_who_sees_the_release_and_only_while_it_is_out(world: World) -> None:
    for visit in visits(world):
        for release in Release.everything.all():
            address = reverse("release-file", args=[release.ref, "datapackage.json"])
            if release.ref in visit.hidden["house.releases"]:
                visit.barred_at(address, release.ref)
                continue
            answer = visit.get(address)
            assert answer.status_code == (410 if release.state == "withdrawn" else 200)


def test_attachments_and_margins_are_for_who_sees_the_record(world: World) -> None:
    for visit in visits(world):
        if visit.asking.actor is None:
            continue
        for ref in visit.hidden["house.attachments"]:
            visit.barred_at(reverse("attachment", args=[ref]), ref)
        for name, refs in visit.hidden.items():
            for ref in sorted(refs)[:1]:
                visit.barred_at(reverse("margin", args=[name, ref, "comment"]), ref)


@pytest.mark.parametrize("name", sorted(figures.figures))
def test_figures_open_to_rows_of_what_their_reader_sees(world: World, name: str) -> None:
    """Asked by one of the team, one of another office's, one without a duty, and the public."""
    people = world.personas
    for visit in (Visit(world, who) for who in (people.amina, people.chiara, people.daniel, None)):
        with scope.enter(visit.asking):
            try:
                told = figures.lineage(name, size=500)
            except Refused:  # it must be split, or cannot be asked here: nothing is shown
                continue
            assert told.hidden == told.total - len(told.rows)
            if visit.asking.actor is None:
                assert told.rows == []
            for row in told.rows:
                assert _may_see(visit, row), f"{name} shows {row} to {visit.asking.actor}"
        if visit.asking.actor == people.daniel:
            visit.get(reverse("figure", args=[name]))


def _may_see(visit: Visit, row: dict[str, Any]) -> bool:
    """Whether the record that a row belongs to is shown to its reader, asked of the rule itself."""
    if row.get("_model"):
        register, key = find_register(row["_model"]), row["_record"]
    else:
        rule = find_dataset(row["_dataset"]).seen_with
        if rule is None:
            return True
        kept = Partition.objects.get(dataset=row["_dataset"], key=row["_key"], version=row["_version"])
        register, key = find_register(rule[1]), pq.read_table(path_of(kept))[rule[0]][row["_row"]].as_py()
    record = register.model._base_manager.get(pk=key)
    return register.sight.allows(visit.asking, record)
