from pathlib import Path

import pytest

from classifiers.llm_budget import Price
from flows.prices import price_table, usd_a_contact
from store.settings import Settings
from taxonomy.loader import find_job

JOB = find_job("online-order")
SAID = [("where is my parcel",), ("i want my money back for the broken lamp",)]


def test_what_is_not_kept_costs_dollars_or_minutes(tmp_path: Path) -> None:
    table = price_table({0.1: 0.9, 0.01: 0.4}, JOB, SAID, settings=Settings(home=tmp_path))
    strict, loose = table.rows
    assert (strict.max_error, strict.minutes) == (0.01, pytest.approx(300))
    assert (loose.max_error, loose.minutes) == (0.1, pytest.approx(50))
    assert strict.llm_usd == pytest.approx(600 * table.usd_a_contact)
    assert strict.llm_usd > loose.llm_usd > 0
    assert strict.batch_usd == pytest.approx(strict.llm_usd / 2)
    assert "list price of gpt-4o-mini" in table.text()


def test_the_price_of_the_llm_that_is_set_counts(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, llm_model="own", llm_base_url="http://127.0.0.1:9", llm_price="0/0")
    table = price_table({0.1: 0.5}, JOB, SAID, settings=settings)
    assert (table.llm, table.rows[0].llm_usd) == ("own", 0.0)


def test_every_sample_is_paid_and_longer_texts_cost_more() -> None:
    price = Price(1.0, 4.0)
    once = usd_a_contact(JOB, SAID, price=price, samples=1)
    assert usd_a_contact(JOB, SAID, price=price, samples=3) == pytest.approx(3 * once)
    assert usd_a_contact(JOB, [(text * 50,) for (text,) in SAID], price=price, samples=1) > once


def test_a_batch_costs_what_is_set_for_it(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, llm_model="own", llm_base_url="http://127.0.0.1:1", llm_price="1/1", llm_batch_price="0.1/0.1"
    )
    (row,) = price_table({0.1: 0.5}, JOB, SAID, settings=settings).rows
    assert row.batch_usd == pytest.approx(row.llm_usd / 10)
