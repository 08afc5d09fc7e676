"""An LLM that answers 429, 500, nothing, garbage or half an answer for an hour, which passes in seconds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.faults.commands import Place, Running, run_well
from evals.faults.course import SOURCE, unfair
from evals.faults.picture import Rows, picture_of
from evals.faults.sites import JOB, PARTS, Say, SqliteSite
from evals.llm_stand_in import gullible

FACTOR = 120.0
HOUR = 3600.0
RETRY_AFTER = 20
THROUGH = "through"
LONGEST = 90.0
"""Seconds that an endpoint that says nothing keeps a line open, of real time: longer than any client waits here."""

Answer = tuple[int, Mapping[str, str], bytes] | None
"""Status, headers and body; None: nothing at all."""


def _well(request: dict[str, Any]) -> bytes:
    message = {"role": "assistant", "content": json.dumps(gullible(request)), "refusal": None}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    head = {"id": "x", "object": "chat.completion", "created": 1, "model": "stand-in", "usage": usage}
    return json.dumps({**head, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


FAULTS: Mapping[str, Callable[[dict[str, Any]], Answer]] = {
    "429, Retry-After": lambda _request: (
        429,
        {"Retry-After": str(RETRY_AFTER)},
        b'{"error": {"message": "slow down"}}',
    ),
    "500": lambda _request: (500, {}, b'{"error": {"message": "internal"}}'),
    "nothing": lambda _request: None,
    "garbage": lambda _request: (200, {}, b"<html><body>Bad gateway</body></html>"),
    "truncated JSON": lambda request: (200, {}, _well(request)[:-60]),
}


@dataclass
class BrokenLlm:
    """A real server on loopback that answers as `fault` says, well where it is None; counts what it was asked."""

    fault: str | None = None
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        outer, self._over = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
                with outer._lock:
                    outer.asked += 1
                answer = FAULTS[outer.fault](request) if outer.fault else (200, {}, _well(request))
                if answer is None:
                    outer._over.wait(LONGEST)
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "content-type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What makes Headway ask it."""
        address = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        named = {"HEADWAY_LLM_BASE_URL": address, "HEADWAY_LLM_MODEL": "stand-in", "OPENAI_API_KEY": "none"}
        return {**named, "HEADWAY_LLM_PRICE": "0.1/0.1", "HEADWAY_LLM_SAMPLES": "3"}

    def close(self) -> None:
        """Stop listening, and let go of whoever still waits."""
        self._over.set()
        self._http.shutdown()
        self._http.server_close()


def llm_fault(site: SqliteSite, fault: str, *, say: Say) -> dict[str, Any]:
    """One fault for an hour of the process's time, in which contacts come in and are tagged; then an LLM that is well.

    Every contact must be tagged once, each as by an LLM that is well or as without any.
    """
    llm = BrokenLlm()
    try:
        known = _kept(site, "llm-none", {}, llm), _kept(site, "llm-well", llm.settings, llm)
        found = _one(site, f"llm-{list(FAULTS).index(fault)}", fault, llm, known)
        say(f"LLM: {fault}: {found['simulated_minutes']:.0f} minutes")
        return {**found, "helped": sum(known[1][key] != known[0][key] for key in known[1])}
    finally:
        llm.close()


def _kept(site: SqliteSite, name: str, settings: Mapping[str, str], llm: BrokenLlm) -> Rows:
    """The tags of an undisturbed run, made once."""
    home = site.base.folder / "homes" / name
    if not (home / THROUGH).exists():
        _tagged(site, name, settings, llm, [])
        (home / THROUGH).touch()
    return _tags(site, Place(home))


def _one(site: SqliteSite, name: str, fault: str, llm: BrokenLlm, known: tuple[Rows, Rows]) -> dict[str, Any]:
    llm.fault, llm.asked = fault, 0
    wrong: list[str] = []
    began = time.monotonic()
    place, codes, counts = _tagged(site, name, llm.settings, llm, wrong)
    tags = _tags(site, place)
    without, well = known
    odd = [key for key, rows in tags.items() if rows not in (without.get(key), well.get(key))]
    return {
        "simulated_minutes": round((time.monotonic() - began) * FACTOR / 60),
        "requests": llm.asked,
        "exit_codes": codes,
        "llm": counts,
        "lost": len(well.keys() - tags.keys()),
        "doubled": sum(len(rows) > 1 for rows in tags.values()) + len(tags.keys() - well.keys()),
        "different": len(odd),
        "as_by_a_well_llm": sum(rows == well.get(key) != without.get(key) for key, rows in tags.items()),
        "wrong": wrong,
    }


def _tagged(
    site: SqliteSite, name: str, settings: Mapping[str, str], llm: BrokenLlm, wrong: list[str]
) -> tuple[Place, list[int], list[Any]]:
    """Contacts read and tagged part by part, until they are through and, where there is a fault, its hour is over."""
    fresh = site.fresh(name)
    place = Place(fresh.home, fresh.address, settings)
    codes, counts, began = [], [], time.monotonic()
    for number in range(PARTS):
        if llm.fault and number == PARTS - 1:
            time.sleep(max(0.0, HOUR / FACTOR - (time.monotonic() - began)))
            llm.fault = None
        run_well(place, "ingest", str(site.base.part(number)), "--job", JOB, "--source", SOURCE)
        ended = Running(place, ("tag", "--job", JOB, "--json"), hurried=FACTOR).end()
        codes.append(ended.code)
        told = unfair(ended, "tag")
        wrong += [told] if told else []
        counts.append(json.loads(ended.out).get("llm") if ended.well else ended.message)
    return place, codes, counts


def _tags(site: SqliteSite, place: Place) -> Rows:
    return picture_of(site.address(place))["tags"]
