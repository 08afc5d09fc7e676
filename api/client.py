"""A client of the `/v1` API in one file: `Headway(url, key)` and a method for what programs do most.

Answers are checked against the same shapes that the server documents, so that a figure is an object with `value`,
`low`, `high` and `reason`, and a mistake in typing is found before it runs. The rest goes through `get` and `post`.

    with Headway("http://127.0.0.1:8321", key) as headway:
        headway.send_contacts([{"id": "c-1", "text": "where is my parcel"}])
        card = headway.scorecard("online-order", channel="chat")
        for contact in headway.contacts("online-order", "track-delivery", deferred=True):
            print(contact.contact_id, contact.snippet)
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from api.v1 import shapes
from api.v1.contact_shapes import ContactRowShape, ContactShape, ContactsShape
from api.v1.decisions import DecisionRowShape, DecisionsShape, TakenShape
from api.v1.experiments import ExperimentShape, ReadOutShape
from api.v1.intake_shapes import AnswerShape, AnswersShape, EventShape, EventsShape, IntakeShape
from api.v1.predict import PredictionShape, PredictionsShape, UnreadableShape

T = TypeVar("T", bound=BaseModel)
Record = Mapping[str, Any]
Asked = str | int | bool | date | datetime | None

AT_ONCE = 1000
"""Records of one request; a longer list goes in several, and sending it again changes nothing."""

PREDICTED = 200
PATIENCE = 30.0
BUSY = (429, 503)


class HeadwayProblem(Exception):
    """What the server answered instead: status, title, detail, and what is wrong with which parameter."""

    def __init__(self, problem: shapes.ProblemShape) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")
        self.problem = problem


class Headway:
    """One server. `patience`: seconds of waiting at most when it says that it is asked too often."""

    def __init__(
        self, url: str, key: str | None = None, *, http: httpx.Client | None = None, patience: float = PATIENCE
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = http or httpx.Client(base_url=url, timeout=60)
        self._http.headers.update(headers)
        self._patience = patience

    def __enter__(self) -> Headway:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    # reading

    def jobs(self) -> list[shapes.JobSummary]:
        """Every job in force."""
        return self.get("/v1/jobs", shapes.JobsShape).items

    def job(self, job: str) -> shapes.JobShape:
        """A job with its steps, outcomes and filters."""
        return self.get(f"/v1/jobs/{job}", shapes.JobShape)

    def scorecard(self, job: str, **view: Asked) -> shapes.ScorecardShape:
        """Everything on the scorecard page. `view`: from_, to, as_of, channel; others by `{"segment.tier": "gold"}`."""
        return self.get(f"/v1/jobs/{job}/scorecard", shapes.ScorecardShape, **view)

    def friction(self, job: str, **view: Asked) -> shapes.FrictionShape:
        """Friction by step; `by` adds slices."""
        return self.get(f"/v1/jobs/{job}/friction", shapes.FrictionShape, **view)

    def outcomes(self, job: str, **view: Asked) -> shapes.OutcomesShape:
        """Outcomes by opportunity; `by` adds slices."""
        return self.get(f"/v1/jobs/{job}/outcomes", shapes.OutcomesShape, **view)

    def index(self, job: str, **view: Asked) -> shapes.IndexShape:
        """The Alignment Index with everything needed to redo it."""
        return self.get(f"/v1/jobs/{job}/index", shapes.IndexShape, **view)

    def contact(self, contact_id: str, *, source: str | None = None) -> ContactShape:
        """One contact with everything said of it."""
        return self.get(f"/v1/contacts/{contact_id}", ContactShape, source=source)

    def contacts(self, job: str, step: str, **view: Asked) -> Iterator[ContactRowShape]:
        """The contacts behind a step's figures, newest first, as known at the first page; all pages."""
        return self._all(f"/v1/jobs/{job}/steps/{step}/contacts", ContactsShape, view)

    def surveys(self, job: str, **view: Asked) -> Iterator[AnswerShape]:
        """Survey answers, oldest first; all pages."""
        return self._all(f"/v1/jobs/{job}/surveys", AnswersShape, view)

    def events(self, job: str, **view: Asked) -> Iterator[EventShape]:
        """Product events, oldest first; all pages."""
        return self._all(f"/v1/jobs/{job}/events", EventsShape, view)

    def decisions(self, job: str, **view: Asked) -> Iterator[DecisionRowShape]:
        """Decisions, oldest first; all pages."""
        return self._all(f"/v1/jobs/{job}/decisions", DecisionsShape, view)

    def experiment(self, job: str, experiment: str, **view: Asked) -> ReadOutShape:
        """What an experiment shows."""
        return self.get(f"/v1/jobs/{job}/experiments/{experiment}", ReadOutShape, **view)

    def table(self, path: str, form: str = "csv", **view: Asked) -> bytes:
        """A list or figures as a file: csv or parquet."""
        return self._sent("GET", path, params=_params({**view, "format": form})).content

    # sending

    def send_contacts(self, records: Iterable[Record], *, job: str | None = None) -> IntakeShape:
        """Contacts into the store; lists of any length, the same again changes nothing."""
        return self._send_all("/v1/contacts", records, _params({"job": job}))

    def send_surveys(self, job: str, records: Iterable[Record]) -> IntakeShape:
        """Survey answers into the store."""
        return self._send_all(f"/v1/jobs/{job}/surveys", records, {})

    def send_events(self, job: str, records: Iterable[Record]) -> IntakeShape:
        """Product events into the store."""
        return self._send_all(f"/v1/jobs/{job}/events", records, {})

    def send_decisions(self, job: str, records: Iterable[Record]) -> TakenShape:
        """Decisions made elsewhere, in one request."""
        return self.post(f"/v1/jobs/{job}/decisions", TakenShape, list(records))

    def register(self, job: str, experiment: Record) -> ExperimentShape:
        """Register an experiment."""
        return self.post(f"/v1/jobs/{job}/experiments", ExperimentShape, experiment)

    def predict(self, job: str, records: Iterable[Record]) -> Iterator[PredictionShape | UnreadableShape]:
        """Tags as `headway predict` gives them, in order; nothing is kept."""
        for batch in _batches(records, PREDICTED):
            yield from self.post("/v1/predict", PredictionsShape, batch, job=job).items

    # anything else

    def get(self, path: str, shape: type[T], **view: Asked) -> T:
        """Any read. Raises HeadwayProblem."""
        return shape.model_validate_json(self._sent("GET", path, params=_params(view)).content)

    def post(self, path: str, shape: type[T], body: Any, **view: Asked) -> T:
        """Any write. Raises HeadwayProblem."""
        return shape.model_validate_json(self._sent("POST", path, params=_params(view), json=body).content)

    def _send_all(self, path: str, records: Iterable[Record], params: dict[str, str]) -> IntakeShape:
        total = IntakeShape(accepted=0, updated=0, already_there=0, quarantined=0, refused=[])
        for batch in _batches(records, AT_ONCE):
            lines = "".join(json.dumps(record) + "\n" for record in batch)
            kind = {"Content-Type": "application/x-ndjson"}
            answer = self._sent("POST", path, params=params, content=lines.encode(), headers=kind)
            done = IntakeShape.model_validate_json(answer.content)
            total = IntakeShape(
                accepted=total.accepted + done.accepted,
                updated=total.updated + done.updated,
                already_there=total.already_there + done.already_there,
                quarantined=total.quarantined + done.quarantined,
                refused=total.refused + done.refused,
            )
        return total

    def _all(self, path: str, shape: type[Any], view: Mapping[str, Asked]) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = self.get(path, shape, **{**view, "cursor": cursor})
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _sent(self, method: str, path: str, **more: Any) -> httpx.Response:
        end = time.monotonic() + self._patience
        while True:
            answer = self._http.request(method, path, **more)
            wait = float(answer.headers.get("Retry-After", "1"))
            if answer.status_code not in BUSY or time.monotonic() + wait > end:
                break
            time.sleep(wait)
        if answer.is_error:
            raise HeadwayProblem(shapes.ProblemShape.model_validate_json(answer.content))
        return answer


def _params(view: Mapping[str, Asked]) -> dict[str, str]:
    """What an address takes: `from_` is its `from`; what is None is left out."""
    found = {"from" if name == "from_" else name: value for name, value in view.items() if value is not None}
    return {name: _text(value) for name, value in found.items()}


def _text(value: Asked) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    rest = iter(records)
    while batch := list(islice(rest, size)):
        yield batch
