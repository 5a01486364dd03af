"""Releases as records: made by an act once the folder stands, verified against it, withdrawn with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.kernel import audit, figures
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Done, Outcome, act, do
from waystation.kernel.facts import fact, reacts_to
from waystation.kernel.figures import Value
from waystation.kernel.keys import public_key
from waystation.kernel.models import Office, Release
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Lifecycle, Register, Section
from waystation.kernel.release.folder import (
    check_folder,
    folder_of,
    mark_withdrawn,
    remove_folder,
    signed_manifest,
    write_folder,
)
from waystation.kernel.release.gate import Package, pass_gate
from waystation.kernel.rules import declare_duties, duty, where
from waystation.kernel.values import fresh_id, now, plain

declare_duties("release", sign=_("signs releases and withdraws them"))
signer = duty("release.sign")
ReleaseWithdrawn = fact("release.withdrawn", release=str, at=str, why=str)
out = where("state", "released", words="it is released") & where("audience", "public", words="it is for the public")


@act("new -> released", by=signer, said=_("signed and released it"))
def release(
    *, package: Package, audience: str, licence: str, office: Office, name: str, manifest: bytes, known: list[Value]
) -> Outcome:
    """Sign data and let them leave for an audience."""
    made = Release(
        ref=name, title=str(package.title), product=package.product, audience=audience, licence=licence,
        attribution="; ".join(dict.fromkeys(p.attribution for p in package.sources if p.attribution)),
        folder=name, manifest_digest=plain(manifest), released_at=now(), office=office,
    )  # fmt: skip
    frozen = [figures.freeze(one) for one in known]
    for one in frozen:
        one.release = made
    return Outcome(record=made, new=list(frozen), links=[(made, "partitions", package.sources)])


@act("released -> withdrawn", by=signer, said=_("withdrew it"), danger=True)
def withdraw(release: Release, *, why: str) -> Outcome:
    """Serve it no more; its folder keeps a signed note saying why."""
    release.withdrawn_why = why
    return Outcome(facts=[ReleaseWithdrawn(release=release.ref, at=plain(now()), why=why)])


@reacts_to(ReleaseWithdrawn)
def leave_note(told: Any) -> None:
    """Leave the signed note in the folder of a withdrawn release, whichever way it was withdrawn."""
    if not (folder_of(told.release) / "withdrawn.json").exists():
        mark_withdrawn(told.release, {"release": told.release, "withdrawn_at": told.at, "why": told.why})


releases = Register(
    name="house.releases",
    model=Release,
    word=(_("release"), _("releases")),
    lifecycle=Lifecycle(
        {"released": _("released"), "withdrawn": _("withdrawn")}, (release, withdraw), frozenset({"withdrawn"})
    ),
    sight=out | signer,
    columns=("ref", "title", "audience", "licence", "released_at", "state"),
    filters=("state", "audience"),
    search=("ref", "title"),
    sections=(
        Section(_("Release"), ("title", "product", "audience", "licence", "attribution", "released_at")),
        Section(_("Evidence"), ("manifest_digest", "withdrawn_why")),
    ),
    personal=(),
    systems=("S132",),
)


def publish(package: Package, *, audience: str, licence: str, office: Office) -> Done:
    """Pass the gate, write and sign the folder, then sign the release as the current actor. Raises Refused.

    A refusal leaves no release and no folder; a crash between folder and act leaves a folder no record names.
    """
    asking = scopes.current()
    if not (asking.is_house or office.pk in asking.offices("release.sign")):
        raise Refused("kernel.not_allowed", act="release", rule=signer.sentence)
    sheets, checked = pass_gate(package, audience, licence)
    name = f"REL-{now():%Y%m%d}-{fresh_id(4)}"
    terms = [{"source": p.source, "licence": p.licence, "attribution": p.attribution, "digest": p.digest, "key": p.key,
              "version": p.version} for p in package.sources]  # fmt: skip
    manifest = {
        "release": name, "title": str(package.title), "product": package.product, "audience": audience,
        "licence": licence, "released_at": plain(now()), "disclosure": checked, "sources": terms,
        "figures": [one.as_dict() for one in package.figures], "about": plain(package.about),
        "signed_by": {"name": asking.actor.name if asking.actor else "", "office": office.name},
        "signed_with": public_key(), "audit_heads": audit.heads(),
    }  # fmt: skip
    content = write_folder(name, sheets, manifest, package.extra)
    try:
        return do(release, package=package, audience=audience, licence=licence, office=office, name=name,
                  manifest=content, known=list(package.figures))  # fmt: skip
    except Refused:
        remove_folder(name)
        raise


def verify_release(name_or_folder: str) -> dict[str, Any]:
    """Check a release by reference or folder: the folder by itself and, when it is ours, against its record."""
    folder = Path(name_or_folder)
    folder = folder if folder.is_dir() else folder_of(Path(name_or_folder).name)
    found = check_folder(folder)
    record = Release.objects.filter(ref=found.get("release") or folder.name).first()
    if record is not None:
        if plain((folder / "manifest.json").read_bytes()) != record.manifest_digest:
            found["ok"] = False
            found["problems"].append("the manifest is not the one that was signed off")
        if record.state == "withdrawn" and not found["withdrawn"]:
            found["ok"] = False
            found["problems"].append("withdrawn.json, which says that it was withdrawn, is missing")
        found["state"] = record.state
    found["release"] = found.get("release") or folder.name
    found["folder"] = str(folder)
    return found


def take_back(ref: str, why: str) -> Done:
    """Withdraw a release by reference, and leave the note in its folder. Raises Refused."""
    record = Release.objects.filter(ref=ref).first()
    require(record is not None, "kernel.not_found", ref=ref)
    done = do(withdraw, record, why=why)
    mark_withdrawn(ref, {"release": ref, "withdrawn_at": plain(now()), "why": why})
    return done


def anchors() -> list[dict[str, Any]]:
    """The heads of the audit chains as printed in every manifest that still stands on disk, signed by this house."""
    manifests = [signed_manifest(folder) for folder in sorted(folder_of("").glob("REL-*"))]
    ours = [one for one in manifests if one is not None and one["signed_with"] == public_key()]
    return [head for one in ours for head in one.get("audit_heads", [])]
