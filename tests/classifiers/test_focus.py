from __future__ import annotations

import numpy as np
import pytest

from classifiers.documents import joined
from classifiers.focus import Reach, focused, words_of
from classifiers.model import Model
from classifiers.passages import MOST_WORDS, spans_of

CHATTER = ("the weather is lovely today", "my dog is called rex", "ok one moment please", "thank you so much for that")


def drowned(document: tuple[str, ...], words: int) -> tuple[str, ...]:
    """The document at the very end of so many words about nothing."""
    talk = [CHATTER[number % len(CHATTER)] for number in range(words // 5)]
    return (*talk, *document)


def test_passages_end_at_stops_lines_and_before_another_matter() -> None:
    text = "Hi there. My parcel is late\nwhere is it? also my card was charged twice"
    assert [text[start:end] for start, end in spans_of(text)] == [
        "Hi there.",
        "My parcel is late",
        "where is it?",
        "also my card was charged twice",
    ]


def test_speech_without_stops_is_cut_into_equal_parts() -> None:
    lengths = [len("word " * 60)]
    parts = [("word " * 60)[start:end] for start, end in spans_of("word " * 60)]
    assert lengths and [len(part.split()) for part in parts] == [20, 20, 20]
    assert max(len(part.split()) for part in parts) <= MOST_WORDS


def test_blanks_have_no_passages() -> None:
    assert spans_of(" \n ") == [] and spans_of("") == []


def test_reach_comes_from_the_length_of_training_documents() -> None:
    assert Reach.of([["one two"], ["three"]]) == Reach(48, 96)
    long = Reach.of([[" ".join(["word"] * 200)]] * 20)
    assert long == Reach(200, 400)


def test_a_model_reads_documents_of_usual_length_whole(model: Model) -> None:
    document = ("where is my parcel", "it has not come")
    assert focused([document], model.lexical, model.reach).documents == [document]


def test_what_was_said_in_five_thousand_words_is_still_found(model: Model) -> None:
    said = [("where is my parcel it has not arrived",), ("the box was crushed and the glass is broken",)]
    long = [drowned(document, 5000) for document in said]
    assert min(map(words_of, long)) > 4900
    near = focused(long, model.lexical, model.reach)
    assert all(text in read for (text,), read in zip(said, joined(near.documents), strict=True))
    in_scope = model.answer(long).scores.by_group[:, :-1].argmax(axis=1)
    assert (in_scope == model.answer(said).scores.by_group.argmax(axis=1)).all()


def test_a_long_document_whose_passages_disagree_is_deferred(model: Model) -> None:
    said = "where is my parcel number {0}. is there a voucher code number {0} for my next order. "
    both = ("".join(said.format(number) for number in range(30)),)
    assert model.answer([both]).deferred.tolist() == [True]


def test_a_model_without_reach_never_reduces(model: Model) -> None:
    long = drowned(("where is my parcel",), 400)
    assert focused([long], model.lexical, None).documents == [long]


def test_a_long_document_without_words_is_no_fault(model: Model) -> None:
    near = focused([("? " * 300,)], model.lexical, model.reach)
    assert len(near.rows) == 1 and np.isfinite(near.support).all()
    assert model.answer([("? " * 300,)]).scores.probabilities.sum() == pytest.approx(1.0)
