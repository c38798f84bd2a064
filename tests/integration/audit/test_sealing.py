"""The chain: everything is sealed once, two sealers at once are one, and the head is locked away."""

import json
from datetime import datetime
from typing import Any

import boto3
import pytest

from chalicelib.audit import sealing
from chalicelib.audit.handlers import consumers
from chalicelib.audit.models import Seal, SealDue
from chalicelib.audit.noting import SEAL
from chalicelib.platform import queues
from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.store import Record, find, practice_scope, query_all
from chalicelib.platform.store.unit_of_work import MAX_ITEMS
from infra.ops.__main__ import main
from tests import tables
from tests.builders.audit import Watched, forget_locked_heads
from tests.faults import Died, dying, meanwhile
from tests.isolation.iam import allowed
from tests.isolation.recording import Recorder

WRONG = {"email": "clinician@clinic.example", "password": "not what it is, at all"}


def seals(watched: Watched) -> list[Seal]:
    with practice_scope(watched.practice_id):
        return list(query_all(Seal.key(watched.practice_id, 1).pk, begins="seal#"))


def sealed(watched: Watched) -> list[str]:
    return [leaf.place for seal in seals(watched) for leaf in seal.leaves]


def waiting(watched: Watched) -> list[str]:
    return [row["sk"]["S"] for row in watched.world.items() if row["kind"]["S"] == "audit_unsealed"]


def places(watched: Watched) -> list[str]:
    return [row["sk"]["S"] for row in watched.entries()]


def due_message(watched: Watched) -> str:
    with practice_scope(watched.practice_id):
        due = find(SealDue, SealDue.key(watched.practice_id), consistent=True)
    assert due is not None
    return queues.due_message(SEAL, due)


def test_every_entry_is_sealed_once_in_order_and_the_audit_is_whole(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.seal()
    assert sealed(watched) == sorted(places(watched))
    assert waiting(watched) == []
    verdict = watched.verdict()
    assert verdict.faults == ()
    assert (verdict.sealed, verdict.unsealed) == (len(places(watched)), 0)


def test_links_follow_one_another(watched: Watched) -> None:
    for _ in range(3):
        watched.chart(watched.ada)
        watched.seal()
    first, *rest = [seal.link for seal in seals(watched)]
    assert first.number == 1
    for link in rest:
        assert (link.number, link.previous) == (first.number + 1, first.hash)
        first = link


def test_what_is_not_sealed_yet_is_reported_as_such(watched: Watched) -> None:
    watched.seal()
    watched.chart(watched.ada)
    verdict = watched.verdict()
    assert (verdict.faults, verdict.unsealed) == ((), 1)
    watched.world.carry_audit()
    assert watched.verdict().unsealed == 1


def test_more_than_a_transaction_holds_is_sealed_in_several(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "ENTRIES", 6)
    watched.seal()
    assert sorted(sealed(watched)) == sorted(places(watched))
    assert len(seals(watched)) > 2
    assert max(len(seal.leaves) for seal in seals(watched)) == 6
    assert watched.verdict().faults == ()


def test_the_items_of_a_seal_fit_one_transaction() -> None:
    assert sealing.ENTRIES + len(("the seal", "the head")) == MAX_ITEMS


def test_an_entry_that_the_stream_brings_again_after_it_was_sealed_is_not_sealed_twice(
    watched: Watched,
) -> None:
    watched.chart(watched.ada)
    watched.seal()
    before = sealed(watched)
    watched.world._seen.clear()
    watched.seal()
    assert waiting(watched) == []
    assert sorted(sealed(watched)) == sorted({*before, *places(watched)})
    assert watched.verdict().faults == ()


def test_a_late_entry_goes_to_a_later_seal(watched: Watched) -> None:
    watched.chart(watched.ada)
    late = watched.entries()[-1]["sk"]["S"]
    watched.world._seen.add(late)  # the stream has lost it, for now
    watched.chart(watched.bob)
    watched.seal()
    assert late not in sealed(watched)
    watched.world._seen.discard(late)
    watched.world.clock.advance(minutes=50)
    watched.seal()
    assert sealed(watched).count(late) == 1
    assert watched.verdict().faults == ()


def test_of_two_sealers_at_once_one_wins(watched: Watched) -> None:
    watched.chart(watched.ada)
    watched.world.carry_audit()
    message = due_message(watched)
    with meanwhile(lambda: consumers.handle(message)):
        consumers.handle(message)
    assert sorted(sealed(watched)) == sorted(set(sealed(watched)))
    assert waiting(watched) == []
    assert watched.verdict().faults == ()


def test_what_comes_while_a_sealer_is_about_to_rest_is_sealed_the_minute_after(
    watched: Watched,
) -> None:
    watched.chart(watched.ada)
    watched.world.carry_audit()
    consumers.handle(due_message(watched))  # all is sealed, and it rests
    watched.chart(watched.bob)
    watched.world.carry_audit()

    def one_more() -> None:
        watched.chart(watched.ada)
        watched.world.carry_audit()

    with meanwhile(one_more):
        consumers.handle(due_message(watched))
    watched.seal()
    assert waiting(watched) == []
    assert sorted(sealed(watched)) == sorted(places(watched))


@pytest.mark.parametrize(
    "deaths",
    [
        [(1, True), (5, False)],
        pytest.param(
            [(at_call, after) for at_call in range(14) for after in (False, True)],
            marks=pytest.mark.campaign,
        ),
    ],
)
def test_a_death_at_any_step_of_noting_or_sealing_loses_nothing(
    watched: Watched, deaths: list[tuple[int, bool]]
) -> None:
    for at_call, after in deaths:
        kept, seen = tables.image(), set(watched.world._seen)
        watched.chart(watched.ada)
        watched.world.clock.advance(minutes=1)
        for step in (watched.world.carry_audit, watched.world.tick):
            try:
                with dying(at_call, after=after):
                    step()
            except (Died, AssertionError):
                pass
        watched.world._seen.clear()
        watched.seal()
        assert sorted(sealed(watched)) == sorted(places(watched)), at_call
        assert watched.verdict().faults == (), at_call
        tables.put_back(kept)
        forget_locked_heads()
        watched.world._seen = seen


def test_the_head_is_put_under_object_lock_for_seven_years(watched: Watched) -> None:
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    events = client("s3").meta.events
    events.register("provide-client-params.s3.PutObject", note)
    try:
        watched.seal()
    finally:
        events.unregister("provide-client-params.s3.PutObject", note)
    (put,) = [each for each in asked if "/audit-heads/" in each["Key"]]
    newest = seals(watched)[-1].link
    assert put["Bucket"] == settings().audit_bucket
    assert put["Key"] == f"{watched.practice_id}/audit-heads/{newest.number:012d}.json"
    assert put["ObjectLockMode"] == "COMPLIANCE"
    assert put["ObjectLockRetainUntilDate"] >= _years_on(watched.world.clock.now(), 6)
    stored = boto3.client("s3").get_object(Bucket=put["Bucket"], Key=put["Key"])
    said = json.loads(stored["Body"].read())
    assert (said["number"], said["hash"]) == (newest.number, newest.hash)
    assert said["entries"] == len(sealed(watched))


def test_a_locked_head_cannot_be_taken_back(watched: Watched) -> None:
    watched.seal()
    s3, bucket = boto3.client("s3"), settings().audit_bucket
    listed = s3.list_object_versions(Bucket=bucket, Prefix=watched.practice_id)["Versions"]
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=listed[0]["Key"], VersionId=listed[0]["VersionId"])


def test_a_head_is_locked_at_most_once_an_hour(watched: Watched) -> None:
    for _ in range(3):
        watched.sign_in("clinician")
        watched.seal()
        watched.world.clock.advance(minutes=29)
    watched.seal()
    listed = boto3.client("s3").list_object_versions(
        Bucket=settings().audit_bucket, Prefix=watched.practice_id
    )["Versions"]
    assert len(listed) == 2


def test_what_the_stream_lost_is_found_by_the_sweep_a_day_later(watched: Watched) -> None:
    watched.seal()
    watched.chart(watched.ada)
    lost = watched.entries()[-1]["sk"]["S"]
    watched.world._seen.add(lost)
    watched.world.clock.advance(hours=27)
    watched.sign_in("front_desk")
    watched.seal()
    watched.seal()
    assert sealed(watched).count(lost) == 1
    rows = [
        Record.from_raw_data(row) for row in watched.world.items() if row["kind"]["S"] == "access"
    ]
    assert f"{lost}" in {f"{row.item_key.sk.partition('#')[2]}" for row in rows}
    assert watched.verdict().faults == ()


def test_what_the_stream_lost_of_a_key_that_was_never_sealed_is_found_too(watched: Watched) -> None:
    watched.with_key("lab")
    watched.seal()
    watched.call("lab", "GET", f"/v1/patients/{watched.ada}")
    (lost,) = (row["sk"]["S"] for row in watched.entries() if "#key_" in row["pk"]["S"])
    watched.world._seen.add(lost)
    watched.world.clock.advance(hours=27)
    assert watched.verdict().unsealed == 1
    watched.sign_in("front_desk")
    watched.seal()
    watched.seal()
    assert sealed(watched).count(lost) == 1
    assert watched.verdict().faults == ()


def test_the_sealer_s_own_roles_allow_all_that_it_does(watched: Watched) -> None:
    recorder = Recorder()
    assert watched.world.call("POST", "/v1/sessions", WRONG).status == 401
    watched.chart(watched.ada)
    with recorder.listening():
        watched.seal()
        watched.world.clock.advance(hours=27)
        watched.sign_in("front_desk")
        watched.seal()
    sealer = [each for each in recorder.sent if each.function == "audit_queue"]
    owners = set()
    for each in sealer:
        signer = recorder.signer_of(each)
        role, tags = (signer.role, signer.tags) if signer else (each.function, {})
        assert allowed(role, tags, each.asks), each
        owners |= each.owners
    assert owners == {watched.practice_id, "sys"}
    assert {each.operation for each in sealer} >= {"TransactWriteItems", "PutItem", "PutObject"}


def test_what_is_of_no_practice_is_sealed_in_a_chain_of_its_own(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        assert watched.world.call("POST", "/v1/sessions", WRONG).status == 401
    watched.seal()
    with practice_scope("sys"):
        chain: list[Seal] = list(query_all(Seal.key("sys", 1).pk, begins="seal#"))
    places = {leaf.place for seal in chain for leaf in seal.leaves}
    vendors = [row for row in watched.world.items() if row["pk"]["S"].startswith("sys#audit#")]
    assert places == {row["sk"]["S"] for row in vendors}
    assert len(places) == 3
    assert not places & set(sealed(watched))
    assert main(["verify-audit"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["practice"]: each["sealed"] for each in said}["sys"] == len(places)
    row = next(row for row in vendors if row["outcome"]["S"] == "wrong_credentials")
    key = {"pk": row["pk"], "sk": row["sk"]}
    boto3.client("dynamodb").delete_item(TableName=settings().table, Key=key)
    assert main(["verify-audit", "sys"]) == 1
    first = json.loads(capsys.readouterr().out)["first"]
    assert (first["kind"], first["entry"]) == ("entry_deleted", row["sk"]["S"])


def test_nothing_of_the_audit_expires(watched: Watched) -> None:
    missing = f"/v1/patients/{watched.ada}/problems/prb_01KJQDJGR03QYWTZ8BJ7077QFH"
    assert watched.call("clinician", "GET", missing).status == 404
    watched.seal()
    kinds = {"audit", "audit_amendment", "access", "audit_seal", "audit_head"}
    kept = [row for row in watched.world.items() if row["kind"]["S"] in kinds]
    assert {row["kind"]["S"] for row in kept} == kinds
    assert not [row for row in kept if "expires_at" in row]


def _years_on(instant: datetime, years: int) -> datetime:
    return instant.replace(year=instant.year + years)
