"""What is kept of a contact outside the database: vectors, an LLM's answers, exported files, what models hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from classifiers.artifact import ModelFileError, load
from classifiers.embedding_cache import EmbeddingCache
from classifiers.encoder import EncoderError
from classifiers.focus import focused
from classifiers.model import Model
from classifiers.unlearning import forget_in_model
from store.exports import strip_exports
from store.llm import open_answers
from store.models import ModelShelf
from store.settings import Settings
from tagger.model import Contact
from tagger.tag import Document, document_of


@dataclass(frozen=True)
class FilesCleaned:
    """How much was removed, by kind, and what a person has to know: models to train again, files out of reach."""

    counts: dict[str, int]
    notes: tuple[str, ...]


def clean_files(settings: Settings, contacts: Sequence[Contact], *, ids: Sequence[str]) -> FilesCleaned:
    """Remove everything that files under Headway's control keep of these contacts. Doing it twice does no harm.

    `ids` name the erased besides the contacts' own ids.
    """
    models = list(_models(settings))
    documents = [_variants(contact, [model for _, model in models]) for contact in contacts]
    every = [document for variants in documents for document in variants]
    embeddings, answers = EmbeddingCache(settings.embeddings), open_answers(settings)
    vectors = embeddings.forget_all(every)
    votes = sum(answers.forget(document) for document in every)
    names = [*(contact.id for contact in contacts), *ids]
    texts = [turn.text for contact in contacts for turn in contact.turns]
    exports = strip_exports(settings, ids=names, texts=texts)
    learned, notes = _unlearned(models, [list(variants) for variants in documents])
    out_of_reach = [f"{path}: could not be read, remove the contact there yourself" for path in exports.unreadable]
    moved = [f"{path}: was exported, is no longer there" for path in exports.gone]
    counts = {"embeddings": vectors, "llm answers": votes, "exported records": exports.records, **learned}
    return FilesCleaned(counts, (*notes, *out_of_reach, *moved))


def _models(settings: Settings) -> Iterator[tuple[Path, Model]]:
    """Every model that can be read; a damaged one, or one whose encoder is not at hand, is left to its warning."""
    jobs = sorted(path for path in settings.models.iterdir() if path.is_dir()) if settings.models.is_dir() else []
    for job in jobs:
        shelf = ModelShelf(settings.models, job.name)
        for name in shelf.known():
            with suppress(ModelFileError, EncoderError):
                yield shelf.path(name), load(shelf.path(name), home=settings.home)


def _variants(contact: Contact, models: Sequence[Model]) -> set[Document]:
    """The document as it was said, as models reduce it where it is very long, and what anybody else said."""
    document = document_of(contact)
    found = {document, tuple(turn.text for turn in contact.turns)}
    for model in models:
        found |= {tuple(one) for one in focused([document], model.lexical, model.reach).documents}
    return found


def _unlearned(
    models: Sequence[tuple[Path, Model]], contacts: Sequence[Sequence[Document]]
) -> tuple[dict[str, int], list[str]]:
    """Take the contacts' n-grams and vectors out of the models that learned from them."""
    counts, notes = {"model n-grams": 0, "model vectors": 0, "models touched": 0}, []
    for folder, model in models:
        forgotten = forget_in_model(folder, model, [document for variants in contacts for document in variants])
        if forgotten is None:
            continue
        counts["model n-grams"] += forgotten.grams
        counts["model vectors"] += forgotten.vectors
        counts["models touched"] += 1
        notes.append(
            f"model {folder.parent.name}/{folder.name} had learned from {forgotten.documents} erased text"
            f"{'s' if forgotten.documents > 1 else ''}: their n-grams and vectors are out, its other numbers are not; "
            f"`headway train --job {folder.parent.name}` makes one that never saw them"
        )
    return counts, notes
