from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.cursors import BadCursorError, cursor_of, place_of


@given(st.text(), st.integers(0, 2**63 - 1))
def test_a_cursor_says_again_where_the_page_ended(text: str, number: int) -> None:
    assert place_of(cursor_of(text, number), str, int) == [text, number]


@pytest.mark.parametrize("said", ["[1, 2]", '["1"]', "[true]", "[-1]", f"[{2**63}]", "1", "{}", "nothing", "[" * 9000])
def test_what_no_list_gave_is_refused(said: str) -> None:
    with pytest.raises(BadCursorError, match="not one that this list gave"):
        place_of(base64.urlsafe_b64encode(said.encode()).decode(), int)


@given(st.text())
def test_any_other_text_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        place_of(cursor, str, int, str, int)
