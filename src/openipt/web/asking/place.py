"""Where a request came from, as far as anybody can know: only to count how many come from one place in an hour."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

ONE_HOUSE = 64  # bits of an IPv6 address that one household or one machine is given
SENT_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def place_of(request: HttpRequest) -> str:
    """The address, or its network of 64 bits; empty where everybody would look alike.

    Behind OPENIPT_PROXIES web servers it is the one that the outermost of them wrote down; what stands before it
    anybody could have written. A web server in front that no setting speaks of hides everybody behind one address:
    then nobody is counted alone, and the limit of the whole service holds.
    """
    proxies = settings.ENVIRONMENT.asking.proxies
    told = request.META.get("REMOTE_ADDR", "")
    if proxies:
        line = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        told = line[-proxies] if len(line) >= proxies else ""
    elif any(request.META.get(header) for header in SENT_ON) and _is_here(told):
        return ""
    return _of(told)


def _is_here(text: str) -> bool:
    found = _address(text)
    return found is None or found.is_loopback or found.is_private


def _of(text: str) -> str:
    found = _address(text)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if isinstance(found, IPv6Address):
        return str(ip_network((found, ONE_HOUSE), strict=False))
    return str(found) if found is not None else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
