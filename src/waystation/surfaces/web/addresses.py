"""The addresses of the web surface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from waystation.surfaces.web import (
    bringing,
    doing,
    entering,
    figured,
    finding,
    helped,
    home,
    lists,
    margins,
    notified,
    released,
    screened,
    sheets,
    working,
)
from waystation.surfaces.web.ways import access, invited, mine, passkeys, provider, second


def addresses() -> list[URLPattern | URLResolver]:
    """Every route; pages of apps come last, so that none can stand before the house's own."""
    return [
        path("", home.home, name="home"),
        path("health/", working.health, name="health"),
        path("sign-in/", entering.SignIn.as_view(), name="sign-in"),
        path("sign-in/as/", entering.sign_in_as, name="sign-in-as"),
        path("sign-out/", entering.SignOut.as_view(), name="sign-out"),
        path("sign-in/second/", second.second_page, name="second-step"),
        path("sign-in/passkey/", passkeys.sign_in_page, name="passkey-in"),
        path("sign-in/provider/", provider.leave_page, name="provider"),
        path("sign-in/provider/back/", provider.back_page, name="provider-back"),
        path("invitation/<str:token>/", invited.invitation_page, name="invitation"),
        path("me/", mine.me_page, name="me"),
        path("me/password/", invited.password_page, name="password"),
        path("me/second-step/", second.app_page, name="app"),
        path("me/passkeys/", passkeys.passkeys_page, name="passkeys"),
        path("me/sessions/", mine.sign_out_page, name="sessions"),
        path("access/<str:ref>/", access.person_access_page, name="person-access"),
        path("access/<str:register>/<path:ref>/", access.record_access_page, name="record-access"),
        path("language/", include("django.conf.urls.i18n")),
        path("search/", finding.search_page, name="search"),
        path("search/suggest/", finding.suggest, name="suggest"),
        path("help/", helped.help_page, name="help"),
        path("help/<str:name>/", helped.help_page, name="help"),
        path("r/<str:register>/", lists.list_page, name="list"),
        path("r/<str:register>/new/<str:verb>/", doing.create_page, name="create"),
        path("r/<str:register>/bring/<str:verb>/", bringing.bring_page, name="bring"),
        path("r/<str:register>/<path:ref>/do/<str:verb>/", doing.act_page, name="act"),
        path("r/<str:register>/<path:ref>/margin/<str:what>/", margins.margin_page, name="margin"),
        path("r/<str:register>/<path:ref>/", sheets.sheet_page, name="sheet"),
        path("attachments/<str:ref>/", margins.attachment_page, name="attachment"),
        path("notices/", notified.notices_page, name="notices"),
        path("notices/read/", notified.read, name="notices-read"),
        path("notices/how/", notified.how, name="notices-how"),
        path("figures/", figured.figures_page, name="figures"),
        path("figures/<str:name>/", figured.figure_page, name="figure"),
        path("releases/<str:ref>/<str:name>", released.release_file, name="release-file"),
        path("open/", released.open_page, name="open"),
        path("open/<str:ref>/", released.open_release_page, name="open-release"),
        path("jobs/<path:ref>/progress/", working.job_progress, name="job-progress"),
        *screened.addresses(),
    ]
