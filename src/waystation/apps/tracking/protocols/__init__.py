"""Tongues of the field: tracking answers programs made for other servers at the addresses those programs know."""

from waystation.apps.tracking.protocols import refusals as refusals
from waystation.apps.tracking.protocols.dtm import urlpatterns

__all__ = ["urlpatterns"]
