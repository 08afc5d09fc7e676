"""What alerts are called: the same words on pages, in mails and in what programs are sent."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy.model import Job

VERDICTS: Mapping[str, str] = {
    "real": "Confirmed by reviews",
    "mix": "Mostly another mix of contacts",
    "measurement": "Not confirmed: look at the tagger first",
    "open": "Not settled yet",
    "data": "About the data, not the customers",
}
MEASURES: Mapping[str, str] = {
    "effort": "Effort (1 to 7, 7 is easiest)",
    "fcr": "Resolved on first contact",
    "share": "Share of all contacts",
}
DATA: Mapping[str, str] = {
    "volume": "Contacts a week",
    "response": "Survey answers",
    "deferral": "Contacts that the tagger hands over",
    "novelty": "Contacts strange to the tagger",
    "disagreement": "Analysts disagree with the tagger",
    "silence": "No new contacts",
}


def alert_title(job: Job, *, measure: str, step: str | None) -> str:
    """One line: the step and what changed there, or what is wrong with the data."""
    if step is None:
        return DATA.get(measure, measure)
    name, known = MEASURES.get(measure, measure), job.step_by_id.get(step)
    return f"{known.name if known else step}: {name[0].lower()}{name[1:]}"
