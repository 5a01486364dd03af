"""Which addresses may be told anything: what is written is checked when it is written, where it leads when it is called."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from waystation.kernel.refusals import Refused

PORTS = (80, 443)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def checked(url: str) -> SplitResult:
    """The parts of an address that may be written down. Raises Refused ``hooks.url_refused``."""
    try:
        parts = urlsplit(url)
        port = port_of(parts)
    except ValueError as wrong:
        raise Refused("hooks.url_refused", url=url, why=_("it is no address")) from wrong
    why = ""
    if parts.scheme != "https" and not (settings.WEBHOOKS_LOCAL and parts.scheme == "http"):
        why = _("it must begin with https://")
    elif not parts.hostname or any(c <= " " or c == "\x7f" or ord(c) > 126 for c in url):
        why = _("it is no address")
    elif parts.username is not None or parts.password is not None:
        why = _("it holds a user name or a password; every message is signed instead")
    elif parts.fragment:
        why = _("it ends in a fragment (#), which is never sent")
    elif port not in PORTS and port < 1024:
        why = _("its port is one of other services")
    elif _is_number(parts.hostname) and not public(parts.hostname):
        why = _("it leads into a private network")
    if why:
        raise Refused("hooks.url_refused", url=url, why=why)
    return parts


def port_of(parts: SplitResult) -> int:
    """The port that is called. Raises ValueError."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def resolved(host: str, port: int) -> str:
    """The one address to connect to, found now. Every address of the name must be public: a name that also leads inside
    is refused whole. Raises Refused ``hooks.url_refused``, OSError."""
    found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not found or not all(public(one) for one in found):
        raise Refused("hooks.url_refused", url=host, why=_("it leads into a private network"))
    return found[0]


def public(address: str) -> bool:
    """Whether a numeric address is on the open internet: not private, loopback, link-local (where clouds keep their
    metadata), reserved or many; nor one of these wrapped in IPv6. ``WEBHOOKS_LOCAL`` admits this machine."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.sixtofour or ip.teredo or ip in NAT64:
            return False
        ip = ip.ipv4_mapped or ip
    if settings.WEBHOOKS_LOCAL and ip.is_loopback:
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
