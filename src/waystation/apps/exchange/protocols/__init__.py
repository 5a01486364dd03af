"""Tongues of the field: programs made for other servers are answered at the addresses those programs know."""

from waystation.apps.exchange.protocols.dtm import urlpatterns

__all__ = ["urlpatterns"]
