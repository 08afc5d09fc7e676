from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest
from sqlalchemy import select

from alignment.alerts import Alarm
from flows.jobs import open_job
from flows.notify import Delivered, deliver
from flows.workspace import Workspace
from store.alerts import raise_alert
from store.settings import Settings
from store.subscriptions import Subscription, subscribe, unsubscribe
from store.subscriptions_outbox import PAUSES, standings
from store.tables import alert_notices
from tests.flows.receivers import MailReceiver, WebReceiver, mail_receiver, web_receiver

JOB = "online-order"
NOW = datetime.now(UTC) + timedelta(hours=1)  # read when tests are collected; alerts come while they run
ALARM = Alarm("effort:track-delivery", date(2026, 5, 4), date(2026, 8, 3), date(2026, 9, 7), 1.2)
VERDICT = {
    "kind": "measurement",
    "sentence": "not confirmed: the tagger's figure moved by -0.60, <reviewed> contacts by -0.05",
    "before": 4.6,
    "after": 4.0,
    "quotation": "the customer said this",
    "parts": [{"dimension": "segment.name", "value": "Jane Doe"}],
}


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with web_receiver() as found:
        yield found


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as found:
        yield found


def workspace(home: Path, **settings: object) -> Workspace:
    known = Settings(home=home, webhook_private_hosts="localhost", public_url="https://headway.example.com", **settings)
    found = Workspace(known, open_job(JOB, known))
    found.database.upgrade()
    found.record_job()
    return found


def told(found: Workspace, channel: str, address: str, **more: str) -> Subscription:
    with found.database.session() as session:
        return subscribe(session, JOB, channel=channel, address=address, by="ann", **more)


def alarm(found: Workspace, *, kind: str = "figure", step: str | None = "track-delivery") -> bool:
    names = {"job_version": "1", "model_id": "m", "content": VERDICT}
    measure = "effort" if step else "volume"
    with found.database.session() as session:
        return raise_alert(session, JOB, ALARM, kind=kind, measure=measure, step=step, **names)


def test_a_webhook_is_sent_once_signed_and_only_what_the_message_names(tmp_path: Path, web: WebReceiver) -> None:
    found = workspace(tmp_path)
    subscription = told(found, "webhook", f"{web.address}/hook?x=1")
    assert alarm(found)
    assert not alarm(found)
    assert deliver(found, now=NOW) == Delivered(1, 0, 0)
    assert deliver(found, now=NOW) == Delivered(0, 0, 0)
    ((path, headers, body),) = web.requests
    assert path == "/hook?x=1"
    key = base64.b64decode(subscription.key_text(found.identity).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{proof}"
    sent = json.loads(body)
    assert (sent["type"], sent["data"]["verdict"], sent["data"]["step"]) == (
        "alert.raised",
        "measurement",
        "track-delivery",
    )
    assert sent["data"]["link"] == f"https://headway.example.com/jobs/{JOB}/alerts"
    assert "customer said" not in body.decode()
    assert "Jane" not in body.decode()


def test_a_receiver_that_fails_first_is_tried_again_with_the_same_id(tmp_path: Path, web: WebReceiver) -> None:
    found = workspace(tmp_path)
    told(found, "webhook", web.address)
    alarm(found)
    web.answers = [(500, {}), (503, {}), (200, {})]
    assert deliver(found, now=NOW, quickly=(0.0, 0.0)) == Delivered(1, 0, 0)
    assert len({headers["webhook-id"] for _, headers, _ in web.requests}) == 1
    assert len(web.requests) == 3


def test_one_that_keeps_failing_waits_longer_each_time_shows_why_and_is_given_up(
    tmp_path: Path, web: WebReceiver
) -> None:
    found = workspace(tmp_path)
    subscription = told(found, "webhook", web.address)
    alarm(found)
    web.answers = [(500, {})] * 20
    moment = NOW
    for number, pause in enumerate((*PAUSES, None)):
        done = deliver(found, now=moment, quickly=())
        assert done == Delivered(0, 1, 0 if pause is None else 1), number
        assert deliver(found, now=moment + timedelta(seconds=30), quickly=()).failed == 0
        moment += pause or timedelta(0)
    with found.database.session() as session:
        standing = standings(session, JOB)[subscription.id]
    assert (standing.sent, standing.given_up, standing.failure) == (0, 1, "the receiver answered 500")


def test_a_receiver_may_ask_for_time_and_may_say_that_it_is_gone(tmp_path: Path, web: WebReceiver) -> None:
    found = workspace(tmp_path)
    told(found, "webhook", web.address)
    alarm(found)
    web.answers = [(429, {"Retry-After": "7200"}), (410, {})]
    assert deliver(found, now=NOW, quickly=(0.0,)).failed == 1
    assert len(web.requests) == 1
    assert deliver(found, now=NOW + timedelta(hours=1), quickly=()).failed == 0
    assert deliver(found, now=NOW + timedelta(hours=3), quickly=(0.0,)) == Delivered(0, 1, 0)
    assert len(web.requests) == 2


def test_a_redirect_is_a_failure_and_is_not_followed(tmp_path: Path, web: WebReceiver) -> None:
    found = workspace(tmp_path)
    told(found, "slack", web.address)
    alarm(found)
    web.answers = [(302, {"Location": f"{web.address}/elsewhere"})]
    assert deliver(found, now=NOW, quickly=()).failed == 1
    assert [path for path, _, _ in web.requests] == ["/"]


def test_slack_gets_text_that_its_markup_cannot_read_as_its_own(tmp_path: Path, web: WebReceiver) -> None:
    found = workspace(tmp_path)
    told(found, "slack", f"{web.address}/services/x")
    alarm(found)
    assert deliver(found, now=NOW).sent == 1
    text = json.loads(web.requests[0][2])["text"]
    assert "&lt;reviewed&gt;" in text
    assert text.startswith("Track ")
    assert "look at the tagger first" in text


def test_a_mail_comes_through_a_real_server_that_refused_it_once(tmp_path: Path, mail: MailReceiver) -> None:
    found = workspace(tmp_path, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_tls="none", smtp_from="h@example.com")
    told(found, "email", "ann@example.com")
    alarm(found)
    mail.refusals = 1
    assert deliver(found, now=NOW, quickly=(0.0,)) == Delivered(1, 0, 0)
    ((to, text),) = mail.mails
    read = message_from_string(text)
    assert to == ["ann@example.com"]
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Subject"].startswith("Headway: Track")
    assert "look at the tagger first" in text


@pytest.mark.parametrize(("password", "arrives"), [("open sesame", 1), ("wrong", 0)])
def test_a_mail_server_may_ask_for_a_password(tmp_path: Path, password: str, arrives: int) -> None:
    with mail_receiver(password="open sesame") as mail:
        found = workspace(
            tmp_path,
            smtp_host="127.0.0.1",
            smtp_port=mail.port,
            smtp_tls="none",
            smtp_from="h@example.com",
            smtp_user="headway",
            smtp_password=password,
        )
        told(found, "email", "ann@example.com")
        alarm(found)
        assert deliver(found, now=NOW, quickly=()).sent == arrives == len(mail.mails)


def test_without_a_mail_server_the_reason_says_what_to_set_and_nobody_waits_for_a_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = workspace(tmp_path)
    subscription = told(found, "email", "ann@example.com")
    alarm(found)
    pauses: list[float] = []
    monkeypatch.setattr("flows.notify.time.sleep", pauses.append)
    assert deliver(found, now=NOW, quickly=(1.0, 4.0)).failed == 1
    assert pauses == [0.0]
    with found.database.session() as session:
        assert "HEADWAY_SMTP_HOST" in (standings(session, JOB)[subscription.id].failure or "")


def test_who_left_gets_nothing_that_still_waited_and_who_wants_data_gets_no_figures(
    tmp_path: Path, web: WebReceiver
) -> None:
    found = workspace(tmp_path)
    leaver, reader = (
        told(found, "slack", f"{web.address}/a"),
        told(found, "slack", f"{web.address}/b", kinds="data"),
    )
    alarm(found)
    alarm(found, kind="data", step=None)
    with found.database.session() as session:
        unsubscribe(session, JOB, leaver.id, by="ann")
    assert deliver(found, now=NOW) == Delivered(1, 0, 0)
    assert [path for path, _, _ in web.requests] == ["/b"]
    with found.database.session() as session:
        assert standings(session, JOB)[reader.id].sent == 1


def test_a_notice_stands_or_falls_with_its_alert(tmp_path: Path) -> None:
    found = workspace(tmp_path)
    told(found, "email", "ann@example.com")

    def raise_and_fail() -> None:
        with found.database.session() as session:
            names = {"job_version": "1", "model_id": "m", "content": VERDICT}
            raise_alert(session, JOB, ALARM, kind="figure", measure="effort", step="track-delivery", **names)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        raise_and_fail()
    with found.database.session() as session:
        assert session.execute(select(alert_notices)).all() == []
