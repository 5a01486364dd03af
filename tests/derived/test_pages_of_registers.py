"""The page that a register names is there for every record, and its sheet leads to it."""

from __future__ import annotations

from django.http import QueryDict
from django.test import Client

from tests.personas import Personas
from tests.world import settle
from waystation.kernel.register import registers


def test_every_page_that_a_register_names_opens(personas: Personas) -> None:
    settle(personas)
    reader = Client()
    reader.force_login(personas.amina)
    named = [one for one in registers.values() if one.page]
    assert {"tracking.operations", "tracking.rounds", "places.countries", "sources.imports"} <= {
        one.name for one in named
    }
    for register in named:
        with personas.asking(personas.amina):
            records = list(register.model.objects.all())
            pages = [register.page_of(one) for one in records]
        assert records, register.name
        for record, page in zip(records, pages, strict=True):
            answer = reader.get(page, {**QueryDict(page.partition("?")[2]).dict(), "format": "pdf"})
            assert answer.status_code == 200, page  # whatever its blocks, the page is there and says something
            assert answer.content.startswith(b"%PDF")
            sheet = reader.get(f"/r/{register.name}/{record.ref}/").content.decode()
            assert f'href="{page.replace("&", "&amp;")}"' in sheet
    plain = next(one for one in registers.values() if not one.page)
    assert plain.page_of(plain.model()) == ""
