"""Wordings: cover the job, keep families on one side of the split, and hold out hard but learnable text."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import numpy as np
import pytest

from evals.worlds import World, WorldSpec, generate
from evals.worlds_noise import typed
from evals.worlds_text import PERSONAL, Facts, Teller, fill
from evals.worlds_wordings import Slot, WordingsError, load_wordings, parse_template, split_families
from taxonomy.loader import find_job, shipped_jobs
from taxonomy.model import Job

JOB = find_job("online-order")
CLEAN = replace(WorldSpec().talk, noise=0.0)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(WorldSpec(contacts=800, labelled=1200, heldout=500, talk=CLEAN))


def test_a_template_reads_text_choices_and_slots() -> None:
    template = parse_template("Where is my (parcel|{item}), {first}?")
    assert template == ("Where is my ", (("parcel",), (Slot("item"),)), ", ", Slot("first"), "?")


@pytest.mark.parametrize("job", shipped_jobs(), ids=lambda job: job.id)
def test_every_outcome_of_a_shipped_job_has_forty_wordings_in_eight_families(job: Job) -> None:
    wordings = load_wordings(job)
    for outcome, families in wordings.families.items():
        assert len(families) == 8, outcome
        assert sum(len(lines) for lines in families.values()) >= 40, outcome


@pytest.mark.parametrize("job", shipped_jobs(), ids=lambda job: job.id)
def test_no_wording_stands_in_two_families(job: Job) -> None:
    wordings = load_wordings(job)
    lines = [line for families in wordings.families.values() for family in families.values() for line in family]
    assert len(set(lines)) == len(lines)


def test_a_family_is_either_for_training_or_held_out() -> None:
    wordings = load_wordings(JOB)
    split = split_families(wordings, heldout=2, seed=0)
    for outcome in [*JOB.outcome_by_id, "_none"]:
        families = wordings.families.get(outcome, wordings.none)
        assert set(split.train[outcome]) | set(split.heldout[outcome]) == set(families)
        assert not set(split.train[outcome]) & set(split.heldout[outcome])
        assert len(split.heldout[outcome]) == 2


def test_the_split_is_the_same_in_every_world() -> None:
    assert generate(WorldSpec(contacts=5, seed=1)).split == generate(WorldSpec(contacts=5, seed=2)).split


def held_out_sentences(world: World) -> list[str]:
    """Plain wordings (without slots) of held-out families, long enough to mean something."""
    wordings = world.stage.wordings
    return [
        line[0]
        for outcome, names in world.split.heldout.items()
        for name in names
        for line in wordings.families.get(outcome, wordings.none)[name]
        if len(line) == 1 and isinstance(line[0], str) and len(line[0]) > 25
    ]


def test_training_contacts_say_nothing_of_the_held_out_families(world: World) -> None:
    text = "\n".join(turn["text"] for row in world.labelled() for turn in row["turns"])
    sentences = held_out_sentences(world)
    assert len(sentences) > 50
    assert not [sentence for sentence in sentences if sentence in text]


def test_contacts_to_tag_use_both_kinds_of_families(world: World) -> None:
    sides = [world.said(i).family in world.split.heldout[world.answer(i)["outcome"] or "_none"] for i in range(800)]
    assert 0.38 < np.mean(sides) < 0.55


def test_personal_facts_stand_in_the_text_and_are_named(world: World) -> None:
    named = 0
    for i in range(200):
        said = world.said(i)
        text = " ".join(text for _, text in said.turns)
        assert set(said.personal) <= set(PERSONAL)
        named += "email" in said.personal and said.personal["email"] in text
    assert named > 20


def test_clean_text_stays_as_it_is_and_noise_is_repeatable() -> None:
    text = "Please tell me where the order is. Thanks!"
    assert typed(text, random.Random(1), noise=0.0) == text
    assert typed(text, random.Random(5), noise=1.0) == typed(text, random.Random(5), noise=1.0)


@pytest.mark.parametrize("job", shipped_jobs(), ids=lambda job: job.id)
def test_every_wording_can_be_filled(job: Job) -> None:
    wordings = load_wordings(job)
    facts = Facts(wordings.slots, random.Random(3))
    facts["topic"] = "something"
    said = [wordings.families.values(), [wordings.none, wordings.topics, wordings.agents, wordings.common]]
    texts = [fill(line, facts) for group in said for named in group for lines in named.values() for line in lines]
    texts += [fill(line, facts) for vague in wordings.vague for line in vague.wordings]
    assert not [text for text in texts if re.search(r"[{}|]", text)]


def test_a_job_without_wordings_is_refused_with_the_jobs_that_have_some() -> None:
    with pytest.raises(WordingsError, match="online-order"):
        load_wordings(replace(JOB, id="space-travel"))


def test_a_job_with_other_outcomes_than_the_wordings_is_refused() -> None:
    with pytest.raises(WordingsError, match="missing"):
        load_wordings(replace(JOB, steps=(*JOB.steps[1:], replace(JOB.steps[0], id="new", outcomes=()))))


@pytest.mark.parametrize("job", shipped_jobs(), ids=lambda job: job.id)
def test_held_out_contacts_are_hard_but_learnable(job: Job) -> None:
    """In families that it has never seen, a bag of words finds the step often, and far from always.

    The trained tagger, which knows meanings too, is right about ten points more often.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    world = generate(WorldSpec(job=job.id, contacts=10, labelled=2000, heldout=600))
    train, test = list(world.labelled()), list(world.heldout())
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
    model.fit([customer_text(row) for row in train], [row["labels"]["step"] or "_none" for row in train])
    said = model.predict([customer_text(row) for row in test])
    right = np.mean(said == np.array([row["labels"]["step"] or "_none" for row in test]))
    assert 0.68 <= right <= 0.88


def customer_text(row: dict) -> str:
    return " ".join(turn["text"] for turn in row["turns"] if turn["speaker"] == "customer")


def test_other_contacts_around_it_do_not_change_what_a_contact_says(world: World) -> None:
    from evals.worlds import brief_of

    lone = Teller(world.stage.wordings, world.split, CLEAN, seed=world.spec.seed)
    assert lone.tell(brief_of(world.stage, world.drawn, 77), split="mixed") == world.said(77)
