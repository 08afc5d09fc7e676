from classifiers.encoder import Encoder
from classifiers.llm_examples import NearestExamples
from tests.classifiers.parcels import WORDINGS

DOCUMENTS = [[text] for said in WORDINGS.values() for text in said]
LABELS = [label for label, said in WORDINGS.items() for _ in said]


def test_the_most_similar_decided_texts_are_shown(encoder: Encoder) -> None:
    examples = NearestExamples(DOCUMENTS, LABELS, encoder=encoder)
    shots = examples.nearest(["when does my parcel arrive"], ["arrival", "damage", "refund", "_none"])
    assert 2 <= len(shots) <= 4
    assert shots[0].label == "arrival"
    assert max(sum(shot.label == label for shot in shots) for label in LABELS) <= 2


def test_only_labels_that_may_be_given_are_shown(encoder: Encoder) -> None:
    examples = NearestExamples(DOCUMENTS, LABELS, encoder=encoder)
    assert {shot.label for shot in examples.nearest(["where is my parcel now"], ["damage"])} <= {"damage"}


def test_a_text_is_never_shown_its_own_label(encoder: Encoder) -> None:
    examples = NearestExamples(DOCUMENTS, LABELS, encoder=encoder)
    asked = DOCUMENTS[0]
    assert asked[0] not in [shot.text for shot in examples.nearest(asked, LABELS)]


def test_unlike_texts_and_nothing_decided_show_nothing(encoder: Encoder) -> None:
    examples = NearestExamples(DOCUMENTS, LABELS, encoder=encoder)
    assert examples.nearest(["volcanoes erupt under the deep ocean"], LABELS) == ()
    assert NearestExamples([], [], encoder=encoder).nearest(["hello"], LABELS) == ()


def test_long_texts_are_cut(encoder: Encoder) -> None:
    long = ["where is my parcel " * 100]
    (shot,) = NearestExamples([long], ["arrival"], encoder=encoder).nearest(["where is my parcel"], ["arrival"])
    assert len(shot.text) < 420
