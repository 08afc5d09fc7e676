"""Every page over a job and contacts whose every word is an attack: nothing of it runs, nothing stands unescaped."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from taxonomy.loader import parse_job
from tests.pages.conftest import serving

PAYLOAD = "\"'><script>window.hurt=1</script><img src=x onerror=window.hurt=1>{{7*7}}${7*7}<!--"
OBEYED = "\x1b]0;hurt\x07\x9b31m\x08\u202e"
"""What a terminal would obey, and what turns text round."""

MOST_PAGES = 40
IN_BROWSER = 12


def hostile(home: Path) -> None:
    """Put the attack into the job's names, what contacts bring, refused input and what reviewers are called."""
    with closing(sqlite3.connect(home / "headway.db")) as database, database:
        database.create_function("attacked", 1, _attacked)
        database.create_function("spoilt", 1, _spoilt)
        job = _hostile_job(database)
        database.execute("UPDATE transcripts SET turns = attacked(turns)")
        database.execute("UPDATE contacts SET channel = channel || ? WHERE channel = 'chat'", [PAYLOAD])
        database.execute("UPDATE contacts SET contact_id = contact_id || ? WHERE pk % 25 = 0", [PAYLOAD])
        for family in ("segment", "circumstance"):
            database.execute(f"UPDATE contacts SET {family} = spoilt({family}) WHERE pk % 2 = 0")
        for table in ("review_decisions", "review_events"):
            database.execute(f"UPDATE {table} SET by = by || ?", [" zqreviewer" + PAYLOAD + OBEYED])
        database.execute(
            "INSERT INTO quarantine (digest, input_kind, source, job_id, path, line, reason, message, raw, truncated, "
            "seen_at) VALUES ('d', 'contacts' || ?1, ?1, 'online-order', ?1, 1, 'r' || ?1, ?1, ?1, 0, '2026-05-01')",
            ["zqrefused" + PAYLOAD + OBEYED],
        )
    (home / "hostile.yaml").write_text(job, "utf-8")


def _attacked(turns: str) -> str:
    return json.dumps([[who, f"{text} {PAYLOAD}{OBEYED}", at] for who, text, at in json.loads(turns)])


def _spoilt(values: str) -> str:
    return json.dumps({name: f"{value} zqvalue{PAYLOAD}{OBEYED}" for name, value in json.loads(values).items()})


def _hostile_job(database: sqlite3.Connection) -> str:
    """The demo's job with attacks for names; every row of its old version is one of the new version now."""
    source, old = database.execute("SELECT content, stamp FROM jobs ORDER BY loaded_at DESC").fetchone()
    word = json.dumps(PAYLOAD)[1:-1]
    changed = re.sub(r"^( +name: )(.+)$", lambda found: f'{found[1]}"{found[2]} {word}"', source, flags=re.M)
    changed = re.sub(r"^( +statement: )(.+)$", lambda found: f'{found[1]}"{found[2]} {word}"', changed, flags=re.M)
    new = parse_job(changed, name="hostile").stamp
    database.execute("UPDATE jobs SET content = ?, stamp = ? WHERE stamp = ?", [changed, new, old])
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        if "job_version" in columns:
            database.execute(f"UPDATE {table} SET job_version = ? WHERE job_version = ?", [new, old])
    return str(changed)


@pytest.fixture(scope="module")
def hostile_server(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(demo_home, home, symlinks=True)
    hostile(home)
    headway(home, "measure", "--job", str(home / "hostile.yaml"), "--full")
    headway(home, "annotations", "add", "--job", str(home / "hostile.yaml"), "--at", "2026-05-04", PAYLOAD)
    with serving(home) as address:
        yield address


def headway(home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HEADWAY_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr


class Links(HTMLParser):
    """Addresses of a page, and whatever the attack would have become if it stood unescaped."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hurt: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))
        if given.get("src") == "x" or any(name.startswith("on") for name in given):
            self.hurt.append(self.get_starttag_text() or tag)
        if str(given.get("href", "")).strip().lower().startswith(("javascript:", "data:text")):
            self.hurt.append(self.get_starttag_text() or tag)


def shape(path: str) -> str:
    """What kind of page an address is of, so that a crawl sees each kind before it sees one kind often."""
    return re.sub(r"(contacts|steps|outcomes|failure-modes|runs|items)/[^/]+", r"\1/*", urlsplit(path).path)


def crawl(server: str) -> dict[str, str]:
    """Pages by address, each kind of page first."""
    waiting, seen, pages = ["/", "/jobs", "/jobs/online-order"], set(), {}
    kinds: dict[str, int] = {}
    with httpx.Client(base_url=server, follow_redirects=True, timeout=60) as client:
        while waiting and len(pages) < MOST_PAGES:
            waiting.sort(key=lambda one: kinds.get(shape(one), 0))
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            assert answer.status_code < 500, path
            kinds[shape(path)] = kinds.get(shape(path), 0) + 1
            if "text/html" not in answer.headers["content-type"]:
                continue
            pages[path] = answer.text
            links = Links()
            links.feed(answer.text)
            assert links.hurt == [], path
            for link in links.found:
                target = urljoin(server + path, link)
                if target.startswith(server + "/"):
                    waiting.append(target.removeprefix(server).partition("#")[0])
    return pages


@pytest.fixture(scope="module")
def pages(hostile_server: str) -> dict[str, str]:
    return crawl(hostile_server)


def test_no_page_holds_the_attack_unescaped(pages: dict[str, str]) -> None:
    assert len({shape(path) for path in pages}) >= 6
    assert [path for path, text in pages.items() if "<script>window.hurt" in text or "<img src=x" in text] == []
    assert [path for path, text in pages.items() if "49${7*7}" in text or "{{7*7}}$49" in text] == []


def test_no_page_holds_a_character_that_a_terminal_would_obey(pages: dict[str, str]) -> None:
    assert [path for path, text in pages.items() if set(OBEYED) & set(text) - set("]0;hurt31m")] == []
    assert any("\u241b" in text for text in pages.values())


def test_the_attack_was_there_to_be_escaped(pages: dict[str, str]) -> None:
    hit = {shape(path) for path, text in pages.items() if "&lt;script&gt;window.hurt" in text}
    assert {"/jobs/online-order", "/contacts/*", "/jobs/online-order/steps/*"} <= hit
    everything = "".join(pages.values())
    signs = OBEYED.translate({0x1B: "\u241b", 0x07: "\u2407", 0x9B: "\ufffd", 0x08: "\u2408", 0x202E: "\ufffd"})
    assert signs in everything
    assert [word for word in ("zqvalue", "zqreviewer", "zqrefused") if f"{word}&#34;" not in everything] == []


def test_every_page_is_sent_with_a_strict_policy(hostile_server: str, pages: dict[str, str]) -> None:
    for path in list(pages)[:5]:
        policy = httpx.get(hostile_server + path, timeout=60, follow_redirects=True).headers["content-security-policy"]
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        assert "'unsafe-eval'" not in policy


@pytest.mark.browser
def test_in_a_browser_nothing_runs_and_no_policy_is_broken(
    browser: object, hostile_server: str, pages: dict[str, str]
) -> None:
    chosen = {shape(path): path for path in reversed(pages)}
    with closing(browser.new_context()) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"{page.url}: a dialog"))
        for path in list(chosen.values())[:IN_BROWSER]:
            page.goto(hostile_server + path)
            assert page.evaluate("window.hurt") is None, path
            assert page.locator("img[src=x]").count() == 0, path
        assert complaints == []
