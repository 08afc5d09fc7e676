"""Words that announce personal data, as hurried people type them: `ordr numbr`, `pasword`, `adress`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tagger.redaction.wording import words

_CUES = words(
    "account number password passcode address phone mobile order invoice tracking booking reservation confirmation "
    "reference ticket policy claim customer member username birthday passport licence license email postcode code "
    "verification contract security insurance expiry shipment delivery surname maiden"
)
_SPELT = {
    **{"fone": "phone", "phne": "phone", "acnt": "account", "passwrd": "password", "numba": "number"},
    **{"addy": "address", "adres": "address", "usrname": "username", "nmbr": "number", "reservaton": "reservation"},
}
_REAL = frozenset(words("mail clam umber hone older cod ode core cover done phones codes orders doe emil clai"))
"""Words of the language, and names, that are only one slip away from a cue."""
_WORD = re.compile(r"(?<![\w@.-])[a-z]{4,13}(?![\w@-]|\.\w)", re.IGNORECASE)


def _slips(word: str) -> Iterator[str]:
    """One letter left out, one typed twice, or two neighbours swapped."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        if at:
            yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


_MEANT = {slip: word for word in _CUES for slip in _slips(word) if slip not in _REAL and len(slip) > 3}
_MEANT = {slip: word for slip, word in {**_MEANT, **_SPELT}.items() if slip not in _CUES}


def misspelt(text: str) -> list[tuple[int, int, str]]:
    """Characters from and to of each misspelt cue, and the word that was meant."""
    return [
        (match.start(), match.end(), meant)
        for match in _WORD.finditer(text)
        if (meant := _MEANT.get(match[0].lower())) is not None
    ]
