"""Presidio's pattern recognisers over a blank pipeline, all countries: the baseline. Needs presidio-analyzer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.redaction.score import Found
from tagger.model import Contact
from taxonomy.errors import HeadwayError

LANGUAGES = ("en", "es", "it", "pl", "ko", "fi", "th", "de", "sv", "tr")
THRESHOLD = 0.4
"""Its own score from which on a finding counts; below are patterns that it calls weak itself."""
_KINDS = {
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "IP",
    "URL": "URL",
    "DATE_TIME": "DOB",
    "US_BANK_NUMBER": "ACCOUNT",
    "ABA_ROUTING_NUMBER": "ACCOUNT",
    "CRYPTO": "ACCOUNT",
}
"""Its types in our words; every other one is a national number."""


class NoPresidioError(HeadwayError):
    """Presidio is not installed."""


@dataclass(frozen=True)
class Presidio:
    """The analyser; `threshold` is the score from which on a finding counts."""

    engine: Any
    threshold: float = THRESHOLD

    def __call__(self, contact: Contact) -> list[list[Found]]:
        """What it finds in each turn; it knows nothing of the turns around."""
        return [self._found(turn.text) for turn in contact.turns]

    def at(self, threshold: float) -> Presidio:
        """The same with another threshold."""
        return Presidio(self.engine, threshold)

    def _found(self, text: str) -> list[Found]:
        results = self.engine.analyze(text, language="en", score_threshold=self.threshold)
        return [(_KINDS.get(one.entity_type, "ID"), one.start, one.end) for one in results]


def open_presidio() -> Presidio:
    """The analyser with the recognisers of all countries, answering English. Raises NoPresidioError."""
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError as error:
        raise NoPresidioError(f"Presidio is not installed ({error}): pip install presidio-analyzer") from error
    _stay_offline()
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)

    class Blank(SpacyNlpEngine):  # type: ignore[misc, unused-ignore]  # its base is untyped where it is installed
        """A tokeniser only: the language model it would load is not in the package index."""

        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

    registry = RecognizerRegistry(supported_languages=list(LANGUAGES))
    registry.load_predefined_recognizers(languages=list(LANGUAGES))
    kept = [one for one in registry.recognizers if type(one).__name__ != "SpacyRecognizer"]
    for one in kept:
        one.supported_language = "en"
    english = RecognizerRegistry(recognizers=kept, supported_languages=["en"])
    return Presidio(AnalyzerEngine(registry=english, nlp_engine=Blank(), supported_languages=["en"]))


def both(one: Any, other: Any) -> Any:
    """A finder of what either finds: what adopting the other's recognisers would give."""

    def found(contact: Contact) -> Sequence[Sequence[Found]]:
        pairs = zip(one(contact), other(contact), strict=True)
        return [[*mine, *(hit for hit in theirs if not _meets(hit, mine))] for mine, theirs in pairs]

    return found


def _meets(hit: Found, others: Sequence[Found]) -> bool:
    return any(start < hit[2] and hit[1] < end for _, start, end in others)


def _stay_offline() -> None:
    """Its check of mail domains fetches a list from the network at first use; the list in the package does."""
    import tldextract

    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.extract = offline
    tldextract.tldextract.TLD_EXTRACTOR = offline
