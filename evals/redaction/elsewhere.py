"""Homes, references, national numbers and days of birth of the third and later writings."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from random import Random

from evals.redaction.national import digits
from evals.redaction.said import ORDINALS, said, said_in_pairs, said_pair
from tagger.redaction.wording import words

Maker = Callable[[Random], str]

ROADS = (
    "Acacia",
    "Rosemount",
    "Cherry Tree",
    "Station",
    "Church",
    "Grange",
    "Lincoln",
    "Willow Creek",
    "Martin Luther King",
)
WAYS = (
    "Street",
    "St",
    "Ave",
    "Rd",
    "Crescent",
    "Place",
    "Gardens",
    "Parkway",
    "Pkwy",
    "Square",
    "Hill",
    "Mews",
    "Trail",
)
CITIES = (
    "Austin",
    "Sheffield",
    "Portland",
    "Galway",
    "Reading",
    "Denver",
    "Perth",
    "Ottawa",
    "Mobile",
    "Bath",
    "Swansea",
)
MONTHS = words("January February March April May June July August September October November December")


def house(rng: Random) -> str:
    """A house number and a road, now and then with a flat."""
    flat = rng.choice(("", "", f"Flat {rng.randint(1, 30)}, ", f"Apt {rng.randint(1, 30)}{rng.choice('ABC')}, "))
    letter = rng.choice(("", "", "", "a", "B"))
    return f"{flat}{rng.randint(1, 2400)}{letter} {rng.choice(ROADS)} {rng.choice(WAYS)}"


def home(rng: Random) -> str:
    """A whole address of one of eight countries."""
    number = rng.randint(1, 180)
    shapes = (
        f"{house(rng)}, {rng.choice(CITIES)}",
        f"{number} W {rng.randint(2, 98)}th St #{rng.randint(1, 60)}, New York, NY {digits(rng, 5)}",
        f"P.O. Box {digits(rng, 4)}, {rng.choice(CITIES)}, TX {digits(rng, 5)}",
        f"Calle Mayor {number}, 280{digits(rng, 2)} Madrid",
        f"{number} rue de la République, 690{digits(rng, 2)} Lyon",
        f"Via Garibaldi {number}, 001{digits(rng, 2)} Roma",
        f"Keizersgracht {number}, 10{digits(rng, 2)} AB Amsterdam",
        f"{number} Queen Street West, Toronto, ON M{rng.randint(1, 9)}V {rng.randint(1, 9)}K{rng.randint(1, 9)}",
        f"Unit {rng.randint(1, 40)}/{number} George Street, Parramatta NSW 2{digits(rng, 3)}",
        f"Rua das Flores, {number}, Porto 4{digits(rng, 3)}-{digits(rng, 3)}",
        f"{number} Rosewood Manor, Cork T{digits(rng, 2)} {rng.choice('AXYT')}{digits(rng, 3)}",
    )
    return rng.choice(shapes)


def home_said(rng: Random) -> str:
    """An address as said: the number in one of three ways, a road, and what people add."""
    number = rng.choice(
        (said_in_pairs(digits(rng, 4), rng), said(digits(rng, 3), rng), said_pair(str(rng.randint(11, 99))))
    )
    tail = rng.choice(
        ("", f" apartment {said(digits(rng, 1), rng)}", f" {rng.choice(CITIES)}", f" in {rng.choice(CITIES)}")
    )
    ways = ("street", "avenue", "road", "crescent", "place", "drive", "lane")
    return f"{number} {rng.choice(ROADS)} {rng.choice(ways)}{tail}".lower()


def postal_code(rng: Random) -> str:
    """A postal code that has letters: Canada, the Netherlands, Ireland, the UK."""
    a, b, c = (rng.choice("ABCEGHJKLMNPRSTVXY") for _ in range(3))
    shapes = (
        f"{a}{rng.randint(1, 9)}{b} {rng.randint(1, 9)}{c}{rng.randint(1, 9)}",
        f"{digits(rng, 4)} {rng.choice('ABCDEK')}{rng.choice('ABCDEK')}",
        f"D{digits(rng, 2)} {rng.choice('AXYT')}{digits(rng, 3)}",
        f"EC{rng.randint(1, 4)}A {rng.randint(1, 9)}BB",
        f"w{rng.randint(1, 9)}a {rng.randint(1, 9)}dd",
    )
    return rng.choice(shapes)


def postcode_said(rng: Random) -> str:
    """A UK postcode letter by letter."""
    area, inward = rng.choice(("l s", "b s", "n r", "m", "s w")), rng.choice(("a b", "d f", "e l"))
    return f"{area} {said(str(rng.randint(1, 9)), rng)} {said(str(rng.randint(1, 9)), rng)} {inward}"


def reference(rng: Random) -> str:
    """A reference as shops, couriers, airlines and help desks write it."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPQRTUVWXYZ") for _ in range(6))
    shapes = (
        f"{digits(rng, 3)}-{digits(rng, 7)}-{digits(rng, 7)}",
        f"1Z{letters[:3]}{digits(rng, 11)}",
        f"{letters[:2]}{digits(rng, 1)}{letters[3]}{digits(rng, 1)}{letters[5]}",
        f"INC00{digits(rng, 6)}",
        f"CASE-2026-{digits(rng, 5)}",
        f"{letters[:2]}{digits(rng, 9)}{letters[3:5]}",
        f"W{digits(rng, 8)}",
        f"{letters[:4]}/{digits(rng, 4)}/{digits(rng, 2)}",
        f"{digits(rng, 8)}{letters[0]}",
    )
    return rng.choice(shapes)


def reference_said(rng: Random) -> str:
    """A reference as said: letters, plain or with words for them, and digits."""
    letters = rng.choice(("t k", "b as in boy q", "w for whiskey r", "alpha november", "c x z"))
    return f"{letters} {said(digits(rng, 5), rng)}"


def policy(rng: Random) -> str:
    """A policy, member or contract number."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPQRTUVWXYZ") for _ in range(3))
    shapes = (
        f"{letters}-{digits(rng, 4)}-{digits(rng, 4)}",
        f"{digits(rng, 2)}/{digits(rng, 6)}",
        f"{letters}{digits(rng, 8)}",
    )
    return rng.choice((*shapes, f"{digits(rng, 4)} {digits(rng, 4)} {digits(rng, 3)}"))


def sort_code(rng: Random) -> str:
    """A bank's sort code."""
    a, b, c = digits(rng, 2), digits(rng, 2), digits(rng, 2)
    return rng.choice((f"{a}-{b}-{c}", f"{a} {b} {c}", f"{a}{b}{c}"))


def national_number(rng: Random) -> str:
    """A national or tax number without much of a check, of several countries."""
    shapes = (
        f"{rng.randint(201, 772)} {rng.randint(11, 98)} {rng.randint(1001, 9988)}",
        f"MORGA{digits(rng, 6)}SM9IJ",
        f"{digits(rng, 2)}-{digits(rng, 7)}",
        f"{digits(rng, 4)} {digits(rng, 4)} {digits(rng, 4)}",
        f"{digits(rng, 7)}{rng.choice('ABCDW')}A",
        f"S{digits(rng, 7)}{rng.choice('ABCDEFGHIZJ')}",
    )
    return rng.choice(shapes)


def ssn_said(rng: Random) -> str:
    """A social security number as said, with its dashes."""
    return " dash ".join(said(digits(rng, count), rng) for count in (3, 2, 4))


def born_short(rng: Random) -> str:
    """A day of birth with two digits of the year, or a month cut short."""
    y, m, d = rng.randint(40, 99), rng.randint(1, 12), rng.randint(1, 28)
    shapes = (
        f"{m}/{d}/{y}",
        f"{d}.{m}.{y}",
        f"{d} {MONTHS[m - 1][:3]} '{y}",
        f"19{y}.{m:02d}.{d:02d}",
        f"{d:02d}{m:02d}19{y}",
    )
    return rng.choice(shapes)


def born_told(rng: Random) -> str:
    """A day of birth as said: cardinal days, years in three ways, or all in digits."""
    y, m, d = rng.randint(41, 99), rng.randint(1, 12), rng.randint(1, 28)
    year, month = said_pair(str(y)), MONTHS[m - 1].lower()
    shapes = (
        f"{month} {said_pair(f'{d:02d}').removeprefix('oh ')} {year}",
        f"{ORDINALS[d % 20]} of {month} nineteen {year}",
        f"{said_pair(f'{d:02d}')} {said_pair(f'{m:02d}')} nineteen {year}",
        f"{month} the {ORDINALS[d % 20]} nineteen hundred and {year}",
    )
    return rng.choice(shapes)


def ip_said(rng: Random) -> str:
    """An IPv4 address as said."""
    return " dot ".join(said(digits(rng, 2), rng) for _ in range(4))


def ip_long(rng: Random) -> str:
    """An IPv6 address with a zone or a port, or an IPv4 one with a port, or that of a network card."""
    parts = [f"{rng.randint(4096, 65535):x}" for _ in range(8)]
    v4 = ".".join(str(rng.randint(11, 240)) for _ in range(4))
    mac = ":".join(f"{rng.randint(16, 255):02x}" for _ in range(6))
    return rng.choice((f"[{':'.join(parts)}]:443", f"{v4}:8080", mac, f"2a02:{parts[0]}:{parts[1]}::1", f"{v4}/24"))


def link(rng: Random) -> str:
    """A link that opens something of somebody."""
    key = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(30))
    shapes = (
        f"https://login.example.org/magic/{key}",
        f"https://bit.ly/3{key[:6]}",
        f"https://x.acme.io/s?session_id={key}#top",
        f"acme.io/invite/{key[:10]}",
        f"https://files.acme.io/d/{key[:8]}?auth={key[8:]}&x=1",
        f"https://maria:{key[:9]}@ftp.acme.io/in",
    )
    return rng.choice(shapes)


MAKERS: Mapping[str, Maker] = {
    "house": house,
    "home": home,
    "home_said": home_said,
    "postal": postal_code,
    "postcode_said": postcode_said,
    "reference": reference,
    "reference_said": reference_said,
    "policy": policy,
    "sort_code": sort_code,
    "national": national_number,
    "ssn_said": ssn_said,
    "born_short": born_short,
    "born_told": born_told,
    "ip_said": ip_said,
    "ip_long": ip_long,
    "link": link,
}
"""Values by their names in the forms."""
