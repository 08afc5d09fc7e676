"""Why a contact is in the queue, in words."""

from __future__ import annotations

REASONS = {
    "drawn": "drawn by chance: corrects the figures",
    "unsure": "the model was not sure",
    "suspicious": "words in it spoke to the tagger",
    "disagree": "model and LLM disagree",
    "novel": "unlike anything seen before",
    "suspect": "a label that may be wrong",
    "asked": "a leader asked",
    "flagged": "an analyst flagged it",
    "gold": "known answers, given blind",
}
