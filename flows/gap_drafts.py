"""An LLM drafts the outcome of a group of contacts, where one is configured."""

from __future__ import annotations

from dataclasses import dataclass

from alignment.gaps import Gap
from classifiers.hostile import plain_of
from classifiers.llm_answer import AnswerFaultError
from classifiers.llm_breaker import Patience, PatientLine
from classifiers.llm_client import CallFaultError, open_client
from classifiers.llm_draft import Brief, Draft, Drafter
from flows.workspace import Workspace
from store.gaps import read_gap
from store.llm import endpoint_name, open_ledger
from store.settings import Settings
from tagger.redact import Rules, redact
from tagger.tag import names_of
from taxonomy.errors import BadInputError
from taxonomy.lint import lint_statement
from taxonomy.model import Job
from taxonomy.proposal import proposed_id


class NoDraftError(BadInputError):
    """No LLM can draft the outcome: a person has to write it."""


@dataclass(frozen=True)
class Drafted:
    """An LLM's draft for a group: `step` None where it found no step of the job that fits."""

    statement: str
    step: str | None
    outcome: str
    by: str


def draft_outcome(workspace: Workspace, gap: str) -> Drafted:
    """Let the LLM of the settings draft the outcome of a group, once more where lint finds errors.

    Only redacted words leave the machine. Raises NoDraftError where no LLM is configured, or it gives nothing usable.
    """
    settings, job = workspace.settings, workspace.job
    if not settings.llm_configured:
        raise NoDraftError("no LLM is configured: write the outcome with --statement and --step")
    with workspace.database.session() as session:
        found = read_gap(session, job.id, gap)
    drafter, brief = open_drafter(settings), brief_of(job, found)
    try:
        draft = _mended(drafter, brief, job)
    except (CallFaultError, AnswerFaultError) as error:
        raise NoDraftError(f"{error}; write the outcome with --statement and --step") from error
    return Drafted(draft.statement, draft.step, proposed_id(draft.statement, job), drafter.name)


def _mended(drafter: Drafter, brief: Brief, job: Job) -> Draft:
    draft = drafter.draft(brief)
    faults = [one.message for one in lint_statement(draft.statement, glossary=job.glossary) if one.level == "error"]
    return drafter.draft(brief, mend=(draft.statement, faults)) if faults else draft


def brief_of(job: Job, gap: Gap) -> Brief:
    """What an LLM is told of a group. Raises NoDraftError.

    A text that redaction would still change is not sent, nor one that gives orders.
    """
    names, rules = names_of(job), Rules.of(job)
    clean = (one.text for one in gap.examples if redact(one.text, rules).text == one.text)
    texts = tuple(text for text in clean if not plain_of((text,), names).suspicious)
    if not texts:
        raise NoDraftError(f"{gap.gap}: no example is free of personal data and of orders; write the outcome by hand")
    example = next(iter(job.outcome_by_id.values()), None)
    steps = tuple((step.id, step.name) for step in job.steps)
    return Brief(job.statement, steps, example.statement if example else "minimize the time it takes to ...", texts)


def open_drafter(settings: Settings, *, patience: Patience | None = None) -> Drafter:
    """The LLM of the settings with its budget and breaker, asked for outcomes."""
    key = settings.openai_api_key
    client = open_client(
        model=str(settings.llm_model),
        base_url=settings.llm_base_url,
        api_key=key.get_secret_value() if key else None,
        token_chances=True,  # one settled answer, not a spread of them
    )
    line = PatientLine(patience or Patience())
    return Drafter(client, name=endpoint_name(settings), line=line, ledger=open_ledger(settings))
