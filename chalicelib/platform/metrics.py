"""Metrics in CloudWatch's embedded metric format: a line of the log each, namespace `careloom`.

Dimensions are the stage and names that the code itself gives (endpoint, status class, queue): no
ids, no health data. A stage named `local` has nobody who reads them, and writes none.
"""

from datetime import timedelta

from .config import settings

NAMESPACE = "careloom"
LOCAL = "local"
Values = dict[str, tuple[str, float]]


def request_served(endpoint: str, *, status: int, seconds: float) -> None:
    """`Requests` and `Latency` (ms), by status class and by endpoint."""
    values = {"Requests": ("Count", 1.0), "Latency": ("Milliseconds", seconds * 1000)}
    _write(values, {"status_class": f"{status // 100}xx"}, {"endpoint": endpoint})


def message_failed(queue: str) -> None:
    """`MessageFailures`: a message that its consumer gave back, by queue."""
    _write({"MessageFailures": ("Count", 1.0)}, {"queue": queue})


def event_dispatched(lag: timedelta) -> None:
    """`OutboxLag` (ms): from an event's commit to its queues."""
    _write({"OutboxLag": ("Milliseconds", lag.total_seconds() * 1000)}, {})


def audit_swept(entries: int) -> None:
    """`AuditSwept`: entries that the table's stream had lost and the sweep found."""
    _write({"AuditSwept": ("Count", float(entries))}, {})


def token_refused() -> None:
    """`TokensRefused`: a bearer token that is none of ours, or was altered."""
    _write({"TokensRefused": ("Count", 1.0)}, {})


def _write(values: Values, *dimensions: dict[str, str]) -> None:
    """One line with these values under each set of dimensions, the stage always among them."""
    stage = settings().stage
    if stage == LOCAL:
        return
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
        AmazonCloudWatchEMFProvider,
    )

    line = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
    line.service = ""  # it would add the environment's service name to the first set alone
    first, *others = dimensions
    for dimension, named in {"stage": stage, **first}.items():
        line.add_dimension(dimension, named)
    for more in others:
        line.add_dimensions(stage=stage, **more)
    for name, (unit, value) in values.items():
        line.add_metric(name, unit, value)
    line.flush_metrics()
