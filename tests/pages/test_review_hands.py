"""Reviewing by mouse, by keys alone with their number counted, on a phone; what else can be said of a contact."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests import patient
from tests.pages.test_review import desk, item_of, press, to_suggestion

__all__ = ["desk"]

pytestmark = pytest.mark.browser


def decision_on(home, item: str) -> sqlite3.Row:
    with closing(sqlite3.connect(home / "headway.db", timeout=30)) as database:
        database.row_factory = sqlite3.Row
        return database.execute(
            "SELECT d.*, e.note FROM review_decisions d JOIN review_events e ON e.decision = d.pk AND e.kind = 'decide'"
            " WHERE d.item = ? ORDER BY d.pk DESC",
            (item,),
        ).fetchone()


def count_keys(page) -> None:
    """Count key presses from here on, across pages."""
    page.keys = 0
    pressed = page.keyboard.press

    def counted(key: str) -> None:
        page.keys += 1
        pressed(key)

    page.keyboard.press = counted


def test_the_usual_decision_takes_no_more_than_three_keys(desk):
    page = desk("counter")
    count_keys(page)
    taken = []
    for keys in (("Enter",), ("1", "1"), ("2", "0"), ("3", "1"), ("0",), ("c",)):
        to_suggestion(page)
        before, item = page.keys, item_of(page)
        for key in keys[:-1]:
            page.keyboard.press(key)
        press(page, keys[-1])
        taken.append(page.keys - before)
        assert item_of(page) != item
    assert max(taken) <= 3


def test_what_the_model_cannot_rule_out_has_keys_and_the_rest_is_folded(desk):
    page = desk("sets")
    to_suggestion(page)
    shown = page.locator(".steps > ol .choice > label .share").all_inner_texts()
    assert [int(text.strip("%")) for text in shown] == sorted((int(text.strip("%")) for text in shown), reverse=True)
    assert page.locator(".steps > ol kbd").first.inner_text() == "1"
    assert "of 100 contacts like this one" in page.locator(".steps").inner_text()
    assert page.locator(".more-steps summary").count() == 1


def test_other_steps_a_flag_and_a_note_go_along_by_keys_alone(desk, review_home):
    page = desk("thorough")
    to_suggestion(page)  # a first read: known answers and second reads are kept otherwise
    item = item_of(page)

    page.keyboard.press("a")
    other = page.locator(".secondary input").first
    other.focus()
    page.keyboard.press("Space")
    assert other.is_checked()
    named = other.get_attribute("value")
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.type("two things at once")
    page.keyboard.press("Escape")
    press(page, "c")

    row = decision_on(review_home, item)
    assert (row["step"], row["note"]) == ("_cannot_tell", "two things at once")
    assert named in row["secondary"]
    queue = patient.get(page.url.split("/review")[0] + "/v1/review/queue", params={"job": "online-order"}).json()
    assert "flagged" in {one["reason"] for one in queue["reasons"]}


def test_everything_is_done_by_mouse(desk):
    page = desk("mouse")
    to_suggestion(page)
    item = item_of(page)
    with page.expect_navigation():
        page.locator(".accept").click()
    assert item_of(page) != item
    with page.expect_navigation():
        page.get_by_role("button", name="Undo it").click()
    assert item_of(page) == item
    page.locator(".steps .choice > label").first.click()
    outcome = page.locator(".outcomes label:visible").first
    outcome.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and next").click()
    assert item_of(page) != item


def test_a_phone_shows_all_of_it_and_takes_a_touch(browser, review_server):
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{review_server}/review?job=online-order")
    page.fill("[name=name]", "on the train")
    page.get_by_role("button", name="Start reviewing").tap()
    page.wait_for_selector("#decide")
    item = item_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "[...document.querySelectorAll('#decide button, #decide .steps label')].filter(b => b.offsetHeight)"
        ".filter(b => b.offsetHeight < 40).length"
    )
    assert small == 0
    with page.expect_navigation():
        page.get_by_role("button", name="Cannot tell").tap()
    assert item_of(page) != item
    context.close()


def test_the_item_in_hand_stays_in_hand_while_somebody_is_at_it(desk, review_home):
    page = desk("slow reader")
    item = item_of(page)
    with closing(sqlite3.connect(review_home / "headway.db", timeout=30)) as database:
        query = "SELECT expires_at FROM review_leases WHERE item = ?"
        before = database.execute(query, (item,)).fetchone()[0]
        page.evaluate("renewed = 0")  # as if a minute had passed since the last key
        with page.expect_response(lambda answer: answer.url.endswith("/hold")) as answered:
            page.keyboard.press("?")
        assert answered.value.status == 204
        assert database.execute(query, (item,)).fetchone()[0] > before


def test_a_leaders_question_reaches_the_analyst(browser, desk, review_server):
    rows = patient.get(f"{review_server}/v1/jobs/online-order/steps/track-delivery/contacts", params={"limit": 1})
    contact = rows.json()["items"][0]["contact_id"]
    context = browser.new_context()
    leader = context.new_page()
    leader.goto(f"{review_server}/contacts/{contact}")
    leader.get_by_label("Your name").fill("lea")
    leader.get_by_label("What do you want to know?").fill("was the courier rude?")
    with leader.expect_navigation():
        leader.get_by_role("button", name="Ask for a review").click()
    assert "a leader asked, waiting" in leader.locator("main").inner_text()
    context.close()


def test_a_screen_reader_hears_what_every_control_is_for(desk):
    page = desk("listener")
    to_suggestion(page)
    tree = page.locator("#decide").aria_snapshot()
    assert 'button "' in tree
    assert "radio" in tree
    unnamed = page.evaluate(
        "[...document.querySelectorAll('#decide input:not([type=hidden]), #decide button, #decide textarea')]"
        ".filter(c => !(c.labels && c.labels.length) && !c.textContent.trim()).length"
    )
    assert unnamed == 0
    assert page.get_by_role("heading", name="What did the customer come for?").count() == 1
