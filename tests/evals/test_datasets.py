import gzip
import json
from pathlib import Path

import pytest

from evals.datasets import DataSetError, banking77, contact_line, contacts, present
from tagger.model import Labels
from taxonomy.loader import find_job


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder like that of the public data, with three rows of our own."""
    rows = [{"id": "1", "text": "when does my card come", "label": "card_arrival"}]
    far = [
        {"id": "2", "text": "tell me a joke", "domain": "fun"},
        {"id": "3", "text": "my balance", "domain": "banking"},
    ]
    _write(tmp_path / "banking77_train.jsonl.gz", rows)
    _write(tmp_path / "clinc150_val.jsonl.gz", far)
    (tmp_path / "banking77_job_map.yaml").write_text("intent_map:\n  card_arrival: {step: B03, outcome: BO05}\n")
    return tmp_path


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_labels_are_those_of_the_job_map(data_dir: Path) -> None:
    assert present(data_dir)
    assert banking77(data_dir) == ([["when does my card come"]], ["BO05"], ["B03"])


def test_labels_become_the_ids_of_the_shipped_job(data_dir: Path) -> None:
    job = find_job("retail-banking")
    (contact,) = contacts("banking77", data_dir, job=job)
    assert contact.labels is not None
    assert contact.labels.outcome in job.outcome_by_id
    assert contact.labels.step == job.step_of[contact.labels.outcome]


def test_a_contact_becomes_a_line_as_ingest_reads_it(data_dir: Path) -> None:
    (contact,) = contacts("banking77", data_dir)
    line = contact_line(contact)
    assert line["turns"] == [{"speaker": "customer", "text": "when does my card come"}]
    assert line["labels"] == {"step": "B03", "outcome": "BO05"}


def test_what_is_far_from_banking_fits_no_step(data_dir: Path) -> None:
    assert [(one.id, one.labels) for one in contacts("clinc-far", data_dir)] == [("2", Labels(None))]


def test_an_absent_data_set_is_refused(tmp_path: Path) -> None:
    assert not present(tmp_path)
    with pytest.raises(DataSetError, match="is not there"):
        list(contacts("banking77", tmp_path))
    with pytest.raises(DataSetError, match="no data set is called 'other'"):
        contacts("other", tmp_path)
