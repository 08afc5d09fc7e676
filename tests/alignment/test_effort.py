from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alignment.effort import SCALES, UnknownEffortScaleError, answers_on, easy_box, scale_named
from taxonomy.model import Goalposts


def test_answers_on_two_scales_never_share_a_mean():
    efforts = pd.Series([5.0, 2.0, np.nan, 7.0])
    scales = pd.Series(["ces2-7", "ces1-5", "ces2-7", "ces2-7"])
    answers = answers_on("ces2-7", efforts, scales)
    assert answers.values.tolist()[0] == 5
    assert answers.values.isna().tolist() == [False, True, True, False]
    assert answers.left_out == 1
    assert "another scale" in answers.reason


def test_an_answer_outside_its_scale_is_left_out():
    assert answers_on("ces1-5", pd.Series([6.0]), pd.Series(["ces1-5"])).left_out == 1


def test_the_easy_box_of_each_scale_is_on_its_good_side():
    assert easy_box(pd.Series([4.0, 5.0, np.nan]), SCALES["ces2-7"]).tolist()[:2] == [0, 1]
    assert easy_box(pd.Series([2.0, 3.0]), SCALES["ces1-5"]).tolist() == [1, 0]


def test_goalposts_of_the_other_direction_are_refused():
    assert SCALES["ces2-7"].disagreement(Goalposts(1, 7)) is None
    assert "opposite" in SCALES["ces1-5"].disagreement(Goalposts(1, 5))
    assert "outside" in SCALES["ces1-5"].disagreement(Goalposts(7, 1))
    assert all(scale.disagreement(scale.goalposts) is None for scale in SCALES.values())


def test_an_unknown_scale_is_named_with_those_that_exist():
    with pytest.raises(UnknownEffortScaleError, match="ces2-7"):
        scale_named("nps")
