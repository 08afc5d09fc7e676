"""Each call of an LLM as a span: which LLM, how many tokens, how it ended; never what was asked or answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.llm_client import Completion, LlmClient, Messages
from store.traces import tracing


@dataclass(frozen=True)
class TracedClient:
    """A client whose calls are traced under the span named by `parent`: they run in threads of their own."""

    client: LlmClient
    name: str
    parent: Mapping[str, str]

    def complete(self, messages: Messages, schema: Mapping[str, Any]) -> Completion:
        """One completion. Raises CallFaultError."""
        with tracing.span("llm call", {"llm": self.name}, parent=self.parent) as here:
            done = self.client.complete(messages, schema)
            here.note({"finish": done.finish, "tokens_in": done.tokens_in or 0, "tokens_out": done.tokens_out or 0})
            return done
