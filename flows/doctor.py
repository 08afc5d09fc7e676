"""What is wrong with an installation, and what to do about each thing."""

from __future__ import annotations

import json
import os
import shutil
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from classifiers.unlearning import erased_texts
from flows.llm_status import LlmStatus
from flows.prefect_reach import prefect_fault
from store.clock import database_now
from store.freshness import freshness
from store.jobs import list_jobs
from store.models import ModelShelf
from store.runs import list_runs
from store.session import Database, open_database
from store.settings import Settings
from store.tables import contacts
from taxonomy.errors import HeadwayError
from taxonomy.model import Job

AHEAD = timedelta(minutes=2)
"""A clock that is further from the database's, or behind its newest row, is wrong."""

LEAST_BYTES = 1 << 30
"""Free space under which a disk counts as nearly full, beside room for one more copy of a database file in the home
(which a schema upgrade or a back-up may write)."""

SECONDS = 5.0
"""Most that one look at another machine takes."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `do` says what to do, None where nothing is wrong.

    `serious` is False for what works but should be known; only serious findings make `headway doctor` fail.
    """

    what: str
    found: str
    do: str | None = None
    serious: bool = True

    @property
    def wrong(self) -> bool:
        """Whether it keeps Headway from working as it should."""
        return self.do is not None and self.serious

    def text(self) -> str:
        """The finding in one line."""
        return f"{self.what}: {self.found}" + (f": {self.do}" if self.do else "")


def examine(settings: Settings, llm: LlmStatus) -> list[Finding]:
    """Look at everything that commonly goes wrong; nothing is changed, and each look ends within some seconds."""
    if not settings.home.exists():
        return [Finding("home", f"{settings.home} is not there yet", "run `headway init`"), *_of_llm(settings, llm)]
    found = [_home(settings.home), _disk(settings.home)]
    database = open_database(settings)
    try:
        database.check()
    except HeadwayError as error:
        found.append(Finding("database", str(error), "see above; nothing that needs the database was looked at"))
    else:
        found.append(Finding("database", f"{database.engine.dialect.name} answers, its schema is the newest"))
        found.extend(_in_database(settings, database))
    return [*found, *_of_llm(settings, llm), *_prefect(), *_mail(settings)]


def _home(home: Path) -> Finding:
    try:
        with TemporaryFile(dir=home):
            return Finding("home", f"{home.absolute()} can be written to")
    except OSError as error:
        return Finding("home", f"{home.absolute()} cannot be written to ({error.strerror})", "give this user the right")


def _disk(home: Path) -> Finding:
    usage = shutil.disk_usage(home)
    databases = sum(file.stat().st_size for file in home.glob("*.db"))
    text = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free where {home} is"
    if usage.free >= LEAST_BYTES + databases:
        return Finding("disk", text)
    return Finding("disk", text, "make room: HOME/embeddings and HOME/llm_cache/answers may be deleted at any time")


def _in_database(settings: Settings, database: Database) -> Iterator[Finding]:
    with database.session() as session:
        yield _clock(session)
        for job in list_jobs(session):
            yield _model(settings, job)
            yield _age(session, settings, job)
        killed = [run for run in list_runs(session, limit=200) if run["status"] == "killed"]
    if killed:
        last = killed[0]
        text = f"{len(killed)} of the newest 200 were killed, {last['stage']} of {last['job_id']} last"
        yield Finding("runs", text, "the next run goes on; look at memory if it happens again", serious=False)


def _clock(session: Session) -> Finding:
    here, there = datetime.now(UTC), database_now(session)
    newest = session.scalar(select(func.max(contacts.c.ingested_at)))
    do = "set the clocks of all machines by NTP"
    if abs(here - there) > AHEAD:
        return Finding("clock", f"this machine says {here:%Y-%m-%d %H:%M}, the database {there:%Y-%m-%d %H:%M}", do)
    if newest is not None and newest - here > AHEAD:
        return Finding("clock", f"it is {here:%Y-%m-%d %H:%M}, but a row came in at {newest:%Y-%m-%d %H:%M}", do)
    return Finding("clock", f"{here:%Y-%m-%d %H:%M} UTC, as the database has it")


def _model(settings: Settings, job: Job) -> Finding:
    shelf, train = ModelShelf(settings.models, job.id), f"run `headway train --job {job.id} --data FILE`"
    current = shelf.current()
    if current is None:
        return Finding("model", f"job {job.id} has none in use", train)
    path = shelf.path(current) / "card.json"
    card = json.loads(path.read_text("utf-8")) if path.exists() else {}
    under, erased = card.get("job_version"), erased_texts(card)
    if under != job.stamp:
        return Finding("model", f"{current} was trained under version {under} of job {job.id}, not {job.stamp}", train)
    if erased:
        told = f"{current} for job {job.id} learned from {erased:,} texts that were erased since"
        return Finding("model", told, f"to have one that never saw them, {train}", serious=False)
    return Finding("model", f"{current} for job {job.id}")


def _age(session: Session, settings: Settings, job: Job) -> Finding:
    fresh = freshness(
        session,
        job.id,
        now=database_now(session),
        allowed=timedelta(hours=settings.stale_hours),
        silence=timedelta(days=settings.alert_silence_days),
    )
    if fresh.sentence is None:
        return Finding("figures", f"of job {job.id} are fresh")
    return Finding("figures", f"job {job.id}: {fresh.sentence}", "look at the runs and at the source", serious=False)


def _of_llm(settings: Settings, llm: LlmStatus) -> Iterator[Finding]:
    if settings.llm_base_url and not settings.llm_model:
        yield Finding("LLM", "HEADWAY_LLM_BASE_URL is set but HEADWAY_LLM_MODEL is not", "no LLM will be asked: set it")
    for problem in llm.problems():
        yield Finding("LLM", problem.removeprefix("LLM: "), "see docs/engineers.md, 'An LLM behind the tagger'")


def _prefect() -> Iterator[Finding]:
    api = os.environ.get("PREFECT_API_URL")
    if not api:
        return
    fault = prefect_fault(api)
    do = "start it with `prefect server start`, or unset PREFECT_API_URL to run directly"
    yield Finding("Prefect", fault, do) if fault else Finding("Prefect", f"{api} answers")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_host is None:
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if settings.smtp_from is None:
        yield Finding("mail", "HEADWAY_SMTP_FROM is not set", "no alert can be sent: give the sender's address")
    try:
        opened = smtplib.SMTP_SSL if settings.smtp_tls == "tls" else smtplib.SMTP
        with opened(settings.smtp_host, settings.smtp_port, timeout=SECONDS) as server:
            _log_in(server, settings)
    except (OSError, smtplib.SMTPException) as error:
        do = "check HEADWAY_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD"
        yield Finding("mail", f"{where} cannot be used ({_short(error)})", do)
    else:
        yield Finding("mail", f"{where} answers")


def _log_in(server: smtplib.SMTP, settings: Settings) -> None:
    if settings.smtp_tls == "starttls":
        server.starttls()
    if settings.smtp_user and settings.smtp_password:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())


def _short(error: Exception) -> str:
    """The kind and number of an error; a server's own words might repeat the password."""
    match error:
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} {error.smtp_code}"
        case socket.gaierror():
            return "no such host"
        case _:
            return str(error) or type(error).__name__
