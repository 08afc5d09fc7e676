"""What happens to a clean sentence when people type it on a phone or a machine writes down their speech."""

from __future__ import annotations

import random

SHORT = {
    "please": "pls",
    "you": "u",
    "your": "ur",
    "because": "bc",
    "thanks": "thx",
    "are": "r",
    "want to": "wanna",
    "going to": "gonna",
    "I don't know": "idk",
    "delivery": "dlvry",
    "account": "acct",
    "payment": "pymt",
    "order": "ordr",
    "address": "adress",
    "received": "recieved",
    "definitely": "definately",
    "their": "there",
    "it's": "its",
    "can't": "cant",
    "doesn't": "doesnt",
    "haven't": "havent",
    "and": "&",
    "with": "w/",
    "for": "4",
    "package": "pkg",
    "number": "nr",
}
NEAR = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "u": "yi",
    "t": "ry",
    "n": "bm",
    "s": "ad",
    "r": "et",
    "d": "sf",
    "l": "k",
    "m": "n",
    "c": "xv",
    "g": "fh",
    "h": "gj",
}
_NO_STOPS = str.maketrans("", "", ".,!?;:'\"")


def typed(text: str, rng: random.Random, *, noise: float) -> str:
    """A sentence as somebody types it: at `noise` 0 as it is, at 1 often in lower case, shortened, mistyped."""
    if rng.random() < 0.5 * noise:
        text = text.lower()
    if rng.random() < 0.4 * noise:
        text = text.translate(_NO_STOPS)
    elif rng.random() < 0.25 * noise:
        text = text.replace(". ", " ").replace("! ", ", ").replace("? ", ", ")
    if rng.random() < 0.5 * noise:
        text = shortened(text, rng)
    return mistyped(text, rng, rate=0.07 * noise)


def shortened(text: str, rng: random.Random) -> str:
    """Some of the words in the short forms of messages."""
    words = text.split(" ")
    return " ".join(SHORT.get(word, word) if rng.random() < 0.7 else word for word in words)


def mistyped(text: str, rng: random.Random, *, rate: float) -> str:
    """About `rate` of the words with one slip of the finger."""
    words = text.split(" ")
    slips = int(rate * len(words) + rng.random())
    for _ in range(slips):
        place = rng.randrange(len(words))
        words[place] = slip(words[place], rng)
    return " ".join(words)


def slip(word: str, rng: random.Random) -> str:
    """One letter swapped, lost, doubled or hit beside its key; short words stay."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice(NEAR.get(word[at], word[at])) + word[at + 1 :]


def spoken(text: str, rng: random.Random, fillers: tuple[str, ...]) -> str:
    """A sentence as a machine writes down speech: fillers, false starts, few stops."""
    words = text.split(" ")
    for _ in range(1 + len(words) // 15):
        words.insert(rng.randrange(len(words) + 1), rng.choice(fillers))
    if rng.random() < 0.3 and len(words) > 5:
        start = rng.randrange(len(words) - 3)
        words[start:start] = words[start : start + 2]
    text = " ".join(words)
    return text.lower().translate(_NO_STOPS) if rng.random() < 0.5 else text
