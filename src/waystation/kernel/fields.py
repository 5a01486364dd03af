"""Field classes: every stored field says whether it is public, internal, personal or sensitive.

    name = public(models.CharField(max_length=200))
    phone = sensitive(EncryptedText())

A field that says nothing fails the start-up check (kernel.checks). Personal and sensitive fields are kept out
of revisions, releases, lineage and logs by the code that reads ``privacy_of``.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.functions import Cast

from waystation.kernel.keys import newest, seal, unseal

Privacy = Literal["public", "internal", "personal", "sensitive"]
F = TypeVar("F", bound=models.Field)  # type: ignore[type-arg]  # the wrappers return exactly the field they are given


def _classed(field: F, privacy: Privacy) -> F:
    field.privacy = privacy  # type: ignore[attr-defined]  # Django fields carry extra attributes through copies
    return field


def public(field: F) -> F:
    """Anyone may see it once its record is published."""
    return _classed(field, "public")


def internal(field: F) -> F:
    """For those whom the record's rule admits; never in a public release."""
    return _classed(field, "internal")


def personal(field: F) -> F:
    """About an identifiable person: never in a URL, log, lineage or release."""
    return _classed(field, "personal")


def sensitive(field: F) -> F:
    """Personal and able to harm: as personal, and encrypted at rest (only on ``EncryptedText``)."""
    return _classed(field, "sensitive")


def privacy_of(field: Any) -> Privacy | None:
    """The class of a model field; keys and the columns Django needs for itself are internal; None when unsaid."""
    if getattr(field, "primary_key", False) or getattr(field, "auto_created", False):
        return "internal"
    found: Privacy | None = getattr(field, "privacy", None)
    return found


elsewhere: list[dict[str, Any]] = []  # personal values in tables of other packages, whose fields carry no class


def kept_elsewhere(where: str, *, fields: tuple[str, ...], kept: Any, seen: Any) -> None:
    """Put fields of another package's table on the map of personal data: how long they are kept, and who sees them."""
    elsewhere.extend({"where": where, "field": one, "class": "personal", "kept": kept, "seen": seen} for one in fields)


class EncryptedText(models.TextField):  # type: ignore[type-arg]  # TextField is generic only in the stubs
    """Text that is encrypted in the database with the house's keys; looking it up by value is refused."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted: it cannot be filtered; keep a keyed digest beside it")


def reseal() -> int:
    """Seal with the newest key what is sealed with an older one; the older can then be removed. Returns how many were."""
    from waystation.kernel.sight import sights

    count = 0
    for model in list(sights):
        for field in (one for one in model._meta.concrete_fields if isinstance(one, EncryptedText)):
            rows = model._base_manager.annotate(_token=Cast(field.name, models.TextField()))
            for pk, token, text in rows.exclude(_token=None).values_list("pk", "_token", field.name).iterator(1000):
                if not newest(token):  # unless someone has just written another value
                    count += rows.filter(pk=pk, _token=token).update(**{field.name: text})
    return count


def Ref(to: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """A reference downhill to another app's record: protected, with no way back."""
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", **options)
