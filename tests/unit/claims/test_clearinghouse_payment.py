"""The clearinghouse simulator's remittances: prices, denials, corrections, balances."""

from dataclasses import replace

from chalicelib.claims.professional_claim import OrganizationName, ProfessionalClaim
from chalicelib.claims.x12.remittance import RemittanceClaim
from infra.local.clearinghouse import Clearinghouse
from infra.local.clearinghouse_rules import ClearinghouseRules, PayerAdjustment
from tests.unit.claims.claim_builders import (
    CLINIC,
    PAYER,
    TODAY,
    a_claim,
    a_line,
    an_837p,
    npi,
)
from tests.unit.claims.clearinghouse_answers import (
    acknowledgements_of,
    cas,
    member,
    plb,
    remittance_of,
    remittances_of,
    status_of,
)
from tests.unit.claims.guide_judge import complaints


def test_a_copay_is_taken_once_where_the_allowed_amount_suffices() -> None:
    claim = a_claim(a_line(charge=2000), a_line(charge=12550), a_line(charge=5000))

    paid = _paid(claim)

    assert [cas(line.adjustments) for line in paid.lines] == [
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

    assert [cas(line.adjustments) for line in paid.lines] == [
        [("CO", "45", 500), ("PR", "2", 400)],
        [("CO", "45", 67), ("PR", "2", 53)],
    ]
    assert [line.paid for line in paid.lines] == [1600, 213]


def test_a_deductible_comes_before_the_copay() -> None:
    paid = _paid(a_claim(a_line(charge=5000), a_line(charge=9000), subscriber=member("DED7")))

    assert [cas(line.adjustments) for line in paid.lines] == [
        [("CO", "45", 1000), ("PR", "1", 4000)],
        [("CO", "45", 1800), ("PR", "1", 1000), ("PR", "3", 2000)],
    ]
    assert paid.patient_responsibility == 7000


def test_a_denied_member_is_paid_nothing_and_the_claim_status_is_still_processed() -> None:
    paid = _paid(a_claim(subscriber=member("DEN5")))

    assert (paid.status_code, paid.paid) == ("1", 0)
    assert cas(paid.lines[0].adjustments) == [("CO", "197", 10542), ("PR", "204", 2008)]


def test_a_line_with_the_denied_modifier_is_denied_beside_a_paid_one() -> None:
    paid = _paid(a_claim(a_line(modifiers=("GZ",)), a_line(charge=10000)))

    assert cas(paid.lines[0].adjustments) == [("CO", "50", 12550)]
    assert [line.paid for line in paid.lines] == [0, 6000]


def test_a_claim_number_seen_before_is_denied_as_a_duplicate() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim()), on=TODAY)

    again = remittance_of(clearinghouse.receive(an_837p(a_claim(), number=2), on=TODAY)[-1])

    assert cas(again.claims[0].lines[0].adjustments) == [("CO", "18", 12550)]
    assert (again.claims[0].status_code, again.claims[0].paid, again.payment) == ("1", 0, 0)
    assert again.payment_method == "NON"


def test_a_rejected_claim_may_come_again_under_its_number() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim(subscriber=member("REJ1"))), on=TODAY)

    put_right = clearinghouse.receive(an_837p(a_claim(), number=2), on=TODAY)

    assert remittance_of(put_right[-1]).claims[0].paid == 8040


def test_the_same_number_from_another_practice_is_no_duplicate() -> None:
    clearinghouse = Clearinghouse()
    clearinghouse.receive(an_837p(a_claim()), on=TODAY)
    neighbour = replace(CLINIC, npi=npi(111222333), name=OrganizationName("Hill Clinic"))

    replies = clearinghouse.receive(an_837p(a_claim(billing_provider=neighbour)), on=TODAY)

    assert remittance_of(replies[-1]).claims[0].paid == 8040


def test_claims_of_one_payer_and_payee_share_a_remittance_and_others_do_not() -> None:
    other = replace(PAYER, identifier="OTHER", name="Other Plan")
    neighbour = replace(CLINIC, npi=npi(111222333), tax_id="98-7654321")
    claims = [
        a_claim(number="C1"),
        a_claim(number="C2", subscriber=member("W2")),
        a_claim(number="C3", payer=other),
        a_claim(number="C4", billing_provider=neighbour),
    ]

    remittances = remittances_of(Clearinghouse().receive(an_837p(*claims), on=TODAY))

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
    original = remittance_of(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    corrected = a_claim(
        a_line(charge=20000),
        frequency="7",
        original_reference=original.payer_claim_control_number,
    )

    reply = clearinghouse.receive(an_837p(corrected, number=2), on=TODAY)[-1]

    remittance = remittance_of(reply)
    back, new = remittance.claims
    assert (back.status_code, back.charge, back.paid) == ("22", -12550, -8040)
    assert back.payer_claim_control_number == original.payer_claim_control_number
    assert back.patient_responsibility is None
    assert cas(back.lines[0].adjustments) == [("CO", "45", -2510), ("PR", "3", -2000)]
    assert (new.status_code, new.charge, new.paid) == ("1", 20000, 14000)
    assert remittance.payment == 14000 - 8040
    assert complaints(reply.text) == []


def test_a_void_takes_the_payment_back_and_the_balance_goes_forward_to_the_next() -> None:
    clearinghouse = Clearinghouse()
    original = remittance_of(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    void = a_claim(
        number="V1", frequency="8", original_reference=original.payer_claim_control_number
    )
    small = a_claim(a_line(charge=5000), number="S1")
    large = a_claim(a_line(charge=50000), number="S2")

    taken = clearinghouse.receive(an_837p(void, number=2), on=TODAY)[-1]
    less = clearinghouse.receive(an_837p(small, number=3), on=TODAY)[-1]
    rest = clearinghouse.receive(an_837p(large, number=4), on=TODAY)[-1]

    pairs = [plb(remittance_of(reply)) for reply in (taken, less, rest)]
    assert pairs == [
        [("FB", -8040)],
        [("FB", 8040), ("FB", -6040)],
        [("FB", 6040)],
    ]
    assert [remittance_of(reply).payment for reply in (taken, less, rest)] == [0, 0, 38000 - 6040]
    for reply in (taken, less, rest):
        assert complaints(reply.text) == []


def test_a_correction_of_a_claim_nobody_knows_is_rejected_by_the_payer() -> None:
    clearinghouse = Clearinghouse()
    original = remittance_of(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
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
    payer = acknowledgements_of(replies[2])
    assert [status_of(item.statuses[0]) for item in payer.claims] == ["A7:464:", "A7:464:"]


def test_one_original_is_reversed_once_even_if_two_replacements_come_together() -> None:
    clearinghouse = Clearinghouse()
    original = remittance_of(clearinghouse.receive(an_837p(a_claim()), on=TODAY)[-1]).claims[0]
    reference = original.payer_claim_control_number
    claims = [
        a_claim(number=number, frequency="7", original_reference=reference)
        for number in ("R1", "R2")
    ]

    remittance = remittance_of(clearinghouse.receive(an_837p(*claims, number=2), on=TODAY)[-1])

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

    remittance = remittance_of(reply)
    assert plb(remittance) == [("WO", 1500), ("L6", -125)]
    assert remittance.payment == 8040 - 1500 + 125
    assert complaints(reply.text) == []


def _paid(claim: ProfessionalClaim) -> RemittanceClaim:
    replies = Clearinghouse().receive(an_837p(claim), on=TODAY)
    assert complaints(replies[-1].text) == []
    return remittance_of(replies[-1]).claims[0]
