"""Lists as people use them: filters in words, columns of one's choice, views, files; all of it in the address."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.hall.views.acts import keep_to_myself, open_first, open_plain, rename, retire, save, share
from waystation.hall.views.models import View
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, Job
from waystation.kernel.refusals import Refused
from waystation.kernel.work import run_next
from waystation.surfaces.files import leaving, sending
from waystation.surfaces.web import lists

Browse = Callable[[Actor], Client]
LIST = "/r/places.sites/"


def names(answer: Any) -> list[str]:
    """What is in the column of names, by row."""
    found = re.findall(r'<td class="text"><bdi>(Site \d)</bdi></td>', answer.content.decode())
    return [str(one) for one in found]


def said(answer: Any) -> list[str]:
    """The filters in force as they are read."""
    return [f"{word.label}: {' or '.join(value for value, _url in word.values)}" for word in answer.context["words"]]


def test_a_filter_of_several_values_is_met_by_any_and_each_is_taken_out(
    personas: Personas, browse: Browse, sites: list[Any]
) -> None:
    amina = browse(personas.amina)
    answer = amina.get(LIST, {"kind": ["camp", "settlement"], "country": "HTI", "sort": "name"})
    assert said(answer) == ["Country: Haiti", "Kind: Camp or Settlement"]
    assert names(answer) == ["Site 0", "Site 4"]
    (camp, _settlement) = answer.context["words"][1].values
    without = amina.get(LIST + camp[1])
    assert said(without) == ["Country: Haiti", "Kind: Settlement"]
    assert names(without) == ["Site 4"]
    assert names(amina.get(LIST, {"kind": "nonsense"})) == []
    assert names(amina.get(LIST, {"country": "Haiti", "sort": "name"})) == ["Site 0", "Site 2", "Site 4"]
    assert names(amina.get(LIST, {"country": "NOWHERE"})) == []
    assert "<bdi>NOWHERE</bdi>" in amina.get(LIST, {"country": "NOWHERE"}).content.decode()


def test_days_numbers_and_yes_or_no(personas: Personas, browse: Browse, sites: list[Any]) -> None:
    chiara = browse(personas.amina)
    answer = chiara.get("/r/exchange.feeds/", {"updated_on.from": "2024-01-02", "updated_on.to": "no day"})
    assert said(answer)[0].endswith("2 Jan 2024")
    assert chiara.get("/r/exchange.plans/", {"year": ["2024", "x", "9" * 30]}).status_code == 200
    assert chiara.get("/r/tracking.findings/", {"blocking": ["yes", "no"]}).status_code == 200


def test_columns_are_chosen_ordered_and_kept_in_the_address(
    personas: Personas, browse: Browse, sites: list[Any]
) -> None:
    amina = browse(personas.amina)
    answer = amina.get(LIST, {"columns": "kind,closed_on,nonsense,name"})
    heads = [head.column.path for head in answer.context["heads"]]
    assert heads == ["ref", "kind", "closed_on", "name"]
    choosers = answer.context["choosers"]
    shown = [one for one in choosers if one.shown]
    assert [one.label for one in shown] == ["Kind", "Closed", "Name"]
    later = amina.get(LIST + shown[0].later)
    assert [head.column.path for head in later.context["heads"]] == ["ref", "closed_on", "kind", "name"]
    assert later.context["choosing"]
    earlier = amina.get(LIST + shown[2].earlier)
    assert [head.column.path for head in earlier.context["heads"]] == ["ref", "kind", "name", "closed_on"]
    less = amina.get(LIST + shown[1].other)
    assert [head.column.path for head in less.context["heads"]] == ["ref", "kind", "name"]
    office = next(one for one in choosers if one.label == "Office")
    more = amina.get(LIST + office.other)
    assert [head.column.path for head in more.context["heads"]][-1] == "office"
    usual = amina.get(LIST + answer.context["usual"])
    assert len(usual.context["heads"]) == len(amina.get(LIST).context["heads"])
    file = amina.get(LIST, {"columns": "kind,name", "format": "csv", "kind": "camp"})
    assert next(iter(csv.DictReader(io.StringIO(file.content.decode())))).keys() == {"ref", "kind", "name"}
    assert file["Waystation-Rows"] == "2"


def test_a_view_is_saved_named_shared_opened_first_and_taken_away(
    personas: Personas, browse: Browse, sites: list[Any]
) -> None:
    amina, bakary, chiara = (browse(one) for one in (personas.amina, personas.bakary, personas.chiara))
    address = f"{LIST}?kind=camp&sort=name"
    form = {"name": "Camps", "register": "places.sites", "query": "kind=camp&sort=name&after=SITE-1", "next": address}
    assert amina.post("/r/house.views/new/save/", form).url == address
    view = View.everything.get()
    assert view.query == "kind=camp&sort=name"
    answer = amina.get(address)
    assert answer.context["view"].name == "Camps"
    assert amina.get(f"{LIST}?sort=name&kind=camp").context["view"].name == "Camps"
    assert amina.get(LIST).context["view"] is None
    for other in (bakary, chiara):
        assert other.get(LIST).context["views"] == []
    with personas.asking(personas.amina):
        view = do(share, view, office=personas.dakar).record
    assert [one.of for one in bakary.get(LIST).context["views"]] == ["Amina Diallo"]
    assert chiara.get(LIST).context["views"] == []
    with personas.asking(personas.bakary), pytest.raises(Refused) as refused:
        do(rename, view, name="Mine now")
    assert refused.value.code == "kernel.not_allowed"
    with personas.asking(personas.amina):
        view = do(open_first, view).record
        assert amina.get(LIST).url == address
        assert amina.get(f"{LIST}?all=1").status_code == 200
        assert bakary.get(LIST).status_code == 200
        other = do(save, name="Open ones", register="places.sites", query="state=open").record
        do(open_first, other)
        view = View.objects.get(pk=view.pk)
        assert not view.first
        do(open_plain, View.objects.get(pk=other.pk))
        assert amina.get(LIST).status_code == 200
        view = do(keep_to_myself, view).record
        assert bakary.get(LIST).context["views"] == []
        do(retire, view)
    assert [one.name for one in amina.get(LIST).context["views"]] == ["Open ones"]


def test_a_view_that_cannot_be_kept_says_why(personas: Personas, browse: Browse) -> None:
    with personas.asking(personas.amina):
        do(save, name="Camps", register="places.sites", query="?kind=camp")
        for wrong, code in (
            ({"name": "camps ", "register": "places.sites"}, "views.name_taken"),
            ({"name": "Long", "register": "places.sites", "query": "q=" + "x" * 2001}, "views.too_long"),
            ({"name": "Which", "register": "no.such"}, "kernel.unknown_name"),
        ):
            with pytest.raises(Refused) as refused:
                do(save, **wrong)
            assert refused.value.code == code
    with personas.asking(None), pytest.raises(Refused) as refused:
        do(save, name="Nobody's", register="places.sites")
    assert refused.value.code == "kernel.not_allowed"


def test_a_large_file_is_made_in_the_background_for_one_person_alone(
    personas: Personas, browse: Browse, sites: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the bound set low, as if there were many records."""
    for module in (leaving, sending, lists.files):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    amina, bakary = browse(personas.amina), browse(personas.bakary)
    small = amina.get(LIST, {"kind": "camp", "format": "csv"})
    assert small["Waystation-Rows"] == "2"
    offer = amina.get(LIST, {"country": ["HTI", "TCD"], "format": "csv", "sort": "name", "columns": "name"})
    assert b"Make the file" in offer.content
    form = {key: offer.context[key] for key in ("asked", "kind", "key")}
    there = amina.post(f"{LIST}file/", form).url
    assert amina.post(f"{LIST}file/", form).url == there
    assert Job.everything.count() == 1
    assert run_next()
    sheet = amina.get(there)
    assert "Fetch the file: 6 records" in sheet.content.decode()
    job = Job.everything.get()
    file = amina.get(f"/files/{job.ref}/")
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode())))
    assert [row["name"] for row in rows] == [f"Site {n}" for n in range(6)]
    assert file["Waystation-Rows"] == "6"
    assert bakary.get(f"/files/{job.ref}/").status_code == 404
    assert amina.get("/files/JOB-NONE/").status_code == 404
    with personas.asking(personas.amina), pytest.raises(Refused) as refused:
        lists.files.answer(
            lists.files.Leaving(lists.find_register("places.sites"), ("ref",), type(sites[0]).objects.all()), "csv"
        )
    assert refused.value.code == "files.too_many_at_once"


def test_a_file_that_is_gone_says_so(personas: Personas, browse: Browse, sites: list[Any], home: Any) -> None:
    amina = browse(personas.amina)
    with personas.asking(personas.amina):
        job = lists.files.later(lists.find_register("places.sites"), "", "parquet")
    run_next()
    (made,) = (home / "files" / job.ref).iterdir()
    made.unlink()
    answer = amina.get(f"/files/{job.ref}/")
    assert (answer.status_code, "files.gone" in answer.content.decode()) == (404, True)


def test_a_spreadsheet_that_cannot_hold_them_is_refused(
    personas: Personas, browse: Browse, sites: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "MOST_IN_XLSX", 5)
    amina = browse(personas.amina)
    answer = amina.get(LIST, {"format": "xlsx"})
    assert (answer.status_code, "files.too_many_for_xlsx" in answer.content.decode()) == (413, True)
    assert amina.get(LIST, {"format": "csv"}).status_code == 200
    assert amina.get(LIST, {"format": "doc"}).status_code == 404
    assert amina.get("/r/exchange.plans/", {"format": "geojson"}).status_code == 404
