"""Files and batches of an OpenAI-compatible endpoint. Nothing is sent twice: each call looks for its own name first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from classifiers.llm_batch import BatchLook
from classifiers.llm_client import CallFaultError, fault_of_error

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")
NAME = "headway"
"""The field of a batch's metadata under which it has its name."""

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


class OpenAiBatches:
    """The endpoint's batches through the openai package, whose own retries stay out of it."""

    def __init__(self, *, base_url: str | None, api_key: str | None, timeout: float = 120.0) -> None:
        from openai import OpenAI

        self._client: OpenAI = OpenAI(
            base_url=base_url, api_key=api_key or "none-needed", timeout=timeout, max_retries=0
        )

    def upload(self, path: Path) -> str:
        """The id of the file at the endpoint; one of that name that is there already is not sent again."""

        def send() -> str:
            for one in self._client.files.list(purpose="batch"):
                if one.filename == path.name:
                    return one.id
            with path.open("rb") as file:
                return self._client.files.create(file=(path.name, file), purpose="batch").id

        return _asked(send)

    def start(self, name: str, file: str) -> str:
        """The id of the batch called `name`; one of that name that was started already is not started again."""

        def begin() -> str:
            for one in self._client.batches.list(limit=100):
                if (one.metadata or {}).get(NAME) == name:
                    return one.id
            made = self._client.batches.create(
                input_file_id=file,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={NAME: name},
            )
            return made.id

        return _asked(begin)

    def look(self, batch: str) -> BatchLook:
        """Where it stands."""
        found = _asked(lambda: self._client.batches.retrieve(batch))
        files = tuple(name for name in (found.output_file_id, found.error_file_id) if name)
        return BatchLook(str(found.status), found.status in ENDED, files)

    def lines(self, file: str) -> Iterator[bytes]:
        """The lines of a file at the endpoint, empty ones left out."""
        content = _asked(lambda: self._client.files.content(file).read())
        return (line for line in content.split(b"\n") if line.strip())

    def remove(self, file: str) -> None:
        """Take a file away from there; one that is gone already is no fault."""
        try:
            _asked(lambda: self._client.files.delete(file))
        except CallFaultError as fault:
            if fault.kind != "rejected-404":
                raise


def _asked(ask: Callable[[], T]) -> T:
    """What a call of the openai package gives. Raises CallFaultError."""
    import openai

    try:
        return ask()
    except (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise fault_of_error(error) from error
