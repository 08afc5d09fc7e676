"""A contact that came in for no job may be about any: a key for some jobs meets it nowhere."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.app import create_app
from api.permissions import served_routes
from store.jobs import read_job, save_job
from store.keys import create_key
from store.settings import Settings
from store.tables import contacts, quarantine, review_items, transcripts
from taxonomy.loader import find_job

JOB = "online-order"
FAR = ("10.1.2.3", 1)
SAID = "zq turquoise zeppelin"
SOURCE = "zqsource"


@pytest.fixture(scope="module")
def app(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The demo, all of whose contacts came in for no job, and each of them says so; keys for one job and for all."""
    home = tmp_path_factory.mktemp("jobless") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    made = create_app(Settings(home=home))
    with made.state.database.session() as session:
        save_job(session, find_job("retail-banking"))
        session.execute(update(contacts).values(job_id=None, source=SOURCE))
        for row in session.execute(select(transcripts.c.contact_pk, transcripts.c.turns)).all():
            turns = [[who, f"{SAID} {text}", at] for who, text, at in row.turns]
            session.execute(update(transcripts).where(transcripts.c.contact_pk == row.contact_pk).values(turns=turns))
        refused = {"input_kind": "contacts", "source": SOURCE, "job_id": None, "line": 1, "reason": "bad-json"}
        more = {"digest": "d", "path": SAID, "message": "m", "raw": SAID, "truncated": False}
        seen_at = session.scalar(select(contacts.c.ingested_at).limit(1))
        session.execute(quarantine.insert().values(**refused, **more, seen_at=seen_at))
        made.state.keys = {
            name: create_key(session, name=name, role="admin", by="test", jobs=jobs)[1]
            for name, jobs in (("all", None), ("one", [JOB]))
        }
    return made


def ask(app: FastAPI, caller: str) -> TestClient:
    headers = {"authorization": f"Bearer {app.state.keys[caller]}", "accept": "*/*"}
    return TestClient(app, base_url="http://headway.example", client=FAR, headers=headers)


def one_of(app: FastAPI) -> tuple[str, str]:
    """A contact and its item in the review queue."""
    item_of = contacts.c.pk == review_items.c.contact_pk
    with app.state.database.session() as session:
        row = session.execute(select(contacts.c.contact_id, review_items.c.item).join(review_items, item_of)).all()[0]
    return row.contact_id, row.item


def places(app: FastAPI) -> Iterator[str]:
    """Every address that can be read, with a contact, an item, a step and an outcome that are there."""
    name, item = one_of(app)
    with app.state.database.session() as session:
        step = read_job(session, JOB).steps[0]
    known = {"job": JOB, "contact_id": name, "item": item, "step": step.id, "outcome": step.outcomes[0].id}
    for route in served_routes(app.routes):
        if "GET" in route.methods and route.path not in ("/login/oidc", "/login/callback", "/openapi.json"):
            path = re.sub(r"\{(\w+)(:path)?\}", lambda found: known.get(found[1], "x"), route.path)
            yield path if "{job}" in route.path else f"{path}?job={JOB}"
            if path.endswith(("/contacts", "/decisions")):
                yield f"{path}?format=csv"


def named(app: FastAPI, caller: str, paths: Iterable[str]) -> dict[str, str]:
    """Those of the addresses whose answer names a contact of no job or says its words, with what of it."""
    with app.state.database.session() as session:
        ids = set(session.scalars(select(contacts.c.contact_id)))
    client, found = ask(app, caller), {}
    for path in paths:
        answer = client.get(path)
        asked_for = set(re.split(r"[/?=&]", path))
        told = {word for word in re.findall(r"[\w-]+", answer.text) if word in ids} - asked_for
        if SAID in answer.text or SOURCE in answer.text or told:
            found[path] = f"{answer.status_code} {sorted(told)[:3]} {answer.text[:200]}"
    return found


def test_no_address_names_it_to_a_key_for_one_job(app: FastAPI) -> None:
    paths = list(places(app))
    told = named(app, "all", [path for path in paths if re.search("contacts|decisions|gaps|steps/[^/]+$", path)])
    assert len(told) >= 6
    assert named(app, "one", paths) == {}


def test_nothing_can_be_done_with_it_either(app: FastAPI) -> None:
    (name, item), client = one_of(app), ask(app, "one")

    claimed = client.post("/v1/review/claim", json={"n": 5, "job": JOB})
    asked = client.post("/v1/review/ask", json={"contacts": [name], "job": JOB})
    assert claimed.json() == {"items": []}
    assert asked.json()["unknown"] == [name]
    decision = {"step": None, "by": "a", "at": "2026-05-01T00:00:00Z"}
    decided = client.post(f"/v1/jobs/{JOB}/decisions", json={"contact_id": name, "decision": decision})
    assert decided.status_code == 422
    assert client.post(f"/v1/review/{item}/decision", json={"step": None}).status_code == 404
    assert client.get(f"/v1/contacts/{name}").status_code == 404
