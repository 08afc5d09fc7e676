from __future__ import annotations

import json
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from flows.workspace import Workspace
from store.settings import Settings

JOB = {"job": "online-order"}
POINTS = [
    {"reviews": 60, "taught": 31, "accuracy": 0.61, "low": 0.5, "high": 0.71, "half_width": None},
    {"reviews": 480, "taught": 250, "accuracy": 0.81, "low": 0.74, "high": 0.87, "half_width": 0.026},
]


def test_what_reviews_bought_is_drawn_on_the_statistics_page_and_told_as_json(in_demo_copy: Path) -> None:
    app = create_app(Settings(home=in_demo_copy))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
        nothing = client.get("/v1/review/curve", params=JOB).json()
        assert (nothing["model"], nothing["points"]) == (None, [])
        assert "No model has learned from reviews yet" in client.get("/review/stats", params=JOB).text
        folder = Workspace.open(JOB["job"]).shelf.path()
        (folder / "learning_curve.json").write_text(json.dumps({"points": POINTS, "seconds": 3.5}))
        told = client.get("/v1/review/curve", params=JOB).json()
        assert (told["model"], told["points"], told["seconds"]) == (folder.name, POINTS, 3.5)
        assert "Step accuracy after 480 reviews: 81.0 %" in client.get("/review/stats", params=JOB).text
