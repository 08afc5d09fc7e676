"""The pages around the scorecard in a real browser, and an open page that learns of new figures by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.annotations import record_annotation
from store.session import open_database
from store.settings import Settings
from store.subscriptions import subscribe
from tests.pages.conftest import serving

pytestmark = pytest.mark.browser

JOB = "online-order"
BASE = f"/jobs/{JOB}"
PAGES = ("index", "index/change?from=2026-10-15&to=2026-11-01&weeks=26", "segments", "alerts", "annotations", "health")
AT = datetime(2026, 8, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo copied, with a change that was shipped and somebody who is told of alerts."""
    copied = tmp_path_factory.mktemp("monitor") / "home"
    shutil.copytree(demo_home, copied, symlinks=True)
    with open_database(Settings(home=copied)).session() as session:
        record_annotation(session, JOB, kind="change", at=AT, text="map in the message", by="ann")
        subscribe(session, JOB, channel="slack", address="https://hooks.example.com/x", by="ann")
    return copied


@pytest.fixture(scope="module")
def monitor(home: Path) -> Iterator[str]:
    with serving(home) as address:
        yield address


@pytest.fixture
def opened(browser, monitor: str):
    contexts = []

    def at(path: str, *, width: int = 1440, dark: bool = False, javascript: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{monitor}{BASE}/{path}")
        return page

    yield at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_fits_and_stays_with_its_own_server(opened, monitor: str, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for width, dark in ((1440, False), (1440, True), (360, False)):
        page = opened(path, width=width, dark=dark)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        for wide in (360, 2560) if width == 360 else (1440,):
            page.set_viewport_size({"width": wide, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= wide
        assert page.complaints == []
        assert [url for url in page.asked if not url.startswith(monitor)] == []


def test_a_bar_of_the_waterfall_is_reached_and_opened_by_keyboard(opened) -> None:
    page = opened(PAGES[1])
    page.locator(".fall a.row").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/outcomes/**")


def test_two_dates_are_chosen_without_javascript(opened) -> None:
    page = opened("index/change", javascript=False)
    page.fill("[name=from]", "2026-10-15")
    page.fill("[name=to]", "2026-11-01")
    page.fill("[name=weeks]", "26")
    page.get_by_role("button", name="Show").click()
    assert "from=2026-10-15&to=2026-11-01&weeks=26" in page.url
    assert page.locator(".fall li").count() > 10


def test_what_happened_is_added_without_javascript(opened) -> None:
    page = opened("annotations", javascript=False)
    form = page.locator("form[aria-label='Add what happened']")
    form.locator("[name=text]").fill("return labels in the parcel")
    form.locator("[name=by]").fill("ben")
    form.get_by_role("button", name="Add").click()
    assert "return labels in the parcel" in page.locator(".plain-list").first.inner_text()


def test_an_open_page_says_that_there_are_new_figures_and_moves_nothing(browser, monitor: str, home: Path) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.clock.install()
    with page.expect_response("**/version"):
        page.goto(f"{monitor}{BASE}")
    tall = page.evaluate("document.documentElement.scrollHeight")
    with page.expect_response("**/version") as quiet:
        page.clock.fast_forward(61_000)
    assert quiet.value.status in (200, 304)
    assert page.locator("#fresh").inner_text() == ""
    with open_database(Settings(home=home)).session() as session:
        record_annotation(session, JOB, kind="note", at=AT, text="price list changed", by="ann")
    with page.expect_response("**/version"):
        page.clock.fast_forward(61_000)
    page.locator("#fresh a").wait_for()
    assert "New figures since" in page.locator("#fresh").inner_text()
    assert page.evaluate("document.documentElement.scrollHeight") == tall
    with page.expect_navigation():
        page.locator("#fresh a").click()
    assert page.locator("#fresh").inner_text() == ""
    context.close()
