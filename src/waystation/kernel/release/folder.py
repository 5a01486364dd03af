"""A release on disk: data files, ``datapackage.json`` (Frictionless Data Package), ``manifest.json`` and its signature.

The manifest names every file with its SHA-256, the audience, licence, terms, figures, the disclosure check, who signed
off, and the heads of the audit chains. ``manifest.sig`` is the Ed25519 signature of the manifest's bytes, so that a reader
far away can check the folder with nothing but the house's public key.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from waystation.kernel.files import put
from waystation.kernel.formats import WRITERS, Sheet
from waystation.kernel.keys import sign
from waystation.kernel.refusals import require
from waystation.kernel.values import file_digest, fresh_id

MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "json": "application/json",
    "pdf": "application/pdf",
}


def folder_of(name: str) -> Path:
    """Where a release is kept."""
    return Path(settings.WAYSTATION_HOME) / "releases" / name


def write_folder(name: str, sheets: list[Sheet], manifest: dict[str, Any], extra: dict[str, bytes]) -> bytes:
    """Write all files beside each other, durably, and put the folder in place at once. Returns the manifest's bytes."""
    unfinished = folder_of(f".{name}.{fresh_id(4)}")
    unfinished.mkdir(parents=True)
    try:
        resources = [_write_sheet(sheet, kind, unfinished) for sheet in sheets for kind in sheet.formats]
        for file_name, content in extra.items():
            (unfinished / file_name).write_bytes(content)
            resources.append(_described(unfinished / file_name))
        licence = {
            "name": re.sub("[^A-Za-z0-9._]+", "-", manifest["licence"]).strip("-") or "other",
            "title": manifest["licence"],
        }
        package = {"name": name.lower(), "title": manifest["title"], "licenses": [licence],
                   "profile": "data-package", "resources": resources}  # fmt: skip
        (unfinished / "datapackage.json").write_text(_pretty(package), encoding="utf-8")
        resources.append(_described(unfinished / "datapackage.json"))
        kept = ("path", "bytes", "hash")
        manifest = {**manifest, "files": [{key: one[key] for key in kept} for one in resources]}
        content = _pretty(manifest).encode()
        (unfinished / "manifest.json").write_bytes(content)
        (unfinished / "manifest.sig").write_text(sign(content), encoding="ascii")
        _settle(unfinished)
        os.replace(unfinished, folder_of(name))
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return content


def _pretty(content: Any) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _settle(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_sheet(sheet: Sheet, kind: str, folder: Path) -> dict[str, Any]:
    path = folder / f"{sheet.name}.{kind}"
    WRITERS[kind](sheet, path)
    fields = [
        {"name": h.name, "type": _frictionless(sheet.table.schema.field(h.name).type), "title": str(h.label or h.name)}
        | ({"hxl": h.hxl} if h.hxl else {})
        for h in sheet.headers
    ]
    tagged = kind in ("csv", "xlsx") and any(h.hxl for h in sheet.headers)
    dialect = {"dialect": {"commentRows": [2]}} if tagged else {}  # the HXL row is no data
    told = {**_described(path), **dialect, "title": str(sheet.title or sheet.name)}
    # Parquet holds its own types; Frictionless reads whole numbers with gaps in it as fractions and finds them wrong
    return {**told, "type": "file"} if kind == "parquet" else {**told, "schema": {"fields": fields}}


def _described(path: Path) -> dict[str, Any]:
    return {
        "name": path.name.lower().replace(".", "-"), "path": path.name, "format": path.suffix[1:],
        "mediatype": MEDIA.get(path.suffix[1:], "application/octet-stream"), "bytes": path.stat().st_size,
        "hash": f"sha256:{file_digest(path)}",
    }  # fmt: skip


def _frictionless(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    return "boolean" if pa.types.is_boolean(kind) else "string"


def check_folder(folder: Path) -> dict[str, Any]:
    """Check a release's folder by itself: signature, files, digests, nothing added. Needs no database.

    Returns ``{"ok", "problems", "release", "withdrawn", "key"}``. Raises Refused ``release.no_folder``.
    """
    require((folder / "manifest.json").exists(), "release.no_folder", folder=str(folder))
    manifest = signed_manifest(folder)
    if manifest is None:
        return {"ok": False, "problems": ["the manifest's signature does not hold"], "withdrawn": False}
    key, problems = manifest["signed_with"], []
    listed = {one["path"]: one["hash"] for one in manifest["files"]}
    for name, wanted in sorted(listed.items()):
        path = folder / name
        if not path.exists():
            problems.append(f"{name} is missing")
        elif f"sha256:{file_digest(path)}" != wanted:
            problems.append(f"{name} was altered")
    problems += _note_problems(folder / "withdrawn.json", key)
    known = {*listed, "manifest.json", "manifest.sig", "withdrawn.json"}
    problems += [f"{path.name} was added" for path in sorted(folder.iterdir()) if path.name not in known]
    return {
        "ok": not problems, "problems": problems, "release": manifest.get("release"), "key": key,
        "withdrawn": (folder / "withdrawn.json").exists(),
    }  # fmt: skip


def signed_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, or None unless its signature, to the letter, is one of its very bytes."""
    try:
        content = (folder / "manifest.json").read_bytes()
        manifest: dict[str, Any] = json.loads(content)
        _check_signature(manifest["signed_with"], (folder / "manifest.sig").read_text(encoding="ascii"), content)
    except (InvalidSignature, ValueError, KeyError, TypeError, OSError):
        return None
    return manifest


def _check_signature(key: str, signature: str, content: bytes) -> None:
    told = bytes.fromhex(signature)
    if told.hex() != signature:  # capitals and spaces say the same and are other bytes
        raise InvalidSignature
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(told, content)


def _note_problems(note: Path, key: str) -> list[str]:
    """What is wrong with the note of a withdrawal, if there is one: it must be signed as the release was."""
    if not note.exists():
        return []
    try:
        told = note.read_bytes()
        content = json.loads(told)
        signature = content.pop("signature")
        _check_signature(key, signature, _pretty(content).encode())
        whole = told == _pretty({**content, "signature": signature}).encode()
    except (InvalidSignature, ValueError, KeyError, AttributeError, TypeError):
        whole = False
    return [] if whole else ["withdrawn.json is not signed by who signed the release"]


def mark_withdrawn(name: str, content: dict[str, Any]) -> None:
    """Leave a signed note in the folder; the data stay for the archive and are served no more."""
    note = {**content, "signature": sign(_pretty(content).encode())}
    put(folder_of(name) / "withdrawn.json", [_pretty(note).encode()])


def remove_folder(name: str) -> None:
    """Take away the folder of a release that was refused after it was written."""
    shutil.rmtree(folder_of(name))
