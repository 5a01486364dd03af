"""What a first visit weighs: a page with all it loads, as a browser gets it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.personas import Personas
from tests.world import settle

MOST = 150_000  # bytes
LOADED = re.compile(r"""<(?:link|script|img)[^>]+(?:href|src)="(/static/[^"?]+)""")


def of_page(client: Client, address: str) -> dict[str, int]:
    """Bytes of the page and of everything it names, and of what its styles name, compressed as they are sent."""
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    text = gzip.decompress(answer.content).decode()
    assert not re.findall(r'(?:href|src)="(?:https?:)?//', text), "nothing comes from elsewhere"
    weights = {address: len(answer.content)}
    for name in {one.removeprefix("/static/") for one in LOADED.findall(text)}:
        content = Path(finders.find(name)).read_bytes()
        weights[name] = len(gzip.compress(content, 6))
        if name.endswith(".css"):
            named = re.findall(rb"url\(['\"]?([^)'\"#]+)", content)
            weights |= {one.decode(): _size(name, one.decode()) for one in named if not one.startswith(b"data:")}
    return weights


def _size(style: str, name: str) -> int:
    """A font or picture is sent as it is."""
    found = finders.find(str(Path(style).parent / name.partition("?")[0]))
    assert found, f"{style} names {name}, which is not there"
    return Path(found).stat().st_size


@pytest.mark.django_db
def test_first_pages_are_light(personas: Personas) -> None:
    settle(personas)
    amina, stranger = Client(), Client()
    amina.force_login(personas.amina)
    for client, address in (
        (stranger, "/sign-in/"),
        (amina, "/"),
        (amina, "/r/places.countries/"),
        (amina, "/r/places.sites/"),
    ):
        weights = of_page(client, address)
        assert len(weights) > 3, "the page names its styles and scripts"
        assert sum(weights.values()) < MOST, sorted(weights.items(), key=lambda one: -one[1])
