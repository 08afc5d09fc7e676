"""Values to plant: what people are called, where they live, and how they type or say their numbers."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from evals.redaction import homes, national, others
from evals.redaction.national import digits, luhn_digit
from evals.redaction.said import ORDINALS, said, said_in_pairs, said_pair
from tagger.redaction.wording import words

FIRST = tuple(
    words(
        "Olivia Liam Aisha Mohammed Priya Arjun Mei Hiroshi Sofia Mateo Chloe Noah Fatima Omar Ingrid Lars"
        " Agnieszka Piotr "
        "Giulia Marco Amelie Lukas Siobhan Declan Thandiwe Kwame Ngozi Chidi Yuki Wei Lakshmi Rajesh Gabriela"
        " Thiago Elif "
        "Mehmet Nadia Yusuf Anneke Joost Katarzyna Dmitri Svetlana Helena Stefan Beatriz Joao Deborah Keith"
        " Tamika Darnell "
        "Brenda Craig Phyllis Gareth Rhiannon Xochitl Esteban Leila Farid Hannah Jacob Rosa Walter"
    )
)
LAST = tuple(
    words(
        "Fletcher Okafor Nakamura Lindqvist Kowalczyk Moretti Banerjee Iyer Delgado Ferreira O'Connor MacDonald Haddad "
        "Yilmaz Van-Dyke Petrov Schneider Dubois Nguyen Tran Hashimoto Castillo Mbeki Adeyemi Hughes Whitaker"
        " Gallagher "
        "Rasmussen Novak Popescu Chaudhry Rahman Siddiqui Abernathy Pemberton Vasquez Zielinski Kaplan Horvath"
        " Lefebvre "
        "Thornton Underwood Baptiste Quintero Sorensen Bianchi Fitzgerald Gupta Reddy Marchetti"
    )
)
DOMAINS = ("gmail.com", "yahoo.co.uk", "hotmail.com", "outlook.com", "web.de", "btinternet.com", "proton.me", "acme.io")
MONTHS = tuple(words("January February March April May June July August September October November December"))
NOUNS = words("bluebird tiger sunshine purple dragon coffee summer rocket banana monkey")

Maker = Callable[[Random], str]


def first(rng: Random) -> str:
    """A first name."""
    return rng.choice(FIRST)


def last(rng: Random) -> str:
    """A family name."""
    return rng.choice(LAST)


def full(rng: Random) -> str:
    """A first and a family name."""
    return f"{first(rng)} {last(rng)}"


def handle(rng: Random) -> str:
    """A user name."""
    return rng.choice(
        (
            f"{first(rng).lower()}{rng.randint(2, 99)}",
            f"{first(rng).lower()}_{last(rng).lower().replace(chr(39), '')}",
            f"{first(rng)[0].lower()}{last(rng).lower().replace(chr(39), '')}{rng.randint(1, 9)}",
        )
    )


def email(rng: Random) -> str:
    """A mailbox as typed."""
    name = rng.choice((handle(rng), f"{first(rng).lower()}.{last(rng).lower().replace(chr(39), '')}"))
    return f"{name}@{rng.choice(DOMAINS)}"


def email_said(rng: Random) -> str:
    """A mailbox as said."""
    return email(rng).replace("@", " at ").replace(".", " dot ").replace("_", " underscore ").replace("-", " dash ")


def email_spelled(rng: Random) -> str:
    """A mailbox spelled letter by letter."""
    return f"{' '.join(first(rng).lower())} at {rng.choice(('gmail', 'yahoo', 'outlook'))} dot com"


def phone_us(rng: Random) -> str:
    """A phone number of North America in one of its writings."""
    a, b, c = f"{rng.randint(201, 989)}", f"{rng.randint(201, 989)}", f"{rng.randint(0, 9999):04d}"
    shapes = (f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"{a}{b}{c}", f"+1 {a} {b} {c}", f"{a} {b} {c}")
    return rng.choice(shapes)


def phone_other(rng: Random) -> str:
    """A phone number of the UK, India, Germany, France or Spain."""
    return rng.choice(
        (
            f"07{digits(rng, 3)} {digits(rng, 6)}",
            f"+44 7{digits(rng, 3)} {digits(rng, 6)}",
            f"020 7{digits(rng, 3)} {digits(rng, 4)}",
            f"+91 9{digits(rng, 4)} {digits(rng, 5)}",
            f"9{digits(rng, 9)}",
            f"0176 {digits(rng, 8)}",
            f"+33 6 {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)}",
            f"+34 6{digits(rng, 2)} {digits(rng, 3)} {digits(rng, 3)}",
        )
    )


def phone_said(rng: Random) -> str:
    """A phone number of ten digits as said."""
    return said(digits(rng, 10, first="23456789"), rng)


def card(rng: Random) -> str:
    """A card number with its check digit, grouped or not."""
    body = rng.choice(("4", "51", "54", "6011")) + digits(rng, 14)
    body = body[:15]
    whole = body + luhn_digit(body)
    sign = rng.choice((" ", "-", ""))
    return sign.join(whole[at : at + 4] for at in range(0, 16, 4))


def amex(rng: Random) -> str:
    """A card number of fifteen digits, 4-6-5."""
    body = "37" + digits(rng, 12)
    whole = body + luhn_digit(body)
    return f"{whole[:4]} {whole[4:10]} {whole[10:]}"


def card_said(rng: Random) -> str:
    """A card number as said."""
    return said(card(rng).replace(" ", "").replace("-", ""), rng)


def iban(rng: Random) -> str:
    """An IBAN of one of six countries, grouped by four or not."""
    country, bank = rng.choice(
        (
            ("DE", digits(rng, 18)),
            ("GB", "NWBK" + digits(rng, 14)),
            ("NL", "ABNA" + digits(rng, 10)),
            ("FR", digits(rng, 23)),
            ("ES", digits(rng, 20)),
            ("PL", digits(rng, 24)),
        )
    )
    as_number = "".join(str(int(c, 36)) for c in f"{bank}{country}00")
    whole = f"{country}{98 - int(as_number) % 97:02d}{bank}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if rng.random() < 0.5 else whole


def born(rng: Random) -> str:
    """A day of birth in digits."""
    y, m, d = rng.randint(1940, 2006), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (f"{m:02d}/{d:02d}/{y}", f"{d}.{m}.{y}", f"{y}-{m:02d}-{d:02d}", f"{d:02d}-{m:02d}-{y % 100:02d}")
    )


def born_words(rng: Random) -> str:
    """A day of birth with the month by name."""
    y, m, d = rng.randint(1940, 2006), rng.choice(MONTHS), rng.randint(1, 28)
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(d, "th")
    return rng.choice(
        (f"{m} {d}, {y}", f"{d} {m} {y}", f"{m} {d}{ending} {y}", f"{d}{ending} of {m} {y}", f"{d} {m[:3]} {y}")
    )


def born_said(rng: Random) -> str:
    """A day of birth as said."""
    year = f"nineteen {said_pair(f'{rng.randint(50, 99)}')}"
    day, month = rng.choice(ORDINALS), rng.choice(MONTHS).lower()
    return rng.choice((f"{month} {day} {year}", f"the {day} of {month} {year}"))


def password(rng: Random) -> str:
    """A password with a sign or a digit in it."""
    word = rng.choice(NOUNS)
    return rng.choice(
        (
            f"{word.title()}{rng.randint(10, 9999)}!",
            f"{word}{rng.randint(10, 99)}",
            f"{word[:4]}#{word[4:]}{rng.randint(1, 9)}Q",
        )
    )


def password_plain(rng: Random) -> str:
    """A password that is a word."""
    return rng.choice(NOUNS)


def password_said(rng: Random) -> str:
    """A password as said."""
    ending = rng.choice(("exclamation mark", "hashtag", "dollar sign"))
    return f"capital {rng.choice(NOUNS)} {said(digits(rng, 3), rng)} {ending}"


def url(rng: Random) -> str:
    """A link with somebody's key in it."""
    key = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(22))
    return rng.choice(
        (
            f"https://portal.acme.io/reset?token={key}",
            f"http://track.shipfast.co/t/{key}",
            f"https://app.example.com/u/{handle(rng)}/invoices?sig={key[:12]}",
            f"www.acme.io/verify?email={email(rng)}&k={key[:8]}",
        )
    )


def mixed_code(rng: Random) -> str:
    """A reference of letters and digits."""
    a = "".join(rng.choice("ABCDEFGHJKLMNPQRTUVWXYZ") for _ in range(rng.randint(2, 3)))
    return rng.choice(
        (
            f"{a}{digits(rng, 6)}",
            f"{a}-{digits(rng, 5)}",
            f"{digits(rng, 3)}-{digits(rng, 7)}",
            f"{a}{digits(rng, 2)}{a[:2]}{digits(rng, 2)}",
        )
    )


def code_spelled(rng: Random) -> str:
    """A reference said letter by letter."""
    letters = " ".join(rng.choice("abcdefghjkmnprstvwxyz") for _ in range(2))
    return f"{letters} {said(digits(rng, 4), rng)}"


def ip4(rng: Random) -> str:
    """An IPv4 address."""
    return ".".join(str(rng.randint(11, 240)) for _ in range(4))


def ip6(rng: Random) -> str:
    """An IPv6 address, short or whole."""
    parts = [f"{rng.randint(4096, 65535):x}" for _ in range(8)]
    return rng.choice((":".join(parts), f"2001:db8::{parts[0]}:{parts[1]}", f"fe80::{parts[2]}"))


def _digits_said(count: int, rng: Random) -> str:
    return said(digits(rng, count), rng)


def _digits_in_pairs(count: int, rng: Random) -> str:
    return said_in_pairs(digits(rng, count), rng)


def _digits_spaced(count: int, rng: Random) -> str:
    return " ".join(digits(rng, count))


MAKERS: Mapping[str, Maker] = {
    "first": first,
    "last": last,
    "full": full,
    "handle": handle,
    "email": email,
    "email_said": email_said,
    "email_spelled": email_spelled,
    "phone_us": phone_us,
    "phone_other": phone_other,
    "phone_said": phone_said,
    "phone_pairs": lambda rng: said_in_pairs(digits(rng, 10, first="23456789"), rng),
    "card": card,
    "amex": amex,
    "card_said": card_said,
    "iban": iban,
    "street": homes.street,
    "address_us": homes.address_us,
    "address_uk": homes.address_uk,
    "address_de": homes.address_de,
    "address_said": homes.address_said,
    "postcode": homes.postcode,
    "zip": homes.zip_code,
    "zip_said": lambda rng: said(digits(rng, 5), rng),
    "born": born,
    "born_words": born_words,
    "born_said": born_said,
    "password": password,
    "password_plain": password_plain,
    "password_said": password_said,
    "url": url,
    "code": mixed_code,
    "code_spelled": code_spelled,
    **{"ip4": ip4, "ip6": ip6},
    **{f"d{count}": partial(digits, count=count) for count in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)},
    **{f"d{count}_said": partial(_digits_said, count) for count in (3, 4, 6, 7, 8, 9, 10)},
    **{f"d{count}_spaced": partial(_digits_spaced, count) for count in (4, 5, 6, 8, 10)},
    **{f"d{count}_pairs": partial(_digits_in_pairs, count) for count in (4, 6)},
    **{
        name: getattr(national, name)
        for name in words(
            "ssn nino nhs dni nie nir steuer_id cpf sin tfn aadhaar pan pesel bsn personnummer codice_fiscale passport "
            "licence"
        )
    },
    **others.MAKERS,
}
"""Every kind of value by its name in the forms."""
