"""The clearinghouse simulator: its order of answers, its 277CA, what it remembers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.claims.professional_claim import ProfessionalClaim
from chalicelib.claims.x12.claim_acknowledgement import Verdict
from chalicelib.claims.x12.interchange import read_interchanges
from infra.local.clearinghouse import Clearinghouse
from infra.local.clearinghouse_rules import ClearinghouseRules
from tests.unit.claims.claim_builders import (
    CHILD,
    CLINIC,
    CLINICIAN,
    PAYER,
    TODAY,
    a_claim,
    a_line,
    an_837p,
    generated_claims,
    npi,
    numbered,
    tagged,
)
from tests.unit.claims.clearinghouse_answers import (
    acknowledgements_of,
    member,
    remittance_of,
    remittances_of,
    status_of,
)
from tests.unit.claims.guide_judge import complaints


def test_a_clean_claim_is_acknowledged_by_each_hop_and_then_paid() -> None:
    replies = Clearinghouse().receive(an_837p(a_claim()), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA", "277CA", "835"]
    delays = [reply.delay for reply in replies]
    assert delays == sorted(delays)
    assert delays[0] > timedelta(0)
    assert tagged(replies[0].text, "AK9") == [["AK9", "A", "1", "1", "1"]]
    house, payer = map(acknowledgements_of, replies[1:3])
    assert house.source
    assert payer.source
    assert (house.source.role, payer.source.role) == ("AY", "PR")
    assert house.claims[0].statuses[0].statuses[0].category == "A1"
    assert payer.claims[0].statuses[0].statuses[0].category == "A2"
    assert payer.levels[1].trace_number == "000000001"
    paid = remittance_of(replies[3])
    assert paid.claims[0].control_number == "CLM0001"
    assert paid.claims[0].payer_claim_control_number == payer.claims[0].payer_claim_control_number


def test_every_answer_satisfies_the_guides_judge_and_goes_back_to_the_sender() -> None:
    claims = [
        a_claim(number="C1", dependent=CHILD),
        a_claim(number="C2", subscriber=member("REJ1")),
        a_claim(number="C3", subscriber=member("DEN1")),
        a_claim(number="C4", subscriber=member("DED1")),
        a_claim(a_line(modifiers=("GZ",)), a_line(), number="C5"),
    ]

    for reply in Clearinghouse().receive(an_837p(*claims), on=TODAY):
        assert complaints(reply.text) == []
        interchange = read_interchanges(reply.text)[0]
        assert (interchange.sender_id, interchange.receiver_id) == ("CLEARSIM", "CARELOOM01")


def test_any_clean_claims_are_answered_paid_and_balanced_without_a_complaint() -> None:
    claims = numbered(generated_claims(60))
    first_submissions = [replace(item, frequency="1", original_reference="") for item in claims]

    replies = Clearinghouse().receive(an_837p(*first_submissions), on=TODAY)

    for reply in replies[:2]:
        assert complaints(reply.text) == []
    assert tagged(replies[0].text, "AK9")[0][1] == "A"
    house = acknowledgements_of(replies[1])
    assert {item.verdict for item in house.claims} == {Verdict.ACCEPTED}
    paid = [claim for item in remittances_of(replies) for claim in item.claims]
    charges = {claim.number: claim.total_charge for claim in first_submissions}
    assert {item.control_number: item.charge for item in paid} == charges
    for reply in [reply for reply in replies if reply.kind == "835"][:8]:
        assert complaints(reply.text) == []


def test_the_same_files_get_the_same_answers_and_every_answer_has_numbers_of_its_own() -> None:
    file = an_837p(a_claim(), a_claim(number="C2", payer=replace(PAYER, identifier="OTHER")))
    one, other = Clearinghouse(), Clearinghouse()

    first = [*one.receive(file, on=TODAY), *one.receive(file, on=TODAY)]
    again = [*other.receive(file, on=TODAY), *other.receive(file, on=TODAY)]

    assert first == again
    assert len({reply.name for reply in first}) == len(first)
    numbers = [read_interchanges(reply.text)[0].control_number for reply in first]
    assert len(set(numbers)) == len(first)
    traces = [item.trace_number for item in remittances_of(first)]
    assert len(set(traces)) == 4


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (a_claim(billing_provider=replace(CLINIC, npi="1234567890")), "A7:562:85"),
        (a_claim(rendering_provider=replace(CLINICIAN, npi="1987654321")), "A7:562:82"),
        (a_claim(payer=replace(PAYER, identifier="UNKNOWN1")), "A7:153:PR"),
        (a_claim(a_line(diagnosis_pointers=(3,))), "A7:477:"),
    ],
)
def test_the_clearinghouse_rejects_what_no_payer_needs_to_see(
    claim: ProfessionalClaim, status: str
) -> None:
    clearinghouse = Clearinghouse()

    replies = clearinghouse.receive(an_837p(claim), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA"]
    rejected = acknowledgements_of(replies[1]).claims[0]
    assert rejected.verdict is Verdict.REJECTED
    assert [status_of(item) for item in rejected.statuses] == [status]
    assert complaints(replies[1].text) == []
    known = clearinghouse.claim_status("CLM0001")
    assert known
    assert known.state == "rejected"


def test_a_line_without_a_pointer_is_rejected_by_the_clearinghouse() -> None:
    text = an_837p(a_claim()).replace("*UN*1***1~", "*UN*1~")

    replies = Clearinghouse().receive(text, on=TODAY)

    assert [status_of(item) for item in acknowledgements_of(replies[1]).claims[0].statuses] == [
        "A7:477:"
    ]


def test_a_payer_rejects_a_member_it_does_not_know_and_pays_the_others() -> None:
    claims = [a_claim(number="C1", subscriber=member("REJ99")), a_claim(number="C2")]

    replies = Clearinghouse().receive(an_837p(*claims), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA", "277CA", "835"]
    house, payer = map(acknowledgements_of, replies[1:3])
    assert {item.verdict for item in house.claims} == {Verdict.ACCEPTED}
    verdicts = {item.control_number: item for item in payer.claims}
    assert [status_of(item) for item in verdicts["C1"].statuses] == ["A3:33:IL"]
    assert verdicts["C2"].verdict is Verdict.ACCEPTED
    assert [item.control_number for item in remittance_of(replies[3]).claims] == ["C2"]


def test_only_the_payers_that_are_known_are_served_if_a_list_is_given() -> None:
    rules = ClearinghouseRules(known_payers=frozenset({"BSHP1"}))
    claims = [a_claim(number="C1"), a_claim(number="C2", payer=replace(PAYER, identifier="OTHER"))]

    house = acknowledgements_of(Clearinghouse(rules).receive(an_837p(*claims), on=TODAY)[1])

    verdicts = {item.control_number: item.verdict for item in house.claims}
    assert verdicts == {"C1": Verdict.ACCEPTED, "C2": Verdict.REJECTED}


def test_a_submitter_can_ask_whether_a_claim_was_received() -> None:
    clearinghouse = Clearinghouse()
    assert clearinghouse.claim_status("CLM0001") is None

    clearinghouse.receive(an_837p(a_claim()).replace("~SE*", "~SE*9"), on=TODAY)
    assert clearinghouse.claim_status("CLM0001") is None

    replies = clearinghouse.receive(an_837p(a_claim()), on=TODAY)
    known = clearinghouse.claim_status("CLM0001", billing_npi=CLINIC.npi)
    assert known
    assert known.state == "accepted"
    paid = remittance_of(replies[-1]).claims[0]
    assert known.payer_control_number == paid.payer_claim_control_number
    assert clearinghouse.claim_status("CLM0001", billing_npi=npi(111222333)) is None
    assert clearinghouse.claim_status("CLM0002") is None
