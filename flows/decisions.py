"""Analysts' decisions from a file into the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.workspace import Workspace
from store.decision_import import take_decisions, take_outside_draw
from tagger.formats.rows import read_rows


@dataclass(frozen=True)
class Imported:
    """Decisions that were new, were there already, are still open, and lines that could not be used."""

    added: int
    already_there: int
    undecided: int
    refused: tuple[str, ...]


def import_decisions(workspace: Workspace, path: Path) -> Imported:
    """Take decisions from JSON Lines as `headway review export` writes them. Idempotent.

    Lines with `pi` of contacts that no draw of ours offered are a draw made elsewhere: with every contact that it
    offered in the file (`drawn` true or false) its decisions correct figures. Raises ReviewError where it is not.
    """
    with workspace.database.session() as session:
        take_outside_draw(session, workspace.job.id, read_rows(path))
        taken = take_decisions(session, workspace.job, read_rows(path))
    refused = tuple(f"{path}:{one.line}: {one.message}" for one in taken.refused)
    return Imported(taken.added, taken.already_there, taken.undecided, refused)
