"""No read, write or list across practices (PROMISES 1)."""

from collections.abc import Iterator
from random import Random

import boto3
import pytest

from chalicelib.identity.permissions import Role
from chalicelib.platform.config import settings
from chalicelib.platform.http import Endpoint
from chalicelib.platform.ids import ALPHABET
from tests import tables
from tests.isolation.actors import OPERATOR, who_may, who_tries
from tests.isolation.cases import called, names_in, send
from tests.isolation.clinics import ID, Clinic, Clinics, gist, touched

RANDOM = Random(1)

each_route = pytest.mark.parametrize("endpoint", called(), ids=lambda endpoint: endpoint.name)


@each_route
def test_an_id_of_another_practice_is_like_one_that_never_was(
    clinics: Clinics, endpoint: Endpoint
) -> None:
    for role in (actor for actor in who_tries(endpoint) if actor != OPERATOR):
        for names in _swaps(clinics.a, endpoint):
            answers = []
            for strange in (
                {name: clinics.b.ids[name] for name in names},
                _unheard_of(clinics.a, names),
            ):
                with clinics.undone():
                    answers.append(send(clinics.a, role, endpoint, {**clinics.a.ids, **strange}))
            theirs, nobodys = answers
            assert gist(theirs) == gist(nobodys), (role, names)
            assert clinics.b.mark not in theirs.text
            if names & _path_names(endpoint) and role in who_may(endpoint):
                assert (theirs.status, theirs.json["code"]) == (404, "not_found"), (role, names)


def test_the_checks_see_a_practice_that_is_read_or_written(clinics: Clinics) -> None:
    kept = tables.image()
    read = clinics.b.call(Role.OWNER, "GET", "/v1/practice")
    assert clinics.b.shows_in(read)
    assert not clinics.a.shows_in(read)
    assert [row["kind"]["S"] for row in touched(clinics.b, since=kept)] == ["audit"]
    assert touched(clinics.a, since=kept) == []
    with pytest.raises(AssertionError), clinics.undone():
        clinics.b.call(Role.OWNER, "GET", "/v1/practice")


def test_the_check_sees_a_row_put_into_another_practice_s_index(clinics: Clinics) -> None:
    kept = tables.image()
    row = {
        name: {"S": text}
        for name, text in (("pk", f"{clinics.a.ids['practice_id']}#"), ("sk", "x#"))
    }
    row["gs1pk"] = row["gs1sk"] = {"S": f"{clinics.b.ids['practice_id']}#x#"}
    boto3.client("dynamodb").put_item(TableName=settings().table, Item=row)
    assert touched(clinics.b, since=kept) == [row]


def test_the_scan_of_the_table_and_the_quick_look_at_it_are_the_same(clinics: Clinics) -> None:
    scanned = boto3.client("dynamodb").scan(TableName=settings().table)["Items"]
    quick = [row for row in tables.rows().values() if not _has_bytes(row)]
    assert [row for row in scanned if not _has_bytes(row)] == sorted(
        quick, key=lambda row: (row["pk"]["S"], row["sk"]["S"])
    )


def test_an_idempotency_key_is_its_practice_s_own(clinics: Clinics) -> None:
    body = {"name": "Annex", "location_id": ""}
    answers = []
    for clinic in (clinics.a, clinics.b):
        body["location_id"] = clinics.a.ids["location_id"]
        answers.append(
            clinic.call(Role.OWNER, "POST", "/v1/rooms", body, Idempotency_Key="one-and-the-same")
        )
    mine, theirs = answers
    assert (mine.status, theirs.status) == (201, 422)
    assert mine.json["id"] not in theirs.text


def test_inviting_someone_who_has_an_account_elsewhere_says_and_changes_nothing(
    clinics: Clinics,
) -> None:
    stranger = {"email": "nobody-yet@third.example", "name": "Sam", "roles": ["nurse"]}
    known = {**stranger, "email": clinics.b.email(Role.OWNER)}
    answers = []
    for body in (known, stranger):
        kept = tables.image()
        answers.append(clinics.a.call(Role.OWNER, "POST", "/v1/members", body))
        changed = {row["kind"]["S"] for row in touched(clinics.b, since=kept)}
        assert changed <= {"link"}, "the link to their mailbox names them"
        tables.put_back(kept)
    assert [answer.status for answer in answers] == [201, 201]
    told = [{**answer.json, "email": "", "user_id": ""} for answer in answers]
    assert told[0] == told[1]


def test_an_invitation_does_not_keep_its_guest_out_of_their_own_practice(clinics: Clinics) -> None:
    guest = {"email": clinics.b.email(Role.OWNER), "name": "Sam", "roles": ["nurse"]}
    clinics.a.done(201, Role.OWNER, "POST", "/v1/members", guest)
    assert clinics.b.sign_in(Role.OWNER)["practice_id"] == clinics.b.ids["practice_id"]


def test_a_forged_refresh_token_ends_nobody_s_session(clinics: Clinics) -> None:
    named = clinics.b.ids["refresh_token"].rpartition(".")[0]
    for secret in ("x", "A" * 43, clinics.a.ids["refresh_token"].rpartition(".")[2]):
        with clinics.undone():
            body = {"refresh_token": f"{named}.{secret}"}
            assert clinics.a.call("", "POST", "/v1/sessions/refresh", body).status == 401


def _swaps(clinic: Clinic, endpoint: Endpoint) -> Iterator[set[str]]:
    """Which ids to give another practice's for: each alone, and all of them."""
    names = {name for name in names_in(endpoint).values() if ID.fullmatch(clinic.ids[name])}
    yield from ({name} for name in sorted(names))
    if len(names) > 1:
        yield names


def _path_names(endpoint: Endpoint) -> set[str]:
    return {name for place, name in names_in(endpoint).items() if place.startswith("path")}


def _unheard_of(clinic: Clinic, names: set[str]) -> dict[str, str]:
    """Well-formed ids that nothing has."""
    return {
        name: clinic.ids[name][:4] + "".join(RANDOM.choices(ALPHABET, k=len(clinic.ids[name]) - 4))
        for name in names
    }


def _has_bytes(row: tables.Row) -> bool:
    return any("B" in value for value in row.values())
