"""What a filled-in form says: an answer in the words of the job."""

from __future__ import annotations

from starlette.datastructures import FormData

from api.pages.review_card import CANNOT, NO_STEP, answers
from api.pages.review_session import text
from store.review_reading import ItemDetail
from store.review_work import Answer
from tagger.labels import LabelReader
from tagger.model import Labels
from tagger.review import CANNOT_TELL, ReviewError
from taxonomy.model import Job


class UnclearAnswerError(ReviewError):
    """The form does not say what was decided."""


def answer_of(form: FormData, detail: ItemDetail, job: Job) -> Answer:
    """The answer in a form: what was typed, else what was chosen, else the suggestion if it was accepted.

    In this order, so that Enter in a form that was changed never sends the suggestion. Raises UnclearAnswerError.
    """
    step, outcome = _step_and_outcome(form, detail, job)
    secondary = [value for value in form.getlist("secondary") if isinstance(value, str) and value in job.step_by_id]
    return Answer(
        step,
        outcome,
        tuple(other for other in secondary if other != step),
        text(form, "note") or None,
        bool(text(form, "flag")),
    )


def _step_and_outcome(form: FormData, detail: ItemDetail, job: Job) -> tuple[str | None, str | None]:
    if typed := text(form, "find"):
        return _found(typed, job)
    chosen = text(form, "answer") or text(form, "step")
    if chosen == NO_STEP:
        return None, None
    if chosen == CANNOT:
        return CANNOT_TELL, None
    if chosen:
        resolved = LabelReader(job).resolve(Labels(chosen, text(form, f"outcome.{chosen}") or None))
        return resolved.step, resolved.outcome
    if text(form, "accept") and detail.tag is not None and not detail.hidden:
        return detail.tag.step, detail.tag.outcome
    raise UnclearAnswerError("nothing is chosen yet: choose a step, or one of the other answers")


def _found(typed: str, job: Job) -> tuple[str | None, str | None]:
    """The one answer that is, or holds, what was typed."""
    wanted = typed.casefold()
    known = [(words.casefold(), answer) for words, answer in answers(job)]
    exact = [answer for words, answer in known if words == wanted]
    close = exact or [answer for words, answer in known if wanted in words]
    if len(close) == 1 or exact:
        return close[0]
    if not close:
        raise UnclearAnswerError(f"no step or outcome holds {typed!r}; choose one from the list")
    raise UnclearAnswerError(f"{typed!r} may mean {len(close)} answers; choose one from the list")
