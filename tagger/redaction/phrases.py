"""What the words around a finding tell: secrets, user names, e-mails said aloud, links and addresses."""

from __future__ import annotations

import re

from tagger.redaction.checks import announced
from tagger.redaction.recogniser import Hit

MAILERS = (
    r"(?:gmail|gmal|gmial|gamil|gail|gmil|g mail|ymail|yahoo|hotmail|outlook|rediffmail|rediff|icloud|aol|protonmail"
    r"|email|mail)"
)
"""Hosts of mailboxes that are known without an ending."""

_SPACED_DIGITS = re.compile(r"[A-Za-z]{1,20} \d{2,12}\b(?! (?:times|days|hours|minutes|weeks|months|years|digits))")
NO_VALUE = frozenset(
    re.split(
        r"\s",
        "accepted and been but can cannot change changed correct does doesn't entered expired forgot "
        "forgotten has have incorrect invalid isn't issue its link lost never not protected recovery required "
        "reset sent should still the this was what when which will with wrong yes you your",
    )
)


def check_secret(match: re.Match[str]) -> Hit | None:
    """A value with a digit or sign in it; a plain word only right after a colon or an equals sign."""
    value = match["v"].rstrip(".!?)…")
    spaced = _SPACED_DIGITS.match(match.string, match.start("v"))
    if spaced:
        return Hit("SECRET", match.start("v"), spaced.end())
    plain = not any(character.isdigit() or character in "_@#$%&*^+=!" for character in value)
    if len(value) < 3 or (plain and (not match["link"].rstrip().endswith((":", "=")) or value.lower() in NO_VALUE)):
        return None
    return Hit("SECRET", match.start("v"), match.start("v") + len(value))


def check_email(match: re.Match[str]) -> Hit | None:
    """A mailbox; `2@5` is an amount."""
    text = match[0].rstrip(".-")
    has_letter = any(character.isalpha() for character in text.partition("@")[2])
    return Hit("EMAIL", match.start(), match.start() + len(text)) if has_letter else None


def check_one_time_code(match: re.Match[str]) -> Hit | None:
    """A code of digits; error, promotion, zip and country codes stay."""
    before = match.string[max(0, match.start() - 12) : match.start()].lower().rstrip()
    known = (
        "zip",
        "postal",
        "post",
        "error",
        "promo",
        "coupon",
        "discount",
        "country",
        "area",
        "dress",
        "qr",
        "status",
        "gift",
        "sort",
        "response",
    )
    return None if before.endswith(known) else Hit("SECRET", *match.span("v"))


def check_last_four(match: re.Match[str]) -> Hit | None:
    """The last digits of a card, unless the words say of what else."""
    kind = announced(match.string, match.start("v"))
    return Hit(kind if kind in ("ID", "PHONE", "ACCOUNT") else "CARD", *match.span("v"))
