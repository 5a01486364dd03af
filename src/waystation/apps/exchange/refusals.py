"""What exchange refuses; programs are shown the sentences of the DTM API."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "exchange",
    dtm_unknown=refusal(_("“{name}” is not asked for here. Known: {known}.")),
    dtm_date=refusal(_("{name} is “{value}”. Give a day as YYYY-MM-DD.")),
    dtm_round=refusal(_("{name} is “{value}”. Give a round as a whole number of 0 or more.")),
    release_withdrawn=refusal(
        _("{release} was withdrawn, so no exchange may hold it. Choose a release that is out."), "conflict"
    ),
    release_not_public=refusal(_("{release} is for {audience} and not for the public: no exchange may hold it.")),
    release_elsewhere=refusal(
        _("{release} holds no published round of {country}. Choose the release the feed is made of.")
    ),
    address_wrong=refusal(_("“{address}” is no address a reader can open. Give it whole, with https:// or http://.")),
    unknown_venue=refusal(_("There is no exchange “{venue}”. It can be: {known}.")),
    unknown_country=refusal(
        _("There is no country “{country}”. Use its ISO code (three letters); load the countries first.")
    ),
    feed_exists=refusal(_("{feed} is already at {address}. Update it instead of announcing it again."), "conflict"),
    day_ahead=refusal(_("{day} lies in the future. Give the day on which it happened.")),
    before_it_was_there=refusal(_("On {day} the feed was not there yet: it is there since {since}. Correct the day.")),
    report_older=refusal(
        _("Downloads as of {held} are known already; those of {said} are older. Give a later report."), "conflict"
    ),
    unknown_kind=refusal(_("There is no kind of document “{kind}”. It can be: {known}.")),
    unknown_use=refusal(_("“{use}” says nothing about the use of tracking data. It can be: {known}.")),
    plan_year=refusal(_("A plan for {year} cannot have been read: give a year from 2000 to {last}.")),
    plan_exists=refusal(_("{plan} was read already ({ref}). Read it again there."), "conflict"),
    dtm_reversed=refusal(_("{first} lies after {last}. Give them the other way round.")),
)
