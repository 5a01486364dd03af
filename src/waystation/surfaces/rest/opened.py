"""The interface as OpenAPI 3.1, made from the declarations: only what the one who asks may use, so that nothing shows in the
description that does not show in the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import figures
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.refusals import catalogue
from waystation.kernel.register import Register
from waystation.surfaces.rest import answers, doing, evidence, following, lists
from waystation.surfaces.rest.door import holds, told
from waystation.surfaces.rest.records import address, fields_of, schema
from waystation.surfaces.rest.refusals import status_of
from waystation.surfaces.rest.shapes import Schema, body_schema, codes_of, offered

ANYONE = ("rest.unknown_parameter", "rest.text_unusable", "rest.wrong_value", "kernel.token_refused", "rest.too_many",
          "rest.no_such_address", "rest.broken")  # fmt: skip
NAMED_ONE = ("rest.credentials_missing", "rest.scope_missing")
DOING = ("kernel.not_allowed", "kernel.wrong_state", "kernel.changed_meanwhile", "kernel.key_reused", "kernel.already_exists",
         "kernel.argument_missing", "kernel.unknown_argument", "rest.unknown_reference", "rest.value_unfit",
         "rest.body_too_large", "rest.body_unreadable", "rest.media_type", "rest.stale_form", "rest.version_unsaid",
         "rest.version_unread")  # fmt: skip
FIGURES = ("kernel.unknown_name", "figures.wrong_roll_up", "figures.never_across", "figures.say_why", "figures.unknown_dim",
           "figures.not_known_yet")  # fmt: skip
REF: Schema = {"type": "string", "minLength": 1, "maxLength": 80}


def openapi(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/openapi.json``."""
    lists.strict(request.GET, {})
    return told(document())


def document() -> dict[str, Any]:
    """The description of what the current scope may use."""
    made = Description(scopes.current())
    made.house()
    for register in lists.readable():
        made.register(register)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{settings.ORGANISATION}: {_('interface for programs')}", "version": "1",
                 "description": _("Made from the declarations of the house; shows what you may use with what you came with."),
                 "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"key": []}, {"session": []}],
        "tags": [{"name": name} for name in made.tags],
        "paths": made.paths,
        "components": {
            "schemas": {"Problem": answers.PROBLEM, **made.schemas},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": _("A key of yours: waystation token create.")},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
        },
    }  # fmt: skip


class Description:
    """The paths and schemas, as they are added."""

    def __init__(self, scope: scopes.Scope) -> None:
        self.scope = scope
        self.paths: dict[str, dict[str, Any]] = defaultdict(dict)
        self.schemas: dict[str, Schema] = {}
        self.tags: list[str] = []

    def add(
        self, method: str, path: str, tag: str, summary: str, *, name: str, good: Schema, codes: Iterable[str] = (),
        query: Mapping[str, Schema] | None = None, within: Mapping[str, Schema] | None = None, body: Schema | None = None,
        status: int = 200, anyone: bool = False, several: tuple[str, ...] = (), media: Mapping[str, Schema] | None = None,
    ) -> None:  # fmt: skip
        """Describe one operation. ``good`` is its answer; ``within`` the parameters of its path; ``several`` those of the
        query that may be said more than once."""
        if tag not in self.tags:
            self.tags.append(tag)
        asked = [{"name": n, "in": "path", "required": True, **_parameter(s)} for n, s in (within or {}).items()]
        for one, found in (query or {}).items():
            found = {"type": "array", "items": found} if one in several else found
            asked.append({"name": one, "in": "query", "required": False, **_parameter(found)})
        codes = dict.fromkeys([*ANYONE, *(() if anyone else NAMED_ONE), *codes])
        operation: dict[str, Any] = {"operationId": name, "summary": summary, "tags": [tag], "parameters": asked}
        if body is not None:
            asked += [
                {"name": n, "in": "header", "required": False, **_parameter(s)} for n, s in answers.HEADERS.items()
            ]
            operation["requestBody"] = {"required": bool(body.get("required")), "content": {"application/json": {
                "schema": body, **({"example": found} if (found := answers.example(body)) else {})}}}  # fmt: skip
        operation["responses"] = {
            str(status): {"description": _("done") if body is not None else _("found"), "headers": answers.TOLD,
                          "content": media or {"application/json": {"schema": good}}},
            **_refused(codes, doing=body is not None),
        }  # fmt: skip
        if body is None and media is None:
            operation["responses"]["304"] = {"description": _("as you have it")}
        if status == 201:  # sent again with the same key, it is not made again
            operation["responses"]["200"] = operation["responses"]["201"]
        operation["x-refusals"] = [
            {"code": code, "status": status_of(code), "says": str(catalogue[code].message)} for code in codes
        ]
        if anyone:
            operation["security"] = [{}, {"key": []}, {"session": []}]
        self.paths[path][method] = operation

    def shape(self, name: str, found: Schema) -> Schema:
        """Keep a schema under a name, and refer to it."""
        self.schemas[name] = found
        return {"$ref": f"#/components/schemas/{name}"}

    def house(self) -> None:
        """What does not belong to one register."""
        tag = _("House")
        self.add("get", "/api/v1/me", tag, _("Who you are here"), name="me", good=answers.ME, anyone=True)
        self.add(
            "get",
            "/api/v1/openapi.json",
            tag,
            _("This description"),
            name="openapi",
            good={"type": "object"},
            anyone=True,
        )
        if self.scope.actor is not None:
            self.add("get", "/api/v1/registers", tag, _("The registers you may read"), name="registers",
                     good=answers.items(answers.REGISTER))  # fmt: skip
            if holds(self.scope, "feed:read"):
                self.add("get", "/api/v1/changes", tag, _("What changed after a cursor"), name="changes", good=answers.FEED,
                         query={"cursor": lists.CURSOR, "limit": lists.LIMIT, "register": following.REGISTER},
                         several=("register",), codes=("hooks.cursor_wrong", "hooks.cursor_ahead", "kernel.unknown_name"))  # fmt: skip
            if holds(self.scope, "figures:read"):
                self._figures()
        self._releases()

    def _figures(self) -> None:
        tag = _("Figures")
        self.add("get", "/api/v1/figures", tag, _("All figures"), name="figures", good=answers.items(answers.FIGURE))
        for name, one in sorted(figures.figures.items()):
            path, asked = f"/api/v1/figures/{name}", evidence.parameters(one)
            codes = [*FIGURES, *codes_of(one.run)]
            self.add(
                "get",
                path,
                tag,
                str(one.label),
                name=name,
                query=asked,
                several=("by",),
                codes=codes,
                good=answers.VALUE,
            )
            rows = {n: s for n, s in asked.items() if n != "by" and not n.startswith("across.")}
            self.add("get", f"{path}/lineage", tag, _("The rows behind “{figure}”").format(figure=one.label),
                     name=f"{name}.lineage", query={**rows, "page": evidence.PAGE, "limit": lists.LIMIT}, codes=codes,
                     good=answers.LINEAGE)  # fmt: skip
            self.add("get", f"{path}/verify", tag, _("“{figure}” verified, as frozen in releases").format(figure=one.label),
                     name=f"{name}.verify", query={"release": evidence.WORDS}, codes=FIGURES,
                     good=answers.items({"type": "object"}))  # fmt: skip

    def _releases(self) -> None:
        tag, within = _("Releases"), {"ref": REF}
        path = "/api/v1/releases"
        self.add("get", path, tag, _("What has left the house"), name="releases", query={"limit": lists.LIMIT}, anyone=True,
                 good=answers.items(answers.RELEASE))  # fmt: skip
        self.add("get", f"{path}/{{ref}}", tag, _("A release with its files and figures"), name="release", within=within,
                 good={"type": "object", "required": ["ref", "files", "figures"]}, codes=("kernel.not_found",), anyone=True)  # fmt: skip
        self.add("get", f"{path}/{{ref}}/files/{{name}}", tag, _("A file of a release"), name="release-file",
                 within={**within, "name": REF}, good={}, media={"*/*": {}}, anyone=True,
                 codes=("kernel.not_found", "kernel.wrong_state"))  # fmt: skip

    def register(self, register: Register) -> None:
        """What a register offers: its list, its records, and its acts when the key may do them."""
        name, tag, path = register.name, capfirst(str(register.word[1])), address(register)
        ref = register.model.objects.order_by("-pk").values_list("ref", flat=True).first()
        within = {"ref": {**REF, **({"example": ref} if ref else {})}}
        line = self.shape(f"{name}.line", schema(register, fields_of(register, self.scope, whole=False)))
        whole = self.shape(name, schema(register, fields_of(register, self.scope, whole=True)))
        page = {"type": "object", "required": ["items", "next"], "properties": {
            "items": {"type": "array", "items": line}, "next": {"type": ["string", "null"]}}}  # fmt: skip
        self.add("get", path, tag, _("List {records}").format(records=register.word[1]), name=f"{name}.list", good=page,
                 query=lists.parameters(register), codes=("rest.cursor_wrong", "rest.not_acceptable"),
                 media={"application/json": {"schema": page}, "text/csv": {"schema": {"type": "string"}}})  # fmt: skip
        one = f"{path}/{{ref}}"
        there: dict[str, Any] = {"within": within, "codes": ("kernel.not_found",)}
        self.add(
            "get", one, tag, _("One {record}").format(record=register.word[0]), name=f"{name}.one", good=whole, **there
        )
        self.add("get", f"{one}/history", tag, _("What was done to it"), name=f"{name}.history",
                 good=answers.items(answers.STEP), **there)  # fmt: skip
        self.add("get", f"{one}/acts", tag, _("What may be done to it now"), name=f"{name}.acts",
                 good=answers.items(answers.ACT), **there)  # fmt: skip
        self.add("get", f"{path}/acts", tag, _("How such a record is made"), name=f"{name}.creating",
                 good=answers.items(answers.ACT))  # fmt: skip
        self.add("get", f"{one}/related", tag, _("What belongs to it"), name=f"{name}.related",
                 good=answers.items(answers.KIN), **there)  # fmt: skip
        if holds(self.scope, "act", name):
            self._acts(register, tag, path, within, whole)

    def _acts(self, register: Register, tag: str, path: str, within: dict[str, Schema], whole: Schema) -> None:
        done = answers.done(whole)
        creating = [act for act in register.creating if offered(act)]
        for act in [one for one in register.lifecycle.acts if offered(one)]:
            verb = act.run.__name__
            at = f"{path}/acts/{verb}" if act.creates else f"{path}/{{ref}}/acts/{verb}"
            self.add("post", at, tag, _summary(act), name=act.name, good=done, body=body_schema(act),
                     within=None if act.creates else within, status=201 if act.creates else 200, codes=_codes(act))  # fmt: skip
        if creating:
            self.add("post", path, tag, _("Make one"), name=f"{register.name}.create", good=done, status=201,
                     body=_either(creating), codes=_codes(*creating, more=("rest.amend_unclear",)))  # fmt: skip
        amending = doing.amending(register)
        if amending:
            self.add("patch", f"{path}/{{ref}}", tag, _("Change what it says"), name=f"{register.name}.amend", good=done,
                     within=within, body=_either(amending), codes=_codes(*amending, more=("rest.amend_unclear",)))  # fmt: skip


def _parameter(found: Schema) -> dict[str, Any]:
    """A parameter's schema, its words and its example where OpenAPI wants them."""
    rest = {key: value for key, value in found.items() if key not in ("description", "example")}
    return {"schema": rest, **{key: found[key] for key in ("description", "example") if key in found}}


def _summary(act: Act) -> str:
    return _(act.purpose) if act.purpose else capfirst(_(act.verb))


def _either(among: list[Act]) -> Schema:
    found = [body_schema(act) for act in among]
    return found[0] if len(found) == 1 else {"anyOf": found}


def _codes(*among: Act, more: tuple[str, ...] = ()) -> list[str]:
    """What doing may be refused with: by the runner, by reading what was sent, and by the acts themselves."""
    own = {code for act in among for code in codes_of(act.run)}
    return [*DOING, "kernel.not_found", *more, *sorted(own)]


def _refused(codes: Iterable[str], *, doing: bool) -> dict[str, Any]:
    """The error answers, by status."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[status_of(code)].append(code)
    if doing:
        by_status[412].append("kernel.changed_meanwhile")
    by_status[405].append("rest.wrong_method")
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": ", ".join(dict.fromkeys(of)), "headers": answers.TOLD, "content": problem}
        for status, of in sorted(by_status.items())
    }
