from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from store import backup_database
from store.backup import BackupError, DamagedBackupError, NotEmptyError, back_up, restore, verify
from store.backup_database import DatabaseNotEmptyError, NewerSchemaError
from store.row_sums import sums
from store.session import Database
from store.settings import Settings
from tests.store.test_move import fill


def home_at(path: Path) -> Settings:
    for name in ("models/shop/m1/card.json", "jobs/shop.yaml", "embeddings/e.bin", "secret"):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(name)
    return Settings(home=path)


def put_back(file: Path, home: Path, database: Database) -> None:
    restore(file, Settings(home=home), database, tick=lambda _n: None)


def names_in(file: Path) -> set[str]:
    with tarfile.open(file) as tar:
        return set(tar.getnames())


def test_what_was_backed_up_comes_back_row_by_row(database: Database, tmp_path: Path) -> None:
    fill(database, 50)
    file = tmp_path / "out" / "backup.tar.gz"
    written = back_up(home_at(tmp_path / "home"), database, file)
    assert verify(file) == written
    assert written.tables["contacts"]["rows"] == 50
    assert names_in(file) == {"manifest.json", "headway.sqlite", "models/shop/m1/card.json", "jobs/shop.yaml"}
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    put_back(file, tmp_path / "new", new)
    with database.engine.connect() as here, new.engine.connect() as there:
        assert sums(here) == sums(there)
    assert (tmp_path / "new" / "models" / "shop" / "m1" / "card.json").read_text() == "models/shop/m1/card.json"
    assert not (tmp_path / "new" / "secret").exists()


def test_a_backup_goes_into_either_kind_of_database(database: Database, tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    old.upgrade()
    fill(old, 20)
    back_up(home_at(tmp_path / "home"), old, tmp_path / "b.tar")
    put_back(tmp_path / "b.tar", tmp_path / "new", database)
    with old.engine.connect() as here, database.engine.connect() as there:
        assert sums(here) == sums(there)
    with pytest.raises(DatabaseNotEmptyError, match="has rows already"):
        put_back(tmp_path / "b.tar", tmp_path / "newer", database)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    database.upgrade()
    fill(database, 3)
    back_up(home_at(tmp_path / "home"), database, tmp_path / "b.tar", caches=True, secret=True)
    return tmp_path / "b.tar"


def test_caches_and_the_key_are_in_it_only_where_asked_for(small: Path) -> None:
    assert {"secret", "embeddings/e.bin"} <= names_in(small)
    assert verify(small).secret


def test_nothing_is_overwritten(small: Path, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    with pytest.raises(NotEmptyError, match="is there already"):
        back_up(Settings(home=tmp_path / "home"), database, small)
    with pytest.raises(NotEmptyError, match="into an empty HEADWAY_HOME"):
        put_back(small, tmp_path / "home", Database(f"sqlite:///{tmp_path / 'n.db'}"))


def test_damage_anywhere_is_noticed(small: Path, tmp_path: Path) -> None:
    content = bytearray(small.read_bytes())
    place = content.index(b"models/shop/m1/card.json", content.index(b"SQLite format 3"))
    at = content.index(b"models/shop/m1/card.json", place + 24)  # the file's own content, after its header
    content[at] ^= 1
    (tmp_path / "bad.tar").write_bytes(content)
    with pytest.raises(DamagedBackupError, match=r"card.json is not what was backed up"):
        verify(tmp_path / "bad.tar")
    (tmp_path / "cut.tar").write_bytes(small.read_bytes()[: 3 * len(content) // 4])
    with pytest.raises((BackupError, DamagedBackupError)):
        verify(tmp_path / "cut.tar")
    (tmp_path / "no.tar").write_text("this is no tar")
    with pytest.raises(BackupError, match="cannot be read as a backup"):
        verify(tmp_path / "no.tar")


def test_a_backup_of_a_newer_headway_is_refused(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_database, "read_schema", lambda _connection: "9999")
    with pytest.raises(NewerSchemaError, match="9999"):
        put_back(small, tmp_path / "new", Database(f"sqlite:///{tmp_path / 'n.db'}"))
