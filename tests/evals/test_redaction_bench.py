"""The measure of redaction: planted items stand where it says, and a small run holds what is claimed."""

from __future__ import annotations

import gzip
import json

import pytest

from evals.redaction.bench import TARGET, WRITINGS, measure, ours, redaction_bench
from evals.redaction.plant import Item, Planted, draw, plant, read_forms
from evals.redaction.presidio import both
from evals.redaction.public import NoPublicDataError, read_public
from evals.redaction.score import score


def test_there_are_enough_forms_of_every_type_in_each_writing():
    forms = read_forms()
    assert len(forms) >= 60
    for writing in WRITINGS:
        kinds = {kind for form in forms if form.writing == writing for kind in form.kinds}
        assert kinds >= {"NAME", "EMAIL", "PHONE", "ADDRESS", "CARD", "ACCOUNT", "ORDER", "ID", "DOB", "SECRET"}


def test_a_form_and_a_seed_give_the_same_contact_again():
    form = read_forms()[0]
    assert plant(form, seed=3) == plant(form, seed=3)
    assert plant(form, seed=3) != plant(form, seed=4)


def test_decoys_hold_nothing_planted():
    assert not any(one.items for one in draw("decoys", wanted=80))


def test_an_item_counts_only_when_all_of_it_is_found():
    one = next(p for p in draw("forms", wanted=200) if len(p.items) == 1)
    item = one.items[0]

    def finder(end: int):
        return score(
            [one], lambda c: [[(item.kind, item.start, end)] if t == item.turn else [] for t in range(len(c.turns))]
        )

    assert finder(item.end).recall["ALL"].hits == 1
    assert finder(item.end - 1).recall["ALL"].hits == 0


def test_what_was_not_planted_counts_against_precision():
    one = draw("decoys", wanted=1)[0]
    found = score([one], lambda c: [[("NAME", 0, 2)] for _ in c.turns])
    assert found.precision["NAME"].value == 0
    assert found.wrong


def test_a_second_opinion_adds_only_what_the_first_left():
    one = Planted(draw("decoys", wanted=1)[0].contact, (Item("NAME", 0, 0, 2),), read_forms()[0])
    first, second = (lambda _c: [[("A", 0, 2)]]), (lambda _c: [[("B", 1, 3), ("C", 4, 5)]])
    assert both(first, second)(one.contact) == [[("A", 0, 2), ("C", 4, 5)]]


def test_a_small_run_keeps_what_is_claimed():
    planted, plain = draw("forms", wanted=900), draw("decoys", wanted=300)
    system = measure("headway", ours, planted, plain)
    for writing, least in (("first", 0.98), ("second", 0.97), ("third", 0.97), ("fourth", 0.8)):
        assert system.writings[writing].recall["ALL"].value >= least
        assert system.writings[writing].precision["ALL"].value >= 0.98
        assert system.decoys[writing].value <= 0.02
    assert system.per_second > TARGET / 2  # other tests may share the core


def test_public_data_is_compared_with_the_labels_of_others(tmp_path):
    turn = {"speaker": "customer", "text": "my name is jane roe", "slots": "O O O name name"}
    with gzip.open(tmp_path / "chats.jsonl.gz", "wt") as file:
        file.write(json.dumps({"id": "a", "turns": [turn, turn | {"text": "the parcel", "slots": "O O"}]}))
    (found,) = read_public(tmp_path, sample=5)
    assert (found.messages, found.changed, found.kinds) == (2, 1, {"NAME": 1})
    assert found.slots["name"].hits == 1
    assert found.left == ("the parcel",)


def test_a_folder_without_data_is_refused(tmp_path):
    with pytest.raises(NoPublicDataError):
        read_public(tmp_path)


def test_without_a_baseline_the_run_says_what_it_left_out():
    result = redaction_bench(items=100, decoys=80, data=None, sample=0, seed=1, baseline=False, say=lambda _line: None)
    assert result.skipped == ("public data: no --data DIR",)
