"""What analysts decided, as examples in the LLM's prompt."""

from __future__ import annotations

from classifiers.hostile import plain_of
from classifiers.llm_examples import NearestExamples
from classifiers.model import Model
from flows.lessons import gather
from store.settings import Settings
from tagger.redact import Rules, redact
from tagger.tag import names_of
from taxonomy.model import Job


def reviewed_examples(job: Job, model: Model, *, settings: Settings) -> NearestExamples | None:
    """The decided contacts that may teach, with labels that the model knows; None where there are none.

    Reviews that are held back to measure the tagger are no examples. What redaction would still change is left out.
    """
    known = gather(job, None, settings=settings).labelled
    if known is None:
        return None
    names, rules = names_of(job), Rules.of(job)
    pairs = [
        (document, name)
        for document, name in zip(known.documents, known.names, strict=True)
        if name in model.space.labels
        and all(redact(segment, rules).text == segment for segment in document)
        and not plain_of(document, names).suspicious
    ]
    if not pairs:
        return None
    return NearestExamples(
        [document for document, _ in pairs], [name for _, name in pairs], encoder=model.embedding.encoder
    )
