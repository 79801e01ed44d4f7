"""Logging: one line a fact, to standard error and a rotating file; no line holds a UUID or a key in full."""

import logging
import re
import sys
from typing import TYPE_CHECKING

from loguru import logger

from settings import Settings

if TYPE_CHECKING:
    from loguru import Record

_UUID = re.compile(r"([0-9a-fA-F]{8})-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HEX_ID = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")
LINE = "{time:YYYY-MM-DDTHH:mm:ss.SSSZ} {level: <7} {extra[masked]}{extra[trace]}\n"


def set_up_logs(settings: Settings) -> None:
    """Send our lines and those of the libraries to standard error and to `logs/` in the data folder."""
    logger.remove()
    logger.configure(patcher=_mask)
    logger.add(sys.stderr, level=settings.log_level, format=_line, backtrace=False, diagnose=False)
    path = settings.data_dir / "logs" / "studiolo.log"
    logger.add(path, level=settings.log_level, format=_line, rotation="10 MB", retention=5, diagnose=False, delay=True)
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.WARNING, force=True)


def masked(text: str) -> str:
    """Return a text with each UUID cut to its first eight letters."""
    return _HEX_ID.sub(r"\1…", _UUID.sub(r"\1…", text))


def _line(_record: "Record") -> str:
    return LINE


def _mask(record: "Record") -> None:
    record["extra"]["masked"] = masked(record["message"])
    record["extra"]["trace"] = "\n" + masked(_trace(record)) if record["exception"] else ""


def _trace(record: "Record") -> str:
    import traceback

    found = record["exception"]
    return "".join(traceback.format_exception(found.type, found.value, found.traceback)).rstrip() if found else ""


class _ToLoguru(logging.Handler):
    """Hands the libraries' lines over."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one line."""
        logger.opt(exception=record.exc_info).log(record.levelname, "{}: {}", record.name, record.getMessage())
