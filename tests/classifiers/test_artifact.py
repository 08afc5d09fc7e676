import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifiers.artifact import ModelFileError, digest_of, load, save
from classifiers.encoder import Encoder
from classifiers.encoder_export import default_encoder
from classifiers.model import Model
from tests.classifiers.parcels import sample


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    save(model, tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_answers_as_the_saved_one(model: Model, folder: Path, encoder: Encoder) -> None:
    again = load(folder, encoder=encoder)
    documents, _ = sample(30, seed=2)
    ours, theirs = model.answer(documents), again.answer(documents)
    assert again.id == model.id
    assert again.card == json.loads(json.dumps(model.card))
    assert np.array_equal(ours.scores.probabilities, theirs.scores.probabilities)
    assert np.array_equal(ours.deferred, theirs.deferred)


def test_only_numbers_and_json_are_written(folder: Path) -> None:
    assert sorted(path.suffix for path in folder.iterdir()) == [".json"] * 4 + [".md", ".safetensors"]


def test_the_card_names_the_data_the_figures_and_the_promise(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    assert card["job_version"] == "1+abc"
    assert card["trained_on"]["documents"] == 160
    assert card["held_out"]["cascade"]["group"]["low"] < card["held_out"]["cascade"]["group"]["high"]
    assert card["deferral"]["max_error"] == 0.1
    assert "| 10 % |" in (folder / "card.md").read_text()


@pytest.mark.parametrize("part", ["tensors.safetensors", "settings.json", "vocabulary.json", "card.json"])
def test_a_damaged_part_is_refused(part: str, folder: Path, encoder: Encoder) -> None:
    damaged = bytearray((folder / part).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (folder / part).write_bytes(damaged)
    with pytest.raises(ModelFileError, match=rf"{part} was altered or damaged"):
        load(folder, encoder=encoder)


def test_a_missing_part_and_an_unfinished_folder_are_refused(folder: Path, encoder: Encoder) -> None:
    (folder / "settings.json").unlink()
    with pytest.raises(ModelFileError, match="is missing"):
        load(folder, encoder=encoder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ModelFileError, match="no finished model"):
        load(folder, encoder=encoder)


def test_a_model_of_an_earlier_format_is_read(model: Model, folder: Path, encoder: Encoder) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["whole"]
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 4}))
    assert load(folder, encoder=encoder).id == model.id
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match=r"manifest\.json was altered or damaged"):
        load(folder, encoder=encoder)


def test_a_manifest_that_names_another_model_is_refused(folder: Path, encoder: Encoder) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    other = manifest | {"id": "000000000000"}
    (folder / "manifest.json").write_text(json.dumps(other))
    with pytest.raises(ModelFileError, match=r"manifest\.json was altered or damaged"):
        load(folder, encoder=encoder)
    (folder / "manifest.json").write_text(json.dumps(other | {"whole": digest_of(other)}))
    with pytest.raises(ModelFileError, match="not the one its manifest names"):
        load(folder, encoder=encoder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(folder, encoder=encoder)


def test_another_encoder_is_refused(folder: Path, home: Path) -> None:
    with pytest.raises(ModelFileError, match="was trained with encoder"):
        load(folder, encoder=default_encoder(home, precision="fp32"))


def test_an_encoder_at_hand_is_used_only_if_it_is_the_one(folder: Path, home: Path, encoder: Encoder) -> None:
    assert load(folder, home=home, at_hand=encoder).embedding.encoder is encoder
    other = default_encoder(home, precision="fp32")
    assert load(folder, home=home, at_hand=other).embedding.encoder.id == encoder.id


def test_loading_and_answering_imports_neither_sklearn_nor_torch(folder: Path, home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from classifiers.artifact import load\n"
        f"load(Path({str(folder)!r}), home=Path({str(home)!r})).answer([['where is it', 'ok']], mode='embedding')\n"
        "print([name for name in ('torch', 'transformers', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
