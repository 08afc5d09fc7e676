"""No container engine is needed: the files are held to the code, and what the services run is run here in sequence."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from cli.main import QUIET
from store.session import Database
from store.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if name != "postgres"}


def test_services_wait_for_what_they_need_and_know_only_settings_that_exist() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
    known = {f"HEADWAY_{name.upper()}" for name in Settings.model_fields}
    used = {name for service in OURS.values() for name in service["environment"] if name.startswith("HEADWAY_")}
    assert used <= known
    volumes = {one.split(":")[0] for service in SERVICES.values() for one in service["volumes"]}
    assert volumes == set(COMPOSE["volumes"])


def test_the_image_reports_nowhere_and_does_not_run_as_root() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    instructions = re.findall(r"^([A-Z]+) ", text, re.MULTILINE)
    assert instructions.index("USER") < instructions.index("CMD")
    assert set(instructions) <= {"FROM", "WORKDIR", "COPY", "RUN", "ARG", "ENV", "USER", "VOLUME", "EXPOSE", "CMD"}
    for name, value in QUIET.items():
        if name.startswith(("PREFECT", "DO_NOT")):
            assert f"{name}={value}" in text
    for source in re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE):
        assert (DEPLOY.parent / source).exists()


def environment_of(service: str, values: dict[str, str]) -> dict[str, str]:
    """A service's environment with what somebody would export before `compose up`."""
    found = dict(os.environ)
    for name, value in OURS[service]["environment"].items():
        found[name] = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda m: values.get(m[1], m[2]), value)
    return found | {"PYTHONPATH": str(DEPLOY.parent)}


def command_of(service: str, port: int) -> list[str]:
    words = [
        str(port) if word == "8321" else "127.0.0.1" if word == "0.0.0.0" else word for word in OURS[service]["command"]
    ]
    module = {"headway": "cli.main", "prefect": "prefect"}[words[0]]
    return [sys.executable, "-m", module, *words[1:]]


@contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    found = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield found
    finally:
        found.terminate()
        found.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert process.poll() is None, process.stderr.read()
        try:
            urlopen(address, timeout=2)
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"{address} did not answer")


def test_what_the_services_run_works_in_their_order(new_postgres: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = {"POSTGRES_PASSWORD": "p", "HEADWAY_SECRET": "s" * 32}
    here = {"HEADWAY_DATABASE_URL": new_postgres, "HEADWAY_HOME": str(tmp_path), "COLUMNS": "120"}

    def environment(service: str) -> dict[str, str]:
        return environment_of(service, values) | here

    subprocess.run(command_of("setup", port), env=environment("setup"), cwd=tmp_path, check=True, capture_output=True)
    Database(new_postgres).check()
    check = shlex.join(SERVICES["monitor"]["healthcheck"]["test"])
    assert "/readyz" in check
    with running(command_of("monitor", port), environment("monitor"), tmp_path) as monitor:
        wait_for(f"http://127.0.0.1:{port}/readyz", monitor)
    assert SERVICES["schedule"]["command"] == ["headway", "schedule"]  # run for real in tests/flows
    shown = [*command_of("schedule", port), "--list"]
    done = subprocess.run(shown, env=environment("schedule"), cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "headway-publish/publish-online-order" in done.stdout
