import numpy as np

from classifiers.anchors import Meanings, Situation
from classifiers.borrowing import ENOUGH_A_LABEL, allotted, anchor_head, anchors_for
from classifiers.cold_start import cold_start
from classifiers.encoder import Encoder
from tests.classifiers.parcels import SPACE, sample
from tests.classifiers.test_cold_start import MEANT, right

SEEN = tuple(MEANT)
BROKEN = Situation(
    ("get what I ordered undamaged", "replace a thing that came broken"),
    "the thing arrived broken",
    ("my order came damaged", "the cup I ordered has a crack", "half of the plates are smashed"),
)
MONEY = Situation(("get my money back",), "waiting for a refund", ("you still owe me 30 pounds",))
WEATHER = Situation(("know the weather",), "rain", ("will it rain in Paris?", "how cold is it tonight?"))


def test_a_situation_goes_to_the_label_that_it_is_about(encoder: Encoder) -> None:
    own = anchors_for(SEEN, MEANT, encoder)
    margins = allotted((BROKEN, MONEY), anchor_head(own), encoder)
    assert [SEEN[code] for code in margins.argmax(axis=1)] == ["damage", "refund"]


def test_what_is_said_in_a_situation_stands_for_its_label(encoder: Encoder) -> None:
    anchors = anchors_for(SEEN, Meanings(MEANT, (BROKEN, MONEY)), encoder)
    place = anchors.texts.index("half of the plates are smashed")
    assert SEEN[anchors.codes[place]] == "damage"
    assert len(anchors.texts) == len(anchors.codes) == len(anchors.weights) == len(anchors.vectors)


def test_a_situation_of_another_business_is_lent_to_nobody(encoder: Encoder) -> None:
    anchors = anchors_for(SEEN, Meanings(MEANT, (WEATHER,)), encoder)
    assert "will it rain in Paris?" not in anchors.texts


def test_a_job_of_another_business_borrows_nothing_even_where_one_label_seems_near(encoder: Encoder) -> None:
    """One borrowed situation in a job of many labels draws texts to its label that belong to the others."""
    strange = {f"weather {place}": [f"know the weather in {place}"] for place in ("Rome", "Oslo", "Lima", "Cairo")}
    meant = {**MEANT, **strange, "snow": ["when it snows"]}
    anchors = anchors_for(tuple(meant), Meanings(meant, (BROKEN, MONEY)), encoder)
    assert anchors.texts == anchors_for(tuple(meant), meant, encoder).texts


def test_with_many_labelled_texts_nothing_is_lent(encoder: Encoder) -> None:
    texts = ENOUGH_A_LABEL * len(SEEN)
    assert "my order came damaged" not in anchors_for(SEEN, Meanings(MEANT, (BROKEN,)), encoder, texts=texts).texts


def test_the_order_of_labels_changes_nothing(encoder: Encoder) -> None:
    meant = Meanings(MEANT, (BROKEN, MONEY))
    there, back = anchors_for(SEEN, meant, encoder), anchors_for(SEEN[::-1], meant, encoder)
    named = {text: SEEN[code] for text, code in zip(there.texts, there.codes, strict=True)}
    assert named == {text: SEEN[::-1][code] for text, code in zip(back.texts, back.codes, strict=True)}
    assert np.isclose(there.weights.sum(), back.weights.sum())


def test_situations_help_a_model_without_labels(encoder: Encoder) -> None:
    documents, labels = sample(60)
    bare = cold_start(SPACE, MEANT, encoder=encoder)
    helped = cold_start(SPACE, Meanings(MEANT, (BROKEN, MONEY)), encoder=encoder)
    assert right(helped, documents, labels) >= right(bare, documents, labels) - 0.02
