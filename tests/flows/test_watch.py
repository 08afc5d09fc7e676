from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.app import create_app
from flows.measure import measure
from flows.watch import watch
from flows.workspace import Workspace
from store.alerts import UnknownAlertError, read_alerts
from store.annotations import read_annotations
from store.tables import alert_looks, contacts, tags

JOB = "online-order"
STEP = "track-delivery"


@pytest.fixture
def workspace(in_demo_copy) -> Workspace:
    return Workspace.open(JOB)


def newest(session) -> datetime:
    return session.scalar(select(func.max(contacts.c.started_at)))


def misread(workspace: Workspace, *, days: int) -> datetime:
    """The tagger takes every contact of the last days for one on STEP; from when on."""
    with workspace.database.session() as session:
        since = newest(session) - timedelta(days=days)
        surest = select(tags.c.scores).where(tags.c.step == STEP).order_by(tags.c.confidence.desc()).limit(1)
        late = select(contacts.c.pk).where(contacts.c.started_at >= since)
        scores = session.scalar(surest)
        session.execute(tags.update().where(tags.c.contact_pk.in_(late)).values(scores=scores, step=STEP))
    measure(workspace, full=True)
    return since


def test_a_quiet_demo_raises_nothing_and_is_looked_at_once(workspace: Workspace) -> None:
    first, second = watch(workspace, again=True), watch(workspace)
    assert first.looked
    assert first.series > 10
    assert not second.looked
    with workspace.database.session() as session:
        assert [one for one in read_alerts(session, JOB) if one.kind == "figure"] == []
        assert session.scalar(select(func.count()).select_from(alert_looks)) == 1


def test_a_tagger_that_goes_wrong_is_found_once_and_told_from_the_world(workspace: Workspace, run) -> None:
    since = misread(workspace, days=70)
    assert watch(workspace, again=True).alerts >= 1
    assert watch(workspace, again=True).alerts == 0  # known already
    shown = json.loads(run("alerts", "--job", JOB, "--json").stdout)
    (alert,) = [one for one in shown["alerts"] if (one["measure"], one["step"]) == ("share", STEP)]
    assert abs(datetime.fromisoformat(alert["since"]).date() - since.date()) <= timedelta(days=14)
    assert alert["verdict"] == "measurement"
    assert "look at the tagger" in alert["sentence"]
    assert alert["content"]["after"] > alert["content"]["before"]
    assert alert["content"]["seen"] == pytest.approx(alert["content"]["mix"] + alert["content"]["within"])
    assert "disagreement" in {one["measure"] for one in shown["alerts"]}
    assert alert["sentence"] in run("alerts", "--job", JOB).stdout


def test_answers_that_stop_are_an_alert_about_the_data(workspace: Workspace) -> None:
    with workspace.database.session() as session:
        since = newest(session) - timedelta(days=70)
        session.execute(contacts.update().where(contacts.c.started_at >= since).values(effort=None))
    watch(workspace, again=True)
    with workspace.database.session() as session:
        (alert,) = [one for one in read_alerts(session, JOB) if one.measure == "response"]
    assert alert.kind == "data"
    assert "look at the data" in alert.content["sentence"]


def test_an_alert_is_acknowledged_and_marked(workspace: Workspace, run) -> None:
    misread(workspace, days=70)
    watch(workspace, again=True)
    with workspace.database.session() as session:
        key = next(one.id for one in read_alerts(session, JOB) if one.step == STEP)
    assert run("alerts", "acknowledge", "--job", JOB, "--by", "ann", key).exit_code == 0
    assert run("alerts", "mark", "--job", JOB, "--by", "ann", "--false", "--note", "the tagger", key).exit_code == 0
    shown = json.loads(run("alerts", "--job", JOB, "--json").stdout)
    assert shown["track_record"]["false"] == 1
    still = json.loads(run("alerts", "--job", JOB, "--open", "--json").stdout)["alerts"]
    assert key not in {one["id"] for one in still}
    assert isinstance(run("alerts", "acknowledge", "--job", JOB, "no-such-alert").exception, UnknownAlertError)


def test_alerts_are_read_and_acknowledged_over_http_and_on_the_page(workspace: Workspace) -> None:
    misread(workspace, days=70)
    watch(workspace, again=True)
    with TestClient(create_app(workspace.settings), base_url="http://127.0.0.1:8321", client=("127.0.0.1", 1)) as http:
        found = http.get(f"/v1/jobs/{JOB}/alerts").json()
        key = next(one["id"] for one in found["items"] if one["step"] == STEP)
        assert found["watched"]["series"] > 10
        page = http.get(f"/jobs/{JOB}/alerts").text
        assert "look at the tagger first" in page
        assert "Open alerts" in http.get(f"/jobs/{JOB}").text
        said = http.post(f"/v1/jobs/{JOB}/alerts/{key}", json={"by": "ann", "said": "false"})
        assert said.json()["mark"] == "false"
        form = {"csrf": re.search(r'name="csrf" value="([^"]*)"', page).group(1), "said": "true"}
        again = http.post(f"/jobs/{JOB}/alerts/{key}", data={**form, "by": "ann"}, follow_redirects=False)
        assert again.status_code == 303
        assert http.get(f"/v1/jobs/{JOB}/alerts").json()["track_record"]["true"] == 1
        assert http.post(f"/jobs/{JOB}/alerts/{key}", data={**form, "by": ""}).status_code == 422
        assert http.post(f"/v1/jobs/{JOB}/alerts/nothing", json={"by": "ann"}).status_code == 404


def test_silence_is_an_alert_until_contacts_come_again(workspace: Workspace) -> None:
    later = datetime.now(UTC) + timedelta(days=10)
    assert watch(workspace, now=later).alerts == 1
    assert watch(workspace, now=later).alerts == 0
    with workspace.database.session() as session:
        (silence,) = [one for one in read_alerts(session, JOB) if one.measure == "silence"]
        assert silence.open
        session.execute(contacts.update().values(ingested_at=later))
    watch(workspace, now=later)
    with workspace.database.session() as session:
        (silence,) = [one for one in read_alerts(session, JOB) if one.measure == "silence"]
        assert not silence.open


def test_promotions_stand_on_the_trend_lines_once(workspace: Workspace) -> None:
    watch(workspace)
    watch(workspace)
    with workspace.database.session() as session:
        found = [one for one in read_annotations(session, JOB) if one.kind == "model"]
    assert len(found) == len(workspace.shelf.promotions())
