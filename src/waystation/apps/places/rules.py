"""Who keeps places, and who sees them."""

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.models import Succession
from waystation.kernel.rules import anyone, declare_duties, duty, signed_in, where
from waystation.kernel.sight import sighted

declare_duties("places", keep=_("keeps countries, areas, boundaries and sites"))

# The gazetteer is one for the whole house, so the duty counts wherever it is held; a site belongs to its office.
keeper = duty("places.keep", at=None)
site_keeper = duty("places.keep")
everyone = anyone
may_leave = signed_in | where("edition__may_republish", True, words="its source lets it be republished")
staff = signed_in

sighted(Succession, everyone)
