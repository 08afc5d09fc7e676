"""Templates to HTML, with everything escaped that is not already markup of our own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from alignment.estimate import Estimate
from api import charts
from api.address import Links, contact_link
from api.assets import asset_url
from api.csrf import FormTokens, asks_name, csrf_field
from api.figures import SCALES, Figure, figure, number

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")
"""Control characters but for tab and line ends, and those that turn text round whatever stands in it."""


@cache
def environment() -> Environment:
    """The one Jinja environment: autoescape on, an undefined name is an error."""
    found = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[FormTokens],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"fig": _fig, "on": _on, "day": day, "moment": moment, "count": count, "plain": plain}
    found.globals |= {
        "asset": asset_url,
        "contact_link": contact_link,
        "links_of": Links,
        "charts": charts,
        "scales": SCALES,
    }
    found.globals |= {"csrf_field": csrf_field, "asks_name": asks_name}
    return found


def render(template: str, **context: Any) -> str:
    """One page. What nobody would see in the words of strangers is shown as a sign: piped it stays harmless."""
    return UNSEEN.sub(_sign, environment().get_template(template).render(context))


def _sign(unseen: re.Match[str]) -> str:
    """One sign for one character, so that spans of evidence still point right."""
    code = ord(unseen[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def _fig(estimate: Estimate, scale: str) -> Figure:
    return figure(estimate, SCALES[scale])


def _on(value: float, scale: str) -> str:
    """An exact number, such as a goalpost, on its scale."""
    known = SCALES[scale]
    return number(value, known, known.digits) + known.unit


def day(value: date) -> str:
    """4 May 2026."""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """4 May 2026, 09:00 UTC."""
    utc = value.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def count(value: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def plain(name: str) -> str:
    """A filter's or an id's name as words: `segment.tier` gives tier, `know-arrival` gives know arrival."""
    return name.partition(".")[2].replace("_", " ") if "." in name else name.replace("-", " ").replace("_", " ")
