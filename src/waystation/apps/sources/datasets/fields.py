"""What may be read from a file of observations, and how a file nobody has seen before is understood.

A field of the long form, ``individuals``, has one column for all groups. A field of one group, such as
``displaced.individuals``, is a column of a wide file; such columns become a row for each group. HXL tags come first,
then headers.
"""

from __future__ import annotations

from collections import abc
from typing import Any

from waystation.apps.sources.models import SourceMapping
from waystation.intake import Field, Mapping, Source, Take, Wide, propose
from waystation.kernel.codelists import codelist
from waystation.kernel.values import digest

NEEDED = ("operation_name", "country", "component", "round_number", "reporting_date")
COUNTS = ("individuals", "households", "males", "females", "under_18", "aged_60_over")
LOCATION = 9  # the level of rows about single places, below all administrative levels
ALIKE = 0.9  # how much of a remembered mapping must fit a file whose headers differ
# Words that stand for nothing. NA is not one of them: it is Namibia.
NOTHING = ("Not available", "not available", "N/A", "n/a", "#N/A", "-", "--", "n.d.", "N.D.", "null", "NULL")
MARKERS: dict[str, str | None] = dict.fromkeys(NOTHING)


_ADMIN_WORDS = {
    1: ("state", "province", "region", "departement"),
    2: ("county", "district", "commune"),
    3: ("payam", "ward"),
}


def _admin(level: int) -> tuple[Field, Field]:
    n = f"admin{level}"
    codes = [f"{n}Pcode", f"{n} pcode", f"adm{level}_pcode", f"ADM{level}_PCODE"]
    names = [f"{n}Name", f"{n} name", f"adm{level}_name", f"ADM{level}_EN", f"ADM{level}_FR", f"ADM{level}_ES"]
    for word in _ADMIN_WORDS[level]:
        codes += [f"{word}_pcode", f"{word}_code"]
        names += [f"{word}_name", word]
    return (
        Field(f"{n}_code", "code", hxl=(f"#adm{level}+code",), synonyms=tuple(codes)),
        Field(f"{n}_name", hxl=(f"#adm{level}+name",), synonyms=tuple(names)),
    )


FIELDS: tuple[Field, ...] = (
    Field("origin_admin1_code", "code", hxl=("#adm1+code+origin",), synonyms=("idpOriginAdmin1Pcode",)),
    Field("origin_admin1_name", hxl=("#adm1+name+origin",), synonyms=("idpOriginAdmin1Name",)),
    Field("operation_name", required=True, hxl=("#operation+name",), synonyms=("operation",)),
    Field("country", required=True, hxl=("#country+code", "#country+name"),
          synonyms=("admin0Pcode", "iso3", "country code", "country", "admin0Name", "pays", "país")),
    Field("component", required=True, hxl=("#assessment+type",), synonyms=("assessmentType", "assessment type")),
    Field("round_number", "integer", required=True, minimum=0, dimension=True, hxl=("#round+code",),
          synonyms=("roundNumber", "round", "survey round", "ronde", "ronda")),
    Field("reporting_date", "date", required=True, hxl=("#date+reported",),
          synonyms=("reportingDate", "reporting date")),
    Field("level", "integer", minimum=0, dimension=True, hxl=("#adm+level",), synonyms=("adminLevel", "admin level")),
    Field("population_group", hxl=("#population+type",), synonyms=("population group", "group")),
    *_admin(1), *_admin(2), *_admin(3),
    Field("location_code", hxl=("#loc+code",),
          synonyms=("location_ssid", "site id", "location id", "ssid", "site code")),
    Field("location_name", hxl=("#loc+name",),
          synonyms=("location", "site name", "village", "village_idp_settlement_name", "nom du site")),
    Field("location_kind", hxl=("#loc+type",), synonyms=("location_type", "site type", "settlement type")),
    Field("longitude", "decimal", hxl=("#geo+lon",), synonyms=("lon", "long", "x")),
    Field("latitude", "decimal", hxl=("#geo+lat",), synonyms=("lat", "y")),
    Field("reason_said", hxl=("#cause+type", "#cause"), synonyms=("displacementReason", "reason", "reasons", "motif")),
    Field("arrival_from", "date", hxl=("#date+arrival+start",), synonyms=("arrived from", "arrival from")),
    Field("arrival_until", "date", hxl=("#date+arrival+end",), synonyms=("arrived until", "arrival until")),
    Field("collected_on", "date", hxl=("#date+collected",),
          synonyms=("assessment date", "survey date", "date of assessment")),
    Field("informants", "integer", minimum=0, dimension=True, hxl=("#informants+num",),
          synonyms=("number of informants",)),
    Field("informant_kinds", "integer", minimum=0, dimension=True, hxl=("#informants+kinds",),
          synonyms=("kinds of informants",)),
    Field("agreement", "decimal", minimum=0, dimension=True, synonyms=("agreement of informants",)),
    Field("access_said", hxl=("#access",), synonyms=("access", "accessibility", "Remarks 2")),
    Field("reassessed_said", synonyms=("reassessed", "assessed anew", "Remarks")),
    Field("source_id", "integer", dimension=True, hxl=("#id+code",), synonyms=("id",)),
    Field("individuals", "integer", hxl=("#population+ind",),
          synonyms=("people", "persons", "total individuals", "individus")),
    Field("households", "integer", hxl=("#population+hh",), synonyms=("hh", "total households", "ménages", "hogares")),
    Field("males", "integer", hxl=("#population+m",), synonyms=("male", "men", "hommes", "hombres")),
    Field("females", "integer", hxl=("#population+f",), synonyms=("female", "women", "femmes", "mujeres")),
    Field("under_18", "integer", hxl=("#population+children",), synonyms=("children", "under 18", "enfants")),
    Field("aged_60_over", "integer", hxl=("#population+elderly",), synonyms=("60+", "elderly", "60 and older")),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}

_HEADERS = {  # how sources of wide files write the columns of a group
    "displaced": ("IDP {} (total)", "IDP {}", "IDPs {}"),
    "returned_internal": (
        "returnee {} from inside",
        "returnee {} from South Sudan",
        "internal returnee {}",
        "returned IDPs {}",
    ),
    "returned_abroad": ("returnee {} from abroad", "returnees from abroad {}"),
    "relocated": ("relocated {}",),
    "returned_not_home": ("not yet returned {}",),
    "host": ("host community {}", "host {}"),
    "migrant": ("migrant {}",),
}
_DTM = {"individuals": "numPresentIdpInd", "males": "numberMales", "females": "numberFemales"}
_ATTRIBUTE = {"individuals": ("+ind", ""), "households": ("+hh",), "males": ("+m",), "females": ("+f",)}


def _of_group(group: str, tag: str) -> list[Field]:
    made = []
    for count, attributes in _ATTRIBUTE.items():
        headers = [words.format(count) for words in _HEADERS[group]]
        headers += [f"Estimated # of {one}" for one in headers]
        if group == "displaced" and count in _DTM:
            headers.append(_DTM[count])
        tags = tuple(tag + attribute for attribute in attributes)
        made.append(Field(f"{group}.{count}", "integer", hxl=tags, synonyms=tuple(headers)))
    return sorted(made, key=lambda one: one.name.endswith("individuals"))


GROUP_FIELDS: tuple[Field, ...] = tuple(
    field
    for group in codelist("tracking.population_group").codes.values()
    if group.code in _HEADERS
    for field in _of_group(group.code, group.more["hxl"])
)


def proposed(source: Source) -> Mapping:
    """A flat mapping of a file that nobody mapped before: fields of the long form and of single groups side by side."""
    return propose(source, (*GROUP_FIELDS, *FIELDS)).with_(markers=MARKERS)


def grouped(mapping: Mapping) -> Mapping:
    """A flat mapping with the columns of single groups put together, so that each group becomes a row.

    With one group only, its columns are the long form of that group: a place without a count still gives a row.
    """
    groups: dict[str, dict[str, Take]] = {}
    long: dict[str, Take] = {}
    for name, take in mapping.takes.items():
        group, dot, count = name.partition(".")
        if dot:
            groups.setdefault(group, {})[count] = take
        else:
            long[name] = take
    if not groups:
        return mapping
    if len(groups) == 1 and not long.keys() & set(COUNTS):
        group, takes = next(iter(groups.items()))
        return mapping.with_(takes=long | takes, constants={"population_group": group, **mapping.constants})
    kept = {name: take for name, take in long.items() if name not in (*COUNTS, "population_group")}
    wide = tuple(Wide({"population_group": group}, takes) for group, takes in groups.items())
    return mapping.with_(takes=kept, wide=wide)


def signature(source: Source) -> str:
    """What makes two files of one source alike: their headers and tags, whatever their order. SHA-256."""
    return digest(sorted({column.key or column.hxl for column in source.columns} - {""}))


def remembered(source: Source) -> Mapping | None:
    """The kept mapping of a file with these headers, or the kept one that fits it best; None when none fits."""
    kept = SourceMapping.objects.filter(state="kept").order_by("-pk")
    same = kept.filter(signature=signature(source)).first()
    if same is not None:
        return Mapping.from_json(same.mapping, source.name)
    found = [Mapping.from_json(one.mapping, source.name) for one in kept[:50]]
    ranked = sorted(((one.matches(source).score, -place) for place, one in enumerate(found)), reverse=True)
    return found[-ranked[0][1]] if ranked and ranked[0][0] >= ALIKE else None


def recognised(source: Source) -> Mapping:
    """The mapping of a file: remembered, else proposed."""
    return remembered(source) or grouped(proposed(source))


def missing(mapping: Mapping, constants: abc.Mapping[str, Any]) -> list[str]:
    """The fields that neither a column nor a word said by hand fills, and without which there is no round."""
    have = {name for name, _take in mapping.all_takes()} | set(mapping.constants) | set(constants)
    return [name for name in (*NEEDED, "individuals") if name not in have]


def level_of(mapping: Mapping) -> int:
    """The finest level a file speaks of: 0 country, 1 to 3 administrative levels, ``LOCATION`` single places."""
    have = {name for name, _take in mapping.all_takes()} | set(mapping.constants)
    if have & {"location_code", "location_name"}:
        return LOCATION
    return max((n for n in (1, 2, 3) if have & {f"admin{n}_code", f"admin{n}_name"}), default=0)
