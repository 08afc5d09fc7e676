import numpy as np

from classifiers.anchors import Meanings, Situation
from classifiers.borrowing import ENOUGH_A_LABEL, Labelled, allotted, anchor_head, anchors_for
from classifiers.cold_start import cold_start
from classifiers.encoder import Encoder
from classifiers.training import train
from tests.classifiers.parcels import SPACE, sample
from tests.classifiers.test_cold_start import MEANT, right

SEEN = tuple(MEANT)
BROKEN = Situation(
    ("get what I ordered undamaged", "replace a thing that came broken"),
    "the thing arrived broken",
    ("my order came damaged", "the cup I ordered has a crack", "half of the plates are smashed"),
)
MONEY = Situation(("get my money back",), "waiting for a refund", ("you still owe me 30 pounds",))
DELAY = Situation(
    ("get my parcel on time",), "a late parcel", ("my parcel has not arrived", "where is my delivery? it is late")
)
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


def smashed(encoder: Encoder, label: str) -> Labelled:
    """Broken things, which this business files under another label than one would think."""
    texts = ["my order came damaged, all smashed", "the cup is broken, it has a crack", "it came broken"]
    return Labelled(encoder.encode(texts), np.full(len(texts), SEEN.index(label)))


def test_labelled_texts_tell_better_than_descriptions_where_a_situation_belongs(encoder: Encoder) -> None:
    meant = Meanings(MEANT, (BROKEN, MONEY, DELAY))
    filed = anchors_for(SEEN, meant, encoder, labelled=smashed(encoder, "discount"))
    place = filed.texts.index("half of the plates are smashed")
    assert SEEN[filed.codes[place]] == "discount"
    assert filed.unseen is None


def test_a_fold_does_not_tell_where_situations_belong_for_the_heads_that_are_asked_about_it(encoder: Encoder) -> None:
    labelled = smashed(encoder, "discount")
    folds = np.array([1, 1, 1])
    meant = Meanings(MEANT, (BROKEN, MONEY, DELAY))
    filed = anchors_for(SEEN, meant, encoder, labelled=Labelled(labelled.vectors, labelled.codes, folds))
    place = filed.texts.index("half of the plates are smashed")
    assert filed.unseen is not None
    assert [SEEN[code] for code in filed.unseen[:, place]] == ["discount", "damage"]
    own = sum(map(len, MEANT.values()))
    assert (filed.unseen[:, :own] == filed.codes[:own]).all()


def test_situations_help_where_few_texts_are_labelled(encoder: Encoder) -> None:
    documents, labels = sample(12)
    asked, truth = sample(200, seed=9)
    bare = train(documents, labels, SPACE, encoder=encoder, descriptions=MEANT)
    helped = train(documents, labels, SPACE, encoder=encoder, descriptions=Meanings(MEANT, (BROKEN, MONEY, DELAY)))
    assert helped.id != bare.id
    assert right(helped, asked, truth) >= right(bare, asked, truth) - 0.02


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
