from __future__ import annotations

import pytest

from tagger.labels import label_space
from tagger.lineage import LineageError, carried_labels
from taxonomy.loader import find_job, parse_job
from taxonomy.model import Job

OLD = find_job("online-order")


def changed(*pairs: tuple[str, str]) -> Job:
    text = OLD.source.replace("version: 1\n", "version: 2\n", 1)
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return parse_job(text, name="changed")


def test_renamed_and_merged_outcomes_lead_to_their_heirs() -> None:
    lost = "      - id: item-arrives\n        statement: minimize the likelihood that an item already paid for is lost on its way\n        aliases: [O12]\n"  # noqa: E501
    new = changed((lost, ""), ("id: know-arrival", "id: arrival"), ("[O11]", "[O11, know-arrival, item-arrives]"))
    space, heirs = carried_labels(label_space(OLD), OLD, new)
    assert heirs["know-arrival"] == heirs["item-arrives"] == "arrival"
    assert set(heirs.values()) <= set(space.labels)
    assert {old for old, heir in heirs.items() if old != heir} == {"know-arrival", "item-arrives"}


def test_a_label_of_a_step_alone_follows_its_step() -> None:
    new = changed(("id: track-delivery", "id: follow-delivery"), ("[S08]", "[S08, track-delivery]"))
    space, heirs = carried_labels(label_space(OLD, step_only=["track-delivery"]), OLD, new)
    assert heirs["track-delivery/*"] == "follow-delivery/*" in space.labels


def test_a_retired_and_a_split_outcome_are_named() -> None:
    new = changed(("id: know-arrival", "id: arrival"), ("[O11]", "[arrival-day]"))
    with pytest.raises(LineageError, match="know-arrival was retired"):
        carried_labels(label_space(OLD), OLD, new)
    split = changed(("aliases: [O12]", "aliases: [O11]"), ("aliases: [O11]", "aliases: []"))
    with pytest.raises(LineageError, match="know-arrival was split into know-arrival, item-arrives"):
        carried_labels(label_space(OLD), OLD, split)
