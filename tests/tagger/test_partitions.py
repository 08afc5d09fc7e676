from __future__ import annotations

import json

import numpy as np
import pytest

from classifiers.scores import LabelSpace
from tagger.model import EvidenceSpan, Secondary, Tag
from tagger.partitions import DamagedPartitionError, read_tags, read_words, tags_file, words_file
from tagger.tag import Tagged, as_shares
from taxonomy.loader import find_job
from taxonomy.model import Job

SPACE = LabelSpace.of([("a1", "a"), ("a2", "a"), ("b1", "b")])
ODD = ["hello", "\u00e7a va? \U0001f600", "a\x00b\r\n", "\"quoted\" \\ 'it'", "x" * 100_000]


def some_tags(job: Job) -> Tagged:
    chances = np.array([[0.5, 0.2, 0.2, 0.1], [0.1, 0.1, 0.1, 0.7]]) + np.pi * 1e-9
    groups = SPACE.to_groups(chances)
    tags = tuple(
        Tag(
            contact_id=str(row),
            step=step,
            outcome=None,
            confidence=0.7,
            deferred=row == 7,
            source="classifier",
            steps=as_shares(SPACE.groups, groups[number]),
            outcomes=as_shares(SPACE.labels, chances[number]),
            evidence=(EvidenceSpan(0, 3, 9),),
            secondary=(Secondary("b", None, 0.95),) if row == 7 else (),
            novelty=0.25,
            model="m",
            job=job.id,
            job_version=job.stamp,
            suspicious=row == 7,
        )
        for number, (row, step) in enumerate([(7, "a"), (8, None)])
    )
    return Tagged(tags, chances)


def test_tags_come_back_to_the_last_digit() -> None:
    job = find_job("online-order")
    read = some_tags(job)
    keys, back = read_tags(tags_file([7, 8], [read]), job, model="m", space=SPACE)
    assert keys == [7, 8]
    assert back.tags == read.tags
    assert (back.probabilities == read.probabilities).all()


@pytest.mark.parametrize("said", [[], [""], ODD])
def test_words_come_back_as_they_were_said(said: list[str]) -> None:
    turns = [json.dumps([["customer", one, None], ["agent", "", "2026-01-01"]]) for one in said]
    keys, contacts = read_words(words_file([(2**62 + number, one) for number, one in enumerate(turns)]))
    assert keys == [2**62 + number for number in range(len(said))]
    assert [contact.turns[0].text for contact in contacts] == said
    assert [contact.id for contact in contacts] == [str(key) for key in keys]


@pytest.mark.parametrize("content", [b"", b"PAR1", words_file([(1, "[]")])[:-9]])
def test_half_a_file_is_told_from_a_whole_one(content: bytes) -> None:
    with pytest.raises(DamagedPartitionError):
        read_words(content)
