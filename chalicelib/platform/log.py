"""Structured logs: codes and opaque ids only. What may hold health data never gets in."""

from functools import cache
from typing import Any

ALLOWED = frozenset(
    {
        "request_id",
        "endpoint",
        "status",
        "code",
        "practice_id",
        "actor_id",
        "event_id",
        "event_type",
        "queue",
        "count",
        "milliseconds",
        "record_id",
        "error",
        "handler",
        "place",
    }
)


@cache
def _logger() -> Any:
    from aws_lambda_powertools import Logger

    return Logger(service="careloom", log_uncaught_exceptions=False)


def info(message: str, **fields: Any) -> None:
    """Log a fixed message with allowed fields; ValueError for a field that is not allowed."""
    _logger().info(message, extra=_checked(fields))


def warning(message: str, **fields: Any) -> None:
    """As `info`, at WARNING."""
    _logger().warning(message, extra=_checked(fields))


def failure(message: str, error: BaseException, **fields: Any) -> None:
    """An unexpected error: its type and the place it was raised, never its text."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    _logger().error(
        message, extra=_checked({**fields, "error": type(error).__name__, "place": place})
    )


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - ALLOWED
    if unknown:
        raise ValueError(f"not allowed in a log line: {sorted(unknown)}")
    return fields
