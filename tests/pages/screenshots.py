"""The pictures of the guides, made again from a home folder in which `headway demo` has run:

    python -m tests.pages.screenshots HOME docs/images

The home folder is copied first and two happenings are noted in the copy, so that trend lines have marks to show.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.chromium import ARGUMENTS, CHROMIUM
from tests.pages.conftest import serving
from tests.pages.small_png import small_png

JOB = "/jobs/online-order"
HAPPENED = (
    (datetime(2026, 7, 6, tzinfo=UTC), "track-delivery", "a map in the delivery message"),
    (datetime(2026, 9, 7, tzinfo=UTC), "gain-access", "a link in place of a password"),
)
SHEET = {"width": 718, "height": 1054}
"""A4 less its margins, at 96 dots an inch."""


def main(home: Path, folder: Path) -> None:
    """Write the pictures into the folder."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        copy = Path(scratch) / "home"
        shutil.copytree(home, copy, symlinks=True)
        _note(copy)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, "--disable-lcd-text"])
        with serving(copy) as server:
            _shoot(browser, f"{server}{JOB}", folder / "scorecard-desktop.png", width=1120, height=2300)
            _shoot(browser, f"{server}{JOB}", folder / "scorecard-phone.png", width=360, height=1500)
            mode = f"{server}{JOB}/failure-modes/know-arrival"
            _shoot(browser, mode, folder / "failure-mode-dark.png", width=1120, height=1000, dark=True)
            _print(browser, f"{server}{JOB}", folder / "scorecard-print.png")
        browser.close()


def _note(home: Path) -> None:
    from store.annotations import record_annotation
    from store.session import open_database
    from store.settings import Settings

    database = open_database(Settings(home=home))
    with database.session() as session:
        for at, step, text in HAPPENED:
            record_annotation(session, "online-order", kind="change", at=at, text=text, by="demo", step=step)
    database.engine.dispose()


def _shoot(browser, address: str, path: Path, *, width: int, height: int, dark: bool = False) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    page.goto(address)
    path.write_bytes(small_png(browser, page.screenshot()))
    page.close()


def _print(browser, address: str, path: Path) -> None:
    """The printed sheet as it looks, a little larger than on paper so that it can be read on a screen."""
    page = browser.new_page(viewport=SHEET, device_scale_factor=1.25)
    page.emulate_media(media="print")
    page.goto(address)
    path.write_bytes(small_png(browser, page.screenshot()))
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
