"""Each call is signed for the practice whose keys it names, and AWS would refuse any other's
(PROMISES 1, 4): every call that our code sends is judged by the policies that are deployed.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.platform import assumed_roles
from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.store import Key, find, practice_scope, system_scope
from chalicelib.platform.store.connection import connection
from chalicelib.practices.models import Practice
from infra.package import ROOT
from infra.template_rules import TAGGED_ROLES
from tests.conftest import empty_aws
from tests.isolation.cases import called, send, who_does
from tests.isolation.conftest import Built, as_built
from tests.isolation.iam import TABLE, Wanted, allowed, asked_by
from tests.isolation.recording import Recorder, Sent, Signer

SHAPES = {
    "BatchGetItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem",
    "GetObject", "PutObject", "CopyObject",
}  # fmt: skip
WRITES = ("PutItem", "UpdateItem", "DeleteItem")
FUNCTIONS = sorted(file.stem for file in (ROOT / "infra" / "iam").glob("*.json"))
SEED, THREADS, CALLS = 8, 16, 80


@pytest.fixture(scope="module")
def sent(_built: Built) -> list[tuple[Sent, Signer | None]]:
    """All that was sent to build two practices, for every route, and for a file that is routed."""
    clinics, served = as_built(_built), Recorder()
    with served.listening():
        for endpoint in called():
            with clinics.undone():
                send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids)
        clinics.world.tick_schedules()
        _route_a_file(clinics.a.ids["practice_id"])
    empty_aws()
    return [(each, of.signer_of(each)) for of in (_built.recorder, served) for each in of.sent]


def test_every_call_is_signed_for_whom_it_concerns_and_its_role_allows_it(
    sent: list[tuple[Sent, Signer | None]],
) -> None:
    assert {each.operation for each, _ in sent} >= SHAPES
    assert len({each.function for each, _ in sent}) > 6
    for each, signer in sent:
        practices = each.owners - {"sys"}
        if signer is None:
            assert practices == set(), each
            assert allowed(each.function, {}, each.asks), each
        else:
            assert set(signer.tags.values()) == practices, each
            if signer.role != "CustodyRole":
                entered = "sys" in each.owners or len(practices) > 1
                assert (signer.role == "EntryRole") is entered, each
            assert allowed(signer.role, signer.tags, each.asks), each


def test_another_practice_s_credentials_would_be_refused_each_of_these_calls(
    sent: list[tuple[Sent, Signer | None]],
) -> None:
    judged = set()
    for each, signer in sent:
        if signer is None:
            continue
        own = signer.tags["practice"]
        for other in ("prc_00000000000000000000000000", own[:-1], f"{own}0", own.lower(), "sys"):
            tags = dict.fromkeys(signer.tags, other)
            assert not allowed(signer.role, tags, each.asks), (each, other)
        assert not allowed(signer.role, {}, each.asks), "no tag, nothing"
        judged.add(each.operation)
    assert judged >= SHAPES


def test_a_function_s_own_role_reaches_no_practice(
    sent: list[tuple[Sent, Signer | None]],
) -> None:
    for each, signer in sent:
        if signer is not None:
            assert not allowed(each.function, {}, each.asks), each


@pytest.mark.parametrize("role", [*FUNCTIONS, *TAGGED_ROLES])
def test_no_role_changes_or_deletes_an_entry_of_the_audit_and_only_the_sealer_s_seals(
    role: str,
) -> None:
    tags = {"practice": "prc_1", "second": "prc_1"}

    def may(action: str, *keys: str) -> bool:
        return allowed(role, tags, [Wanted(f"dynamodb:{action}", TABLE, keys)])

    for owner in ("prc_1", "sys"):
        entry = f"{owner}#audit#usr_2#2026-11#"
        assert not may("UpdateItem", entry)
        assert not may("DeleteItem", entry)
        for place in (f"{owner}#audit-chain#", f"{owner}#audit-unsealed#"):
            seals = (role, owner) in (("SealingRole", "prc_1"), ("audit_queue", "sys"))
            assert [may(action, place) for action in WRITES] == [seals] * len(WRITES), place
    if role in ("PracticeRole", "EntryRole"):
        assert may("PutItem", "prc_1#audit#usr_2#2026-11#")
        assert may("UpdateItem", "prc_1#pat_2#")


def test_the_judge_sees_a_key_among_others_and_refuses_what_it_does_not_know() -> None:
    keys = [{"pk": {"S": pk}, "sk": {"S": "x#"}} for pk in ("prc_1#", "prc_2#", "prc_1#a#")]
    tags = {"practice": "prc_1"}
    for asked, holds in ((keys, False), ([keys[0], keys[2]], True)):
        batch = {"RequestItems": {"t": {"Keys": asked}}}
        assert allowed("PracticeRole", tags, asked_by("dynamodb", "BatchGetItem", batch)) is holds
    items = [{"Delete": {"Key": key}} for key in keys]
    writes = asked_by("dynamodb", "TransactWriteItems", {"TransactItems": items})
    assert [allowed("PracticeRole", tags, [each]) for each in writes] == [True, False, True]
    with pytest.raises(ValueError, match="ExecuteStatement is not known"):
        asked_by("dynamodb", "ExecuteStatement", {})


def test_sixteen_threads_sign_each_call_for_its_own_practice(aws: None) -> None:
    random, practices = Random(SEED), [f"prc_0{number}" for number in range(8)]
    assumed_roles.assumed_roles.cache_clear()
    work = [[random.choice([*practices, "sys"]) for _ in range(CALLS)] for _ in range(THREADS)]
    with _answered_without_sending() as signed, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_read_all, work))
    assert len(signed) == THREADS * CALLS
    by_owner = {owner: {key for who, key in signed if who == owner} for owner, _ in signed}
    assert set(by_owner) == {*practices, "sys"}
    assert all(len(keys) == 1 for keys in by_owner.values()), f"mixed up, seed {SEED}"
    assert len(set.union(*by_owner.values())) == len(by_owner)


def test_a_presigned_url_is_signed_for_the_practice_too(aws: None) -> None:
    urls = []
    for owner in ("prc_01", "prc_02"):
        with practice_scope(owner):
            place = {"Bucket": settings().files_bucket, "Key": f"{owner}/a"}
            urls.append(client("s3").generate_presigned_url("get_object", Params=place))
    keys = {url.partition("Credential=")[2][:20] or url.partition("KeyId=")[2][:20] for url in urls}
    assert len(keys) == 2


def _read_all(owners: list[str]) -> None:
    for owner in owners:
        with system_scope() if owner == "sys" else practice_scope(owner):
            find(Practice, Key(f"{owner}#", "practice#"))


@contextmanager
def _answered_without_sending() -> Iterator[list[tuple[str, str]]]:
    """Reads of the table are answered `{}` on the spot; whose key was read, and what signed it."""
    signed: list[tuple[str, str]] = []

    def answer(request: Any, **_: Any) -> Any:
        owner = str(request.body, "utf-8").partition('"pk": {"S": "')[2].partition("#")[0]
        header = str(request.headers["Authorization"], "utf-8")
        signed.append((owner, header.partition("Credential=")[2].partition("/")[0]))
        return AWSResponse(request.url, 200, {}, _Raw())

    events = connection().connection.client.meta.events
    events.register_first("before-send.dynamodb.GetItem", answer)
    try:
        yield signed
    finally:
        events.unregister("before-send.dynamodb.GetItem", answer)


class _Raw:
    """The body of an empty answer."""

    def stream(self) -> Iterator[bytes]:
        yield b"{}"


def _route_a_file(practice_id: str) -> None:
    """As claims' shared mailbox does it."""
    bucket = settings().mailbox_bucket
    source = {"Bucket": bucket, "Key": "sys/clearinghouse/inbound/a"}
    boto3.client("s3").put_object(**source, Body=b"x")
    target = f"{practice_id}/clearinghouse/inbound/a"
    with system_scope(practice_id):
        client("s3").copy_object(Bucket=bucket, CopySource=source, Key=target)
