"""A POST that is sent again has one effect, wherever the first one died (PROMISES 31, 33)."""

from collections import Counter
from itertools import count

import pytest

from chalicelib.platform.http import Endpoint
from tests import tables
from tests.faults import Died, dying
from tests.isolation.cases import called, send, who_does
from tests.isolation.clinics import Clinics
from tests.world import Answered

NOT_ITS_EFFECT = {"audit", "session", "counter", "sign_ups"}
"""Each call leaves its own entry; a session is touched; a number handed out twice is not used; each
try to sign up is counted."""
SIGNS_OUT_FIRST = {"complete_recovery": {"member"}}
"""Each practice is a transaction of its own (identity/signing_out.py)."""

each_post = pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in called() if endpoint.idempotent],
    ids=lambda endpoint: endpoint.name,
)


@each_post
def test_a_death_around_the_commit_leaves_all_or_nothing_and_the_retry_completes_it(
    clinics: Clinics, endpoint: Endpoint
) -> None:
    whole, answer = _whole(clinics, endpoint)
    for after in (False, True):
        assert _dies_and_retries(clinics, endpoint, whole, at=0, after=after, only=_is_commit)
    # And the same key with another body is refused
    if endpoint.body is not None:
        with clinics.undone():
            _sent(clinics, endpoint)
            other = _sent(clinics, endpoint, body={"another": "body"})
            assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert answer.status == endpoint.status


@pytest.mark.campaign
@each_post
def test_a_death_at_any_call_leaves_all_or_nothing_and_the_retry_completes_it(
    clinics: Clinics, endpoint: Endpoint
) -> None:
    whole, _ = _whole(clinics, endpoint)
    for after in (False, True):
        for at in count():
            if not _dies_and_retries(clinics, endpoint, whole, at=at, after=after):
                assert at >= 2, "a POST reads and writes"
                break


def _whole(clinics: Clinics, endpoint: Endpoint) -> tuple[Counter[str], Answered]:
    """What the call leaves behind when nothing goes wrong."""
    with clinics.undone() as kept:
        answer = _sent(clinics, endpoint)
        assert answer.status == endpoint.status, answer.text
        return _effect(kept, endpoint), answer


def _dies_and_retries(
    clinics: Clinics,
    endpoint: Endpoint,
    whole: Counter[str],
    *,
    at: int,
    after: bool,
    **where: object,
) -> bool:
    """Whether there was an `at`-th call to die at."""
    with clinics.undone() as kept:
        try:
            with dying(at, after=after, **where):  # type: ignore[arg-type]
                _sent(clinics, endpoint)
            return False
        except Died:
            pass
        assert _effect(kept, endpoint) in (Counter(), whole), (at, after)
        again = _sent(clinics, endpoint)
        assert again.status == endpoint.status, again.text
        assert _effect(kept, endpoint) == whole, (at, after)
        third = _sent(clinics, endpoint)
        assert (third.status, third.text) == (again.status, again.text)
        assert _effect(kept, endpoint) == whole, (at, after)
    return True


def _sent(clinics: Clinics, endpoint: Endpoint, **over: object) -> Answered:
    role = who_does(endpoint)
    headers = {"Idempotency_Key": "one-and-the-same"}
    return send(clinics.a, role, endpoint, clinics.a.ids, headers=headers, **over)


def _effect(kept: tables.Image, endpoint: Endpoint) -> Counter[str]:
    """How many records of each kind are not what they were."""
    kinds = Counter(
        (now or before or {})["kind"]["S"] for before, now in tables.changed_since(kept)
    )
    beside = NOT_ITS_EFFECT | SIGNS_OUT_FIRST.get(endpoint.name, set())
    return Counter({kind: many for kind, many in kinds.items() if kind not in beside})


def _is_commit(operation: str) -> bool:
    return operation == "TransactWriteItems"
