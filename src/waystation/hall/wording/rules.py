"""Who: reviewers hold a duty, wherever they sit; the languages are the same in every office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.kernel.rules import declare_duties, duty

declare_duties("house", translate=_("reviews and corrects translations"))
reviewer = duty("house.translate", at=None)
