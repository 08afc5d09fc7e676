"""Jobs made up for data sets that have labels but no job; not ones that anybody should copy."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from taxonomy.loader import parse_job
from taxonomy.model import Job


def made_up_job(name: str, place: Mapping[str, str]) -> Job:
    """A job whose outcomes are a data set's labels; `place` gives each label its step."""
    steps = [
        {
            "id": label_id(step),
            "stage": "execute",
            "name": words(step),
            "outcomes": [
                {"id": label_id(label), "statement": f"minimize the time it takes to get help with {words(label)}"}
                for label in sorted(place)
                if place[label] == step
            ],
        }
        for step in sorted(set(place.values()))
    ]
    content = {"id": name, "version": 1, "statement": f"Get done what {name} is about", "steps": steps}
    return parse_job(yaml.safe_dump(content, sort_keys=False), name=name)


def label_id(label: str) -> str:
    """A data set's label as an id of a job file: `GetQuote` and `get_quote` become `get-quote`."""
    return words(label).replace(" ", "-")


def words(label: str) -> str:
    """A data set's label as lower-case words."""
    return re.sub(r"[_\- ]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)).lower()
