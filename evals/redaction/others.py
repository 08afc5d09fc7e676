"""Values of the third and later writings: other names, other countries, other ways of saying and spelling."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from random import Random

from evals.redaction import elsewhere
from evals.redaction.national import digits, luhn_digit
from evals.redaction.said import said, said_in_pairs, said_pair
from tagger.redaction.wording import words

Maker = Callable[[Random], str]

FIRST = tuple(
    words(
        "Margaret Bob Harriet Duncan Latoya Sanjay Zainab Oluwaseun Kenji Aoife Tyrone Consuelo Ravi Beth Theo Zara "
        "Bronwyn Cedric Ifeoma Parvati Anastasia Gunther Rupert Imogen Shanice Hamza Eleni Tomasz Freya Jamal Doreen "
        "Nigel Pilar Ignacio Sunita Vikram Colleen Barry Denise Ulrich Mireille Gaston Hyun Minh Thanh Chinedu Amara"
    )
)
RARE = tuple(words("Tavion Zephyrine Brixton Ottoline Kaelith Jorrit Wendeline Sunniva Thaddea Oisin Quillon Maelys"))
"""First names that lists of common names lack."""
LAST = tuple(
    words(
        "Smith Jones Patel Kim O'Brien Blackwood Cholmondeley Eze Stone Young Rivers Baker Garcia Hernandez Wu Singh "
        "Kaur Brandt Larsen Kowalski Hargreaves Featherstone Oduya Mukherjee Papadopoulos Johansson Ogunleye Marsh "
        "Whitlock Pennington Achterberg Dang Ruiz Espinoza Lam Choudhury Winters Bell Cross Field Parrish Tennant"
    )
)
NATO = words(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey xray yankee zulu"
)
LIKE = words(
    "apple boy cat david edward frank george henry ice john king larry mary nancy ocean peter queen robert sam tom "
    "umbrella victor william xray yellow zebra"
)
PETS = words("Biscuit Mr-Whiskers Rosie Shadow Pickle Bruno Marmalade Ziggy")
PLAIN = words("blue horse seven lucky river castle orange table winter garden silver moon paper lemon window")
HOSTS = words("gmail.com yahoo.com hotmail.co.uk icloud.com smithfamily.net t-online.de orange.fr live.in uni-bonn.de")


def first(rng: Random) -> str:
    """A first name."""
    return rng.choice(FIRST)


def last(rng: Random) -> str:
    """A family name, many of which are words as well."""
    return rng.choice(LAST)


def full(rng: Random) -> str:
    """First and family name, now and then with a letter, a second first name or a particle between."""
    middle = rng.choice(("", "", "", f" {rng.choice('ABDEGJLMRT')}.", f" {first(rng)}", " van der", " de la"))
    return f"{first(rng)}{middle} {last(rng)}"


def rare(rng: Random) -> str:
    """A first name not on lists and a family name."""
    return f"{rng.choice(RARE)} {last(rng)}"


def plainly(name: str) -> str:
    """Only the small letters of a name."""
    return "".join(letter for letter in name.lower() if letter in string.ascii_lowercase)


def name_spelled(rng: Random) -> str:
    """A family name letter by letter."""
    return " ".join(plainly(last(rng)))


def name_dashed(rng: Random) -> str:
    """A family name letter by letter with dashes."""
    return "-".join(plainly(last(rng)).upper())


def name_nato(rng: Random) -> str:
    """A family name in the spelling alphabet of pilots."""
    return " ".join(NATO[ord(letter) - 97] for letter in plainly(last(rng)))


def name_like(rng: Random) -> str:
    """A family name as `s as in sam m as in mary`."""
    link = rng.choice((" as in ", " for ", " like "))
    return " ".join(f"{letter}{link}{LIKE[ord(letter) - 97]}" for letter in plainly(last(rng)))


def mailbox(rng: Random) -> str:
    """A mailbox at hosts of several countries."""
    one, two = plainly(first(rng)), plainly(last(rng))
    name = rng.choice((f"{one}.{two}", f"{one[0]}{two}", f"{one}-{two}", f"{two}{rng.randint(60, 99)}", f"{one}+bills"))
    return f"{name}@{rng.choice(HOSTS)}"


def mailbox_said(rng: Random) -> str:
    """A mailbox as said, its digits in words, now and then with what people add."""
    one, two = plainly(first(rng)), plainly(last(rng))
    year = said_in_pairs(str(rng.randint(60, 99)), rng)
    name = rng.choice((f"{one} dot {two}", f"{one} underscore {two}", f"{one} {two} {year}", f"{one[0]} {two}"))
    host = rng.choice(("gmail dot com", "hotmail dot co dot uk", "yahoo dot com", "i cloud dot com", "aol dot com"))
    return f"{name} at {host}"


def mailbox_nato(rng: Random) -> str:
    """A mailbox whose name is spelled."""
    name = plainly(rng.choice(LAST))[:5]
    spelled = " ".join(f"{letter} as in {LIKE[ord(letter) - 97]}" for letter in name)
    return f"{spelled} at {rng.choice(('gmail', 'outlook', 'yahoo'))} dot com"


def mailbox_hidden(rng: Random) -> str:
    """A mailbox written so that machines miss it, or mistyped."""
    one, two = plainly(first(rng)), plainly(last(rng))
    shapes = (
        f"{one}.{two} (at) gmail (dot) com",
        f"{one}{two}[at]yahoo[dot]com",
        f"{one}.{two} @ gmail.com",
        f"{one}{two}@gmail,com",
        f"{one}_{two}@hotmail .com",
    )
    return rng.choice(shapes)


def phone(rng: Random) -> str:
    """A phone number of one of twelve writings."""
    shapes = (
        f"+49 (0)89 {digits(rng, 7)}",
        f"+61 4{digits(rng, 2)} {digits(rng, 3)} {digits(rng, 3)}",
        f"0{digits(rng, 3)} {digits(rng, 3)} {digits(rng, 4)}",
        f"1-{rng.randint(201, 989)}-{rng.randint(201, 989)}-{digits(rng, 4)} ext. {digits(rng, 3)}",
        f"({rng.randint(201, 989)}){rng.randint(201, 989)}-{digits(rng, 4)}",
        f"0044 7{digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)}",
        f"+353 8{digits(rng, 1)} {digits(rng, 3)} {digits(rng, 4)}",
        f"0{digits(rng, 1)}.{digits(rng, 2)}.{digits(rng, 2)}.{digits(rng, 2)}.{digits(rng, 2)}",
        f"+1{digits(rng, 10, first='23456789')}",
        f"{rng.randint(201, 989)}/{rng.randint(201, 989)}-{digits(rng, 4)}",
        " ".join(f"07{digits(rng, 9)}"),
        f"+55 11 9{digits(rng, 4)}-{digits(rng, 4)}",
    )
    return rng.choice(shapes)


def phone_called(rng: Random) -> str:
    """A phone number of eleven digits as said, ending in doubled and empty digits."""
    return f"oh seven {said(digits(rng, 5), rng)} double {rng.choice(('four', 'six', 'two'))} oh oh"


def phone_slow(rng: Random) -> str:
    """Ten digits said with the words that people put between."""
    a, b, c = (said(digits(rng, count), rng) for count in (3, 3, 4))
    return f"{a} {rng.choice(('then', 'uh', 'and then', 'um'))} {b} {rng.choice(('and then', 'um', 'uh'))} {c}"


def card_fours(rng: Random) -> str:
    """A card number said as pairs of numbers."""
    body = "4" + digits(rng, 14)
    return said_in_pairs(body + luhn_digit(body), rng)


def card_parted(rng: Random) -> str:
    """A card number with dots, spaced digits or an odd grouping."""
    body = rng.choice(("4", "52", "2221")) + digits(rng, 14)
    whole = (body := body[:15]) + luhn_digit(body)
    return rng.choice(
        (".".join(whole[i : i + 4] for i in range(0, 16, 4)), " ".join(whole), f"{whole[:8]} {whole[8:]}")
    )


def expiry(rng: Random) -> str:
    """The month a card ends."""
    month, year = rng.randint(1, 12), rng.randint(26, 31)
    return rng.choice((f"{month:02d}/{year}", f"{month:02d}/20{year}", f"{month:02d}-{year}"))


def expiry_said(rng: Random) -> str:
    """The month a card ends as said."""
    return f"{said_pair(f'{rng.randint(1, 12):02d}')} {said_pair(str(rng.randint(26, 31)))}"


def login(rng: Random) -> str:
    """A user name of one of six making."""
    one, two = plainly(first(rng)), plainly(last(rng))
    noun = rng.choice(PLAIN)
    shapes = (f"{one}{two}", f"{one}.{two}", f"{noun}{one}{rng.randint(2, 999)}", f"{two}_{noun}", f"x{noun}x{one[:3]}")
    return rng.choice((*shapes, f"{one.title()}{two.title()}{rng.randint(1, 9)}"))


def login_said(rng: Random) -> str:
    """A user name as said."""
    year = said_in_pairs(str(rng.randint(60, 99)), rng)
    return f"{plainly(first(rng))} {rng.choice(('underscore', 'dot', 'dash'))} {plainly(last(rng))} {year}"


def phrase(rng: Random) -> str:
    """A password of three plain words."""
    return " ".join(rng.sample(PLAIN, 3))


def strong(rng: Random) -> str:
    """A password as machines ask for it."""
    noun = rng.choice(PLAIN)
    shapes = (
        f"{noun.title()}@{rng.randint(100, 2030)}",
        f"{noun}${rng.randint(10, 99)}xY",
        f"!{noun}_{rng.randint(1, 99)}",
    )
    return rng.choice((*shapes, "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(11)) + "7"))


def api_key(rng: Random) -> str:
    """A key for programs."""
    body = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(24))
    return rng.choice((f"sk_live_{body}", f"ghp_{body}", f"AKIA{body[:16].upper()}", f"xoxb-{digits(rng, 11)}-{body}"))


def code_parted(rng: Random) -> str:
    """A one-time code as senders write it."""
    return rng.choice(
        (f"{digits(rng, 3)} {digits(rng, 3)}", f"G-{digits(rng, 6)}", f"{digits(rng, 3)}-{digits(rng, 3)}")
    )


MAKERS: Mapping[str, Maker] = {
    "who": full,
    "who_first": first,
    "who_last": last,
    "who_rare": rare,
    "who_spelled": name_spelled,
    "who_dashed": name_dashed,
    "who_nato": name_nato,
    "who_like": name_like,
    "mailbox": mailbox,
    "mailbox_said": mailbox_said,
    "mailbox_nato": mailbox_nato,
    "mailbox_hidden": mailbox_hidden,
    "tel": phone,
    "tel_called": phone_called,
    "tel_slow": phone_slow,
    "card_fours": card_fours,
    "card_parted": card_parted,
    "expiry": expiry,
    "expiry_said": expiry_said,
    "login": login,
    "login_said": login_said,
    "phrase": phrase,
    "strong": strong,
    "api_key": api_key,
    "code_parted": code_parted,
    "pet": lambda rng: rng.choice(PETS).replace("-", " "),
    **elsewhere.MAKERS,
}
"""Every kind of value of these writings by its name in the forms."""
