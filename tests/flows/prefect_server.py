"""A real Prefect server on loopback, and what a test asks it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
BUSY = 503
"""What the server answers where its SQLite file is being written to."""
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass(frozen=True)
class PrefectServer:
    """The address of a server, and the environment in which Prefect's own commands find it."""

    api: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.home),
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(
            f"{self.api}/{path}", data=json.dumps(body or {}).encode(), headers={"content-type": "application/json"}
        )
        for _ in range(20):
            try:
                with urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except HTTPError as error:
                if error.code != BUSY:
                    raise
                time.sleep(0.5)
        raise AssertionError(f"{path}: the Prefect server stayed busy")

    def get(self, path: str) -> Any:
        with urlopen(f"{self.api}/{path}", timeout=30) as answer:
            return json.load(answer)

    def deployments(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.post("deployments/filter")}

    def start(self, deployment: str) -> str:
        """Ask for a run of a deployment now; the id of the run."""
        found = self.deployments()[deployment]["id"]
        return self.post(f"deployments/{found}/create_flow_run")["id"]

    def ended(self, run: str, *, within: float = 60) -> dict[str, Any]:
        """The state in which a run ended."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            state = self.get(f"flow_runs/{run}")["state"]
            if state["type"] in ENDED:
                return state
            time.sleep(0.3)
        raise AssertionError(f"run {run} did not end within {within} s: {state}")


@contextmanager
def serving(home: Path) -> Iterator[PrefectServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = PrefectServer(f"http://127.0.0.1:{port}/api", home)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--no-ui"], env=found.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(found)
        yield found
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(server: PrefectServer) -> None:
    for _ in range(240):
        try:
            server.get("health")
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise AssertionError("the Prefect server did not start within two minutes")
