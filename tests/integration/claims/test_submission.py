"""A clean claim goes out once, as a file that the guide finds no fault in."""

import json

import boto3
import pytest

from chalicelib.billing.handlers import consumers as billing
from chalicelib.claims.handlers import consumers
from chalicelib.platform.config import settings
from chalicelib.platform.errors import Unavailable
from tests.builders.billing import ADD_ON, UNPRICED, VISIT, Clinic
from tests.builders.deaths import after_each_death
from tests.builders.mailbox import Holding, claims, holding
from tests.faults import answering_s3
from tests.unit.claims.guide_judge import complaints


@pytest.mark.parametrize("procedures", [(VISIT,), (VISIT, ADD_ON), (ADD_ON,) * 12])
def test_the_file_in_the_mailbox_gives_no_cause_for_a_complaint(
    clinic: Clinic, procedures: tuple[object, ...]
) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured, *procedures)
    (text,) = house.files
    assert complaints(text) == []
    assert text.count("LX*") == len(procedures)
    (answer,) = house.texts("999")
    assert complaints(answer) == []


def test_a_death_at_any_call_sends_one_file(clinic: Clinic) -> None:
    message = ready(clinic)
    assert after_each_death(clinic, lambda: consumers.handle(message)) >= 6
    assert len(outbound(clinic)) == 1


def test_a_death_while_a_claim_is_made_makes_it_once(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    billing.handle(signed)
    (made,) = clinic.pending("charges.made")
    assert after_each_death(clinic, lambda: consumers.handle(made)) >= 8
    assert len(claims(clinic, "ready")) == 1


def test_a_message_that_comes_three_times_sends_one_file(clinic: Clinic) -> None:
    message = ready(clinic)
    for _ in range(3):
        assert clinic.world.deliver("claims", [message, message]) == []
    assert len(outbound(clinic)) == 1
    assert len(claims(clinic, "submitted")) == 1


def test_a_mailbox_that_does_not_answer_is_tried_again_by_the_queue(clinic: Clinic) -> None:
    message = ready(clinic)
    with answering_s3("PutObject", times=9, status=503), pytest.raises(Unavailable):
        consumers.handle(message)
    assert outbound(clinic) == []
    assert [claim["status"] for claim in claims(clinic, "ready")] == ["ready"]
    consumers.handle(message)
    assert len(outbound(clinic)) == 1


def test_a_put_whose_answer_was_lost_is_found_done_by_the_next_delivery(clinic: Clinic) -> None:
    message = ready(clinic)
    consumers.handle(message)
    (key,) = outbound(clinic)
    before = boto3.client("s3").head_object(Bucket=settings().mailbox_bucket, Key=key)["ETag"]
    consumers.handle(message)
    after = boto3.client("s3").head_object(Bucket=settings().mailbox_bucket, Key=key)["ETag"]
    assert (outbound(clinic), before) == ([key], after)


def test_a_claim_the_scrubber_stops_is_not_sent_and_says_what_is_wrong(clinic: Clinic) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured, UNPRICED)
    (claim,) = claims(clinic, "needs_attention")
    assert house.files == []
    assert [finding["severity"] for finding in claim["findings"]] == ["error"]
    # When the fee is there and the claim made anew
    fees = [
        {"code": "X0002", "description": "Dressing", "price": {"amount": 900, "currency": "USD"}}
    ]
    assert (
        clinic.call("owner", "PUT", "/v1/fee-schedule", {"fees": fees}, If_Match='"1"').status
        == 200
    )
    again = clinic.call("biller", "POST", f"/v1/claims/{claim['id']}/resubmit")
    assert (again.status, again.json["status"]) == (200, "ready")
    clinic.world.pump()
    assert len(house.files) == 1
    # Then it is past being made anew
    late = clinic.call("biller", "POST", f"/v1/claims/{claim['id']}/resubmit")
    assert (late.status, late.json["code"]) == (409, "claim_not_ready")


def test_a_claim_that_still_lacks_something_stays_where_it_is(clinic: Clinic) -> None:
    holding(clinic)
    clinic.visit(clinic.insured, UNPRICED)
    (claim,) = claims(clinic, "needs_attention")
    again = clinic.call("biller", "POST", f"/v1/claims/{claim['id']}/resubmit")
    assert (again.status, again.json["status"]) == (200, "needs_attention")
    assert clinic.pending("claim.ready") == []


def test_no_event_of_a_claim_tells_more_than_ids_codes_and_days(clinic: Clinic) -> None:
    house: Holding = holding(clinic)
    clinic.visit(clinic.insured, pump=False)
    told = json.loads(ready(clinic, visit=False))
    assert set(told["data"]) == {"patient_id", "payer_id", "day"}
    assert house.files == []


def ready(clinic: Clinic, *, visit: bool = True) -> str:
    """A claim is made and clean; the message that says so."""
    if visit:
        clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    billing.handle(signed)
    (made,) = clinic.pending("charges.made")
    consumers.handle(made)
    (message,) = clinic.pending("claim.ready")
    return message


def outbound(clinic: Clinic) -> list[str]:
    """The files that wait for the clearinghouse."""
    prefix = f"{clinic.practice_id}/clearinghouse/outbound/"
    listed = boto3.client("s3").list_objects_v2(Bucket=settings().mailbox_bucket, Prefix=prefix)
    return [found["Key"] for found in listed.get("Contents", [])]
