"""Whether an LLM is configured, whether it answers, and what it has cost today."""

from __future__ import annotations

from dataclasses import dataclass

from classifiers.llm_reach import fault_of
from store.llm import endpoint_name, open_ledger, price_in_force
from store.settings import Settings


@dataclass(frozen=True)
class LlmStatus:
    """`name` is None where no LLM is configured; `fault` says what keeps it from being used.

    `spent_usd` is what this day's (UTC) calls cost; it says nothing where `priced` is False.
    """

    name: str | None
    fault: str | None = None
    spent_usd: float = 0.0
    budget_usd: float = 0.0
    priced: bool = False

    def text(self) -> str:
        """The status in one line."""
        if self.name is None:
            return "LLM: none configured; what the tagger is not sure of goes to review"
        cost = f"{self.spent_usd:.2f} of {self.budget_usd:.2f} $ spent today" if self.priced else "price unknown"
        return f"LLM: {self.name}, {'does not work' if self.fault else 'answers'}; {cost}"

    def problems(self) -> list[str]:
        """What somebody should do something about."""
        found = [f"LLM: {self.fault}"] if self.fault else []
        if self.name is not None and not self.priced:
            found.append(
                f"LLM: the price of {self.name} is not known, so HEADWAY_LLM_BUDGET_USD cannot hold: "
                "set HEADWAY_LLM_PRICE (0/0 for an endpoint of your own)"
            )
        return found


def llm_status(settings: Settings) -> LlmStatus:
    """The LLM of the settings, asked for a sign of life (a few seconds at most)."""
    if not settings.llm_configured:
        return LlmStatus(None)
    key = settings.openai_api_key
    return LlmStatus(
        endpoint_name(settings),
        fault_of(settings.llm_base_url, key.get_secret_value() if key else None),
        open_ledger(settings).spent_today(),
        settings.llm_budget_usd,
        price_in_force(settings) is not None,
    )
