"""What a promise costs: the stricter it is, the more contacts an LLM or people must read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifiers.llm import MOST_CANDIDATES
from classifiers.llm_budget import Price, guessed_tokens, price_of
from classifiers.llm_prompt import Question
from classifiers.scores import NONE_LABEL
from store.llm import batch_price_in_force, definitions, price_in_force
from store.settings import Settings
from tagger.labels import label_space
from tagger.tag import Document
from taxonomy.model import Job

REFERENCE_LLM = "gpt-4o-mini"
"""Whose list price is shown where no LLM, or none of a known price, is configured."""

ANSWER_TOKENS = 60
REVIEW_MINUTES = 0.5
"""Minutes that a person takes to decide one contact; `headway review stats` shows what yours take."""

SAMPLED = 200
THOUSAND = 1000


@dataclass(frozen=True)
class PriceRow:
    """What it costs, a thousand contacts, to have at most `max_error` wrong among the kept.

    `kept` is the share that the model keeps. The rest is read either by an LLM, for `llm_usd` dollars (what it is not
    sure of is then left to people; `batch_usd` where it is asked by the batch), or all of it by people, in `minutes`.
    """

    max_error: float
    kept: float
    llm_usd: float
    batch_usd: float
    minutes: float


@dataclass(frozen=True)
class PriceTable:
    """Rows from the strictest promise to the loosest; `delta` is the chance that a promise does not hold.

    `llm` says whose price, `usd_a_contact` what reading one contact costs there.
    """

    delta: float
    llm: str
    usd_a_contact: float
    rows: tuple[PriceRow, ...]

    def as_json(self) -> dict[str, Any]:
        """The table as JSON."""
        return asdict(self)

    def text(self) -> str:
        """The table for people."""
        lines = [
            f"  what a promise costs, a thousand contacts (held with {100 * (1 - self.delta):g} %; LLM: {self.llm}; "
            f"people: {REVIEW_MINUTES:g} minutes a contact)",
            "    wrong at most   kept  an LLM reads the rest     by the batch  people read the rest",
        ]
        lines += [
            f"    {100 * row.max_error:8g} %  {100 * row.kept:6.1f} %  {row.llm_usd:15.2f} $  {row.batch_usd:15.2f} $"
            f"  {row.minutes:17.0f} min"
            for row in self.rows
        ]
        return "\n".join(lines)


def price_table(
    kept: Mapping[float, float], job: Job, documents: Sequence[Document], *, settings: Settings
) -> PriceTable:
    """The table from the share kept under each promise; `documents` say how much an LLM would have to read."""
    price = price_in_force(settings) if settings.llm_configured else None
    name = settings.llm_model if price else f"list price of {REFERENCE_LLM}, as no LLM of a known price is set"
    single = price or price_of(REFERENCE_LLM) or Price(0.0, 0.0)
    batched = (batch_price_in_force(settings) if price else None) or single.in_batch
    cost, batch = (usd_a_contact(job, documents, price=one, samples=settings.llm_samples) for one in (single, batched))
    rows = [
        PriceRow(alpha, share, rest * cost, rest * batch, rest * REVIEW_MINUTES)
        for alpha, share, rest in ((alpha, share, THOUSAND * (1 - share)) for alpha, share in sorted(kept.items()))
    ]
    return PriceTable(job.tagging.delta, str(name), cost, tuple(rows))


def usd_a_contact(job: Job, documents: Sequence[Document], *, price: Price, samples: int) -> float:
    """About what an LLM costs to read one contact, all samples, rather too high than too low."""
    meant = definitions(job, label_space(job).labels)
    labels = (*list(meant)[:MOST_CANDIDATES], NONE_LABEL)
    some = documents[:: max(1, len(documents) // SAMPLED)]
    tokens = [
        guessed_tokens("".join(content for _, content in Question(tuple(document), labels, meant).messages(0)))
        for document in some
    ]
    return samples * price.cost(sum(tokens), ANSWER_TOKENS * len(tokens)) / max(1, len(tokens))
