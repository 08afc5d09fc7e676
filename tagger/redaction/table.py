"""The recognisers: the first in the table wins where two overlap."""

from __future__ import annotations

from tagger.redaction.known_names import KNOWN_NAMES
from tagger.redaction.links import KEYS, LINKS
from tagger.redaction.mailboxes import MAILBOXES_MISTYPED, MAILBOXES_SAID
from tagger.redaction.name_cues import NAME_CUES
from tagger.redaction.names import NAME_RECOGNISERS
from tagger.redaction.national import NATIONAL
from tagger.redaction.numbers import BORN, CARDS_AND_ADDRESSES, CODES, MAILBOXES
from tagger.redaction.places import PLACES
from tagger.redaction.recogniser import Recogniser
from tagger.redaction.secrets import SECRETS
from tagger.redaction.spelled import SPELLED
from tagger.redaction.spoken import SAID_DATES, SAID_NUMBERS, SAID_SECRETS
from tagger.redaction.users import USERS

RECOGNISERS: tuple[Recogniser, ...] = (
    *LINKS,
    *MAILBOXES_SAID,
    *MAILBOXES_MISTYPED,
    *MAILBOXES,
    *KEYS,
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
    *SPELLED,
    *NAME_RECOGNISERS,
    *NAME_CUES,
    *KNOWN_NAMES,
)
"""Highest priority first; among hits of one recogniser the longer wins."""
