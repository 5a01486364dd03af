"""Build step: put the Noto fonts beside this module, so that every PDF embeds the same ones.

    python -m waystation.surfaces.paper.fetch_fonts [directory]

The fonts (SIL Open Font License 1.1, 14 MB) are taken from three packages of the Python index by
whichever installer is there, pip or uv, so an offline mirror serves them like any other package. They are not
committed; each file is checked against the digest below. Without them PDFs fall back to typst's own faces.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from waystation.surfaces.paper import FONTS


@dataclass(frozen=True)
class Font:
    """A font file: the package it is in, its path there, the name it gets, and its SHA-256."""

    package: str
    path: str
    name: str
    sha256: str


WANTED = (
    Font(
        "fontpkg-noto-sans==2.15",
        "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf",
        "NotoSans.ttf",
        "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
    ),
    Font(
        "fontpkg-noto-sans==2.15",
        "fontpkg_noto_sans/files/NotoSans-Italic[wdth,wght].ttf",
        "NotoSans-Italic.ttf",
        "58e6e0ebd1931b29a365aa2d3e2ee9a9e831a3af7cf3ad1462d4e72154f0b291",
    ),
    Font(
        "pylopdf-fonts-ar==0.1.1",
        "pylopdf_fonts_ar/NotoNaskhArabic-Variable.ttf",
        "NotoNaskhArabic.ttf",
        "67b5a525a661b607971fbd3f96a81b89d3a768e74534fca84f18ac97e6fab72f",
    ),
    Font(
        "pylopdf-fonts-zh-cn==0.1.1",
        "pylopdf_fonts_zh_cn/NotoSansSC-Regular.otf",
        "NotoSansSC.otf",
        "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    ),
    Font(
        "pylopdf-fonts-ar==0.1.1",
        "pylopdf_fonts_ar/NotoSansArabic-Variable.ttf",
        "NotoSansArabic.ttf",
        "63111b5b2e074dd48cc67692e0a2726d86ee94c1c37fe8598257b7b4e87e869e",
    ),
)


def installer() -> list[str]:
    """The command that installs packages into a directory: pip, else uv."""
    for module, command in (
        ("pip", ["pip", "install", "--disable-pip-version-check"]),
        ("uv", ["uv", "pip", "install"]),
    ):
        if importlib.util.find_spec(module):
            return [sys.executable, "-m", *command]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install"]
    raise SystemExit(
        "Fonts were not fetched: neither pip nor uv is installed. Install one of them, then run this again."
    )


def complete(directory: Path) -> bool:
    """Whether every font is there and is the one expected."""
    files = ((directory / font.name, font.sha256) for font in WANTED)
    return all(f.is_file() and hashlib.sha256(f.read_bytes()).hexdigest() == digest for f, digest in files)


def fetch(directory: Path = FONTS) -> None:
    """Fill ``directory``; raises SystemExit with what to do where a package or a digest is not as expected."""
    if complete(directory):
        return
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room:
        packages = sorted({font.package for font in WANTED})
        command = [*installer(), "--quiet", "--no-deps", "--only-binary", ":all:", "--target", room, *packages]
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(
                f"Fonts were not fetched: {', '.join(packages)} could not be installed. Is there a package index?"
            )
        for font in WANTED:
            content = (Path(room) / font.path).read_bytes()
            if hashlib.sha256(content).hexdigest() != font.sha256:
                raise SystemExit(
                    f"{font.path} of {font.package} is not the file expected; compare it and its digest here."
                )
            (directory / font.name).write_bytes(content)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else FONTS)
