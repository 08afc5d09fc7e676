"""Every page in a real browser."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

PAGES = (
    "jobs", "scorecard", "filtered scorecard", "empty scorecard", "compared scorecard", "step", "outcome",
    "failure mode", "index", "contact",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False)])
def test_a_page_is_accessible_quiet_and_asks_no_other_host(visit, addresses, server, name, width, dark):
    from axe_playwright_python.sync_playwright import Axe

    found = visit(addresses[name], width=width, dark=dark)
    found.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    result = Axe().run(found.page)

    assert result.violations_count == 0, result.generate_report()
    assert found.complaints == []
    assert [url for url in found.asked if not url.startswith(server) and not url.startswith("data:")] == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1440, 2560])
def test_a_page_does_not_scroll_sideways(visit, addresses, name, width):
    page = visit(addresses[name], width=width).page

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_scorecard_reads_without_javascript(visit, addresses):
    page = visit(addresses["scorecard"], javascript=False).page

    assert page.locator(".map .chip").count() == 13
    assert page.locator(".friction li svg").count() >= 13


@pytest.mark.parametrize(("name", "sheets"), [("scorecard", 1), ("compared scorecard", 2)])
def test_the_scorecard_prints_on_one_sheet_and_two_periods_on_two(visit, addresses, name, sheets):
    printed = visit(addresses[name]).page.pdf(prefer_css_page_size=True, print_background=True)

    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == sheets


def test_a_change_is_told_by_shape_and_word_too(visit, addresses):
    page = visit(addresses["compared scorecard"]).page
    shapes = {"better": "M0,", "worse": "M0,", "level": "M-5.5", "unknown": "M-5.5"}

    for word, path in page.eval_on_selector_all(
        ".friction li a",
        "rows => rows.map(row => [row.querySelector('.said').className.match(/change-(\\w+)/)[1],"
        " row.querySelector('.spot path')?.getAttribute('d') ?? ''])",
    ):
        assert path.startswith(shapes[word]) or not path
    assert {"no clear change"} <= {text.strip() for text in page.locator(".pairs .said").all_inner_texts()}


def test_a_list_of_contacts_is_narrowed_in_its_form_and_stays_so(visit, addresses):
    page = visit(addresses["failure mode"]).page

    page.select_option(".narrow select[name=answered]", "true")
    page.get_by_role("button", name="List").click()
    page.wait_for_load_state()

    assert "answered=true" in page.url
    assert page.input_value(".narrow select[name=answered]") == "true"
    assert page.locator(".contacts li").count() >= 1


def test_a_filter_chosen_in_the_form_ends_in_the_address_and_stays_chosen(visit, addresses):
    page = visit(addresses["scorecard"]).page

    page.select_option("select[name=channel]", "chat")
    page.get_by_role("button", name="Show").click()
    page.wait_for_load_state()

    assert "channel=chat" in page.url
    assert page.input_value("select[name=channel]") == "chat"


def test_a_leader_gets_from_the_index_to_a_customers_words_by_keyboard(visit, addresses):
    page = visit(addresses["scorecard"]).page

    page.locator(".friction li a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/steps/**")
    page.locator(".contacts a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/**")

    assert page.locator(".talk li").count() >= 1
    assert page.locator("mark").count() >= 1


def test_an_address_without_a_page_says_so_to_people(visit):
    page = visit("/jobs/nobody").page

    assert "nothing at this address" in page.locator("h1").inner_text()
    assert "nobody" in page.locator("main").inner_text()
