"""The recognisers: the first in the table wins where two overlap."""

from __future__ import annotations

from tagger.redaction.known_names import KNOWN_NAMES
from tagger.redaction.names import NAME_RECOGNISERS
from tagger.redaction.national import NATIONAL
from tagger.redaction.numbers import BORN, CARDS_AND_ADDRESSES, CODES, MAILBOXES
from tagger.redaction.places import PLACES
from tagger.redaction.recogniser import Recogniser
from tagger.redaction.secrets import LINKS, SECRETS, USERS
from tagger.redaction.spoken import SAID_DATES, SAID_MAILBOXES, SAID_NUMBERS, SAID_SECRETS

RECOGNISERS: tuple[Recogniser, ...] = (
    *LINKS,
    *SAID_MAILBOXES,
    *MAILBOXES,
    *SAID_SECRETS,
    *SECRETS,
    *CARDS_AND_ADDRESSES,
    *NATIONAL,
    *BORN,
    *SAID_DATES,
    *PLACES,
    *CODES,
    *SAID_NUMBERS,
    *USERS,
    *NAME_RECOGNISERS,
    *KNOWN_NAMES,
)
"""Highest priority first; among hits of one recogniser the longer wins."""
