"""Numbers as people say them."""

from __future__ import annotations

from random import Random

from tagger.redaction.wording import words

ONES = words("zero one two three four five six seven eight nine")
TENS = words("_ ten twenty thirty forty fifty sixty seventy eighty ninety")
TEENS = words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)


def said(number: str, rng: Random) -> str:
    """Digits as people say them: one by one, with `oh`, `double` and `triple` as the mood takes them."""
    oh = rng.random() < 0.5
    doubles = rng.random() < 0.5
    words: list[str] = []
    at = 0
    while at < len(number):
        run = next(n for n in (3, 2, 1) if number[at : at + n] == number[at] * n)
        word = "oh" if oh and number[at] == "0" else ONES[int(number[at])]
        if run > 1 and doubles:
            words.append(f"{'double' if run == 2 else 'triple'} {word}")
            at += run
        else:
            words.append(word)
            at += 1
    return " ".join(words)


def said_in_pairs(number: str, rng: Random) -> str:
    """Digits as people say them two at a time: `forty two nineteen oh six`."""
    words = []
    for at in range(0, len(number), 2):
        pair = number[at : at + 2]
        words.append(ONES[int(pair)] if len(pair) == 1 else said_pair(pair))
    return " ".join(words)


def said_pair(pair: str) -> str:
    """Two digits as one number: `oh six`, `nineteen`, `forty two`."""
    tens, ones = int(pair[0]), int(pair[1])
    if tens == 0:
        return f"oh {ONES[ones]}"
    if tens == 1:
        return TEENS[ones]
    return TENS[tens] if ones == 0 else f"{TENS[tens]} {ONES[ones]}"
