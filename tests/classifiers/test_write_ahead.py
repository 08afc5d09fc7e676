"""WAL mode on a file that another connection holds."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from classifiers.write_ahead import keep_write_ahead_log


def test_a_file_that_is_held_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    with (
        closing(sqlite3.connect(path, check_same_thread=False)) as holder,
        closing(sqlite3.connect(path, timeout=0)) as waiting,
    ):
        holder.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.1, holder.commit)
        release.start()
        keep_write_ahead_log(waiting, patience_seconds=30)
        release.join()
        assert waiting.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_patience_ends(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    with closing(sqlite3.connect(path)) as holder, closing(sqlite3.connect(path, timeout=0)) as waiting:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            keep_write_ahead_log(waiting, patience_seconds=0)
