"""Questions that wait for a batch: written to a file, sent once whatever is killed in between, half the price."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy import Row

from classifiers.llm import AidedModel
from classifiers.llm_batch import BatchClient, request_line
from classifiers.llm_budget import Ledger, Price, guessed_tokens
from classifiers.llm_client import MOST_TOKENS, CallFaultError
from classifiers.llm_prompt import Question, text_hash
from flows.workspace import Workspace
from store.llm_batches import (
    Asking,
    BatchNames,
    Placed,
    end_batch,
    forget_questions,
    note_batch,
    placed_questions,
    save_batch,
    save_questions,
)
from tagger.model import Contact
from tagger.tag import document_of

MOST_REQUESTS, MOST_BYTES = 20_000, 80_000_000
"""A file is sent as soon as it has so many; endpoints take 50,000 requests and 200 MB, the last contacts add some."""


@dataclass(frozen=True)
class Collected:
    """Batches that ended now and those still out, answers that came back, and what they cost (dollars)."""

    ended: int = 0
    out: int = 0
    answers: int = 0
    usd: float = 0.0

    def __add__(self, other: Collected) -> Collected:
        """Both together."""
        both = (self.ended + other.ended, self.out + other.out, self.answers + other.answers)
        return Collected(*both, round(self.usd + other.usd, 6))


class BatchDesk:
    """Takes questions, writes them down, and sends them as batches; knows what is out already.

    `taking` False only leaves alone what is out: then nothing new is put into a batch. `price` is a batch's.
    """

    def __init__(
        self,
        workspace: Workspace,
        names: BatchNames,
        *,
        client: BatchClient,
        ledger: Ledger,
        price: Price | None,
        taking: bool,
        collected: Collected,
    ) -> None:
        self.workspace, self.names, self.client = workspace, names, client
        self.sent: list[str] = []
        self._ledger, self._price, self._taking = ledger, price, taking
        self._collected, self._lock = collected, Lock()
        self._draft = folder_of(workspace) / f"{os.getpid()}.draft"
        self._begin()
        with workspace.database.session() as session:
            self._placed: dict[str, Placed] = placed_questions(session, names)

    def key_of(self, text: str) -> str | None:
        """The key under which a batch that has ended kept its votes about a text's hash; None where none has."""
        placed = self._placed.get(text)
        return None if placed is None or placed.out else placed.asking.key

    def takes(self, question: Question, key: str, had: int) -> bool:
        """Whether the question waits for a batch, one that is out or the next one.

        What a batch that has ended left open is not put into another one. Raises CallFaultError (`budget`).
        """
        with self._lock:
            placed = self._placed.get(question.text_hash)
            if placed is not None:
                return placed.out
            if question.text_hash not in self._new and self._taking:
                self._write(question, key, had)
            return question.text_hash in self._new

    def assign(self, contact_pk: int, text_hash: str) -> None:
        """A contact waits for the answer to this text."""
        placed = self._placed.get(text_hash)
        if placed is None:
            self._asked.append(replace(self._new[text_hash], contact_pk=contact_pk))
            return
        with self.workspace.database.session() as session:
            save_questions(session, placed.batch_pk, [replace(placed.asking, contact_pk=contact_pk)])

    def put_aside(self, keyed: Sequence[tuple[int, Contact]], reader: AidedModel) -> list[int]:
        """Note which contacts, of those read last, wait for a batch; the rows of the others."""
        stay = []
        for row, (key, contact) in enumerate(keyed):
            document = document_of(contact)
            if reader.waits(document):
                self.assign(key, text_hash(reader.reduced(document)))
            else:
                stay.append(row)
        self.flush()
        return stay

    def close(self) -> None:
        """Send what is left, and forget the questions whose contacts are tagged by now."""
        self.flush(anyway=True)
        with self.workspace.database.session() as session:
            forget_questions(session, self.names)

    def counts(self) -> dict[str, Any]:
        """Batches sent and collected by this run, those still out, and what those that ended have cost."""
        return {"sent": len(self.sent), **asdict(self._collected)}

    def flush(self, *, anyway: bool = False) -> None:
        """Send what waits if it is enough for a batch, or `anyway`."""
        full = self._requests >= MOST_REQUESTS or self._bytes >= MOST_BYTES
        if not self._asked or not (full or anyway):
            return
        name, day = f"headway-{uuid4().hex}", self._ledger.today
        self._put_down(name)
        most = self._aside if self._price else None
        with self.workspace.database.session() as session:
            row = save_batch(session, name, self.names, self._asked, requests=self._requests, day=day, most_usd=most)
        self._ledger.book(name, self._aside, day=day)
        self._ledger.set_free(self._aside)
        self._placed |= {one.text_hash: Placed(row, one, True) for one in self._asked}
        self.sent.append(name)
        send(self.workspace, self.client, row, name=name, file=None)
        self._begin()

    def _begin(self) -> None:
        self._new: dict[str, Asking] = {}
        self._asked: list[Asking] = []
        self._requests = self._bytes = 0
        self._aside = 0.0

    def _write(self, question: Question, key: str, had: int) -> None:
        number, model = len(self._new), str(self.workspace.settings.llm_model)
        lines = [
            request_line(number, sample, question, model=model, samples=self.names.samples)
            for sample in range(had, self.names.samples)
        ]
        tokens = sum(guessed_tokens(line.decode()) for line in lines)
        most = self._price.cost(tokens, MOST_TOKENS * len(lines)) if self._price else 0.0
        self._ledger.set_aside(most)
        with self._draft.open("ab" if self._new else "wb") as file:
            file.writelines(lines)
        self._new[question.text_hash] = Asking(0, number, question.text_hash, key, question.candidates, had)
        self._requests += len(lines)
        self._bytes += sum(map(len, lines))
        self._aside += most

    def _put_down(self, name: str) -> None:
        """The draft as the file of a batch, on the disk before the database knows of it."""
        with self._draft.open("rb") as file:
            os.fsync(file.fileno())
        self._draft.replace(file_of(self.workspace, name))


def send(workspace: Workspace, client: BatchClient, row: int, *, name: str, file: str | None) -> bool:
    """Upload a batch's file and start it, noting each step: what was done already is found at the endpoint.

    False where it is not started: an endpoint that cannot be reached now is asked again by the next run, one that
    refuses ends the batch, and its questions are asked one by one.
    """
    path = file_of(workspace, name)

    def note(**values: Any) -> None:
        with workspace.database.session() as session:
            note_batch(session, row, **values)

    try:
        if file is None:
            file = client.upload(path)
            note(state="uploaded", file_id=file)
        note(state="started", batch_id=client.start(name, file))
    except (CallFaultError, FileNotFoundError) as error:
        return give_up(workspace, row, error)
    path.unlink(missing_ok=True)
    return True


def give_up(workspace: Workspace, row: int, error: CallFaultError | FileNotFoundError) -> bool:
    """End a batch that the endpoint will never take, or whose file is gone; always False."""
    kind = error.kind if isinstance(error, CallFaultError) else "lost"
    if kind == "lost" or kind.startswith("rejected-"):
        with workspace.database.session() as session:
            end_batch(session, row, outcome=kind, answered=0, usd=0.0)
    return False


def resume(workspace: Workspace, client: BatchClient, row: Row[Any], *, left: Collection[int]) -> bool:
    """Send a batch that a killed run had only prepared; only questions that somebody still waits for (`left`)."""
    path = file_of(workspace, row.name)
    if row.state == "prepared" and path.exists():
        _keep_lines(path, lambda line: int(line.split(b'"', 4)[3].split(b"-")[0]) in left)
    return send(workspace, client, row.pk, name=row.name, file=row.file_id)


def sweep(workspace: Workspace, known: Collection[str]) -> None:
    """Remove files that no batch of the database knows: drafts, and what was written just before a run was killed."""
    for path in folder_of(workspace).iterdir():
        if path.stem not in known:
            path.unlink(missing_ok=True)


def folder_of(workspace: Workspace) -> Path:
    """Where the job's request files lie until they are sent: redacted words, each file for moments only."""
    folder = workspace.settings.home.absolute() / "llm_cache" / "batches" / workspace.job.id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def file_of(workspace: Workspace, name: str) -> Path:
    """A batch's request file."""
    return folder_of(workspace) / f"{name}.jsonl"


def _keep_lines(path: Path, keep: Callable[[bytes], bool]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(b"".join(line for line in lines if keep(line)))
    draft.replace(path)
