from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from classifiers.llm_budget import Ledger, Price, price_of
from classifiers.llm_client import CallFaultError

DEAR = Price(100.0, 1000.0)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ledger(folder: Path, *, budget: float = 1.0, price: Price | None = DEAR, now=lambda: NOON) -> Ledger:
    return Ledger(folder, model="m", price=price, budget_usd=budget, now=now)


def pay(one: Ledger, tokens_out: int = 500) -> float | None:
    with one.reserved(tokens_in=1000, tokens_out=tokens_out):
        return one.charge(1000, tokens_out)


def test_cost_is_tokens_by_price_per_million(tmp_path: Path) -> None:
    assert pay(ledger(tmp_path)) == pytest.approx(0.1 + 0.5)


def test_a_call_that_could_pass_the_budget_is_not_made(tmp_path: Path) -> None:
    one = ledger(tmp_path)
    pay(one)
    with pytest.raises(CallFaultError, match="budget"):
        pay(one)
    assert one.spent_today() == pytest.approx(0.6)


def test_calls_under_way_count_too(tmp_path: Path) -> None:
    one = ledger(tmp_path)
    with one.reserved(tokens_in=1000, tokens_out=500), pytest.raises(CallFaultError, match="budget"):
        pay(one)
    assert pay(one) == pytest.approx(0.6)


def test_a_day_budget_outlives_the_process_and_ends_with_the_day(tmp_path: Path) -> None:
    pay(ledger(tmp_path))
    with pytest.raises(CallFaultError, match="budget"):
        pay(ledger(tmp_path))
    assert pay(ledger(tmp_path, now=lambda: NOON + timedelta(days=1))) is not None


def test_two_processes_see_each_others_spending(tmp_path: Path) -> None:
    one, other = ledger(tmp_path), ledger(tmp_path)
    assert (one.spent_today(), other.spent_today()) == (0.0, 0.0)
    pay(one)
    assert other.spent_today() == pytest.approx(0.6)
    (path,) = tmp_path.iterdir()
    with path.open("a") as file:
        file.write('{"usd": 0.3')  # another process in the middle of its line
    assert one.spent_today() == pytest.approx(0.6)
    with path.open("a") as file:
        file.write("}\n")
    assert one.spent_today() == pytest.approx(0.9)


def test_an_unknown_price_counts_tokens_and_no_cost(tmp_path: Path) -> None:
    one = ledger(tmp_path, price=None)
    assert pay(one) is None
    assert '"in": 1000, "out": 500, "usd": null' in next(tmp_path.iterdir()).read_text()


def test_a_budget_of_nothing_buys_nothing_even_at_an_unknown_price(tmp_path: Path) -> None:
    with pytest.raises(CallFaultError, match="budget"):
        pay(ledger(tmp_path, budget=0.0, price=None))


def test_dated_names_have_their_models_price_and_other_names_none() -> None:
    assert price_of("gpt-4o-mini-2024-07-18") == price_of("gpt-4o-mini") == Price(0.15, 0.6)
    assert price_of("gpt-4o-2024-08-06") == price_of("gpt-4o")
    assert price_of("gpt-4o-audio-preview") is None
    assert price_of("llama") is None


def test_a_line_that_a_killed_process_left_half_written_stops_nothing(tmp_path: Path) -> None:
    pay(ledger(tmp_path))
    (path,) = tmp_path.iterdir()
    with path.open("a") as file:
        file.write('{"usd": 0.\n[]\n')
    one = ledger(tmp_path, budget=10.0)
    pay(one)
    assert one.spent_today() == pytest.approx(1.2)


def test_of_several_lines_about_one_batch_the_last_counts_and_it_counts_for_its_own_day(tmp_path: Path) -> None:
    days = [datetime(2026, 3, 1, 23, 0, tzinfo=UTC)]
    book = ledger(tmp_path, budget=10.0, price=Price(1.0, 1.0), now=lambda: days[-1])
    book.set_aside(4.0)
    book.book("one", 4.0, day=book.today)
    book.set_free(4.0)
    book.book("one", 4.0, day=book.today)  # written again after a kill
    assert book.spent_today() == 4.0
    with pytest.raises(CallFaultError, match="budget"):
        book.set_aside(7.0)
    first = book.today
    days.append(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    book.book("one", 1.5, day=first)
    assert book.spent_today() == 0.0
    days.append(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert book.spent_today() == 1.5
