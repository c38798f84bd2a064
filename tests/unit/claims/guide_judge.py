"""pyx12 4.0.0 in-process: the judge of every X12 file that we write.

Its maps: 837P 005010X222A1, 835 X221A1, 277CA X214, 999 X231A1. Its list of places of service is
from before code 10 (telehealth in the patient's home), which it calls invalid.
"""

import io
import logging

from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document


def complaints(text: str) -> list[str]:
    """Everything pyx12 finds wrong with one X12 file, each with its line; empty if nothing."""
    listener = _Listener()
    logger = logging.getLogger("pyx12")
    logger.addHandler(listener)
    try:
        sound = x12n_document(ParamsBase(), io.StringIO(text), fd_997=None, fd_html=None)
    finally:
        logger.removeHandler(listener)
    if not sound and not listener.lines:
        return ["pyx12 refuses the file and names no fault"]
    return listener.lines


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
