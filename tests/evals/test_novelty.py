from pathlib import Path

from classifiers.encoder_export import default_encoder
from classifiers.training import train
from evals.datasets import rows_of
from evals.novelty import UNCOVERED, apart
from tests.classifiers.parcels import SPACE, sample


def test_strange_contacts_are_told_from_fitting_ones(encoder_home: Path) -> None:
    documents, labels = sample(120)
    model = train(documents, labels, SPACE, encoder=default_encoder(encoder_home))
    fresh, _ = sample(40, seed=7)
    strange = [[f"how do volcanoes erupt in {place}"] for place in ("java", "iceland", "peru", "italy", "japan")]
    found = apart(model, model.answer(fresh), strange)
    assert found.contacts == 5
    assert found.low <= found.auroc <= found.high
    assert found.auroc > 0.95
    same = apart(model, model.answer(fresh), fresh)
    assert same.auroc == 0.5
    assert same.low < 0.5 < same.high


def test_the_near_intents_are_those_of_the_data(shared_data: Path) -> None:
    known = {row["label"]: row["domain"] for row in rows_of(shared_data, "clinc150_val")}
    assert {known[label] for label in UNCOVERED} == {"banking", "credit_cards"}
