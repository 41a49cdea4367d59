"""An event → a line: what the log tells, for people and for machines, without secrets and on one line."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from monitor.masking import shown_address
from monitor.report.printable import safe_json, safe_text

_KEY = re.compile(r"(\w+)=%[-.\d]*[sdfr]")


class PlainLines(logging.Formatter):
    """Write each event on one line, whatever a server put into it. A traceback follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        return shown_address(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        """Return the line without a traceback."""
        return safe_text(super().formatMessage(record))


class JsonLines(logging.Formatter):
    """Write each event as one JSON object: time (UTC), level, logger, event, and the keys of the event.

    Events are logged as a constant text with keys, "feed failed url=%s why=%s"; numbers stay numbers. One that is
    logged otherwise stands whole under "event".
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_event(record),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        shown = {key: shown_address(value) if isinstance(value, str) else value for key, value in told.items()}
        return safe_json(json.dumps(shown, ensure_ascii=False, default=lambda value: shown_address(str(value))))


def _event(record: logging.LogRecord) -> dict[str, object]:
    template, values = str(record.msg), record.args
    keys = _KEY.findall(template)
    if not keys or not isinstance(values, tuple) or len(keys) != len(values) or template.count("%") != len(keys):
        return {"event": record.getMessage()}
    return {"event": _KEY.split(template)[0].strip(), **dict(zip(keys, values, strict=True))}
