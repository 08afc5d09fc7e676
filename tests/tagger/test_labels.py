from __future__ import annotations

import pytest

from classifiers.scores import NONE_LABEL
from tagger.labels import STEP_ONLY, LabelReader, UnknownLabelError, label_space, outcome_of
from tagger.model import Labels
from taxonomy.loader import parse_job

JOB = parse_job(
    """
id: parcels
version: 1
statement: Get it
steps:
  - id: track
    stage: monitor
    aliases: [S1]
    outcomes:
      - {id: know, statement: minimize the time it takes to know, aliases: [O1]}
      - {id: arrive, statement: minimize the likelihood of loss}
  - {id: bare, stage: conclude}
""",
    name="test",
)


def test_a_label_space_holds_every_outcome_bare_steps_and_none() -> None:
    space = label_space(JOB)
    assert space.labels == ("know", "arrive", "bare" + STEP_ONLY, NONE_LABEL)
    assert space.groups == ("track", "bare", NONE_LABEL)


def test_steps_labelled_without_an_outcome_get_a_label_of_their_own() -> None:
    space = label_space(JOB, step_only=["track"])
    assert "track" + STEP_ONLY in space.labels
    assert outcome_of("track" + STEP_ONLY) is None


@pytest.mark.parametrize(
    ("given", "resolved", "label"),
    [
        (Labels("S1", "O1"), Labels("track", "know"), "know"),
        (Labels("track"), Labels("track"), "track" + STEP_ONLY),
        (Labels(None, "arrive"), Labels("track", "arrive"), "arrive"),
        (Labels(None), Labels(None), NONE_LABEL),
        (Labels("_none"), Labels(None), NONE_LABEL),
        (Labels("S1", None, ("bare", "bare", "track")), Labels("track", None, ("bare",)), "track" + STEP_ONLY),
        (Labels(None, "arrive", ()), Labels("track", "arrive", ()), "arrive"),
    ],
)
def test_labels_are_read_in_the_jobs_own_ids(given: Labels, resolved: Labels, label: str) -> None:
    reader = LabelReader(JOB)
    assert reader.resolve(given) == resolved
    assert reader.label(given) == label


@pytest.mark.parametrize(
    "given",
    [Labels("nowhere"), Labels("track", "nothing"), Labels("bare", "know"), Labels("track", None, ("nowhere",))],
)
def test_unknown_or_contradicting_labels_are_refused(given: Labels) -> None:
    with pytest.raises(UnknownLabelError):
        LabelReader(JOB).resolve(given)


def test_a_refusal_names_the_field_as_it_was_sent() -> None:
    with pytest.raises(UnknownLabelError, match=r"^outcome: job 'parcels' has no outcome 'nothing'$"):
        LabelReader(JOB).resolve(Labels(None, "nothing"))
    with pytest.raises(UnknownLabelError, match=r"^labels\.step: job 'parcels' has no step 'nowhere'$"):
        LabelReader(JOB, within="labels").resolve(Labels("nowhere"))
    with pytest.raises(UnknownLabelError, match=r"^secondary: job 'parcels' has no step 'nowhere'$"):
        LabelReader(JOB).others(["nowhere"], primary=None)
