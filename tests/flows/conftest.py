from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.prefect_server import PrefectServer, serving


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """One real Prefect server on loopback for all tests: it takes some twenty seconds to start."""
    with serving(tmp_path_factory.mktemp("prefect")) as server:
        yield server
