"""Files: every container, damaged and whole, and which files a folder gives."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.formats.chunks import DamagedStreamError, chunks, split_lines, split_list
from tagger.formats.problems import EmptyFileError, MissingFileError, UnknownFormatError, UnreadableFileError
from tagger.formats.reading import Accepted, Rejected, discover, read_contacts, read_line, read_stream

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def line(number: int, **more: object) -> str:
    return json.dumps({"id": f"c-{number}", "text": f"message {number}", **more})


def read(path: Path, **options: str) -> tuple[list[str], list[tuple[int, str]]]:
    """The ids accepted, and line and kind of what was refused."""
    reads = list(read_contacts(path, now=NOW, **options))
    accepted = [item.contact.id for item in reads if isinstance(item, Accepted)]
    return accepted, [(item.line, item.kind) for item in reads if isinstance(item, Rejected)]


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_good_lines_are_kept_around_broken_ones(tmp_path: Path) -> None:
    bad = ['{"id": "x", "text": ', "[1]", "nonsense", '{"id": "n", "text": "t", "cost": NaN}', "[" * 100_000]
    content = "\n".join([line(1), *bad, "", line(2), line(3)]).encode()
    content += b'\n{"id":"u","text":"caf\xe9"}\n' + line(4).encode()
    accepted, refused = read(written(tmp_path, "c.jsonl", content))
    assert accepted == ["c-1", "c-2", "c-3", "c-4"]
    kinds = ["bad-json", "wrong-type", "bad-json", "bad-number", "too-deep"]
    assert refused == [*zip(range(2, 7), kinds, strict=True), (10, "invalid-utf8")]


def test_a_refused_record_is_named_and_its_text_kept(tmp_path: Path) -> None:
    text = line(5, transfers=-1)
    (item,) = read_contacts(written(tmp_path, "c.jsonl", text), now=NOW)
    assert isinstance(item, Rejected)
    assert (item.id, item.kind, item.raw, item.truncated) == ("c-5", "bad-number", text, False)


def test_the_same_contacts_come_from_every_container(tmp_path: Path) -> None:
    lines = [line(1), line(2)]
    many = "\n".join(lines)
    for name, content in [
        ("a.jsonl", many),
        ("b.ndjson", many.replace("\n", "\r\n")),
        ("c.json", many),
        ("d.json", f"[{','.join(lines)}]"),
        ("e.json", json.dumps([json.loads(item) for item in lines], indent=2)),
        ("f.csv", "id,text\nc-1,message 1\nc-2,message 2\n"),
        ("g.csv", "\ufeffid;text\r\nc-1;message 1\r\nc-2;message 2\r\n"),
    ]:
        path = written(tmp_path, name, content)
        packed = written(tmp_path, name + ".gz", gzip.compress(content.encode()))
        assert read(path) == read(packed) == (["c-1", "c-2"], []), name


def test_one_document_is_one_contact(tmp_path: Path) -> None:
    assert read(written(tmp_path, "c.json", json.dumps(json.loads(line(1)), indent=1))) == (["c-1"], [])


def test_a_broken_item_of_a_list_is_refused_alone(tmp_path: Path) -> None:
    content = f'[{line(1)}, {{"id": oops}}, {line(2)}, 7]'
    assert read(written(tmp_path, "c.json", content)) == (["c-1", "c-2"], [(2, "bad-json"), (4, "wrong-type")])


def test_a_list_that_is_never_closed_keeps_what_came_before(tmp_path: Path) -> None:
    content = f'[{line(1)}, {{"id": "c-2", "te'
    assert read(written(tmp_path, "c.json", content)) == (["c-1"], [(2, "truncated-file")])


def test_a_truncated_gzip_keeps_what_could_be_unpacked(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(line(i, note=str(hash(i * 7919))) for i in range(3000)).encode())
    accepted, refused = read(written(tmp_path, "c.jsonl.gz", whole[: len(whole) // 2]))
    assert len(accepted) > 500
    assert [kind for _, kind in refused] == ["truncated-file"]


def test_a_file_that_only_claims_to_be_gzip_is_refused(tmp_path: Path) -> None:
    assert read(written(tmp_path, "c.jsonl.gz", b"not gzip at all"))[1] == [(1, "truncated-file")]


def test_several_gzip_members_are_read_as_one(tmp_path: Path) -> None:
    content = gzip.compress(line(1).encode() + b"\n") + gzip.compress(line(2).encode())
    assert read(written(tmp_path, "c.jsonl.gz", content)) == (["c-1", "c-2"], [])


def test_a_line_that_is_too_long_is_passed_over_without_keeping_it() -> None:
    source = iter([b"a\n", *[b"x" * 1000] * 100, b"\nb\n"])
    lines = list(split_lines(source, limit=5000))
    assert [(item.number, item.too_long) for item in lines] == [(1, False), (2, True), (3, False)]


def test_a_turn_of_five_megabytes_is_refused_and_its_neighbours_kept(tmp_path: Path) -> None:
    huge = json.dumps({"id": "huge", "text": "x" * 5_000_000})
    path = written(tmp_path, "c.jsonl", f"{line(1)}\n{huge}\n{line(2)}\n")
    refused = [item for item in read_contacts(path, now=NOW) if isinstance(item, Rejected)]
    assert [(item.kind, item.truncated, len(item.raw)) for item in refused] == [("turn-too-long", True, 65536)]
    assert read(path)[0] == ["c-1", "c-2"]


def test_a_missing_empty_or_unknown_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file .*none\.jsonl"):
        read_contacts(tmp_path / "none.jsonl", now=NOW)
    for name, content in [
        ("a.jsonl", ""),
        ("b.csv", "id,text\n"),
        ("c.json", "  \n"),
        ("d.jsonl.gz", gzip.compress(b"")),
    ]:
        with pytest.raises(EmptyFileError, match="holds no contact"):
            read_contacts(written(tmp_path, name, content), now=NOW)
    with pytest.raises(UnknownFormatError, match=r"\.jsonl"):
        read_contacts(written(tmp_path, "c.docx", "x"), now=NOW)
    with pytest.raises(UnknownFormatError, match="vcon"):
        read_contacts(written(tmp_path, "c.json", "{}"), now=NOW, format="word")


def test_a_format_given_by_hand_wins_over_the_name(tmp_path: Path) -> None:
    assert read(written(tmp_path, "export.txt", line(1)), format="jsonl") == (["c-1"], [])


def test_csv_nests_dotted_columns_and_types_its_cells(tmp_path: Path) -> None:
    header = "id,text,segment.tier,survey.effort,survey.resolved,transfers,labels.step,queue\n"
    path = written(tmp_path, "c.csv", header + 'c-1,"Hi, there",gold,5,yes,2,_none,q1\nc-2,ok,,,,,,\n')
    first, second = (item.contact for item in read_contacts(path, now=NOW) if isinstance(item, Accepted))
    assert first.segment == {"tier": "gold"}
    assert first.survey is not None
    assert (first.survey.effort, first.survey.resolved, first.transfers) == (5, True, 2)
    assert first.labels is not None
    assert first.labels.step is None
    assert first.extra == {"queue": "q1"}
    assert (second.segment, second.survey, second.labels, second.extra) == ({}, None, None, {})


def test_csv_takes_turns_as_json_and_refuses_bad_rows_one_by_one(tmp_path: Path) -> None:
    turns = json.dumps([{"speaker": "customer", "text": "line one\nline two"}]).replace('"', '""')
    rows = [f'c-1,"{turns}",1', "c-2,not json,1", "c-3", 'c-4,"[]",x', f'c-5,"{turns}",2']
    accepted, refused = read(written(tmp_path, "c.csv", "id,turns,transfers\n" + "\n".join(rows)))
    assert accepted == ["c-1", "c-5"]
    assert refused == [(3, "bad-json"), (4, "bad-row"), (5, "bad-number")]


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    content = 'id,text\nc-1,fine\nc-2,"never closed\n' + "".join(f"c-{i},text {i}\n" for i in range(3, 40))
    accepted, refused = read(written(tmp_path, "c.csv", content))
    assert refused == [(3, "bad-csv")]
    assert accepted == ["c-1", *(f"c-{i}" for i in range(3, 40))]


def test_csv_in_another_encoding_loses_only_its_bad_rows(tmp_path: Path) -> None:
    assert read(written(tmp_path, "c.csv", b"id,text\nc-1,ok\nc-2,caf\xe9\nc-3,ok\n")) == (
        ["c-1", "c-3"],
        [(3, "invalid-utf8")],
    )


def test_csv_without_the_needed_columns_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="name, message"):
        list(read_contacts(written(tmp_path, "c.csv", "name,message\na,b\n"), now=NOW))


def test_parquet_takes_flat_and_nested_columns(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "id": i,
            "turns": [{"speaker": "customer", "text": f"hi {i}"}],
            "segment.tier": "gold" if i else None,
            "transfers": float(i),
            "started_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        }
        for i in range(600)
    ]
    rows[3]["transfers"] = -1.0
    path = tmp_path / "c.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    reads = list(read_contacts(path, now=NOW))
    assert [(item.line, item.kind) for item in reads if isinstance(item, Rejected)] == [(4, "bad-number")]
    last = reads[-1]
    assert isinstance(last, Accepted)
    assert (last.contact.id, last.contact.transfers, last.contact.segment) == ("599", 599, {"tier": "gold"})
    assert last.contact.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_file_that_only_claims_to_be_parquet_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="Parquet"):
        read_contacts(written(tmp_path, "c.parquet", b"PAR1 nonsense PAR1"), now=NOW)


def test_a_stream_and_a_single_line_are_read_the_same_way() -> None:
    stream = io.BytesIO(f"{line(1)}\nbroken\n".encode())
    kinds = [type(item) for item in read_stream(stream, now=NOW)]
    assert kinds == [Accepted, Rejected]
    (again,) = read_line(line(7), now=NOW, line=12)
    assert isinstance(again, Accepted)
    assert (again.contact.id, again.line) == ("c-7", 12)


def test_folders_give_known_files_sorted_without_hidden_ones_or_loops(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.csv.gz", "notes.txt", ".hidden.jsonl", "sub/c.parquet", ".git/d.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    found = discover([tmp_path, tmp_path / "b.jsonl"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a.csv.gz", "b.jsonl", "sub/c.parquet"]


def test_a_folder_without_contacts_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="no file that Headway can read"):
        discover([tmp_path])
    with pytest.raises(MissingFileError):
        discover([tmp_path / "none"])


@given(
    st.lists(st.binary(max_size=30).filter(lambda data: b"\n" not in data and not data.endswith(b"\r"))),
    st.integers(1, 9),
)
def test_lines_do_not_depend_on_where_the_chunks_are_cut(lines: list[bytes], size: int) -> None:
    whole = b"\n".join(lines)
    pieces = iter([whole[i : i + size] for i in range(0, len(whole), size)])
    expected = lines[:-1] if lines and not lines[-1] else lines
    assert [item.data for item in split_lines(pieces)] == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.lists(JSON, max_size=5), st.integers(1, 9), st.booleans())
def test_a_list_is_cut_into_its_items_wherever_the_chunks_end(items: list[object], size: int, ascii_only: bool) -> None:
    whole = json.dumps(items, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    pieces = iter([whole[i : i + size] for i in range(0, len(whole), size)])
    assert [json.loads(item.data.decode("utf-8", "surrogatepass")) for item in split_list(pieces)] == items


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for format in ("jsonl", "zendesk", "vcon"):
        for item in read_stream(io.BytesIO(data), now=NOW, format=format):
            assert isinstance(item, Accepted | Rejected)
    with contextlib.suppress(UnreadableFileError):
        reads = list(read_stream(io.BytesIO(data), now=NOW, format="csv"))
        assert all(isinstance(item, Accepted | Rejected) for item in reads)
    with contextlib.suppress(DamagedStreamError):
        list(chunks(io.BytesIO(data), gzipped=True))
