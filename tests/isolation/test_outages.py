"""AWS throttles, fails or does not answer at a call: it is tried again, or a clean 503 (PROMISES 37).

Nothing is half done, and the same request succeeds once AWS does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib.platform.http import Endpoint
from tests.faults import calls, events
from tests.isolation.cases import called, send, who_does
from tests.isolation.clinics import Clinics
from tests.plain_rows import plain_rows
from tests.world import Answered

FAULTS = {
    "throttled": ("ProvisionedThroughputExceededException", 400),
    "too many": ("RequestLimitExceeded", 400),
    "failed": ("InternalServerError", 500),
    "away": ("ServiceUnavailable", 503),
    "not reached": ConnectTimeoutError(endpoint_url="https://dynamodb"),
    "no answer": ReadTimeoutError(endpoint_url="https://dynamodb"),
}
FRONT_DESK = ("/appointments", "/slot", "/series", "/day", "/flow", "/locations", "/visit-links")
"""Of every flow the front desk's, in the ordinary run."""
SEED = 37


@contextmanager
def failing(at_call: int, fault: Any) -> Iterator[list[int]]:
    """The table's `at_call`-th call from now, and each of its like after it, is answered so."""
    seen, named = [-1], [""]

    def answer(model: Any, **_: Any) -> Any:
        seen[0] += 1
        if seen[0] == at_call:
            named[0] = model.name
        if seen[0] < at_call or model.name != named[0]:
            return None
        if isinstance(fault, Exception):
            raise fault
        code, status = fault
        body = {
            "Error": {"Code": code, "Message": code},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        return AWSResponse("https://dynamodb", status, {}, None), body

    events().register("before-call.dynamodb.*", answer)
    try:
        yield seen
    finally:
        events().unregister("before-call.dynamodb.*", answer)


def test_the_front_desk_is_told_to_try_again_whichever_call_fails(clinics: Clinics) -> None:
    chance, tried = Random(SEED), 0
    for endpoint in _front_desk():
        for at in range(_calls(clinics, endpoint)):
            _fails(clinics, endpoint, at, chance.choice(sorted(FAULTS)))
            tried += 1
    assert tried > 100


@pytest.mark.campaign
def test_it_is_however_it_fails(clinics: Clinics) -> None:
    for endpoint in _front_desk():
        for at in range(_calls(clinics, endpoint)):
            for fault in FAULTS:
                _fails(clinics, endpoint, at, fault)


def _front_desk() -> list[Endpoint]:
    return [each for each in called() if any(part in each.path for part in FRONT_DESK)]


def _calls(clinics: Clinics, endpoint: Endpoint) -> int:
    with clinics.undone(), calls() as sent:
        _sent(clinics, endpoint)
    return len(sent)


def _sent(clinics: Clinics, endpoint: Endpoint) -> Answered:
    return send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids)


def _fails(clinics: Clinics, endpoint: Endpoint, at: int, fault: str) -> None:
    """Served in spite of it, or 503 with nothing done; and served once AWS is."""
    case = (endpoint.name, at, fault)
    with clinics.undone() as kept:
        with failing(at, FAULTS[fault]):
            answer = _sent(clinics, endpoint)
        if answer.status != endpoint.status:
            assert (answer.status, answer.json["code"]) == (503, "unavailable"), (case, answer.text)
            assert int(answer.headers["Retry-After"]) > 0, case
            assert not plain_rows(kept), (case, plain_rows(kept))
            assert _sent(clinics, endpoint).status == endpoint.status, case
