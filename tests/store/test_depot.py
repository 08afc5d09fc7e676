from __future__ import annotations

from pathlib import Path

import pytest

from store.depot import Depot
from store.settings import Settings


@pytest.fixture(params=["folder", "bucket"])
def depot(request: pytest.FixtureRequest, tmp_path: Path) -> Depot:
    """A place in a folder, and one in what behaves as a bucket does: no folders, no renaming."""
    return Depot(str(tmp_path / "depot") if request.param == "folder" else f"memory://{tmp_path.name}")


def test_what_was_written_is_read_and_listed(depot: Depot) -> None:
    depot.inside("run", "words").write("a.parquet", b"1")
    depot.inside("run", "words").write("b.parquet", b"2")
    assert depot.inside("run", "words").read("a.parquet") == b"1"
    assert depot.names() == ["run"]
    assert depot.inside("run", "words").names() == ["a.parquet", "b.parquet"]
    assert depot.count() == 2


def test_a_place_that_is_not_there_is_empty(depot: Depot) -> None:
    assert depot.names() == []
    assert depot.count() == depot.clear() == 0
    with pytest.raises(FileNotFoundError):
        depot.inside("run").read("a.parquet")


def test_clearing_a_place_leaves_its_neighbours(depot: Depot) -> None:
    depot.inside("one").write("a.parquet", b"1")
    depot.inside("two").write("a.parquet", b"2")
    assert depot.inside("one").clear() == 1
    assert depot.inside("one").count() == 0
    assert depot.inside("two").read("a.parquet") == b"2"


def test_a_file_is_deleted_once(depot: Depot) -> None:
    depot.write("a.parquet", b"1")
    depot.remove("a.parquet")
    depot.remove("a.parquet")
    assert depot.count() == 0


def test_a_folder_goes_there_and_back(depot: Depot, tmp_path: Path) -> None:
    (tmp_path / "model" / "encoder").mkdir(parents=True)
    (tmp_path / "model" / "card.json").write_bytes(b"{}")
    (tmp_path / "model" / "encoder" / "graph.onnx").write_bytes(b"graph")
    depot.inside("model").send(tmp_path / "model")
    depot.inside("model").fetch(tmp_path / "back")
    assert (tmp_path / "back" / "card.json").read_bytes() == b"{}"
    assert (tmp_path / "back" / "encoder" / "graph.onnx").read_bytes() == b"graph"
    with pytest.raises(FileNotFoundError):
        depot.inside("nothing").fetch(tmp_path / "back")


def test_no_name_leads_out_of_the_place() -> None:
    for name in ("..", "a/b", "/a", ""):
        with pytest.raises(ValueError, match="no plain name"):
            Depot("/depot").inside(name)


def test_without_a_setting_it_is_in_the_home_folder(tmp_path: Path) -> None:
    assert Depot.of(Settings(home=tmp_path)).address == str(tmp_path / "cluster")
    assert Depot.of(Settings(home=tmp_path, cluster_folder="s3://bucket/headway")).address == "s3://bucket/headway"
