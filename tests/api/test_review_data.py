from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import DataError, OperationalError

from api.problems import install


def test_a_value_that_the_database_cannot_hold_is_the_callers_mistake_and_a_database_that_is_down_is_not() -> None:
    app = FastAPI()
    install(app)

    @app.get("/{kind}")
    def fail(kind: str) -> None:
        error = DataError if kind == "nul" else OperationalError
        raise error("select", {}, ValueError("cannot contain NUL"))

    client = TestClient(app)
    assert (client.get("/nul").status_code, client.get("/down").status_code) == (422, 503)
