from collections import Counter
from pathlib import Path

import pytest

from evals.datasets import banking77, present
from tagger.situations import known_situations

DATA = Path(__file__).parents[3] / "shared" / "data"


def plain(text: str) -> str:
    return " ".join("".join(letter for letter in text.lower() if letter.isalnum() or letter == " ").split())


def test_every_situation_has_a_need_a_name_and_several_things_said() -> None:
    for one in known_situations():
        assert one.need and one.name
        assert len(one.said) >= 3, one.name


def test_nothing_is_said_twice() -> None:
    said = Counter(plain(text) for one in known_situations() for text in one.said)
    assert [text for text, count in said.items() if count > 1] == []


def test_no_message_of_a_public_data_set_is_among_them() -> None:
    if not present(DATA):
        pytest.skip("the public data sets are not at hand")
    messages = {plain(text) for [text] in banking77(DATA)[0]}
    assert [text for one in known_situations() for text in one.said if plain(text) in messages] == []
