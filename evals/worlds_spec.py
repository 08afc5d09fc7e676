"""What a generated world is like, before anything is drawn: every number that its truth follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from taxonomy.errors import BadInputError


class WorldSpecError(BadInputError):
    """A world cannot be made as asked for."""


@dataclass(frozen=True)
class Change:
    """A planted change: from `since` on, contacts on `step` (over `channel`, or all) are different.

    `effort` is added to the mean on the scale of 1 to 7, `resolved` to the probability that a contact
    resolves the matter, `success` to the task success in the product; `share` multiplies the step's share.
    """

    since: date
    step: str
    channel: str | None = None
    effort: float = 0.0
    resolved: float = 0.0
    success: float = 0.0
    share: float = 1.0


@dataclass(frozen=True)
class Experience:
    """How a customer's experience comes about, in points of effort (1 to 7, 7 = easiest).

    `by` shifts effort per value of a segment, circumstance or channel. `customer` and `moment` are
    standard deviations between customers and between contacts of one customer.
    """

    by: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {
            "tier": {"gold": 0.35, "premium": 0.35, "standard": -0.1},
            "urgency": {"high": -0.5, "low": 0.15},
            "channel": {"chat": 0.1, "phone": 0.0, "email": -0.35, "web": 0.2},
        }
    )
    resolution: float = 1.1
    transfer: float = -0.45
    abandoning: float = -0.8
    customer: float = 0.5
    moment: float = 1.1


@dataclass(frozen=True)
class Response:
    """Who answers the effort survey: log-odds by channel, and what each circumstance adds.

    `effort` is added per point above 4; with 0 (the default) answering depends only on what can be
    observed of a contact and on whether it was resolved.
    """

    channel: Mapping[str, float] = field(
        default_factory=lambda: {"chat": -0.5, "phone": -1.5, "email": -1.1, "web": -0.8}
    )
    resolved: float = 0.5
    transfers: float = -0.3
    effort: float = 0.0
    delay_hours: float = 6.0


@dataclass(frozen=True)
class Repeats:
    """Contacts that come from an unresolved one: how likely, and after how many days (log-normal)."""

    probability: float = 0.6
    median_days: float = 3.0
    spread: float = 1.3
    same_channel: float = 0.6
    generations: int = 4


@dataclass(frozen=True)
class SurveyDesign:
    """The outcome survey: waves spread from the start to the middle of the period.

    `sampled` gives shares among respondents that differ from the population; weights make up for it.
    """

    waves: int = 2
    respondents: int = 150
    sampled: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: {"tier": {"gold": 0.4, "standard": 0.6}})
    spread: float = 1.6


@dataclass(frozen=True)
class Talk:
    """How customers write. `noise` 0 is clean; `words` is the usual number of words a customer says.

    `vague` is the share of contacts whose wording gives little away, `topic` the share that names the
    matter in a few words, `rephrased` the share that says it again in other words, `heldout` the share
    worded in families that no training contact uses. `drivers` are the shares of contacts that say what made them
    hard work, twice that where effort was greatest and none where there was none; `lookalikes` the share that says
    something like it.
    """

    words: int = 40
    noise: float = 0.4
    vague: float = 0.07
    topic: float = 0.42
    rephrased: float = 0.65
    heldout: float = 0.5
    drivers: Mapping[str, float] = field(
        default_factory=lambda: {"had-to-repeat": 0.07, "switched-channel": 0.06, "generic-answer": 0.05}
    )
    lookalikes: float = 0.05


@dataclass(frozen=True)
class WorldSpec:
    """A world of contacts for one shipped job. The same spec always gives the same bytes.

    `contacts` counts all, those that fit no step included (`none_share`). `split_seed` decides which
    wording families are held out; it stays the same between worlds unless changed on purpose.
    """

    job: str = "online-order"
    seed: int = 7
    contacts: int = 4000
    start: date = date(2026, 5, 1)
    days: int = 184
    customers: int | None = None
    channels: Mapping[str, float] = field(
        default_factory=lambda: {"chat": 0.45, "phone": 0.25, "email": 0.2, "web": 0.1}
    )
    shares: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {"tier": {"gold": 0.25, "standard": 0.75}, "urgency": {"low": 0.7, "high": 0.3}}
    )
    none_share: float = 0.06
    secondary_share: float = 0.12
    abandoned_share: float = 0.03
    experience: Experience = Experience()
    response: Response = Response()
    repeats: Repeats = Repeats()
    survey: SurveyDesign = SurveyDesign()
    talk: Talk = Talk()
    attempts: int = 1200
    labelled: int = 2000
    heldout: int = 600
    heldout_families: int = 2
    split_seed: int = 0
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn. Raises WorldSpecError."""
        if self.contacts < 1 or self.days < 1:
            raise WorldSpecError(
                f"a world needs at least 1 contact and 1 day, not {self.contacts} contacts and {self.days} days"
            )
        for change in self.changes:
            if change.channel is not None and change.channel not in self.channels:
                raise WorldSpecError(
                    f"a change names the channel '{change.channel}'; this world has {', '.join(self.channels)}"
                )

    @property
    def begins(self) -> datetime:
        """The first moment of the world, UTC."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after the world, UTC; its truth is known as of then."""
        return self.begins + timedelta(days=self.days)

    @property
    def customer_count(self) -> int:
        """How many customers may contact; by default somewhat more than half as many as contacts."""
        return self.customers or max(1, round(0.55 * self.contacts))
