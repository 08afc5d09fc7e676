from __future__ import annotations

from pathlib import Path

import pytest

from store.models import ModelShelf, NoModelError


def shelf(tmp_path: Path, *models: str) -> ModelShelf:
    made = ModelShelf(tmp_path, "job")
    for model in models:
        made.add(model, lambda folder: (folder / "card.json").write_text("{}"))
    return made


def test_the_model_promoted_last_is_in_use(tmp_path: Path) -> None:
    made = shelf(tmp_path, "a", "b")
    assert made.current() is None
    for model in ("a", "b", "a"):
        made.promote(model, by="me", why="test")
    assert made.current() == "a"
    assert [promotion.model for promotion in made.promotions()] == ["a", "b", "a"]


def test_a_model_that_could_not_be_written_whole_is_not_on_the_shelf(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("disk full")

    made = shelf(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        made.add("a", fail)
    assert made.known() == []


@pytest.mark.parametrize("name", ["nobody", "../job", "", None])
def test_a_model_that_is_not_there_is_refused(tmp_path: Path, name: str | None) -> None:
    with pytest.raises(NoModelError):
        shelf(tmp_path, "a").path(name)


def test_a_card_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    made = shelf(tmp_path, "a", "b")
    (made.path("a") / "card.json").write_text('{"note": "rough"}')
    (made.path("b") / "card.json").write_text("{")
    assert made.card("a") == {"note": "rough"}
    assert made.card("b") == {}
