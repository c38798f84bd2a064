"""The clearinghouse simulator: what it answers, that it balances, and that the guides allow it."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.claims.claim_acknowledgement import ClaimAcknowledgementSet, Verdict
from chalicelib.claims.professional_claim import OrganizationName, ProfessionalClaim
from chalicelib.claims.remittance import Remittance, RemittanceClaim
from chalicelib.claims.remittance_balance import check_balance
from chalicelib.claims.x12 import read_interchanges
from chalicelib.claims.x12_277ca import read_claim_acknowledgements
from chalicelib.claims.x12_835 import read_remittance
from infra.local.clearinghouse import Clearinghouse, Reply
from infra.local.clearinghouse_rules import ClearinghouseRules, PayerAdjustment
from tests.unit.claims.claim_builders import (
    ADULT,
    CHILD,
    CLINIC,
    CLINICIAN,
    PAYER,
    TODAY,
    a_claim,
    a_line,
    an_837p,
    npi,
    numbered,
    professional_claims,
    segments_of,
    tagged,
)
from tests.unit.claims.guide_judge import complaints


def test_a_clean_claim_is_acknowledged_by_each_hop_and_then_paid() -> None:
    replies = Clearinghouse().receive(an_837p(a_claim()), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA", "277CA", "835"]
    delays = [reply.delay for reply in replies]
    assert delays == sorted(delays)
    assert delays[0] > timedelta(0)
    assert tagged(replies[0].text, "AK9") == [["AK9", "A", "1", "1", "1"]]
    house, payer = map(_acknowledgements, replies[1:3])
    assert house.source
    assert payer.source
    assert (house.source.role, payer.source.role) == ("AY", "PR")
    assert house.claims[0].statuses[0].statuses[0].category == "A1"
    assert payer.claims[0].statuses[0].statuses[0].category == "A2"
    assert payer.levels[1].trace_number == "000000001"
    paid = _remittance(replies[3])
    assert paid.claims[0].control_number == "CLM0001"
    assert paid.claims[0].payer_claim_control_number == payer.claims[0].payer_claim_control_number


def test_every_answer_satisfies_the_guides_judge_and_goes_back_to_the_sender() -> None:
    claims = [
        a_claim(number="C1", dependent=CHILD),
        a_claim(number="C2", subscriber=_member("REJ1")),
        a_claim(number="C3", subscriber=_member("DEN1")),
        a_claim(number="C4", subscriber=_member("DED1")),
        a_claim(a_line(modifiers=("GZ",)), a_line(), number="C5"),
    ]

    for reply in Clearinghouse().receive(an_837p(*claims), on=TODAY):
        assert complaints(reply.text) == []
        interchange = read_interchanges(reply.text)[0]
        assert (interchange.sender_id, interchange.receiver_id) == ("CLEARSIM", "CARELOOM01")


def test_any_clean_claims_are_answered_paid_and_balanced_without_a_complaint() -> None:
    claims = numbered(_generated_claims(60))
    first_submissions = [replace(item, frequency="1", original_reference="") for item in claims]

    replies = Clearinghouse().receive(an_837p(*first_submissions), on=TODAY)

    for reply in replies[:2]:
        assert complaints(reply.text) == []
    assert tagged(replies[0].text, "AK9")[0][1] == "A"
    house = _acknowledgements(replies[1])
    assert {item.verdict for item in house.claims} == {Verdict.ACCEPTED}
    paid = [claim for item in _remittances(replies) for claim in item.claims]
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
    traces = [item.trace_number for item in _remittances(first)]
    assert len(set(traces)) == 4


# --- the 999 and the TA1


@pytest.mark.parametrize(
    ("start", "loop"),
    [
        ("BHT", "1000"),
        ("NM1*41", "1000"),
        ("NM1*40", "1000"),
        ("NM1*85", "2010"),
        ("REF*EI", "2010"),
        ("SBR", "2010"),
        ("NM1*IL", "2010"),
        ("DMG", "2010"),
        ("NM1*PR", "2010"),
        ("HI", "2300"),
        ("SV1", "2400"),
        ("DTP*472", "2400"),
    ],
)
def test_a_missing_segment_is_rejected_and_named_with_its_loop(start: str, loop: str) -> None:
    lines = _lines(an_837p(a_claim()))
    missing = next(line for line in lines if line.startswith(start))

    text = _recounted([line for line in lines if line != missing])
    reply = _only(Clearinghouse().receive(text, on=TODAY))

    assert reply.kind == "999"
    faults = tagged(reply.text, "IK3")
    assert [(item[1], item[3], item[4]) for item in faults] == [(missing.split("*")[0], loop, "3")]
    assert tagged(reply.text, "IK5") == [["IK5", "R", "5"]]
    assert complaints(reply.text) == []


@pytest.mark.parametrize(
    ("old", "new", "segment_fault", "element_fault"),
    [
        ("*125.5***11", "*ABC***11", "CLM", ["2", "782", "6", "ABC"]),
        ("*11:B:1*", "*:B:1*", "CLM", ["5:1", "1331", "1"]),
        ("D8*20260511~REF*6R", "D8*20260231~REF*6R", "DTP", ["3", "1251", "8", "20260231"]),
        ("*F~", "*X~", "DMG", ["3", "1068", "7", "X"]),
        ("CLM*CLM0001*", f"CLM*{'9' * 39}*", "CLM", ["1", "1028", "5", "9" * 39]),
        ("NGUYEN", "NGUYỄN", "NM1", ["3", "", "6"]),
    ],
)
def test_a_bad_element_is_rejected_and_named(
    old: str, new: str, segment_fault: str, element_fault: list[str]
) -> None:
    text = an_837p(a_claim())
    assert text.count(old) == 1

    reply = _only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

    faults = tagged(reply.text, "IK3")
    assert [(item[1], item[4]) for item in faults] == [(segment_fault, "8")]
    assert [item[1:] for item in tagged(reply.text, "IK4")] == [element_fault]
    position = int(faults[0][2])
    assert _lines(text)[position + 1].startswith(segment_fault)
    assert complaints(reply.text) == []


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("~SE*", "~SE*9", ["IK5", "R", "4"]),
        ("*0001~GE", "*0002~GE", ["IK5", "R", "3"]),
        ("GE*1*", "GE*2*", ["AK9", "R", "2", "1", "0", "5"]),
        ("GE*1*1~", "GE*1*9~", ["AK9", "R", "1", "1", "0", "4"]),
        ("*X*005010X222A1", "*X*004010X098A1", ["AK9", "R", "1", "1", "0", "2"]),
    ],
)
def test_wrong_counts_and_control_numbers_are_rejected(
    old: str, new: str, answer: list[str]
) -> None:
    text = an_837p(a_claim())
    assert text.count(old) == 1

    reply = _only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

    assert tagged(reply.text, answer[0]) == [answer]
    assert tagged(reply.text, "AK9")[0][1] == "R"
    assert complaints(reply.text) == []


def test_loops_in_a_wrong_order_and_unknown_segments_are_rejected() -> None:
    lines = _lines(an_837p(a_claim()))
    subscriber = next(line for line in lines if line.startswith("HL*2"))
    orphaned = _recounted([line for line in lines if line != subscriber])
    strange = _recounted([*lines[:8], "ZZZ*1", *lines[8:]])

    orphan = _only(Clearinghouse().receive(orphaned, on=TODAY))
    stranger = _only(Clearinghouse().receive(strange, on=TODAY))

    assert ("CLM", "2") in [(item[1], item[4]) for item in tagged(orphan.text, "IK3")]
    assert [item[1:] for item in tagged(stranger.text, "IK3")] == [["ZZZ", "7", "", "1"]]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("IEA*1*000000001~", "IEA*1*000000002~", "001"),
        ("IEA*1*", "IEA*2*", "021"),
        ("IEA*1*000000001~", "", "023"),
        ("*0930*1*X*", "*0930*12345678901*X*", "024"),
    ],
)
def test_an_interchange_that_does_not_hold_together_gets_a_ta1(
    old: str, new: str, note: str
) -> None:
    text = an_837p(a_claim())
    assert text.count(old) == 1

    reply = _only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

    assert reply.kind == "TA1"
    answered = read_interchanges(reply.text)[0].acknowledgements[0]
    assert answered.elements == ("000000001", "260520", "0930", "R", note)


@pytest.mark.parametrize("text", ["", "hello", "ISA*00*", an_837p(a_claim())[20:]])
def test_a_file_that_names_no_sender_gets_no_answer(text: str) -> None:
    assert Clearinghouse().receive(text, on=TODAY) == ()


@given(seed=st.integers(0, 10**9))
@settings(max_examples=120, derandomize=True, deadline=None)
def test_a_mutated_file_is_answered_or_ignored_but_never_breaks_the_simulator(seed: int) -> None:
    text = _mutated(an_837p(a_claim(dependent=CHILD), a_claim(number="C2")), Random(seed))

    for reply in Clearinghouse().receive(text, on=TODAY):
        assert read_interchanges(reply.text)


# --- the 277CA


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
    rejected = _acknowledgements(replies[1]).claims[0]
    assert rejected.verdict is Verdict.REJECTED
    assert [_status(item) for item in rejected.statuses] == [status]
    assert complaints(replies[1].text) == []
    known = clearinghouse.claim_status("CLM0001")
    assert known
    assert known.state == "rejected"


def test_a_line_without_a_pointer_is_rejected_by_the_clearinghouse() -> None:
    text = an_837p(a_claim()).replace("*UN*1***1~", "*UN*1~")

    replies = Clearinghouse().receive(text, on=TODAY)

    assert [_status(item) for item in _acknowledgements(replies[1]).claims[0].statuses] == [
        "A7:477:"
    ]


def test_a_payer_rejects_a_member_it_does_not_know_and_pays_the_others() -> None:
    claims = [a_claim(number="C1", subscriber=_member("REJ99")), a_claim(number="C2")]

    replies = Clearinghouse().receive(an_837p(*claims), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA", "277CA", "835"]
    house, payer = map(_acknowledgements, replies[1:3])
    assert {item.verdict for item in house.claims} == {Verdict.ACCEPTED}
    verdicts = {item.control_number: item for item in payer.claims}
    assert [_status(item) for item in verdicts["C1"].statuses] == ["A3:33:IL"]
    assert verdicts["C2"].verdict is Verdict.ACCEPTED
    assert [item.control_number for item in _remittance(replies[3]).claims] == ["C2"]


def test_only_the_payers_that_are_known_are_served_if_a_list_is_given() -> None:
    rules = ClearinghouseRules(known_payers=frozenset({"BSHP1"}))
    claims = [a_claim(number="C1"), a_claim(number="C2", payer=replace(PAYER, identifier="OTHER"))]

    house = _acknowledgements(Clearinghouse(rules).receive(an_837p(*claims), on=TODAY)[1])

    verdicts = {item.control_number: item.verdict for item in house.claims}
    assert verdicts == {"C1": Verdict.ACCEPTED, "C2": Verdict.REJECTED}


# --- the 835


def test_a_copay_is_taken_once_where_the_allowed_amount_suffices() -> None:
    claim = a_claim(a_line(charge=2000), a_line(charge=12550), a_line(charge=5000))

    paid = _paid(claim)

    assert [_cas(line.adjustments) for line in paid.lines] == [
        [("CO", "45", 400)],
        [("CO", "45", 2510), ("PR", "3", 2000)],
        [("CO", "45", 1000)],
    ]
    assert [line.paid for line in paid.lines] == [1600, 8040, 4000]
    assert [line.allowed for line in paid.lines] == [1600, 10040, 4000]
    assert [line.control_number for line in paid.lines] == ["L1", "L2", "L3"]
    assert (paid.charge, paid.paid, paid.patient_responsibility) == (19550, 13640, 2000)


def test_coinsurance_is_taken_where_no_line_bears_the_copay() -> None:
    paid = _paid(a_claim(a_line(charge=2500), a_line(charge=333)))

    assert [_cas(line.adjustments) for line in paid.lines] == [
        [("CO", "45", 500), ("PR", "2", 400)],
        [("CO", "45", 67), ("PR", "2", 53)],
    ]
    assert [line.paid for line in paid.lines] == [1600, 213]


def test_a_deductible_comes_before_the_copay() -> None:
    paid = _paid(a_claim(a_line(charge=5000), a_line(charge=9000), subscriber=_member("DED7")))

    assert [_cas(line.adjustments) for line in paid.lines] == [
        [("CO", "45", 1000), ("PR", "1", 4000)],
        [("CO", "45", 1800), ("PR", "1", 1000), ("PR", "3", 2000)],
    ]
    assert paid.patient_responsibility == 7000


def test_a_denied_member_is_paid_nothing_and_the_claim_status_is_still_processed() -> None:
    paid = _paid(a_claim(subscriber=_member("DEN5")))

    assert (paid.status_code, paid.paid) == ("1", 0)
    assert _cas(paid.lines[0].adjustments) == [("CO", "197", 10542), ("PR", "204", 2008)]


def test_a_line_with_the_denied_modifier_is_denied_beside_a_paid_one() -> None:
    paid = _paid(a_claim(a_line(modifiers=("GZ",)), a_line(charge=10000)))

    assert _cas(paid.lines[0].adjustments) == [("CO", "50", 12550)]
    assert [line.paid for line in paid.lines] == [0, 6000]


def test_a_claim_number_seen_before_is_denied_as_a_duplicate() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim()), on=TODAY)

    again = _remittance(clearinghouse.receive(an_837p(a_claim(), number=2), on=TODAY)[-1])

    assert _cas(again.claims[0].lines[0].adjustments) == [("CO", "18", 12550)]
    assert (again.claims[0].status_code, again.claims[0].paid, again.payment) == ("1", 0, 0)
    assert again.payment_method == "NON"


def test_a_rejected_claim_may_come_again_under_its_number() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim(subscriber=_member("REJ1"))), on=TODAY)

    put_right = clearinghouse.receive(an_837p(a_claim(), number=2), on=TODAY)

    assert _remittance(put_right[-1]).claims[0].paid == 8040


def test_the_same_number_from_another_practice_is_no_duplicate() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim()), on=TODAY)
    neighbour = replace(CLINIC, npi=npi(111222333), name=OrganizationName("Hill Clinic"))

    replies = clearinghouse.receive(an_837p(a_claim(billing_provider=neighbour)), on=TODAY)

    assert _remittance(replies[-1]).claims[0].paid == 8040


def test_claims_of_one_payer_and_payee_share_a_remittance_and_others_do_not() -> None:
    other = replace(PAYER, identifier="OTHER", name="Other Plan")
    neighbour = replace(CLINIC, npi=npi(111222333), tax_id="98-7654321")
    claims = [
        a_claim(number="C1"),
        a_claim(number="C2", subscriber=_member("W2")),
        a_claim(number="C3", payer=other),
        a_claim(number="C4", billing_provider=neighbour),
    ]

    remittances = _remittances(Clearinghouse().receive(an_837p(*claims), on=TODAY))

    shared = {
        (item.payer.id, item.payee.npi, item.payee.tin): [
            claim.control_number for claim in item.claims
        ]
        for item in remittances
    }
    assert shared == {
        ("BSHP1", CLINIC.npi, "123456789"): ["C1", "C2"],
        ("BSHP1", neighbour.npi, "987654321"): ["C4"],
        ("OTHER", CLINIC.npi, "123456789"): ["C3"],
    }


def test_a_replacement_reverses_the_original_and_pays_the_correction() -> None:
    clearinghouse = Clearinghouse()
    original = _remittance(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    corrected = a_claim(
        a_line(charge=20000),
        frequency="7",
        original_reference=original.payer_claim_control_number,
    )

    reply = clearinghouse.receive(an_837p(corrected, number=2), on=TODAY)[-1]

    remittance = _remittance(reply)
    back, new = remittance.claims
    assert (back.status_code, back.charge, back.paid) == ("22", -12550, -8040)
    assert back.payer_claim_control_number == original.payer_claim_control_number
    assert back.patient_responsibility is None
    assert _cas(back.lines[0].adjustments) == [("CO", "45", -2510), ("PR", "3", -2000)]
    assert (new.status_code, new.charge, new.paid) == ("1", 20000, 14000)
    assert remittance.payment == 14000 - 8040
    assert complaints(reply.text) == []


def test_a_void_takes_the_payment_back_and_the_balance_goes_forward_to_the_next() -> None:
    clearinghouse = Clearinghouse()
    original = _remittance(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    void = a_claim(
        number="V1", frequency="8", original_reference=original.payer_claim_control_number
    )
    small = a_claim(a_line(charge=5000), number="S1")
    large = a_claim(a_line(charge=50000), number="S2")

    taken = clearinghouse.receive(an_837p(void, number=2), on=TODAY)[-1]
    less = clearinghouse.receive(an_837p(small, number=3), on=TODAY)[-1]
    rest = clearinghouse.receive(an_837p(large, number=4), on=TODAY)[-1]

    pairs = [_plb(_remittance(reply)) for reply in (taken, less, rest)]
    assert pairs == [
        [("FB", -8040)],
        [("FB", 8040), ("FB", -6040)],
        [("FB", 6040)],
    ]
    assert [_remittance(reply).payment for reply in (taken, less, rest)] == [0, 0, 38000 - 6040]
    for reply in (taken, less, rest):
        assert complaints(reply.text) == []


def test_a_correction_of_a_claim_nobody_knows_is_rejected_by_the_payer() -> None:
    clearinghouse = Clearinghouse()
    original = _remittance(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    reference = original.payer_claim_control_number
    neighbour = replace(CLINIC, npi=npi(111222333))
    claims = [
        a_claim(number="C1", frequency="7", original_reference="P404"),
        a_claim(
            number="C2", frequency="8", original_reference=reference, billing_provider=neighbour
        ),
    ]

    replies = clearinghouse.receive(an_837p(*claims, number=2), on=TODAY)

    assert [reply.kind for reply in replies] == ["999", "277CA", "277CA"]
    payer = _acknowledgements(replies[2])
    assert [_status(item.statuses[0]) for item in payer.claims] == ["A7:464:", "A7:464:"]


def test_one_original_is_reversed_once_even_if_two_replacements_come_together() -> None:
    clearinghouse = Clearinghouse()
    original = _remittance(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    reference = original.payer_claim_control_number
    claims = [
        a_claim(number=number, frequency="7", original_reference=reference)
        for number in ("R1", "R2")
    ]

    remittance = _remittance(clearinghouse.receive(an_837p(*claims, number=2), on=TODAY)[-1])

    statuses = [(item.control_number, item.status_code, item.paid) for item in remittance.claims]
    assert statuses == [("CLM0001", "22", -8040), ("R1", "1", 8040), ("R2", "1", 0)]


def test_provider_adjustments_of_the_rules_are_part_of_the_balance() -> None:
    rules = ClearinghouseRules(
        payer_adjustments=(
            PayerAdjustment("WO", "RECOVERY1", 1500),
            PayerAdjustment("L6", "INTEREST", -125),
        )
    )

    reply = Clearinghouse(rules).receive(an_837p(a_claim()), on=TODAY)[-1]

    remittance = _remittance(reply)
    assert _plb(remittance) == [("WO", 1500), ("L6", -125)]
    assert remittance.payment == 8040 - 1500 + 125
    assert complaints(reply.text) == []


# --- queries


def test_a_submitter_can_ask_whether_a_claim_was_received() -> None:
    clearinghouse = Clearinghouse()
    assert clearinghouse.claim_status("CLM0001") is None

    clearinghouse.receive(an_837p(a_claim()).replace("~SE*", "~SE*9"), on=TODAY)
    assert clearinghouse.claim_status("CLM0001") is None

    replies = clearinghouse.receive(an_837p(a_claim()), on=TODAY)
    known = clearinghouse.claim_status("CLM0001", billing_npi=CLINIC.npi)
    assert known
    assert known.state == "accepted"
    paid = _remittance(replies[-1]).claims[0]
    assert known.payer_control_number == paid.payer_claim_control_number
    assert clearinghouse.claim_status("CLM0001", billing_npi=npi(111222333)) is None
    assert clearinghouse.claim_status("CLM0002") is None


def _member(member_id: str) -> object:
    return replace(ADULT, member_id=member_id)


def _generated_claims(least: int) -> list[ProfessionalClaim]:
    gathered: list[ProfessionalClaim] = []

    @settings(max_examples=least, derandomize=True, deadline=None, phases=[Phase.generate])
    @given(claim=professional_claims())
    def gather(claim: ProfessionalClaim) -> None:
        gathered.append(claim)

    gather()
    assert len(gathered) >= least
    return gathered


def _only(replies: tuple[Reply, ...]) -> Reply:
    assert len(replies) == 1
    return replies[0]


def _acknowledgements(reply: Reply) -> ClaimAcknowledgementSet:
    assert reply.kind == "277CA"
    read = read_claim_acknowledgements(read_interchanges(reply.text)[0].sets[0])
    assert read.warnings == ()
    return read


def _remittance(reply: Reply) -> Remittance:
    """The remittance of a reply, which balances and gives no cause for a warning."""
    assert reply.kind == "835"
    read = read_remittance(read_interchanges(reply.text)[0].sets[0])
    assert read.warnings == ()
    assert check_balance(read) == ()
    return read


def _remittances(replies: list[Reply] | tuple[Reply, ...]) -> list[Remittance]:
    return [_remittance(reply) for reply in replies if reply.kind == "835"]


def _paid(claim: ProfessionalClaim) -> RemittanceClaim:
    replies = Clearinghouse().receive(an_837p(claim), on=TODAY)
    assert complaints(replies[-1].text) == []
    return _remittance(replies[-1]).claims[0]


def _cas(adjustments: tuple) -> list[tuple[str, str, int]]:
    return [(item.group, item.reason, item.amount) for item in adjustments]


def _plb(remittance: Remittance) -> list[tuple[str, int]]:
    return [(item.reason, item.amount) for item in remittance.provider_adjustments]


def _status(information) -> str:
    status = information.statuses[0]
    return f"{status.category}:{status.code}:{status.entity}"


def _lines(text: str) -> list[str]:
    return ["*".join(item) for item in segments_of(text)]


def _recounted(lines: list[str]) -> str:
    """The lines as a file whose SE01 is right again."""
    count = len(lines) - 4
    counted = [f"SE*{count}*0001" if line.startswith("SE*") else line for line in lines]
    return "~".join([*counted, ""])


def _mutated(text: str, random: Random) -> str:
    """The file with one to three segments lost, doubled, swapped or scribbled in."""
    lines = _lines(text)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(lines))
        other = random.randrange(len(lines))
        match random.choice(["lose", "double", "swap", "scribble", "cut", "recount"]):
            case "lose" if len(lines) > 1:
                del lines[place]
            case "double":
                lines.insert(other, lines[place])
            case "swap":
                lines[place], lines[other] = lines[other], lines[place]
            case "scribble":
                column = random.randrange(len(lines[place]) + 1)
                mark = random.choice("*:^~ A9é.-\x00\x1d\n")
                lines[place] = lines[place][:column] + mark + lines[place][column + 1 :]
            case "cut":
                lines[place] = lines[place][: random.randrange(len(lines[place]) + 1)]
            case "recount":
                return _recounted(lines)
    return "~".join([*lines, ""])
