"""Counting what a practice stores anew: every row by a sweep, every object by a list."""

from ..platform.context import Context
from ..platform.storage_stream import row_bytes
from ..platform.store import SYSTEM, sweep_page
from .stored_files import bytes_kept


def bytes_stored(context: Context) -> int:
    """Rows as DynamoDB counts them, and objects by their size."""
    rows, start = 0, None
    while True:
        page = sweep_page(context.practice_id, start=start)
        own = (row for row in page.rows if not row["pk"]["S"].startswith(f"{SYSTEM}#"))
        rows += sum(map(row_bytes, own))
        start = page.next_key
        if start is None:
            return rows + bytes_kept(context)
