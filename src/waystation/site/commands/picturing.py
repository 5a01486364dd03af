"""docs screenshot: the picture at the top of the README, made anew from the demonstration."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from waystation.kernel.commands import Answer, command
from waystation.kernel.pages import pages
from waystation.kernel.refusals import Refused, refusal, refusals, require

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE, HIGH = 1280, 860  # pixels
PATIENCE = 120  # seconds until the demonstration answers

refusals(
    "site",
    no_chromium=refusal(
        _("There is no Chromium to take the picture with. On Debian and Ubuntu: apt install chromium"), "missing"
    ),
    no_playwright=refusal(
        _("Playwright, which steers Chromium, comes with the packages for development: run python3 go.py test once."),
        "missing",
    ),
    no_demonstration=refusal(_("The demonstration did not start: {why}"), "conflict"),
    no_picture=refusal(_("{page} of the demonstration answers with {status}. Name another with --page."), "missing"),
)


def shown_page() -> str:
    """The page that shows most: an operation's own, where there is one, else a figure's."""
    own = any(one.path.startswith("tracking/operations/<") for one in pages)
    return "/tracking/operations/QMR-NORTHERN-CONFLICT-RESPONSE/" if own else "/figures/tracking.idps_tracked/"


@command("docs screenshot", about=_("photograph a page of the demonstration for the README"),
         examples=["waystation docs screenshot -o docs/screenshot.png",
                   "waystation docs screenshot -o figure.png --page /figures/tracking.idps_tracked/ --persona claire"])  # fmt: skip
def docs_screenshot(args: Namespace) -> Answer:
    """Start the demonstration in a temporary folder, sign in, photograph one page, put everything away."""
    chromium = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    require(chromium, "site.no_chromium")
    asked = args.page or shown_page()
    with tempfile.TemporaryDirectory(prefix="waystation-screenshot-") as folder, _demonstration(folder) as address:
        photograph(str(chromium), address, asked, args.persona, Path(args.output))
    size = Path(args.output).stat().st_size
    return Answer({"file": args.output, "page": asked, "bytes": size}, f"{args.output}: {asked}, {size // 1000} kB")


@docs_screenshot.arguments
def _docs_screenshot(parser: ArgumentParser) -> None:
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the PNG file to write")
    parser.add_argument("--page", metavar="PATH", help="which page (default: an operation, else a figure)")
    parser.add_argument("--persona", metavar="NAME", default="amina", help="who looks at it (default: amina)")


@contextmanager
def _demonstration(folder: str) -> Iterator[str]:
    """A demonstration of its own on a free port; ended at the end. Raises Refused ``site.no_demonstration``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = Path(folder) / "said.txt"
    line = [sys.executable, "-m", "waystation.site.cli", "demo", "--home", f"{folder}/house", "--port", str(port)]
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}  # never the caller's database
    with said.open("w") as stream:
        running = subprocess.Popen(line, stdout=stream, stderr=subprocess.STDOUT, env=own)
    try:
        _await(running, port, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)


def _await(running: subprocess.Popen[bytes], port: int, said: Path) -> None:
    until = time.monotonic() + PATIENCE
    while running.poll() is None and time.monotonic() < until:
        asked = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/health/")
            if asked.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
        finally:
            asked.close()
    raise Refused("site.no_demonstration", why=said.read_text()[-500:] or "it said nothing")


def photograph(chromium: str, address: str, page: str, persona: str, output: Path) -> None:
    """The top of a page as PNG. Raises Refused ``site.no_playwright``, ``site.no_picture``."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as missing:
        raise Refused("site.no_playwright") from missing
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        window = browser.new_context(base_url=address, viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
        window.add_cookies([{"name": "django_language", "value": "en", "url": address}])
        opened = window.new_page()
        opened.goto("/sign-in/")
        opened.locator(f'button[name="username"][value="{persona}"]').click(timeout=10_000)
        answer = opened.goto(page, wait_until="networkidle")
        status = answer.status if answer else 0
        require(status == 200, "site.no_picture", page=page, status=status)
        output.parent.mkdir(parents=True, exist_ok=True)
        opened.screenshot(path=output)
        browser.close()
