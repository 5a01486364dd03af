"""Who decides what a name means, and who sees the questions."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.rules import declare_duties, duty, signed_in

declare_duties("naming", decide=_("decides what names of places mean"))

# What a name means is one for the whole house, as places are: the duty counts wherever it is held.
decider = duty("naming.decide", at=None) | duty("places.keep", at=None)
staff = signed_in
