"""The shapes of answers that are the same for every register, and examples of what may be sent."""

from __future__ import annotations

from typing import Any

from waystation.kernel.values import today
from waystation.surfaces.rest.shapes import Schema

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
WHEN: Schema = {"type": "string", "format": "date-time"}


def record(**fields: Schema) -> Schema:
    """An object with just these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def items(one: Schema) -> Schema:
    """A list of these, whole."""
    return record(items={"type": "array", "items": one})


def many(one: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": one}


PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "problems"],
    "properties": {
        "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "code": TEXT,
        "problems": many({"type": "object", "required": ["code", "message"], "properties": {
            "code": TEXT, "message": TEXT, "pointer": {**TEXT, "description": "JSON pointer of the field"}}}),
    },
}  # fmt: skip
HEADERS: dict[str, Schema] = {
    "Idempotency-Key": {**TEXT, "maxLength": 100, "pattern": "^[!-~]*$",
                        "description": "send the same again under the same key: it is done once"},
    "Prefer": {**TEXT, "enum": ["return=minimal", "return=representation"], "description": "whether the record is sent back"},
    "If-Match": {**TEXT, "pattern": r'^(\*|"[0-9]{1,9}-[0-9a-f]{16}")$', "description": "the ETag of the version you saw"},
}  # fmt: skip
TOLD = {
    name: {"schema": {"type": "integer"}, "description": says}
    for name, says in (
        ("RateLimit-Limit", "requests a minute"),
        ("RateLimit-Remaining", "left now"),
        ("RateLimit-Reset", "seconds until all are back"),
    )
}
ME = record(user=MAYBE, name=MAYBE, office=MAYBE, duties=many(TEXT), grants={"type": ["array", "null"], "items": TEXT})
REGISTER = record(name=TEXT, title=TEXT, url=TEXT, states={"type": "object", "additionalProperties": TEXT},
                  fields=many(TEXT), parameters=many(TEXT), acts=many(TEXT))  # fmt: skip
CHANGE = record(entry=TEXT, register=TEXT, ref=TEXT, act=TEXT, at=WHEN, version=COUNT, url=TEXT)
FEED = record(items=many(CHANGE), cursor=TEXT, more=TRUTH, next=TEXT)
FIGURE = record(name=TEXT, title=TEXT, unit=TEXT, additivity=TEXT, dimensions=many(TEXT), never_across=many(TEXT),
                means=TEXT, definition=TEXT, url=TEXT)  # fmt: skip
VALUE: Schema = {
    "type": "object",
    "required": ["name", "unit", "value", "as_of", "known_at", "by", "parts", "rows", "fingerprint", "definition"],
    "properties": {
        "name": TEXT, "unit": TEXT, "value": {"type": ["number", "null"]}, "as_of": {"type": "string", "format": "date"},
        "known_at": WHEN, "by": many(TEXT), "parts": many({"type": "object"}), "rows": COUNT, "unknown": COUNT,
        "fingerprint": TEXT, "definition": TEXT, "coverage": {"type": "object"}, "sources": many({"type": "object"}),
    },
}  # fmt: skip
LINEAGE: Schema = {
    "type": "object", "required": ["name", "as_of", "total", "hidden", "page", "size", "rows"],
    "properties": {"total": COUNT, "hidden": COUNT, "rows": many({"type": "object"})},
}  # fmt: skip
RELEASE = record(ref=TEXT, title=TEXT, product=TEXT, audience=TEXT, licence=TEXT, attribution=TEXT, released_at=MAYBE,
                 state=TEXT, withdrawn_why=TEXT, manifest_sha256=TEXT, url=TEXT)  # fmt: skip
STEP = record(entry=TEXT, act=TEXT, at=WHEN, by=MAYBE, why=TEXT, changes={
    "type": "object", "additionalProperties": record(before={}, after={})})  # fmt: skip
ACT = record(act=TEXT, title=TEXT, purpose=TEXT, danger=TRUTH, body={"type": "object"}, url=TEXT, allowed=TRUTH, code=MAYBE,
             reason=MAYBE, to=MAYBE, **{"from": many(TEXT)})  # fmt: skip
KIN = record(title=TEXT, register=TEXT, items=many({"type": "object"}), more=TRUTH, all=TEXT)


def done(whole: Schema) -> Schema:
    """The answer of an act."""
    return record(
        ref=TEXT, entry=TEXT, repeated=TRUTH, answer={"type": "object"}, record={"anyOf": [whole, {"type": "null"}]}
    )


def example(body: Schema) -> Any:
    """Something that the body's schema admits: what is needed and no more."""
    if "anyOf" in body:
        return example(body["anyOf"][0])
    return {name: _example(name, body["properties"][name]) for name in body["required"]}


def _example(name: str, found: Schema) -> Any:
    kind = found.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in found:
        return found["enum"][0]
    if found.get("format") == "date":
        return today().isoformat()
    if kind == "array":
        return [_example(name, found["items"])]
    plain = {"string": name.replace("_", " "), "integer": 1, "number": 1.5, "boolean": True, "object": {}}
    return plain[kind]
