"""A Headway server of its own for a benchmark: started as a user starts it, asked over HTTP, stopped in the end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from taxonomy.errors import HeadwayError

PATIENCE = 90.0


class NotServedError(HeadwayError):
    """The server of a benchmark did not start."""


@dataclass(frozen=True)
class Server:
    """A running server: where, with which key, and a job and step that it knows."""

    url: str
    token: str
    job: str
    step: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries."""
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def served(
    home: Path, *, job: str, step: str, settings: Mapping[str, str], options: Sequence[str] = ()
) -> Iterator[Server]:
    """A server over the home folder with an admin's key. `settings` are HEADWAY_* variables. Raises NotServedError."""
    environment = {**os.environ, "HEADWAY_HOME": str(home), "HEADWAY_RATE_LIMIT": "0", **settings}
    command = [sys.executable, "-m", "cli.main"]
    keys = [*command, "keys", "create", "bench", "--role", "admin", "--expires", "1d", "--json"]
    made = subprocess.run(keys, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if made.returncode:
        raise NotServedError(f"keys create: {made.stderr.strip()[-500:]}")
    url = f"http://127.0.0.1:{_free_port()}"
    log = home / "served.log"
    with log.open("wb") as out:
        serving = [*command, "serve", "--port", url.rpartition(":")[2], *options]
        process = subprocess.Popen(serving, env=environment, stdout=out, stderr=out)  # noqa: S603
        try:
            _wait(process, url, log)
            yield Server(url, json.loads(made.stdout)["token"], job, step)
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise NotServedError(f"the server does not answer: {log.read_text('utf-8', 'replace')[-500:]}")
