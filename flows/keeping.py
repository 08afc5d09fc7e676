"""What was read of contacts into the database: tags, effort drivers and what waits for an analyst, in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.drivers import note_drivers
from flows.workspace import Workspace
from store.contacts import read_contacts
from store.review_queueing import Stamp, queue_contacts
from store.tags import add_tags
from tagger.model import Contact, Tag
from tagger.review_reasons import Reason, reason_of
from tagger.tag import Tagged


@dataclass(frozen=True)
class Kept:
    """Tags that were new, and contacts among them that the tagger left to analysts."""

    tagged: int
    deferred: int

    def __add__(self, other: Kept) -> Kept:
        """Both together."""
        return Kept(self.tagged + other.tagged, self.deferred + other.deferred)


@dataclass(frozen=True)
class Keeper:
    """Keeps tags of one model. `floor` is the least confidence that stands since the promise was found broken."""

    workspace: Workspace
    stamp: Stamp
    floor: float | None

    def keep(
        self, keyed: Sequence[tuple[int, Contact]], read: Tagged, *, disagreed: Sequence[bool] | None = None
    ) -> Kept:
        """Keep a batch, a unit of work; `disagreed` marks contacts that an LLM read otherwise. Twice does no harm."""
        tags = self._aside(read.tags)
        reasons = _reasons(keyed, tags, disagreed or [False] * len(tags))
        with self.workspace.database.session() as session:
            pairs = [(key, tag) for (key, _), tag in zip(keyed, tags, strict=True)]
            new = add_tags(session, pairs, read.probabilities)
            note_drivers(session, self.workspace.job, keyed)
            for reason, waiting in reasons.items():
                queue_contacts(session, waiting, reason, stamp=self.stamp)
        return Kept(new, sum(tag.deferred for tag in tags) if new else 0)

    def keep_rows(self, keys: Sequence[int], read: Tagged, *, sure_only: bool) -> Kept:
        """Keep what others read, as far as the contacts are still there; `sure_only` what was not deferred."""
        with self.workspace.database.session() as session:
            there = dict(read_contacts(session, keys))
        rows = [row for row, key in enumerate(keys) if key in there and not (sure_only and read.tags[row].deferred)]
        if not rows:
            return Kept(0, 0)
        tags = tuple(replace(read.tags[row], contact_id=there[keys[row]].id) for row in rows)
        return self.keep([(keys[row], there[keys[row]]) for row in rows], Tagged(tags, read.probabilities[rows]))

    def _aside(self, tags: Sequence[Tag]) -> tuple[Tag, ...]:
        """Since the promise was found broken, what the model is less sure of than `floor` is put aside too."""
        floor = self.floor
        if floor is None:
            return tuple(tags)
        return tuple(replace(tag, deferred=tag.deferred or tag.confidence < floor) for tag in tags)


def _reasons(
    keyed: Sequence[tuple[int, Contact]], tags: Sequence[Tag], disagreed: Sequence[bool]
) -> Mapping[Reason, list[int]]:
    """Which contacts enter the review queue, by the first reason that holds: one piece of work each."""
    found: dict[Reason, list[int]] = {}
    for (key, _), tag, other in zip(keyed, tags, disagreed, strict=True):
        reason = reason_of(tag, disagreed=other)
        if reason is not None:
            found.setdefault(reason, []).append(key)
    return found
