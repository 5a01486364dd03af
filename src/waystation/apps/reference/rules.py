"""Who, among others' statistics."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.rules import declare_duties, duty

declare_duties("reference", keep=_("keeps other organisations' statistics and withdraws them"))
keeper = duty("reference.keep")
