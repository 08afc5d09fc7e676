"""A real server on a free port over the demo's database, and a real browser that notes what goes wrong."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """A real server over a home folder; its address."""
    import uvicorn

    from api.app import create_app
    from store.settings import Settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(Settings(home=home))
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", proxy_headers=False))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.05)
    assert running.started
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def server(demo_home: Path) -> Iterator[str]:
    with serving(demo_home) as address:
        yield address


@pytest.fixture(scope="session")
def review_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo copied, so that reviewing may change it."""
    home = tmp_path_factory.mktemp("review") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    with closing(sqlite3.connect(home / "headway.db")) as database, database:
        database.execute(  # the demo leaves some hundred second reads; a few will do
            "UPDATE review_items SET waits_for = 'done' WHERE waits_for = 'second' AND item NOT IN"
            " (SELECT item FROM review_items WHERE waits_for = 'second' ORDER BY u / pi LIMIT 15)"
        )
    return home


@pytest.fixture(scope="session")
def review_server(review_home: Path) -> Iterator[str]:
    with serving(review_home) as address:
        yield address


@dataclass
class Visit:
    """A page that was opened, with everything it complained of and every address it asked for."""

    page: object
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser, server) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_page(path: str, *, width: int = 1440, dark: bool = False, javascript: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        found = Visit(context.new_page())
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda request: found.asked.append(request.url))
        found.page.goto(server + path)
        return found

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def addresses(server: str) -> dict[str, str]:
    """One address of each page, the contact's taken from the API."""
    from tests import patient

    base = "/jobs/online-order"
    rows = patient.get(f"{server}/v1{base}/steps/track-delivery/contacts", params={"limit": 1}).json()["items"]
    return {
        "jobs": "/jobs",
        "scorecard": base,
        "filtered scorecard": f"{base}?channel=chat&segment.tier=gold",
        "empty scorecard": f"{base}?from=1999-01-01&to=1999-02-01",
        "compared scorecard": f"{base}?from=2026-08-03&to=2026-11-02&compare_from=2026-05-04&compare_to=2026-08-03",
        "step": f"{base}/steps/track-delivery",
        "failure mode": f"{base}/failure-modes/know-arrival",
        "outcome": f"{base}/outcomes/know-arrival",
        "index": f"{base}/index",
        "contact": f"/contacts/{rows[0]['contact_id']}",
    }
