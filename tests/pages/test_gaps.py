"""What a job has no place for, in a real browser: read, propose, approve; with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import patient
from tests.pages.conftest import serving

pytestmark = pytest.mark.browser
PAGE = "/jobs/online-order/gaps"


@pytest.fixture(scope="module")
def gaps_server(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import shutil

    from flows.gaps import find_gaps
    from flows.workspace import Workspace

    home = tmp_path_factory.mktemp("gaps") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        find_gaps(Workspace.open("online-order"))
    with serving(home) as address:
        yield address


@pytest.fixture
def open_page(browser, gaps_server):
    contexts = []

    def at(*, width: int = 1440, dark: bool = False, javascript: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(gaps_server + PAGE)
        page.fill("[name=name]", "Ann")
        page.get_by_role("button", name="Propose outcomes").click()
        return page

    yield at
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (360, False)])
def test_the_page_is_accessible_and_does_not_scroll_sideways(open_page, width: int, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(width=width, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_outcome_is_proposed_and_approved_without_javascript(open_page, gaps_server: str) -> None:
    page = open_page(javascript=False)
    page.locator("summary").first.click()
    form = page.locator("form.propose").first
    form.locator("[name=statement]").fill("minimize the likelihood that a request goes unanswered")
    form.locator("[name=step]").select_option("learn-terms")
    form.get_by_role("button", name="Propose").click()
    assert "Approving writes version 2" in page.locator("main").inner_text()
    page.locator("form[action$=approve] [name=why]").fill("seen often")
    page.get_by_role("button", name="Approve").click()
    assert "approved by Ann" in " ".join(page.locator("#p1").inner_text().split())
    kept = patient.get(f"{gaps_server}/v1{PAGE}").json()
    assert kept["proposals"][0]["new_version"].startswith("2+")
    assert kept["gaps"][0]["examples"]


def test_a_form_from_elsewhere_is_refused(gaps_server: str) -> None:
    sent = {"statement": "minimize the time it takes to do it", "step": "learn-terms"}
    assert patient.post(f"{gaps_server}{PAGE}/proposals", data=sent).status_code == 403
    other = patient.post(f"{gaps_server}{PAGE}/name", data={"name": "x"}, headers={"origin": "https://evil.example"})
    assert other.status_code == 403
