"""Refused input goes with whom it is about: in every format, broken in every way, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, select

from flows.workspace import Home
from store.tables import contacts, quarantine, quarantine_people
from tests.planted import in_files, in_tables

JOB = "online-order"
WHO, OTHER = "cust-zq-7741", "cust-yy-1"
WORDS, OTHERS = "turquoise zeppelin", "marzipan lighthouse"
AT = "2026-03-03T10:00:00Z"


def record(who: str, number: int, **more: Any) -> dict[str, Any]:
    said = {WHO: WORDS, OTHER: OTHERS}[who]
    return {"id": f"{who[:7]}-{number}", "customer_id": who, "text": f"where is my {said}", **more}


def json_lines(folder: Path) -> list[Path]:
    """Refused for a value, for a key that is there twice, for a line that ends early, for quotes of another kind."""
    rows = []
    for who in (WHO, OTHER):
        good = record(who, 1)
        rows += [
            json.dumps(record(who, 2, transfers=-1)),
            json.dumps(record(who, 3))[:-1] + ', "id": "twice"}',
            json.dumps(record(who, 4))[:-1],
            str(record(who, 5)),
            json.dumps({"text": good["text"], "customer_id": who, "started_at": "2999-01-01"}),
        ]
    path = folder / "lines.jsonl"
    path.write_text("\n".join(rows) + "\n")
    return [path]


def json_list(folder: Path) -> list[Path]:
    path = folder / "list.json"
    path.write_text(json.dumps([record(who, 1, abandoned="perhaps") for who in (WHO, OTHER)]))
    return [path]


def csv(folder: Path) -> list[Path]:
    """A cell too many, a number that is none, a quote that is never closed."""
    rows = ["id,customer_id,text,transfers"]
    for who in (WHO, OTHER):
        said = record(who, 1)["text"]
        rows += [f"a-{who[:7]},{who},{said},1,2", f'b-{who[:7]},"{who}",{said},many', f'c-{who[:7]},{who},"{said},1']
    path = folder / "table.csv"
    path.write_text("\n".join(rows) + "\n")
    return [path]


def parquet(folder: Path) -> list[Path]:
    """A value of a wrong kind; a string that is no text, in a column before that of the customer."""
    columns = ["id", "text", "transfers", "channel", "customer_id"]
    rows = [record(who, number, transfers=number) for who in (WHO, OTHER) for number in (-1, 2)]
    data = {name: [row.get(name) for row in rows] for name in columns}
    broken = [b"chat", b"\xff\xfe", b"chat", b"\xff\xfe"]
    channel = pa.Array.from_buffers(pa.string(), 4, pa.array(broken, pa.binary()).buffers())
    arrays = [channel if name == "channel" else pa.array(data[name]) for name in columns]
    path = folder / "table.parquet"
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), path)
    return [path]


def zendesk(folder: Path) -> list[Path]:
    """A page of two tickets of which one is refused: what is kept of it holds both."""

    def ticket(who: str, created: str) -> dict[str, Any]:
        said = record(who, 1)["text"]
        return {"id": len(who), "requester": {"name": "x", "id": who}, "description": said, "created_at": created}

    path = folder / "page.json"
    path.write_text(json.dumps({"tickets": [ticket(WHO, AT), ticket(OTHER, "yesterday")]}))
    return [path]


def vcon(folder: Path) -> list[Path]:
    files = []
    for who in (WHO, OTHER):
        party, dialog = {"tel": who, "role": "customer"}, {"type": "text", "body": record(who, 1)["text"]}
        path = folder / f"{who[:7]}.vcon"
        path.write_text(json.dumps({"vcon": "0.0.1", "parties": [party], "dialog": [{**dialog, "originator": 9}]}))
        files.append(path)
    return files


FORMATS = (json_lines, json_list, csv, parquet, zendesk, vcon)


def quarantined(home: Home) -> list[str]:
    with home.database.session() as session:
        return list(session.scalars(select(quarantine.c.raw)))


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> Home:
    """An empty home on each database."""
    if request.param == "postgresql":
        monkeypatch.setenv("HEADWAY_DATABASE_URL", request.getfixturevalue("new_postgres"))
    assert run("db", "upgrade").exit_code == 0
    return Home.open_home()


def test_every_refused_line_of_an_erased_customer_goes_and_those_of_others_stay(
    both: Home, tmp_path: Path, run: Any
) -> None:
    for write in FORMATS:
        folder = tmp_path / write.__name__
        folder.mkdir()
        run("ingest", *write(folder))
    before = quarantined(both)
    mine = [raw for raw in before if WORDS in raw]
    assert len(mine) == 13  # 5 lines, a list item, 3 rows, 2 of Parquet, a page, a vCon
    done = run("erase", "--customer", WHO, "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["erasures"][0]["counts"]["quarantined"] == len(mine)
    needles = (WORDS, WHO, both.identity.customer(WHO))
    assert in_tables(both.database, needles) == set()
    assert in_files(both.settings.home, needles) == set()
    assert sorted(quarantined(both)) == sorted(raw for raw in before if WORDS not in raw)


@pytest.mark.parametrize("write", FORMATS)
def test_the_customer_of_a_refused_line_is_known_by_a_keyed_hash_alone(
    home: Path, tmp_path: Path, run: Any, write: Callable[[Path], list[Path]]
) -> None:
    run("ingest", *write(tmp_path))
    opened = Home.open_home()
    with opened.database.session() as session:
        rows = session.scalars(select(quarantine_people.c.digest).where(quarantine_people.c.kind == "customer"))
        assert {opened.identity.customer(who) for who in (WHO, OTHER)} <= set(rows)
    assert in_tables(opened.database, [f'"{WHO}"']) == set()


def test_survey_and_event_rows_that_were_refused_go_with_their_customer(home: Path, tmp_path: Path, run: Any) -> None:
    survey, events = tmp_path / "survey.csv", tmp_path / "events.csv"
    survey.write_text(
        "respondent_id,answered_at,outcome,importance,satisfaction\n"
        f"{WHO},{AT},know-arrival,99,2\n{OTHER},{AT},know-arrival,99,2\n"
    )
    events.write_text(
        f"event_id,customer_id,at,step,type\nzq-1,{WHO},{AT},track-delivery,danced\nyy-1,{OTHER},{AT},nowhere,start\n"
    )
    run("ingest", survey, "--job", JOB, "--kind", "outcome-survey")
    run("ingest", events, "--job", JOB, "--kind", "events")
    assert len(quarantined(Home.open_home())) == 4
    done = run("erase", "--customer", WHO, "--yes", "--json")
    assert json.loads(done.stdout)["erasures"][0]["counts"]["quarantined"] == 2
    assert len(quarantined(Home.open_home())) == 2


def test_of_a_broken_line_of_an_erased_contact_nothing_is_kept(home: Path, tmp_path: Path, run: Any) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(json.dumps(record(WHO, 1)) + "\n")
    bad.write_text(json.dumps(record(WHO, 1))[:-3] + "\n")
    run("ingest", good)
    run("erase", "--customer", WHO, "--yes")
    run("ingest", bad)
    (item,) = json.loads(run("quarantine", "list", "--json").stdout)["items"]
    assert item["reason"] == "erased"
    assert in_tables(Home.open_home().database, (WORDS, WHO)) == set()


def test_one_refused_contact_goes_alone_when_it_is_named(home: Path, tmp_path: Path, run: Any) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(record(WHO, number, transfers=-1)) + "\n" for number in (1, 2)))
    run("ingest", path, "--source", "crm")
    done = run("erase", "--contact", "cust-zq-1", "--yes", "--json")
    assert json.loads(done.stdout)["erasures"][0]["counts"]["quarantined"] == 1
    assert len(quarantined(Home.open_home())) == 1


def test_what_is_accepted_from_the_redacted_copy_is_still_the_customers_and_goes_with_them(
    home: Path, tmp_path: Path, run: Any
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(record(OTHER, 1)) + "\n" + json.dumps({**record(WHO, 1), "id": "cust-yy-1"}) + "\n")
    run("ingest", path)
    path.unlink()
    opened = Home.open_home()
    with opened.database.session() as session:
        session.execute(delete(contacts))
    assert json.loads(run("quarantine", "retry", "--json").stdout)["accepted"] == 1
    run("erase", "--customer", WHO, "--yes")
    assert in_tables(opened.database, (WORDS, opened.identity.customer(WHO))) == set()
