"""Reviewing in a real browser: by keys, as a plain form, two at once, after a lease ran out, undo, a disagreement."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests import patient

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser, review_server) -> Iterator[Callable[..., object]]:
    """Sit an analyst down at the review page, in a browser of their own."""
    contexts = []

    def sit(name: str, *, width: int = 1440, dark: bool = False, javascript: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{review_server}/review?job=online-order")
        page.fill("[name=name]", name)
        with page.expect_navigation():  # to its end: keys pressed before the script runs are lost
            page.get_by_role("button", name="Start reviewing").click()
        assert page.locator("#decide").count()
        return page

    yield sit
    for context in contexts:
        context.close()


def item_of(page) -> str:
    return page.get_attribute("#decide", "action").split("/")[2]


def press(page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def to_suggestion(page) -> None:
    for _ in range(80):
        if page.locator(".accept").count():
            return
        press(page, "s")
    pytest.fail("no item with a suggestion came up")


def test_one_key_accepts_the_suggestion_and_shows_the_next_item(desk):
    page = desk("keys one")
    to_suggestion(page)
    item, words = item_of(page), page.locator(".accept .name").inner_text()

    press(page, "Enter")

    assert item_of(page) != item
    assert page.locator(".last").inner_text() == f"Recorded: {words}"
    assert page.complaints == []


def test_two_keys_choose_a_step_and_its_outcome(desk):
    page = desk("keys two")
    to_suggestion(page)
    step = page.locator(".choice .name").first.inner_text()

    page.keyboard.press("1")
    outcome = page.locator(".outcomes .name:visible").first.inner_text()
    press(page, "1")

    assert page.locator(".last").inner_text() == f"Recorded: {step}: {outcome}"


def test_an_answer_is_found_by_typing(desk):
    page = desk("typist")

    page.keyboard.press("/")
    page.keyboard.type("track the delivery")
    press(page, "Enter")

    assert page.locator(".last").inner_text() == "Recorded: Track the delivery"


def test_undo_by_a_key_brings_the_item_back(desk):
    page = desk("undoer")
    item = item_of(page)
    press(page, "c")
    assert page.locator(".last").inner_text() == "Recorded: Cannot tell"

    press(page, "u")

    assert item_of(page) == item
    assert page.locator(".last").count() == 0


def test_a_question_mark_shows_the_keys_and_they_can_be_turned_off(desk):
    page = desk("asker")
    item = item_of(page)
    page.keyboard.press("?")
    assert page.locator(".keys dl").is_visible()

    page.check("#keys-off")
    page.locator("h2").first.click()
    page.keyboard.press("c")
    page.reload()

    assert page.is_checked("#keys-off")
    assert item_of(page) == item


def test_everything_works_without_javascript(desk):
    page = desk("plain", javascript=False, width=390)
    item = item_of(page)

    chosen = page.locator(".steps .choice > label:visible").nth(1)
    words = chosen.locator(".name").inner_text()
    chosen.click()
    page.get_by_role("button", name="Save and next").click()

    assert item_of(page) != item
    assert page.locator(".last").inner_text() == f"Recorded: {words}"
    page.get_by_role("button", name="Undo it").click()
    assert item_of(page) == item
    page.get_by_role("button", name="Skip").click()
    assert item_of(page) != item


def test_two_analysts_at_once_get_two_contacts(desk):
    assert item_of(desk("left hand")) != item_of(desk("right hand"))


def test_leaving_the_page_lets_the_item_go(desk, review_server):
    page = desk("leaver")
    item = item_of(page)
    page.goto(f"{review_server}/jobs")

    for _ in range(50):  # what a page sends as it is left is answered after the next one is shown
        if patient.post(f"{review_server}/v1/review/{item}/skip", json={"by": "finder"}).status_code == 200:
            return
        page.wait_for_timeout(200)
    pytest.fail("the item is still held")


def test_after_a_lease_ran_out_another_gets_the_item_and_the_late_decision_is_kept(desk, review_server, review_home):
    page = desk("sleeper")
    item = item_of(page)
    with closing(sqlite3.connect(review_home / "headway.db", timeout=30)) as database, database:
        gone = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%d %H:%M:%S.%f}"
        database.execute("UPDATE review_leases SET expires_at = ? WHERE item = ?", (gone, item))
    other = patient.post(f"{review_server}/v1/review/claim", json={"by": "waker", "n": 100}).json()["items"]
    assert item in [one["item"] for one in other]

    press(page, "c")

    assert page.locator(".last").inner_text() == "Recorded: Cannot tell"


def test_a_disagreement_is_settled_by_a_third_who_sees_both_answers(desk, review_server, review_home):
    with closing(sqlite3.connect(review_home / "headway.db", timeout=30)) as database, database:
        database.execute("DELETE FROM review_leases")
    for _ in range(100):
        item = patient.post(f"{review_server}/v1/review/claim", json={"by": "reader"}).json()["items"][0]
        answers = {"step": "gain-access", "outcome": None}
        patient.post(f"{review_server}/v1/review/{item['item']}/decision", json={"by": "reader", **answers})
        queue = patient.get(f"{review_server}/v1/review/queue", params={"by": "judge"}).json()
        if queue["left"]["adjudicated"]:
            break
    page = desk("judge")
    for _ in range(60):
        if page.locator(".earlier").count() == 2:
            break
        press(page, "s")

    assert page.locator(".earlier").count() == 2
    left = int(re.search(r"(\d+) disagreement", page.locator(".left").inner_text())[1])
    press(page, "c")
    assert f"{left} disagreement" not in page.locator(".left").inner_text()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False)])
@pytest.mark.parametrize("path", ["/review?job=online-order", "/review/stats?job=online-order"])
def test_the_pages_of_review_are_accessible_quiet_and_do_not_scroll_sideways(desk, review_server, path, width, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = desk(f"axe {width} {dark}", width=width, dark=dark)
    page.goto(review_server + path)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    if page.locator("[name=step]").count():
        page.locator("[name=step]").first.check()

    result = Axe().run(page)

    assert result.violations_count == 0, result.generate_report()
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
