"""What the stages did, as JSON lines in `HOME/logs/headway.jsonl`: names, counts and times, never what anybody said."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

from store.settings import Settings


class JsonLines(logging.Formatter):
    """One JSON object a record: moment, level, event, and the facts passed as `extra={"facts": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        facts = getattr(record, "facts", {})
        return json.dumps(
            {"at": at, "level": record.levelname.lower(), "event": record.getMessage(), **facts}, default=str
        )


def open_log(settings: Settings) -> logging.Logger:
    """The log of a home folder; opened once however often it is asked for."""
    path = settings.home.absolute() / "logs" / "headway.jsonl"
    log = logging.getLogger(f"headway.{path}")
    if not log.handlers:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = WatchedFileHandler(path, encoding="utf-8")  # a rotated file is left, and a new one begun
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(settings.log_level.upper())
    return log
