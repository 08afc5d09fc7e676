"""What stands in messages and is nobody's: amounts, days, times, products, codes of errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from evals.redaction.homes import TOWNS
from evals.redaction.said import ORDINALS
from evals.redaction.values import MONTHS
from tagger.redaction.wording import words

PRODUCTS = (
    "Galaxy S21",
    "iPhone 15 Pro",
    "Bosch WAN28281",
    "XPS 13",
    "KitchenAid mixer",
    "Nike Air Max 90",
    "PlayStation 5",
    "model T-800 drill",
    "blue jacket",
    "Dell U2723QE monitor",
    "HP 305XL cartridge",
    "Levi's 501",
)
PLANS = ("Basic Plus", "Family Max", "Premium 500", "Unlimited Gold", "Starter", "Silver Saver")
BRANDS = ("Apple", "Google", "Visa", "Samsung", "PayPal", "Klarna")
WEEKDAYS = tuple(words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"))


def _money(rng: Random) -> str:
    return (
        f"{rng.randint(1, 990)}.{rng.randint(0, 99):02d}"
        if rng.random() < 0.7
        else f"{rng.randint(1, 9)},{rng.randint(100, 999)}.00"
    )


def _day(rng: Random) -> str:
    y, m, d = rng.randint(2023, 2026), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (f"{m:02d}/{d:02d}/{y}", f"{d}.{m}.{y}", f"{y}-{m:02d}-{d:02d}", f"{d}/{m}", f"{d:02d}/{m:02d}/{y % 100}")
    )


def _day_in_words(rng: Random) -> str:
    m, d = rng.choice(MONTHS), rng.randint(4, 20)
    return rng.choice(
        (f"{m} {d}", f"the {d}th of {m}", f"{d} {m} {rng.randint(2024, 2026)}", f"{m} {d}, {rng.randint(2024, 2026)}")
    )


def _clock(rng: Random) -> str:
    h, m = rng.randint(1, 12), rng.choice((0, 15, 30, 45, 7))
    return rng.choice((f"{h}:{m:02d}", f"{h}:{m:02d} pm", f"{h}am", f"{h + 12 if h < 12 else 12}:{m:02d}"))


DECOYS: Mapping[str, Callable[[Random], str]] = {
    "money": _money,
    "bigmoney": lambda rng: str(rng.randint(1, 90) * 500),
    "day": _day,
    "dayword": _day_in_words,
    "clock": _clock,
    "count": lambda rng: str(rng.randint(2, 12)),
    "minutes": lambda rng: str(rng.randint(5, 120)),
    "error": lambda rng: rng.choice(
        (
            str(rng.randint(400, 599)),
            f"0x{rng.randint(4096, 65535):X}",
            f"E{rng.randint(10, 99)}",
            str(rng.randint(50000, 59999)),
        )
    ),
    "product": lambda rng: rng.choice(PRODUCTS),
    "plan": lambda rng: rng.choice(PLANS),
    "brand": lambda rng: rng.choice(BRANDS),
    "weekday": lambda rng: rng.choice(WEEKDAYS),
    "town": lambda rng: rng.choice(TOWNS),
    "size": lambda rng: rng.choice(("10-12", "XL", "38", "30x32", "7.5", "42")),
    "gb": lambda rng: str(rng.choice((5, 10, 50, 100, 500, 1000))),
    "version": lambda rng: f"{rng.randint(1, 12)}.{rng.randint(0, 20)}.{rng.randint(0, 400)}",
    "percent": lambda rng: rng.choice((str(rng.randint(1, 80)), f"{rng.randint(0, 9)}.{rng.randint(10, 99)}")),
    "year": lambda rng: str(rng.randint(2009, 2025)),
    "cm": lambda rng: str(rng.randint(10, 240)),
    "miles": lambda rng: str(rng.randint(2, 400)),
    "rate": lambda rng: f"{rng.randint(0, 1)}.{rng.randint(1000, 9999)}",
    "flight": lambda rng: f"{rng.choice(('BA', 'LH', 'UA', 'AF'))}{rng.randint(10, 999)}",
    "ordinal": lambda rng: rng.choice(ORDINALS[1:6]),
}
"""Makers by name; a digit behind a name in a form is only there to tell two of a kind apart."""
