"""Asking one question several times: votes, their agreement, and the words that carried them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from classifiers.llm_answer import AnswerFaultError, read_answer
from classifiers.llm_breaker import PatientLine
from classifiers.llm_budget import Ledger, guessed_tokens
from classifiers.llm_cache import AnswerCache, Vote
from classifiers.llm_client import MOST_TOKENS, CallFaultError, Completion, LlmClient
from classifiers.llm_prompt import Question, schema_of

Worth = Callable[[str, float], bool]
"""Whether a label with such an agreement could be accepted."""


class Desk(Protocol):
    """Where questions wait for a batch of them to be answered."""

    def key_of(self, text: str) -> str | None:
        """The key under which a batch that has ended kept its votes about a text's hash; None where none has."""

    def takes(self, question: Question, key: str, had: int) -> bool:
        """Whether the question waits for a batch, one that is out or the next one; it `had` so many votes before.

        Raises CallFaultError (`budget`).
        """


@dataclass(frozen=True)
class Reading:
    """What the LLM came to on one document.

    `label` is the one most votes are for and `agreement` their share of the samples (with one sample: the probability
    of the label's tokens); `label` None means no usable vote, and `refused` says why. `skipped` means that no answer
    could have been accepted, so that nothing was asked; `waiting` that a batch was asked, which is not back yet.
    """

    label: str | None = None
    agreement: float = 0.0
    evidence: str = ""
    refused: str | None = None
    skipped: bool = False
    waiting: bool = False


class Tally:
    """Calls, tokens and dollars since the start, and faults by kind; shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.calls = self.cached = self.tokens_in = self.tokens_out = 0
        self.usd: float | None = 0.0
        self.faults: Counter[str] = Counter()

    def called(self, tokens_in: int, tokens_out: int, usd: float | None) -> None:
        """Count one call that was paid for; one unknown price makes the sum unknown."""
        with self._lock:
            self.calls += 1
            self.tokens_in += tokens_in
            self.tokens_out += tokens_out
            self.usd = None if usd is None or self.usd is None else self.usd + usd

    def fault(self, kind: str) -> None:
        """Count one fault of a call or an answer."""
        with self._lock:
            self.faults[kind] += 1

    def found(self, votes: int) -> None:
        """Count votes that were in the cache."""
        with self._lock:
            self.cached += votes

    def as_counts(self) -> dict[str, Any]:
        """The sums as plain values."""
        with self._lock:
            usd = None if self.usd is None else round(self.usd, 6)
            sums = {"calls": self.calls, "cached": self.cached, "tokens_in": self.tokens_in}
            return {**sums, "tokens_out": self.tokens_out, "usd": usd, "faults": dict(sorted(self.faults.items()))}


class LlmReader:
    """One LLM behind its cache, budget, retries and breaker. `name` is the model with its endpoint."""

    def __init__(
        self, client: LlmClient, *, name: str, line: PatientLine, ledger: Ledger, cache: AnswerCache, samples: int = 3
    ) -> None:
        self.name = name
        self.samples = samples
        self.tally = Tally()
        self.line = line
        self.desk: Desk | None = None
        self._client = client
        self.ledger = ledger
        self._cache = cache

    def read(self, question: Question, *, worth: Worth) -> Reading:
        """Ask until all samples are there, or until no label can be `worth` it any more."""
        key = self.desk.key_of(question.text_hash) if self.desk else None
        key = key or question.key(self.name, str(self.samples))
        votes = self._cache.read(question.text_hash, key)[: self.samples]
        self.tally.found(len(votes))
        try:
            if self.desk and self._asks(question, votes, worth) and self.desk.takes(question, key, len(votes)):
                return Reading(waiting=True)
            while self._asks(question, votes, worth):
                votes.append(self._vote(question, len(votes)))
                self._cache.write(question.text_hash, key, votes)
        except CallFaultError as fault:
            self.tally.fault(fault.kind)
            return Reading(refused=fault.kind)
        return _reading(votes, self.samples)

    def _asks(self, question: Question, votes: Sequence[Vote], worth: Worth) -> bool:
        left = self.samples - len(votes)
        given = Counter(vote.label for vote in votes)
        return left > 0 and any(worth(label, (given[label] + left) / self.samples) for label in question.candidates)

    def _vote(self, question: Question, sample: int) -> Vote:
        """One sample. Raises CallFaultError; an answer that cannot be used is a vote for nothing."""
        vote = vote_of(self._completion(question, sample), question)
        if vote.fault:
            self.tally.fault(vote.fault)
        return vote

    def _completion(self, question: Question, sample: int) -> Completion:
        messages, schema = question.messages(sample), schema_of(question, sample)
        guess = guessed_tokens("".join(content for _, content in messages))

        def ask() -> Completion:
            try:
                return self._client.complete(messages, schema)
            except CallFaultError as fault:
                if fault.kind == "timeout":  # the endpoint may bill what nobody waited for
                    self._charge(guess, MOST_TOKENS)
                raise

        with self.ledger.reserved(tokens_in=guess, tokens_out=MOST_TOKENS):
            done = self.line.call(ask, tokens=guess + MOST_TOKENS)
            written = guessed_tokens(done.text) if done.tokens_out is None else done.tokens_out
            self._charge(guess if done.tokens_in is None else done.tokens_in, written)
        return done

    def _charge(self, tokens_in: int, tokens_out: int) -> None:
        self.tally.called(tokens_in, tokens_out, self.ledger.charge(tokens_in, tokens_out))


def vote_of(done: Completion, question: Question) -> Vote:
    """What a completion comes to, checked strictly; one that cannot be used is a vote for nothing, with the fault."""
    try:
        if done.finish != "stop":
            raise AnswerFaultError({"length": "truncated"}.get(done.finish, done.finish))
        answer = read_answer(done.text, question)
    except AnswerFaultError as fault:
        return Vote(None, fault=fault.kind)
    return Vote(answer.label, answer.evidence, chance=done.label_chance)


def _reading(votes: Sequence[Vote], samples: int) -> Reading:
    usable = [vote for vote in votes if vote.label is not None]
    if not usable:
        faults = [vote.fault for vote in votes if vote.fault]
        return Reading(refused=faults[0]) if faults else Reading(skipped=True)
    label, count = Counter(vote.label for vote in usable).most_common(1)[0]
    chosen = next(vote for vote in usable if vote.label == label)
    if samples > 1:
        return Reading(label, count / samples, chosen.evidence)
    if chosen.chance is None:
        return Reading(refused="no-token-chances")
    return Reading(label, chosen.chance, chosen.evidence)
