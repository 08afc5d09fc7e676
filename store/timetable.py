"""When each stage runs and where it finds its input: the table `[schedule]` of headway.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["contacts", "outcome-survey", "events"]


class Inbox(BaseModel):
    """A folder (or file) that is looked into for new and changed files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job: str
    path: Path
    kind: Kind = "contacts"
    source: str = Field(default="default", description="name of the sending system: ids are unique within it")


class Timetable(BaseModel):
    """Five-field cron expressions, one a stage; an empty one turns the stage off."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jobs: tuple[str, ...] = Field(default=(), description="the jobs that `headway schedule` works for")
    timezone: str = Field(default="UTC", description="in which the times are meant, such as Europe/Berlin")
    pull: str = Field(default="*/15 * * * *", description="look into the inboxes for new files")
    tag: str = Field(default="5-59/15 * * * *", description="tag what came in")
    draw: str = Field(default="20 4 * * *", description="offer new contacts to the review draw")
    measure: str = Field(default="10 * * * *", description="fold what changed into moments")
    watch: str = Field(default="25 * * * *", description="look for changes and for silence")
    publish: str = Field(default="40 4 * * *", description="publish the index")
    train: str = Field(default="0 3 * * 0", description="train on what analysts decided")
    retain: str = Field(default="30 2 * * *", description="remove what is past its days of retention")
    labelled: Path | None = Field(default=None, description="labelled contacts that training reads as well")
    inboxes: tuple[Inbox, ...] = Field(default=(), description="where input comes from; unset: HOME/inbox/JOB/KIND")
