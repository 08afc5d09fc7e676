"""Alerts and annotations in a real browser: readable, accessible, settled with one button."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest

from alignment.alerts import Alarm
from store.alerts import raise_alert
from store.annotations import record_annotation
from store.session import open_database
from store.settings import Settings
from tests.pages.conftest import serving

pytestmark = pytest.mark.browser

JOB = "online-order"
VERDICT = {
    "kind": "measurement",
    "sentence": "not confirmed: the tagger's figure moved by -0.60, reviewed contacts by -0.05",
    "before": 4.6,
    "after": 4.0,
    "seen": -0.6,
    "mix": -0.1,
    "within": -0.5,
    "contacts": 210,
    "reviewed": 41,
    "response": [0.35, 0.34],
    "parts": [{"dimension": "channel", "value": "phone", "points": -0.3, "before": 4.5, "after": 3.6}],
}


@pytest.fixture(scope="module")
def alerted(demo_home, tmp_path_factory):
    """A server over a copy of the demo with one alert about a step, one about the data, and a shipped change."""
    home = tmp_path_factory.mktemp("alerts") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    alarm = Alarm("effort:track-delivery", date(2026, 5, 4), date(2026, 8, 3), date(2026, 9, 7), 1.2)
    names = {"job_version": "3", "model_id": "m"}
    with open_database(Settings(home=home)).session() as session:
        raise_alert(
            session, JOB, alarm, kind="figure", measure="effort", step="track-delivery", content=VERDICT, **names
        )
        data = {"kind": "data", "sentence": "contacts a week went from 380 to 120: look at the data first"}
        raise_alert(session, JOB, alarm, kind="data", measure="volume", step=None, content=data, **names)
        at = datetime(2026, 8, 5, tzinfo=UTC)
        record_annotation(session, JOB, kind="change", at=at, text="map in the message", by="ann")
    with serving(home) as address:
        yield address


def opened(browser, address: str, *, width: int = 1440, dark: bool = False, javascript: bool = True):
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=javascript
    )
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False)])
@pytest.mark.parametrize("path", [f"/jobs/{JOB}/alerts", f"/jobs/{JOB}"])
def test_alerts_are_accessible_and_fit_the_screen(browser, alerted, path, width, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, alerted + path, width=width, dark=dark)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_an_alert_on_the_scorecard_opens_and_is_settled_without_javascript(browser, alerted):
    page = opened(browser, f"{alerted}/jobs/{JOB}", javascript=False)
    page.locator(".alert-lines a").first.click()
    card = page.locator(".alert", has_text="look at the tagger first")
    assert "moved by" in card.inner_text()
    card.locator("[name=by]").fill("ann")
    card.get_by_role("button", name="It was right").click()
    assert "marked true" in page.locator(".alert", has_text="moved by").inner_text()
    assert "marked right 1" in page.locator(".lead").inner_text()
    page.context.close()


def test_a_shipped_change_is_numbered_on_the_line_and_told_below(browser, alerted):
    page = opened(browser, f"{alerted}/jobs/{JOB}/steps/track-delivery")
    assert "map in the message" in page.locator(".notes").first.inner_text()
    assert page.locator(".note-mark text").count() >= 1
    page.context.close()
