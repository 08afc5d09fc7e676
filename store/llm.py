"""The LLM behind the tagger, where the settings name one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classifiers.llm import AidedModel, LlmStage
from classifiers.llm_agreement import Calibration, load_calibration
from classifiers.llm_breaker import Patience, PatientLine
from classifiers.llm_budget import Ledger, Price, price_of
from classifiers.llm_cache import AnswerCache
from classifiers.llm_client import open_client
from classifiers.llm_examples import NearestExamples
from classifiers.llm_pace import Pace
from classifiers.llm_prompt import PROMPT_VERSION
from classifiers.llm_reader import LlmReader
from classifiers.model import Model
from store.llm_traces import TracedClient
from store.settings import Settings
from store.traces import tracing
from tagger.labels import STEP_ONLY, outcome_of
from tagger.redact import Rules, redact
from taxonomy.model import Job

CALIBRATION, WITH_EXAMPLES = "llm_calibration.json", "llm_calibration_with_examples.json"
"""Beside the model that the calibration belongs to: an LLM that is shown examples is measured apart."""


def aided(
    model: Model, job: Job, *, settings: Settings, folder: Path, examples: NearestExamples | None = None
) -> Model | AidedModel:
    """The model with the LLM of the settings behind it, or the model alone where none is configured.

    `folder` is the model's own, where its LLM calibration lies; `examples` are shown to the LLM.
    """
    if not settings.llm_configured:
        return model
    return AidedModel(model, open_stage(model, job, settings=settings, folder=folder, examples=examples))


def open_stage(
    model: Model,
    job: Job,
    *,
    settings: Settings,
    folder: Path,
    patience: Patience | None = None,
    examples: NearestExamples | None = None,
) -> LlmStage:
    """The LLM as the cascade's third stage."""
    rules = Rules.of(job)
    kept = folder / (CALIBRATION if examples is None else WITH_EXAMPLES)
    known = load_calibration(kept, names=names(model, settings))
    return LlmStage(
        open_reader(settings, patience=patience),
        examples=examples,
        definitions=definitions(job, model.space.labels),
        calibration=known or Calibration.assumed(job.tagging.max_error),
        concurrency=settings.llm_concurrency,
        clean=lambda text: redact(text, rules).text,
    )


def open_reader(settings: Settings, *, patience: Patience | None = None) -> LlmReader:
    """The LLM of the settings with its cache, budget and breaker."""
    model, key = str(settings.llm_model), settings.openai_api_key
    client = open_client(
        model=model,
        base_url=settings.llm_base_url,
        api_key=key.get_secret_value() if key else None,
        token_chances=settings.llm_samples == 1,
    )
    return LlmReader(
        TracedClient(client, endpoint_name(settings), tracing.headers()),
        name=endpoint_name(settings),
        line=PatientLine(
            patience or Patience(),
            pace=Pace(requests=settings.llm_requests_per_minute, tokens=settings.llm_tokens_per_minute),
        ),
        ledger=open_ledger(settings),
        cache=open_answers(settings),
        samples=settings.llm_samples,
    )


def open_answers(settings: Settings) -> AnswerCache:
    """The LLM's answers that are kept."""
    return AnswerCache(settings.home.absolute() / "llm_cache" / "answers")


def open_ledger(settings: Settings) -> Ledger:
    """What this home folder's LLM calls cost, and the day's budget."""
    return Ledger(
        settings.home.absolute() / "llm_cache" / "spend",
        model=endpoint_name(settings),
        price=price_in_force(settings),
        budget_usd=settings.llm_budget_usd,
        prompt=PROMPT_VERSION,
    )


def price_in_force(settings: Settings) -> Price | None:
    """The price that was set, else the list price, else None."""
    if settings.llm_price:
        read, written = settings.llm_price.split("/")
        return Price(float(read), float(written))
    return price_of(str(settings.llm_model))


def batch_price_in_force(settings: Settings) -> Price | None:
    """The price of the same in a batch: what was set, else half of the price in force, None where that is unknown."""
    if settings.llm_batch_price:
        read, written = settings.llm_batch_price.split("/")
        return Price(float(read), float(written))
    price = price_in_force(settings)
    return None if price is None else price.in_batch


def endpoint_name(settings: Settings) -> str:
    """The LLM's name with its address: two endpoints may call different models alike."""
    return f"{settings.llm_model} at {settings.llm_base_url or 'api.openai.com'}"


def names(model: Model, settings: Settings) -> dict[str, Any]:
    """What a calibration holds for; anything else needs its own."""
    return {
        "llm": endpoint_name(settings),
        "prompt": PROMPT_VERSION,
        "samples": settings.llm_samples,
        "model": model.id,
    }


def definitions(job: Job, labels: tuple[str, ...]) -> Mapping[str, str]:
    """What each label means, in the words of the job file: the step's name and the outcome's statement."""
    found = {}
    for label in labels:
        outcome = outcome_of(label)
        step = job.step_by_id.get(job.step_of[outcome] if outcome else label.removesuffix(STEP_ONLY))
        if step is not None:
            statement = (
                job.outcome_by_id[outcome].statement if outcome else step.statement or "anything else on this step"
            )
            found[label] = f"{step.name}: {statement}"
    return found
