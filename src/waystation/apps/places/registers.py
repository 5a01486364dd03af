"""What is shown of places: countries, areas, boundaries, editions, sites."""

from django.utils.translation import gettext_lazy as _

from waystation.apps.places import acts
from waystation.apps.places.models import Area, Boundary, Country, Edition, Site, SiteStatus
from waystation.apps.places.rules import everyone, may_leave, staff
from waystation.kernel.register import Lifecycle, Register, Related, Section

countries = Register(
    name="places.countries",
    model=Country,
    word=(_("country"), _("countries")),
    lifecycle=Lifecycle({"listed": _("listed")}, ()),
    sight=everyone,
    columns=("iso3", "iso2", "m49", "name", "region", "subregion", "status"),
    filters=("region", "subregion", "status"),
    search=("iso3", "iso2", "m49", "name_en", "name_fr", "name_es", "name_ru", "name_zh", "name_ar"),
    order="name_en",
    sections=(
        Section(_("Codes"), ("iso3", "iso2", "m49", "region", "subregion", "intermediate", "status")),
        Section(_("Names"), ("name_en", "name_fr", "name_es", "name_ru", "name_zh", "name_ar")),
    ),
    related=(Related(_("Areas"), "places.areas", "country"), Related(_("Sites"), "places.sites", "country")),
    personal=(),
    hxl={
        "iso3": "#country+code+v_iso3",
        "iso2": "#country+code+v_iso2",
        "m49": "#country+code+num+v_m49",
        "name": "#country+name",
    },
    group="Places",
    page="/places/{iso3}/",
)

areas = Register(
    name="places.areas",
    model=Area,
    word=(_("area"), _("areas")),
    lifecycle=Lifecycle({"listed": _("listed")}, (acts.rename, acts.split, acts.merge, acts.end)),
    sight=everyone,
    columns=("pcode", "name", "level", "parent", "country", "valid_from", "valid_until"),
    filters=("country", "level"),
    search=("pcode", "name"),
    order="pcode",
    sections=(
        Section(_("Area"), ("pcode", "name", "names", "level", "parent", "country")),
        Section(_("Validity"), ("valid_from", "valid_until", "edition")),
    ),
    related=(Related(_("Boundaries"), "places.boundaries", "area"), Related(_("Sites"), "places.sites", "area")),
    personal=(),
    hxl={
        "pcode": "#adm+code+v_pcode",
        "name": "#adm+name",
        "level": "#geo+admin_level",
        "parent": "#adm+code+parent",
        "country": "#country+name",
        "valid_from": "#date+start",
        "valid_until": "#date+end",
    },
    group="Places",
)

boundaries = Register(
    name="places.boundaries",
    model=Boundary,
    word=(_("boundary"), _("boundaries")),
    lifecycle=Lifecycle(
        {"in force": _("in force"), "superseded": _("superseded")}, (acts.withdraw,), frozenset({"superseded"})
    ),
    sight=may_leave,
    columns=("ref", "pcode", "country", "level", "area_km2", "uncovered", "edition__source", "edition__licence",
             "state"),
    filters=("country", "level", "state"),
    search=("ref", "pcode"),
    sections=(
        Section(_("Boundary"), ("country", "area", "level", "pcode", "area_km2", "uncovered")),
        Section(_("Reach"), ("west", "south", "east", "north")),
        Section(_("Terms"), ("edition__source", "edition__licence", "edition__attribution", "edition__may_republish")),
    ),
    personal=(),
    hxl={"pcode": "#adm+code+v_pcode", "level": "#geo+admin_level", "area_km2": "#geo+area+km2"},
    group="Places",
)  # fmt: skip

editions = Register(
    name="places.editions",
    model=Edition,
    word=(_("edition of places"), _("editions of places")),
    lifecycle=Lifecycle({"loaded": _("loaded")}, (acts.load_countries, acts.load_areas, acts.load_boundaries)),
    sight=everyone,
    columns=("ref", "kind", "title", "source", "licence", "created_at"),
    filters=("kind",),
    search=("ref", "title", "source"),
    sections=(
        Section(_("Edition"), ("kind", "title", "changes", "findings", "created_at")),
        Section(_("Terms"), ("source", "licence", "attribution", "may_republish")),
    ),
    personal=(),
    group="Places",
)

site_statuses = Register(
    name="places.site_statuses",
    model=SiteStatus,
    word=(_("status of a site"), _("statuses of sites")),
    lifecycle=Lifecycle({"kept": _("kept")}, ()),
    sight=staff,
    columns=("site", "status", "since", "area", "longitude", "latitude"),
    filters=("status",),
    order="-since",
    sections=(Section(_("Status"), ("site", "status", "since", "area", "longitude", "latitude")),),
    personal=(),
    hxl={"site": "#loc+name", "status": "#status", "since": "#date+start"},
    group="Places",
)

sites = Register(
    name="places.sites",
    model=Site,
    word=(_("site"), _("sites")),
    lifecycle=Lifecycle(
        {"open": _("open"), "closed": _("closed")},
        (acts.open_site, acts.move_site, acts.rename_site, acts.close_site, acts.reopen_site),
    ),
    sight=staff,
    columns=("ref", "code", "name", "kind", "country", "area", "longitude", "latitude", "opened_on", "state"),
    filters=("country", "kind", "state"),
    search=("ref", "code", "name"),
    sections=(
        Section(_("Site"), ("name", "code", "kind", "country", "area")),
        Section(_("Position"), ("longitude", "latitude")),
        Section(_("Time"), ("opened_on", "closed_on")),
    ),
    related=(Related(_("Status through time"), "places.site_statuses", "site"),),
    personal=(),
    hxl={
        "code": "#loc+code",
        "name": "#loc+name",
        "kind": "#loc+type",
        "country": "#country+name",
        "area": "#adm+name",
        "longitude": "#geo+lon",
        "latitude": "#geo+lat",
        "opened_on": "#date+start",
        "state": "#status",
    },
    group="Places",
)
