"""Where people live, to plant."""

from __future__ import annotations

from random import Random

from evals.redaction.national import digits
from evals.redaction.said import said_in_pairs

STREETS = ("Maple", "Elm", "King", "Harbour View", "Old Mill", "Sycamore", "Victoria", "St Marks", "Jefferson", "Birch")
WAYS = ("Street", "Avenue", "Road", "Lane", "Drive", "Close", "Court", "Way", "Blvd", "Terrace")
TOWNS = ("Springfield", "Leeds", "Boise", "Tacoma", "Bristol", "Savannah", "Cork", "Albany", "Dayton", "Norwich")
STATES = ("OH", "TX", "WA", "NY", "GA", "ID", "CA", "IL")


def street(rng: Random) -> str:
    """A house number and a street."""
    return f"{rng.randint(2, 9899)} {rng.choice(STREETS)} {rng.choice(WAYS)}"


def address_us(rng: Random) -> str:
    """Street, town, state and zip code."""
    flat = rng.choice(("", f" Apt {rng.randint(1, 40)}", f", Unit {rng.randint(1, 40)}B"))
    return f"{street(rng)}{flat}, {rng.choice(TOWNS)}, {rng.choice(STATES)} {digits(rng, 5)}"


def address_uk(rng: Random) -> str:
    """Street, town and postcode."""
    return f"{rng.randint(1, 200)} {rng.choice(STREETS)} {rng.choice(WAYS[:7])}, {rng.choice(TOWNS)} {postcode(rng)}"


def address_de(rng: Random) -> str:
    """A German street with its number, postal code and town."""
    way = rng.choice(("Hauptstraße", "Lindenweg", "Goethestr.", "Bahnhofstrasse", "Am Markt", "Schillerplatz"))
    return f"{way} {rng.randint(1, 140)}, {digits(rng, 5)} {rng.choice(('Köln', 'Dresden', 'Ulm', 'Bremen'))}"


def address_said(rng: Random) -> str:
    """House number and street as said."""
    return f"{said_in_pairs(digits(rng, 4), rng)} {rng.choice(STREETS)} {rng.choice(WAYS[:5])}".lower()


def postcode(rng: Random) -> str:
    """A UK postcode."""
    outward = f"{rng.choice(('LS', 'BS', 'NR', 'M', 'SW'))}{rng.randint(1, 19)}"
    return f"{outward} {rng.randint(1, 9)}{rng.choice('ABDEF')}{rng.choice('HJLNP')}"


def zip_code(rng: Random) -> str:
    """Five digits, at times nine."""
    return digits(rng, 5) + (f"-{digits(rng, 4)}" if rng.random() < 0.2 else "")
