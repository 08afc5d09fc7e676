"""The wheel, made from the sdist, works where there is no source tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("taxonomy", "classifiers", "tagger", "alignment", "store", "evals", "flows", "api", "cli")
BUILD = "import sys; from setuptools import build_meta as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"
JOB = "online-order"
STORY = """
import json, re
from click.testing import CliRunner
from cli.main import headway
import cli, classifiers, fastapi.testclient
runner = CliRunner()
def run(*words):
    done = runner.invoke(headway, list(words))
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.output
run("init")
run("taxonomy", "lint", "online-order")
run("ingest", "contacts.jsonl", "--job", "online-order")
run("train", "--job", "online-order")
run("run", "--job", "online-order")
run("schedule", "--job", "online-order", "--list")
from api.app import create_app
from store.settings import load_settings
with fastapi.testclient.TestClient(
    create_app(load_settings()), base_url="http://127.0.0.1", client=("127.0.0.1", 1)
) as http:
    page = http.get("/jobs/online-order")
    addresses = ["/", "/readyz", *re.findall('(?:href|src)="(/static/[^"]+)', page.text)]
    answers = {"page": page.status_code, **{one: http.get(one).status_code for one in addresses}}
card = json.loads(run("scorecard", "--job", "online-order", "--json"))
print(json.dumps({"where": cli.__file__, "answers": answers, "contacts": card["contacts"]}))
"""


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    source = folder / "source"
    skip = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "bench-results")
    shutil.copytree(ROOT, source, ignore=skip)
    return build("build_sdist", source, folder)


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as tar:
        tar.extractall(folder, filter="data")
    return build("build_wheel", folder / sdist.name.removesuffix(".tar.gz"), folder)


def build(kind: str, source: Path, out: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, kind, str(out)], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out / done.stdout.splitlines()[-1]


def test_everything_that_is_not_code_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert len(wanted) > 300
    assert sorted(wanted - inside) == []
    assert not any(name.startswith(("tests/", "deploy/", "docs/")) for name in inside)


def test_the_sdist_holds_what_a_container_and_a_test_run_need(sdist: Path) -> None:
    with tarfile.open(sdist) as tar:
        inside = {name.partition("/")[2] for name in tar.getnames()}
    for name in ("constraints.txt", "prefect.yaml", "deploy/Containerfile", "deploy/compose.yml", "docs/engineers.md"):
        assert name in inside
    assert "tests/deploy/test_packages.py" in inside


def test_the_wheel_works_from_ingestion_to_pages_without_a_source_tree(
    wheel: Path, encoder_home: Path, tmp_path: Path
) -> None:
    place, work = tmp_path / "site", tmp_path / "work"
    zipfile.ZipFile(wheel).extractall(place)
    (work / "home").mkdir(parents=True)
    (work / "home" / "encoders").symlink_to(encoder_home / "encoders")
    texts = ("where is my parcel", "the courier lost it", "refund please", "how do I reset my password")
    lines = [{"id": f"c{n}", "text": texts[n % 4], "started_at": "2026-10-01T10:00:00Z"} for n in range(40)]
    (work / "contacts.jsonl").write_text("\n".join(map(json.dumps, lines)))
    environment = {**os.environ, "PYTHONPATH": str(place), "HEADWAY_HOME": str(work / "home")}
    environment.pop("PREFECT_API_URL", None)
    done = subprocess.run(
        [sys.executable, "-P", "-c", STORY], cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["where"].startswith(str(place))
    assert set(found["answers"].values()) == {200}, found["answers"]
    assert any(name.startswith("/static/") for name in found["answers"])
    assert found["contacts"] == 40
