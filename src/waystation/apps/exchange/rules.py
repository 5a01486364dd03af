"""Who, in exchange."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.rules import declare_duties, duty

declare_duties("exchange", keep=_("keeps track of what outside exchanges hold of ours and of plans that use it"))
keeper = duty("exchange.keep")
