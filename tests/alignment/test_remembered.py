from __future__ import annotations

import gc
from weakref import ref

import pandas as pd

from alignment.remembered import Remembered


class Answer:
    pass


def test_an_answer_is_made_once_for_a_frame_and_a_key() -> None:
    shelf: Remembered[Answer] = Remembered(2)
    frame = pd.DataFrame({"a": [1]})
    first = shelf.get(frame, "key", Answer)
    assert shelf.get(frame, "key", Answer) is first
    assert shelf.get(frame, "other", Answer) is not first
    assert shelf.get(pd.DataFrame({"a": [1]}), "key", Answer) is not first


def test_the_answer_used_longest_ago_goes_first() -> None:
    shelf: Remembered[Answer] = Remembered(2)
    frame = pd.DataFrame({"a": [1]})
    first, second = (shelf.get(frame, key, Answer) for key in "ab")
    shelf.get(frame, "a", Answer)
    shelf.get(frame, "c", Answer)
    assert shelf.get(frame, "a", Answer) is first
    assert shelf.get(frame, "b", Answer) is not second


def test_answers_go_with_their_frame() -> None:
    shelf: Remembered[Answer] = Remembered(8)
    frame = pd.DataFrame({"a": [1]})
    answer = ref(shelf.get(frame, "key", Answer))
    assert answer() is not None
    del frame
    gc.collect()
    assert answer() is None
