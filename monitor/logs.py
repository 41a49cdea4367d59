"""An event → a line of JSON: what the log tells, for machines that read it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_KEY = re.compile(r"(\w+)=%[-.\d]*[sdfr]")


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
        return json.dumps(told, ensure_ascii=False, default=str)


def _event(record: logging.LogRecord) -> dict[str, object]:
    template, values = str(record.msg), record.args
    keys = _KEY.findall(template)
    if not keys or not isinstance(values, tuple) or len(keys) != len(values) or template.count("%") != len(keys):
        return {"event": record.getMessage()}
    return {"event": _KEY.split(template)[0].strip(), **dict(zip(keys, values, strict=True))}
