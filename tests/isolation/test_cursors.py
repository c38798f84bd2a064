"""A cursor is good for whoever got it, for the list it is of, for a day (PROMISES 5)."""

import json
from collections.abc import Iterator
from random import Random

import pytest

from chalicelib.platform.clock import iso
from chalicelib.platform.errors import BadRequest
from chalicelib.platform.http import Endpoint, paging
from chalicelib.platform.keyring import seal
from tests.isolation.actors import who_may
from tests.isolation.cases import CASES, called, filled, send, who_does
from tests.isolation.clinics import Clinic, Clinics
from tests.world import Answered, step_up

SEED, FLIPS = 5, 40
PAGED = [each for each in called() if each.query and "cursor" in each.query.model_fields]

each_list = pytest.mark.parametrize("endpoint", PAGED, ids=lambda endpoint: endpoint.name)


def test_these_are_at_least_five_hundred_cursors() -> None:
    assert len(PAGED) * (FLIPS + len(list(_mangled("1.abc")))) >= 500


@each_list
def test_a_cursor_is_good_for_its_own_list(clinics: Clinics, endpoint: Endpoint) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    assert _page(clinics.a, role, endpoint, cursor).status == 200


@each_list
def test_a_cursor_is_not_good_for_anybody_else(clinics: Clinics, endpoint: Endpoint) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    colleague = next((each for each in who_may(endpoint) if each != role), None)
    assert _refused(_page(clinics.b, role, endpoint, cursor)), "another practice"
    assert colleague is None or _refused(_page(clinics.a, colleague, endpoint, cursor))


@each_list
def test_nor_for_another_list(clinics: Clinics, endpoint: Endpoint) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    for other in PAGED:
        if other != endpoint and role in who_may(other):
            assert _refused(_page(clinics.a, role, other, cursor)), other.name
    if "patient_id" in endpoint.path_parameters:
        ids = {**clinics.a.ids, "patient_id": clinics.a.ids["other_patient_id"]}
        answer = send(clinics.a, role, endpoint, ids, query={**_query(endpoint), "cursor": cursor})
        assert _refused(answer), "another patient's"


@each_list
def test_nor_with_another_filter(clinics: Clinics, endpoint: Endpoint) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    assert endpoint.query is not None
    without = filled(dict(CASES[endpoint.name].query), clinics.a.ids)
    for name in endpoint.query.model_fields.keys() - {"cursor"}:
        other = {"limit": "7"} if name == "limit" else {name: without.get(name, "x") + "x"}
        answer = _page(clinics.a, role, endpoint, cursor, **other)
        assert answer.status in (400, 422), name
        assert _refused(answer) or answer.json["errors"], name


@each_list
def test_a_cursor_that_was_touched_is_good_for_nothing(
    clinics: Clinics, endpoint: Endpoint
) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    for touched in (*_flipped(cursor), *_mangled(cursor)):
        answer = _page(clinics.a, role, endpoint, touched)
        assert _refused(answer), f"{touched!r}, seed {SEED}"


@each_list
def test_a_cursor_is_good_for_a_day(clinics: Clinics, endpoint: Endpoint) -> None:
    role, cursor = _role_and_cursor(clinics.a, endpoint)
    clinics.world.clock.advance(seconds=paging.GOOD_FOR.total_seconds() - 1)
    clinics.a.sign_in(role)
    step_up(clinics.world, clinics.a.tokens[role])
    assert _page(clinics.a, role, endpoint, cursor).status == 200
    clinics.world.clock.advance(seconds=2)
    answer = _page(clinics.a, role, endpoint, cursor)
    assert _refused(answer)
    assert "expired" in answer.json["detail"]


def _role_and_cursor(clinic: Clinic, endpoint: Endpoint) -> tuple[str, str]:
    """Somebody who may see the list, and the cursor after its first row."""
    role = who_does(endpoint)
    cursor: str | None = _page(clinic, role, endpoint, None).json.get("next_cursor")
    return role, cursor or _as_sealed(clinic, role, endpoint)


def _as_sealed(clinic: Clinic, role: str, endpoint: Endpoint) -> str:
    """Where the list is one page: a cursor to its start, bound as the list binds its own."""
    bound: list[str] = []

    def note(_purpose: str, _sealed: str, *, bound_to: str) -> str:
        bound.append(bound_to)
        raise BadRequest

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paging, "unseal", note)
        _page(clinic, role, endpoint, "x")
    practice_id, until = clinic.ids["practice_id"], iso(clinic.world.clock.now() + paging.GOOD_FOR)
    parts = (f"{at}{part}" for at in ("", "gs1", "gs2") for part in ("pk", "sk"))
    in_memory = {"after": ""}  # as a list goes on that is made, not queried
    key: dict[str, object] = {
        part: {"S": f"{practice_id}#" if "pk" in part else "~"} for part in parts
    }
    made = in_memory if endpoint.method == "POST" else key
    return seal("cursor", json.dumps({"until": until, "key": made}), bound_to=bound[0])


def _page(
    clinic: Clinic, role: str, endpoint: Endpoint, cursor: str | None, **other: str
) -> Answered:
    query = {**_query(endpoint), **({} if cursor is None else {"cursor": cursor}), **other}
    return send(clinic, role, endpoint, clinic.ids, query=query)


def _query(endpoint: Endpoint) -> dict[str, str]:
    assert endpoint.query is not None
    return {"limit": "1"} if "limit" in endpoint.query.model_fields else {}


def _refused(answer: Answered) -> bool:
    return (answer.status, answer.json["code"]) == (400, "invalid_request")


def _flipped(cursor: str) -> Iterator[str]:
    """Seeded: one character after the key id is another one."""
    random, start = Random(SEED), cursor.index(".") + 1
    for _ in range(FLIPS):
        at = random.randrange(start, len(cursor) - 1)  # the last one holds bits that do not count
        other = random.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        if other != cursor[at]:
            yield f"{cursor[:at]}{other}{cursor[at + 1 :]}"


def _mangled(cursor: str) -> Iterator[str]:
    kid, _, body = cursor.partition(".")
    yield from ("", ".", "x", "null", kid, f"{kid}.", body, f"{kid}x.{body}", f"{kid}.{body}A")
    yield from (cursor[:-8], cursor[:20], f"{cursor}.{body}", cursor.swapcase(), "%00", "é")
