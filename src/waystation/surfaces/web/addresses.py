"""The addresses of the web surface."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from waystation.surfaces.web import (
    doing,
    entering,
    figured,
    finding,
    home,
    lists,
    many,
    released,
    screened,
    sheets,
    working,
)


def addresses() -> list[URLPattern | URLResolver]:
    """Every route; pages of apps come last, so that none can stand before the house's own."""
    return [
        path("", home.home, name="home"),
        path("health/", working.health, name="health"),
        path("sign-in/", entering.SignIn.as_view(), name="sign-in"),
        path("sign-in/as/", entering.sign_in_as, name="sign-in-as"),
        path("sign-out/", LogoutView.as_view(next_page="/sign-in/"), name="sign-out"),
        path("me/", entering.me_page, name="me"),
        path("language/", include("django.conf.urls.i18n")),
        path("search/", finding.search_page, name="search"),
        path("r/<str:register>/", lists.list_page, name="list"),
        path("r/<str:register>/file/", lists.file_later, name="file-later"),
        path("r/<str:register>/many/", many.many_page, name="many"),
        path("r/<str:register>/many/<path:ref>/", many.many_done, name="many-done"),
        path("r/<str:register>/new/<str:verb>/", doing.create_page, name="create"),
        path("r/<str:register>/<path:ref>/do/<str:verb>/", doing.act_page, name="act"),
        path("r/<str:register>/<path:ref>/", sheets.sheet_page, name="sheet"),
        path("figures/", figured.figures_page, name="figures"),
        path("figures/<str:name>/", figured.figure_page, name="figure"),
        path("releases/<str:ref>/<str:name>", released.release_file, name="release-file"),
        path("open/", released.open_page, name="open"),
        path("open/<str:ref>/", released.open_release_page, name="open-release"),
        path("files/<path:ref>/", lists.file_made, name="file-made"),
        path("jobs/<path:ref>/progress/", working.job_progress, name="job-progress"),
        *screened.addresses(),
    ]
