"""Files and folders with tricks: links that lead out, devices, names that are no text, floods, one bad file of many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from flows.ingest import MOST_REFUSED
from store.intake import BATCH_BYTES, batched
from tagger.formats.outcome import Rejected
from tagger.formats.problems import EmptyFileError, MissingFileError
from tagger.formats.reading import discover


def contact(number: int) -> str:
    return json.dumps({"id": f"c-{number}", "text": "where is my order"})


def counts(done: Result) -> dict[str, int]:
    found: dict[str, int] = json.loads(done.stdout.splitlines()[0])
    return found


def test_a_link_out_of_a_folder_is_not_followed_and_one_inside_is(tmp_path: Path) -> None:
    inbox, aside = tmp_path / "inbox", tmp_path / "secret.jsonl"
    inbox.mkdir()
    aside.write_text(contact(1))
    (inbox / "own.jsonl").write_text(contact(2))
    (inbox / "out.jsonl").symlink_to(aside)
    (inbox / "up.jsonl").symlink_to("../secret.jsonl")
    (inbox / "in.jsonl").symlink_to(inbox / "own.jsonl")
    (inbox / "loop.jsonl").symlink_to(inbox / "loop.jsonl")
    (inbox / "folder").symlink_to(tmp_path)
    assert [path.name for path in discover([inbox])] == ["in.jsonl", "own.jsonl"]


def test_devices_and_pipes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(EmptyFileError):
        discover([tmp_path])


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", "../../../../../etc", "x" * 5000])
def test_a_path_that_is_no_file_of_contacts_is_wrong_usage(run: Callable[..., Result], home: Path, path: str) -> None:
    done = run("ingest", path)
    assert done.exit_code != 0
    assert not isinstance(done.exception, OSError | ValueError | UnicodeError), done.exception


@pytest.mark.parametrize("name", ["nul\0l.jsonl", "x" * 5000, ""])
def test_a_name_that_no_system_takes_is_not_there(name: str) -> None:
    with pytest.raises((MissingFileError, EmptyFileError)):
        discover([Path("/nowhere") / name])


def test_a_name_that_is_no_text_is_quarantined_like_any_other(run: Callable[..., Result], home: Path) -> None:
    folder = home / "in"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/b\xff\x1b[2J.jsonl", "w") as file:  # noqa: PTH123 - the name is no text
        file.write(contact(1) + "\nbroken\n")
    done = run("ingest", folder, "--json")
    assert done.exit_code == 3, done.exception
    assert (counts(done)["accepted"], counts(done)["quarantined"]) == (1, 1)


def test_one_file_that_cannot_be_used_does_not_stop_the_others(run: Callable[..., Result], home: Path) -> None:
    folder = home / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("no,columns,of,ours\n1,2,3,4\n")
    (folder / "b.parquet").write_bytes(b"PAR1 nonsense PAR1")
    (folder / "c.jsonl").write_text(contact(1) + "\n" + contact(2))
    done = run("ingest", folder, "--json")
    assert done.exit_code == 3, done.exception
    assert (counts(done)["accepted"], counts(done)["quarantined"]) == (2, 2)
    waiting = json.loads(run("quarantine", "list", "--json").stdout)["waiting"]
    assert waiting == {"unusable-file": 2}


def test_a_flood_of_bad_lines_is_counted_and_not_kept_line_by_line(run: Callable[..., Result], home: Path) -> None:
    more = 500
    (home / "flood.jsonl").write_text("x\n" * (MOST_REFUSED + more) + contact(1))
    done = run("ingest", home / "flood.jsonl", "--json")
    assert done.exit_code == 3, done.exception
    assert (counts(done)["accepted"], counts(done)["quarantined"]) == (1, MOST_REFUSED + more)
    waiting = json.loads(run("quarantine", "list", "--json").stdout)["waiting"]
    assert waiting == {"bad-json": MOST_REFUSED, "more-refused": 1}


def test_a_batch_is_full_by_bytes_too() -> None:
    items = [Rejected(line, "k", "m", "x" * (BATCH_BYTES // 4)) for line in range(12)]
    assert max(len(batch) for batch in batched(items)) <= 5


def test_a_line_that_grew_too_long_is_tried_again_from_its_redacted_copy(
    run: Callable[..., Result], home: Path
) -> None:
    path = home / "c.jsonl"
    path.write_text('{"id": "c-1", "text": "t", "cost": -1}\n')
    assert run("ingest", path).exit_code == 3
    path.write_text('{"id": "c-1", "text": "' + "[" * 5000 + '", "cost": ' + "9" * 9000 + "}\n")
    done = run("quarantine", "retry")
    assert done.exit_code == 3, done.exception


@pytest.mark.parametrize("form", ["jsonl", "label-studio"])
def test_an_export_takes_the_place_of_no_folder_pipe_or_device(home: Path, tmp_path: Path, form: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    places = [tmp_path] if form == "jsonl" else [tmp_path, pipe, Path("/dev/null"), tmp_path / "x.xml"]
    for place in places:
        arguments = ["review", "export", "--job", "online-order", "--format", form, "--out", str(place)]
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr
    assert Path("/dev/null").is_char_device()
    assert pipe.is_fifo()
