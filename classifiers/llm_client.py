"""One call to an OpenAI-compatible endpoint through langchain: a completion, or a fault with its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import exp
from typing import TYPE_CHECKING, Any, Protocol

from taxonomy.errors import HeadwayError

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

MOST_TOKENS = 800
SPREAD = 1.0
"""Temperature of repeated samples: the model's own distribution, which every endpoint accepts."""

LABEL_VALUE = re.compile(r'"label"\s*:\s*"')
PASSING = frozenset({408, 409, 425, 429})
BARRED = frozenset({401, 403, 404})

Messages = Sequence[tuple[str, str]]


class CallFaultError(HeadwayError):
    """A call that gave nothing. `kind` is what is counted; `passing` says that a later try may do better.

    `barred` means that no call can succeed (wrong key, unknown model); `retry_after` is the endpoint's wish in seconds.
    """

    def __init__(
        self, kind: str, *, passing: bool = False, barred: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(f"the LLM endpoint gave no answer: {kind}")
        self.kind = kind
        self.passing = passing
        self.barred = barred
        self.retry_after = retry_after


@dataclass(frozen=True)
class Completion:
    """What came back: the text, why it ended, and tokens (None where the endpoint does not count them).

    `label_chance` is the product of the label's token probabilities, None where the endpoint gives none.
    """

    text: str
    finish: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    label_chance: float | None = None


class LlmClient(Protocol):
    """Whatever can complete a chat under a JSON schema."""

    def complete(self, messages: Messages, schema: Mapping[str, Any]) -> Completion:
        """One completion. Raises CallFaultError."""


@dataclass(frozen=True)
class LangchainClient:
    """A langchain chat model as a client; langchain's own retries, caches and tracing stay out of it."""

    chat: ChatOpenAI

    def complete(self, messages: Messages, schema: Mapping[str, Any]) -> Completion:
        """One completion under the schema. Raises CallFaultError."""
        import openai
        from langsmith import tracing_context

        structured = self.chat.with_structured_output(dict(schema), method="json_schema", strict=True, include_raw=True)
        try:
            # Tracing would send transcripts to a third party, whatever the environment says.
            with tracing_context(enabled=False):
                answer = structured.invoke(list(messages))
        except openai.LengthFinishReasonError as error:
            return _cut_off(error.completion)
        except openai.ContentFilterFinishReasonError:
            return Completion("", "content_filter")
        except (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            raise fault_of_error(error) from error
        # The raw message: langchain's own JSON parser would mend a truncated answer.
        return _completion(answer["raw"])


def open_client(
    *, model: str, base_url: str | None, api_key: str | None, timeout: float = 60.0, token_chances: bool = False
) -> LangchainClient:
    """A client of an endpoint. langchain takes 2 s to import: call this only where an LLM is configured.

    `token_chances` asks for token probabilities of one decided answer instead of a spread of answers.
    """
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    return LangchainClient(
        ChatOpenAI(
            model=model,
            base_url=base_url,
            api_key=SecretStr(api_key or "none-needed"),
            timeout=timeout,
            max_retries=0,
            max_completion_tokens=MOST_TOKENS,
            temperature=0.0 if token_chances else SPREAD,
            logprobs=True if token_chances else None,
            cache=False,
        )
    )


def retry_after_of(value: str | None, *, now: datetime) -> float | None:
    """A Retry-After header, in seconds or as a date, as seconds from now."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def fault_of_error(error: Exception) -> CallFaultError:
    """What went wrong in a call of the openai package, as a fault with its kind."""
    import openai

    match error:
        case openai.APITimeoutError():
            return CallFaultError("timeout", passing=True)
        case openai.APIConnectionError():
            return CallFaultError("unreachable", passing=True)
        case openai.APIStatusError():
            return _status_fault(error.status_code, error.response.headers)
    # What came back is not what was asked for; the libraries fail on it each in its own way.
    return CallFaultError("unreadable")


def _status_fault(status: int, headers: Mapping[str, str]) -> CallFaultError:
    wish = retry_after_of(headers.get("retry-after"), now=datetime.now(UTC))
    kind = "rate-limited" if status == 429 else "server-error" if status >= 500 else f"rejected-{status}"
    passing = status in PASSING or status >= 500
    return CallFaultError(kind, passing=passing, barred=status in BARRED, retry_after=wish)


def _completion(message: Any) -> Completion:
    content = message.content if isinstance(message.content, str) else ""
    usage = message.usage_metadata or {}
    about = message.response_metadata
    finish = "refusal" if message.additional_kwargs.get("refusal") else str(about.get("finish_reason") or "stop")
    return Completion(
        content,
        finish,
        usage.get("input_tokens"),
        usage.get("output_tokens"),
        label_chance(content, about.get("logprobs")),
    )


def _cut_off(completion: Any) -> Completion:
    usage = getattr(completion, "usage", None)
    return Completion("", "length", getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))


def label_chance(content: str, logprobs: Mapping[str, Any] | None) -> float | None:
    """The probability of the label's own tokens, or None where tokens are missing or do not spell the answer."""
    tokens = (logprobs or {}).get("content") or []
    found = LABEL_VALUE.search(content)
    if found is None or "".join(one["token"] for one in tokens) != content:
        return None
    stop = content.index('"', found.end())
    total = at = 0.0
    for one in tokens:
        if at < stop and at + len(one["token"]) > found.end():
            total += float(one["logprob"])
        at += len(one["token"])
    return exp(total)
