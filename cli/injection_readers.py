"""Who reads the hostile transcripts: the model in use, alone and with LLMs behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifiers.llm import LlmStage
    from classifiers.model import Model
    from flows.workspace import Workspace
    from tagger.tag import Reader


@dataclass(frozen=True)
class Readers:
    """Readers by name; `obeying` is the stage of an LLM that does what it reads."""

    readers: Mapping[str, Reader]
    model: Model
    obeying: LlmStage


@contextmanager
def readers_of(workspace: Workspace) -> Iterator[Readers]:
    """The readers of a job. The obeying LLM is a server on this machine, and lives as long as the block."""
    from classifiers.artifact import load
    from classifiers.llm import AidedModel
    from evals.llm_stand_in import StandIn, gullible
    from store.job_version import check_version
    from store.llm import aided, open_stage

    folder = workspace.shelf.path()
    model = load(folder, home=workspace.settings.home)
    check_version(model, workspace.job)
    server = StandIn(gullible)
    try:
        with TemporaryDirectory() as cache:
            settings = workspace.settings.model_copy(
                update={
                    "home": Path(cache),
                    "llm_base_url": f"{server.address}/v1",
                    "llm_model": "obeying",
                    "llm_price": "0/0",
                    "llm_samples": 3,
                }
            )
            stage = open_stage(model, workspace.job, settings=settings, folder=Path(cache))
            readers: dict[str, Reader] = {"classifier": model, "with an LLM that obeys": AidedModel(model, stage)}
            if workspace.settings.llm_configured:
                name = f"with {workspace.settings.llm_model}"
                readers[name] = aided(model, workspace.job, settings=workspace.settings, folder=folder)
            yield Readers(readers, model, stage)
    finally:
        server.close()
