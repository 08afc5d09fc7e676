"""Batches that are back: their answers checked as single ones are, kept as votes, and paid for at a batch's price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from classifiers.focus import focused
from classifiers.llm import AidedModel
from classifiers.llm_batch import LOST, Answered, BatchClient, BatchLook, by_question, read_line
from classifiers.llm_batch_client import OpenAiBatches
from classifiers.llm_budget import Price
from classifiers.llm_cache import Vote
from classifiers.llm_client import CallFaultError
from classifiers.llm_prompt import PROMPT_VERSION, Question
from classifiers.llm_reader import vote_of
from classifiers.model import Model
from flows.llm_batch import BatchDesk, Collected, resume, sweep
from flows.llm_calibrate import NoLlmError
from flows.workspace import Workspace
from store.clock import database_now
from store.contacts import read_contacts
from store.llm import batch_price_in_force, open_answers
from store.llm_batches import Asking, BatchNames, end_batch, list_batches, open_batches, questions_of, too_old
from tagger.tag import document_of

GIVEN_UP_HOURS = 72.0
"""Endpoints work at a batch for 24 hours; one that has not ended so long after is not waited for any longer."""


def open_desk(workspace: Workspace, reader: Model | AidedModel, *, taking: bool) -> BatchDesk | None:
    """The desk before the LLM behind a model, after what is back was collected; None where no batch is concerned.

    With `taking` questions go into batches from now on; without, what is out is left alone and nothing is added.
    Raises NoLlmError where batches are wanted and no LLM is configured.
    """
    settings, job = workspace.settings, workspace.job
    if not isinstance(reader, AidedModel):
        if taking:
            raise NoLlmError("no LLM is configured: set HEADWAY_LLM_MODEL and HEADWAY_LLM_BASE_URL or OPENAI_API_KEY")
        return None
    with workspace.database.session() as session:
        rows, known = open_batches(session, job.id), list_batches(session, job.id)
    if not (taking or known):
        return None
    sweep(workspace, {row.name for row in rows})
    key, asked = settings.openai_api_key, reader.stage.reader
    client = OpenAiBatches(base_url=settings.llm_base_url, api_key=key.get_secret_value() if key else None)
    names = BatchNames(job.id, job.stamp, reader.id, asked.name, PROMPT_VERSION, asked.samples)
    collector = Collector(workspace, reader, client, names, batch_price_in_force(settings))
    done = sum((collector.collect(row) for row in rows), Collected())
    asked.desk = desk = BatchDesk(
        workspace, names, client=client, ledger=asked.ledger, price=collector.price, taking=taking, collected=done
    )
    return desk


@dataclass(frozen=True)
class Collector:
    """Looks after batches that are out."""

    workspace: Workspace
    reader: AidedModel
    client: BatchClient
    names: BatchNames
    price: Price | None

    def collect(self, row: Row[Any]) -> Collected:
        """Send a batch that was only prepared, or take what has come back of one; twice does no harm."""
        if row.state != "started":
            left = {one.number for _, one in self._questions(row.pk)}
            return Collected(out=int(resume(self.workspace, self.client, row, left=left)))
        try:
            look = self._look(row)
            answers = [] if not look.ended else self._answers(look)
        except CallFaultError:
            return Collected(out=1)  # asked again by the next run
        if not look.ended:
            return Collected(out=1)
        if self._of_ours(row):
            self._keep(row.pk, by_question(answers))
        charged = [one.completion for one in answers if one.completion is not None]
        usd = self._paid(row, answers)
        self.reader.stage.reader.ledger.book(row.name, usd, day=row.day, **_tokens(answers))
        with self.workspace.database.session() as session:
            end_batch(session, row.pk, outcome=look.status, answered=len(charged), usd=usd if self.price else None)
        for file in (*look.files, row.file_id):
            with suppress(CallFaultError):
                self.client.remove(file)
        return Collected(ended=1, answers=len(charged), usd=round(usd, 6))

    def _look(self, row: Row[Any]) -> BatchLook:
        """Where a batch stands; one that the endpoint does not know, or has kept for too long, is lost."""
        with self.workspace.database.session() as session:
            late = too_old(row, database_now(session), GIVEN_UP_HOURS)
        try:
            look = self.client.look(row.batch_id)
        except CallFaultError as fault:
            if late or fault.kind == "rejected-404":
                return BatchLook("lost", ended=True)
            raise
        return BatchLook("lost", ended=True) if late and not look.ended else look

    def _answers(self, look: BatchLook) -> list[Answered]:
        read = (read_line(line) for file in look.files for line in self.client.lines(file))
        return [one for one in read if one is not None]

    def _of_ours(self, row: Row[Any]) -> bool:
        """Whether the answers still hold: for the model in use, this LLM and this prompt."""
        said = BatchNames(row.job_id, row.job_version, row.model_id, row.llm, row.prompt, row.samples)
        return said == self.names

    def _questions(self, batch_pk: int) -> Iterable[tuple[int, Asking]]:
        after = 0
        while True:
            with self.workspace.database.session() as session:
                some = questions_of(session, batch_pk, after=after)
            if not some:
                return
            yield from some
            after = some[-1][0]

    def _keep(self, batch_pk: int, answers: Mapping[int, list[Answered]]) -> None:
        """Keep the votes of every question that somebody still waits for, whose words are still the same."""
        chunk: list[Asking] = []
        for _, one in self._questions(batch_pk):
            chunk.append(one)
            if len(chunk) >= 500:
                self._keep_some(chunk, answers)
                chunk = []
        self._keep_some(chunk, answers)

    def _keep_some(self, asked: Sequence[Asking], answers: Mapping[int, list[Answered]]) -> None:
        with self.workspace.database.session() as session:
            known = dict(read_contacts(session, [one.contact_pk for one in asked]))
        model, cache = self.reader.model, open_answers(self.workspace.settings)
        there = [one for one in asked if one.contact_pk in known]
        documents = focused([document_of(known[one.contact_pk]) for one in there], model.lexical, model.reach).documents
        for one, document in zip(there, documents, strict=True):
            question = Question(tuple(document), one.candidates, {})
            if question.text_hash == one.text_hash:
                votes = cache.read(one.text_hash, one.key)[: one.had]
                fresh = self._votes(question, answers.get(one.number, []), expected=self.names.samples - one.had)
                cache.write(one.text_hash, one.key, [*votes, *fresh])

    def _votes(self, question: Question, answers: Sequence[Answered], *, expected: int) -> list[Vote]:
        """The votes of a question; requests without an answer are none: they are asked again, one by one."""
        tally, votes = self.reader.stage.reader.tally, []
        for one in answers:
            if one.completion is None:
                tally.fault(str(one.fault))
                continue
            vote = vote_of(one.completion, question)
            if vote.fault:
                tally.fault(vote.fault)
            votes.append(vote)
        for _ in range(expected - len(answers)):
            tally.fault(LOST)
        return votes

    def _paid(self, row: Row[Any], answers: Sequence[Answered]) -> float:
        """What a batch cost: by the tokens that the endpoint counted; the most it may cost where it counted none."""
        done = [one.completion for one in answers if one.completion is not None]
        if self.price is None:
            return 0.0
        if any(one.tokens_in is None or one.tokens_out is None for one in done):
            return float(row.most_usd or 0.0)
        return sum(self.price.cost(one.tokens_in or 0, one.tokens_out or 0) for one in done)


def _tokens(answers: Sequence[Answered]) -> dict[str, int]:
    done = [one.completion for one in answers if one.completion is not None]
    return {
        "tokens_in": sum(one.tokens_in or 0 for one in done),
        "tokens_out": sum(one.tokens_out or 0 for one in done),
    }
