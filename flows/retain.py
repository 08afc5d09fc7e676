"""Remove what is past its days, kind by kind. Figures stay: they are sums, and no sum holds a word.

Safe to kill and to repeat: batches are units of work, and what is left is found again by its age.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from classifiers.embedding_cache import EmbeddingCache
from flows.erase import Erased, derive_everything, resume
from flows.erase_files import Models, clean_caches, jobs_with_models, shelved_models
from flows.workspace import Home
from store import retention
from store.audit import record_audit
from store.contacts import read_contacts
from store.erasure import record_done
from store.erasure_space import wipe_space
from store.exports import old_exports, remove_exports
from store.llm import open_answers
from store.models import ModelShelf
from store.runs import StageBusyError
from store.settings import Settings

BATCH = 500
Say = Callable[[str], None]


@dataclass(frozen=True)
class Retained:
    """What was past its days, by kind; `removed` is empty for a dry run, `receipt` None where nothing was removed."""

    days: Mapping[str, float]
    due: Mapping[str, int]
    removed: Mapping[str, int]
    receipt: str | None = None
    erasures_finished: int = 0
    notes: tuple[str, ...] = ()


def retain(
    home: Home,
    *,
    by: str = "headway",
    dry_run: bool = False,
    now: datetime | None = None,
    say: Say = lambda _line: None,
) -> Retained:
    """Remove what is past the days that the settings give its kind; finish erasures that were begun.

    Raises nothing of its own: without any HEADWAY_RETENTION_*_DAYS everything is kept.
    """
    moment, days = now or datetime.now(UTC), retention.days_kept(home.settings)
    limits = {kind: retention.before(moment, number) for kind, number in days.items()}
    due = {kind: DUE[kind](home, limit) for kind, limit in limits.items()}
    if dry_run:
        return Retained(days, due, {})
    finished, at_it = _finished(home, say)
    removed: Counter[str] = Counter()
    for kind, limit in limits.items():
        if due[kind]:
            say(f"removing {kind} from before {limit:%Y-%m-%d}")
            removed.update(REMOVE[kind](home, limit))
    notes = (*(note for one in finished for note in one.notes), *at_it)
    if not any(removed.values()):
        return Retained(days, due, {}, None, len(finished), notes)
    with home.database.session() as session:
        receipt = record_done(session, scope="retention", by=by, counts=dict(removed))
        record_audit(session, who=by, action="retention.done", object=f"erasure/{receipt}", detail=dict(removed))
    left = wipe_space(home.database)
    return Retained(days, due, dict(removed), receipt, len(finished), (*notes, *([left] if left else [])))


def _finished(home: Home, say: Say) -> tuple[list[Erased], tuple[str, ...]]:
    """Erasures that were begun and are finished now; a sentence where another process is finishing them."""
    try:
        return resume(home, patience=0.0, say=say), ()
    except StageBusyError:
        return [], ("another process is at work on an erasure, and finishes those that were begun",)


def _read(home: Home, look: Callable[[Session], int]) -> int:
    with home.database.session() as session:
        return look(session)


def _change(home: Home, act: Callable[[Session], dict[str, int]]) -> dict[str, int]:
    with home.database.session() as session:
        return act(session)


def _texts(home: Home, limit: datetime) -> Mapping[str, int]:
    """Text, after what was made from it."""
    return _by_batches(home, lambda session: retention.old_texts(session, limit, most=BATCH), retention.remove_texts)


def _contacts(home: Home, limit: datetime) -> Mapping[str, int]:
    """Contacts of whole weeks, after their figures were folded for the last time."""
    monday = retention.first_kept_day(limit)
    derive_everything(home)
    with home.database.session() as session:
        retention.freeze_figures(session, monday, now=datetime.now(UTC))
    return _by_batches(
        home, lambda session: retention.old_contacts(session, monday, most=BATCH), retention.remove_old_contacts
    )


def _by_batches(
    home: Home, find: Callable[[Session], list[int]], remove: Callable[[Session, list[int]], dict[str, int]]
) -> Mapping[str, int]:
    """Contacts by batches, each a unit of work: what was made from their words, then what `remove` takes."""
    models, total = list(shelved_models(home.settings)), Counter[str]()
    while True:
        with home.database.session() as session:
            keys = find(session)
            if not keys:
                return total
            total.update(_made_from(home, session, keys, models))
            total.update(remove(session, keys))


def _made_from(home: Home, session: Session, keys: list[int], models: Models) -> dict[str, int]:
    contacts = [contact for _, contact in read_contacts(session, keys)]
    return clean_caches(home.settings, contacts, models)


def _old_models(settings: Settings, limit: datetime) -> list[Path]:
    """Folders of models that are not in use and were made before a moment."""
    found = []
    for job in jobs_with_models(settings):
        shelf = ModelShelf(settings.models, job)
        for name in shelf.known():
            made = str(shelf.card(name).get("made_at", ""))
            if name != shelf.current() and made and datetime.fromisoformat(made) < limit:
                found.append(shelf.path(name))
    return found


def _remove_models(home: Home, limit: datetime) -> dict[str, int]:
    gone = _old_models(home.settings, limit)
    for folder in gone:
        shutil.rmtree(folder)
    return {"models": len(gone)}


def _log(settings: Settings) -> Path:
    return settings.home.absolute() / "logs" / "headway.jsonl"


def _old_lines(home: Home, limit: datetime) -> tuple[list[str], int]:
    """The lines of the log that stay, and how many are past their days; a line without a moment stays."""
    path = _log(home.settings)
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    kept = [line for line in lines if _moment_of(line) is None or (_moment_of(line) or limit) >= limit]
    return kept, len(lines) - len(kept)


def _moment_of(line: str) -> datetime | None:
    try:
        return datetime.fromisoformat(str(json.loads(line)["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def _remove_lines(home: Home, limit: datetime) -> dict[str, int]:
    kept, gone = _old_lines(home, limit)
    # in place: whoever has the log open goes on appending to this very file
    with _log(home.settings).open("r+", encoding="utf-8") as file:
        file.truncate()
        file.writelines(kept)
    return {"log lines": gone}


def _embeddings(home: Home) -> EmbeddingCache:
    return EmbeddingCache(home.settings.embeddings)


DUE: Mapping[str, Callable[[Home, datetime], int]] = {
    "text": lambda home, limit: _read(home, lambda session: retention.count_old_texts(session, limit)),
    "originals": lambda home, limit: _read(
        home, lambda session: retention.count_where(session, retention.old_originals(limit))
    ),
    "embeddings": lambda home, limit: _embeddings(home).count_before(limit.timestamp()),
    "llm": lambda home, limit: len(open_answers(home.settings).older_than(limit.timestamp())),
    "quarantine": lambda home, limit: _read(
        home, lambda session: retention.count_where(session, retention.old_quarantine(limit))
    ),
    "notes": lambda home, limit: _read(
        home, lambda session: retention.count_where(session, retention.old_notes(limit))
    ),
    "exports": lambda home, limit: len(old_exports(home.settings, limit)),
    "models": lambda home, limit: len(_old_models(home.settings, limit)),
    "logs": lambda home, limit: _old_lines(home, limit)[1],
    "contacts": lambda home, limit: _read(
        home, lambda session: retention.count_old_contacts(session, retention.first_kept_day(limit))
    ),
    "surveys": lambda home, limit: _read(home, lambda session: retention.count_surveys(session, limit)),
}
"""How much of each kind is past its days."""

REMOVE: Mapping[str, Callable[[Home, datetime], Mapping[str, int]]] = {
    "text": _texts,
    "originals": lambda home, limit: _change(home, lambda session: retention.remove_originals(session, limit)),
    "embeddings": lambda home, limit: {"embeddings": _embeddings(home).forget_before(limit.timestamp())},
    "llm": lambda home, limit: {"llm answers": open_answers(home.settings).forget_before(limit.timestamp())},
    "quarantine": lambda home, limit: _change(home, lambda session: retention.remove_quarantine(session, limit)),
    "notes": lambda home, limit: _change(home, lambda session: retention.remove_notes(session, limit)),
    "exports": lambda home, limit: {"exports": remove_exports(home.settings, old_exports(home.settings, limit))},
    "models": _remove_models,
    "logs": _remove_lines,
    "contacts": _contacts,
    "surveys": lambda home, limit: _change(home, lambda session: retention.remove_surveys(session, limit)),
}
"""How each kind is removed; what it counted."""
