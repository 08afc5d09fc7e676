from __future__ import annotations

from typing import Any

import pytest

from tagger.decision_record import parse_decision
from tagger.labels import LabelReader, UnknownLabelError
from tagger.review import ReviewError
from taxonomy.loader import find_job

LABELS = LabelReader(find_job("online-order"))
GOOD: dict[str, Any] = {"step": "track-delivery", "by": "ann", "at": "2026-11-01T10:00:00Z"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": 5},
        {"at": "9999-12-31T23:59:59-23:00"},
        {"at": "2999-01-01T00:00:00Z"},
        {"by": "  "},
        {"step": ["track-delivery"]},
        {"outcome": {}},
        {"secondary": 5},
        {"secondary": [["recover-money"]]},
        {"secondary": "recover-money"},
        {"seconds": "soon"},
        {"seconds": -4},
        {"seconds": 10**400},
    ],
)
def test_a_field_that_cannot_be_used_refuses_its_line_alone(wrong: dict[str, Any]) -> None:
    with pytest.raises(ReviewError):
        parse_decision({**GOOD, **wrong}, LABELS)


def test_fits_no_step_is_no_secondary_step() -> None:
    with pytest.raises(UnknownLabelError, match="each must name a step"):
        parse_decision({**GOOD, "secondary": ["_none"]}, LABELS)


def test_secondary_steps_are_kept_once_and_beside_the_primary_one() -> None:
    given = {**GOOD, "by": " ann ", "secondary": ["recover-money", "track-delivery", "recover-money"]}
    decision = parse_decision(given, LABELS)
    assert (decision.by, decision.secondary) == ("ann", ("recover-money",))
