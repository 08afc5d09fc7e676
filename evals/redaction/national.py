"""National numbers with right check digits, made here apart from the code that checks them in the tagger."""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random

Maker = Callable[[Random], str]


def digits(rng: Random, count: int, *, first: str = "123456789") -> str:
    """`count` digits, the first of them from `first`."""
    return rng.choice(first) + "".join(rng.choice(string.digits) for _ in range(count - 1))


def luhn_digit(body: str) -> str:
    """The digit that makes a number pass ISO/IEC 7812-1."""
    doubled = [int(d) * 2 if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def weighted(body: str, weights: tuple[int, ...]) -> int:
    """The sum of digits times weights."""
    return sum(int(d) * w for d, w in zip(body, weights, strict=True))


def ssn(rng: Random) -> str:
    """United States: 3-2-4, never 000, 666 or 9xx in front."""
    return f"{rng.choice([n for n in range(101, 772) if n != 666])}-{rng.randint(11, 98)}-{rng.randint(1001, 9988)}"


def nino(rng: Random) -> str:
    """United Kingdom national insurance."""
    pair = rng.choice(("AB", "CE", "JK", "LM", "PW", "SX", "ZY"))
    return f"{pair} {rng.randint(11, 98)} {rng.randint(11, 98)} {rng.randint(11, 98)} {rng.choice('ABCD')}"


def nhs(rng: Random) -> str:
    """England's health number, modulo 11."""
    while True:
        body = digits(rng, 9, first="4679")
        check = 11 - weighted(body, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
        if check != 10:
            whole = body + str(check % 11)
            return f"{whole[:3]} {whole[3:6]} {whole[6:]}"


def dni(rng: Random) -> str:
    """Spain: eight digits and a letter."""
    body = digits(rng, 8)
    return body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(body) % 23]


def nie(rng: Random) -> str:
    """Spain, residents from abroad."""
    first, body = rng.randint(0, 2), digits(rng, 7)
    return "XYZ"[first] + body + "TRWAGMYFPDXBNJZSQVHLCKE"[int(f"{first}{body}") % 23]


def nir(rng: Random) -> str:
    """France, social security, with its key of two digits."""
    body = f"{rng.randint(1, 2)}{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(11, 88)}{digits(rng, 6)}"
    key = 97 - int(body) % 97
    return f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:13]} {key:02d}"


def steuer_id(rng: Random) -> str:
    """Germany, tax number of eleven digits (ISO 7064 MOD 11,10), one digit of the first ten twice."""
    picked = rng.sample(string.digits, 9)
    if picked[0] == "0":
        picked[0], picked[1] = picked[1], picked[0]
    at = rng.randrange(2, 9)
    body = [*picked[:at], picked[0], *picked[at:]]
    product = 10
    for digit in body:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def cpf(rng: Random) -> str:
    """Brazil, persons."""
    body = digits(rng, 9)
    for start in (10, 11):
        rest = sum(int(d) * (start - i) for i, d in enumerate(body)) * 10 % 11
        body += str(rest % 10)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def sin(rng: Random) -> str:
    """Canada, social insurance (Luhn)."""
    body = digits(rng, 8, first="1234567")
    whole = body + luhn_digit(body)
    return f"{whole[:3]} {whole[3:6]} {whole[6:]}"


def tfn(rng: Random) -> str:
    """Australia, tax file number, weights modulo 11."""
    while True:
        whole = digits(rng, 9)
        if weighted(whole, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return f"{whole[:3]} {whole[3:6]} {whole[6:]}"


def aadhaar(rng: Random) -> str:
    """India, twelve digits (Verhoeff, on the dihedral group of order ten)."""
    body = digits(rng, 11, first="23456789")
    check = 0
    for place, digit in enumerate(reversed(body), 1):
        check = _dihedral(check, _turned(int(digit), place))
    whole = f"{body}{_inverse(check)}"
    return f"{whole[:4]} {whole[4:8]} {whole[8:]}"


def _dihedral(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5


def _inverse(a: int) -> int:
    return next(b for b in range(10) if _dihedral(a, b) == 0)


def _turned(digit: int, times: int) -> int:
    for _ in range(times % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def pan(rng: Random) -> str:
    """India, tax: five letters, four digits, a letter."""
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(3))
    return f"{letters}P{rng.choice(string.ascii_uppercase)}{digits(rng, 4)}{rng.choice(string.ascii_uppercase)}"


def pesel(rng: Random) -> str:
    """Poland, eleven digits that begin with the day of birth."""
    body = f"{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{digits(rng, 4)}"
    return body + str(-weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def bsn(rng: Random) -> str:
    """The Netherlands, the eleven test."""
    while True:
        whole = digits(rng, 9)
        if weighted(whole, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0:
            return whole


def personnummer(rng: Random) -> str:
    """Sweden: day of birth, serial number, Luhn over ten digits."""
    body = f"{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{digits(rng, 3)}"
    return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"


def codice_fiscale(rng: Random) -> str:
    """Italy: letters of the name, day of birth, place, check letter."""
    letters = "".join(rng.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    body = f"{letters}{rng.randint(50, 99)}{rng.choice('ABCDEHLMPRST')}{rng.randint(1, 28):02d}H{rng.randint(101, 899)}"
    odd = dict(zip(string.digits, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    order = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    odd |= dict(zip(string.ascii_uppercase, order, strict=True))
    total = sum(odd[c] if i % 2 == 0 else (int(c) if c.isdigit() else ord(c) - 65) for i, c in enumerate(body))
    return body + string.ascii_uppercase[total % 26]


def passport(rng: Random) -> str:
    """A letter or none and eight or nine digits."""
    return rng.choice((digits(rng, 9), rng.choice("ACKPX") + digits(rng, 8)))


def licence(rng: Random) -> str:
    """A driving licence as some states of the US write it: a letter and seven or twelve digits."""
    return rng.choice("BDFHNSW") + digits(rng, rng.choice((7, 12)))
