"""Reading a 277CA: known answers, verdicts, totals, what is tolerated, what is refused."""

from datetime import date

import pytest

from chalicelib.claims.x12.claim_acknowledgement import (
    ClaimAcknowledgementSet,
    Status,
    StatusInformation,
    Total,
    Verdict,
)
from chalicelib.claims.x12.interchange import X12Error, read_interchanges
from chalicelib.claims.x12.reading_277ca import read_claim_acknowledgements
from chalicelib.claims.x12.remittance import Party, Procedure, Reference
from tests.unit.claims.edi_builders import (
    ACKNOWLEDGEMENT,
    acknowledgement_file,
    interchange,
    replaced,
)

LEVELS = [
    "BHT*0085*08*BATCH7*20260302*0901*TH",
    "HL*1**20*1",
    "NM1*PR*2*ACME HEALTH PLAN*****PI*60001",
    "TRN*1*RECEIPT1",
    "HL*2*1*21*1",
    "NM1*41*2*HILL CLINIC*****46*S0001",
    "TRN*2*BATCH7",
    "STC*A1:19:PR*20260302*WQ",
    "HL*3*2*19*1",
    "NM1*85*2*HILL CLINIC*****XX*1234567893",
    "HL*4*3*PT",
    "NM1*QC*1*DOE*JANE****MI*M0001",
    "TRN*2*CLM1",
]


def acknowledged(text: str) -> ClaimAcknowledgementSet:
    return read_claim_acknowledgements(read_interchanges(text)[0].sets[0])


def acknowledged_claim(*segments: str) -> ClaimAcknowledgementSet:
    return acknowledged(interchange("277", [*LEVELS, *segments]))


def refusals(text: str) -> list[tuple[int, str]]:
    with pytest.raises(X12Error) as error:
        acknowledged(text)
    return [(finding.segment, finding.text) for finding in error.value.findings]


def test_the_set_says_who_speaks_of_which_batch_and_when():
    read = acknowledged(acknowledgement_file())
    assert (read.segment, read.control_number, read.version) == (3, "0001", "005010X214")
    assert (read.reference, read.created) == ("BATCH7", date(2026, 3, 2))
    assert (read.received, read.processed) == (date(2026, 3, 1), date(2026, 3, 2))
    assert read.source == Party(6, "AY", "CLEARINGHOUSE", "", "46", "CLHR")
    assert read.warnings == ()


def test_the_levels_have_their_traces_statuses_and_totals():
    source, receiver, first, second = acknowledged(acknowledgement_file()).levels
    assert [item.level for item in (source, receiver, first, second)] == ["20", "21", "19", "19"]
    assert (source.trace_number, source.verdict) == ("RECEIPT1", Verdict.UNDECIDED)
    assert (receiver.segment, receiver.trace_number) == (10, "BATCH7")
    assert receiver.statuses == (
        StatusInformation(13, (Status("A1", "19", "PR"),), date(2026, 3, 2), "WQ", 96050, ""),
    )
    assert receiver.totals == (
        Total(14, "90", 2),
        Total(15, "AA", 4),
        Total(16, "YU", 31050),
        Total(17, "YY", 65000),
    )
    assert (receiver.accepted_count, receiver.rejected_count) == (2, 4)
    assert (receiver.accepted_amount, receiver.rejected_amount) == (31050, 65000)
    assert (first.accepted_count, first.rejected_count) == (2, 2)
    assert first.references == (Reference(22, "TJ", "371234567"),)
    assert first.party == Party(19, "85", "HILL CLINIC", "", "XX", "1234567893")
    assert (second.verdict, second.accepted_count) == (Verdict.REJECTED, None)
    assert (second.rejected_count, second.rejected_amount) == (2, 30000)


def test_a_claim_is_read_with_its_numbers_and_dates():
    claim = acknowledged(acknowledgement_file()).claims[0]
    assert (claim.segment, claim.control_number) == (29, "CLM1")
    assert claim.patient == Party(28, "QC", "DOE", "JANE", "MI", "M0001")
    assert claim.provider_id == "1234567893"
    assert claim.payer_claim_control_number == "PCN1"
    assert claim.clearinghouse_trace_number == "TRACE1"
    assert (claim.service_from, claim.service_to) == (date(2026, 1, 5), date(2026, 1, 6))
    assert claim.statuses[0].amount == 30000
    assert claim.verdict is Verdict.ACCEPTED


def test_one_patient_can_have_several_claims():
    claims = acknowledged(acknowledgement_file()).claims
    assert [
        (claim.control_number, claim.patient.last_name) for claim in claims if claim.patient
    ] == [
        ("CLM1", "DOE"),
        ("CLM2", "DOE"),
        ("CLM3", "ROE"),
        ("CLM4", "POE"),
    ]
    assert [claim.verdict for claim in claims] == [
        Verdict.ACCEPTED,
        Verdict.ACCEPTED,
        Verdict.REJECTED,
        Verdict.REJECTED,
    ]


def test_a_status_has_up_to_three_composites_and_a_message():
    (status,) = acknowledged(acknowledgement_file()).claims[2].statuses
    assert status.statuses == (
        Status("A3", "21", "82"),
        Status("A7", "562", "85"),
        Status("A7", "500", "85"),
    )
    assert (status.action, status.message) == ("U", "NPI IS NOT ON FILE")


def test_a_line_with_a_status_of_its_own_is_read():
    (line,) = acknowledged(acknowledgement_file()).claims[2].lines
    assert (line.segment, line.charge, line.control_number) == (42, 20000, "LINE1")
    assert line.procedure == Procedure("HC", "X1001", ("22",))
    assert line.statuses[0].verdict is Verdict.REJECTED


def test_the_shared_sample_reads_with_a_warning_of_its_date(samples):
    read = acknowledged((samples / "x12/277ca/imsweb_x12_277CA_accepted.txt").read_text())
    (claim,) = read.claims
    assert (claim.control_number, claim.verdict) == ("5781", Verdict.ACCEPTED)
    assert claim.payer_claim_control_number == "1107000000014420"
    assert (claim.statuses[0].amount, claim.service_from) == (12500, date(1001, 1, 1))
    assert read.source == Party(6, "PR", "NYSDOH", "", "FI", "141797357")
    assert (read.levels[1].accepted_count, read.levels[1].accepted_amount) == (1, 12500)
    assert [(item.segment, item.text) for item in read.warnings] == [
        (24, "DTP03 '10010101' is an implausible date")
    ]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("A0:16*20260302*WQ", Verdict.ACCEPTED),
        ("A1:19*20260302*WQ", Verdict.ACCEPTED),
        ("A2:20*20260302*WQ", Verdict.ACCEPTED),
        ("A5:20*20260302*WQ", Verdict.ACCEPTED),
        ("A3:21*20260302*U", Verdict.REJECTED),
        ("A4:35*20260302*U", Verdict.REJECTED),
        ("A6:21*20260302*U", Verdict.REJECTED),
        ("A7:562:85*20260302*U", Verdict.REJECTED),
        ("A8:21*20260302*U", Verdict.REJECTED),
    ],
)
def test_the_category_gives_the_verdict(status, verdict):
    read = acknowledged_claim(f"STC*{status}")
    assert read.claims[0].verdict is verdict
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("status", "verdict", "warning"),
    [
        ("A7:562*20260302*WQ", Verdict.REJECTED, "STC01 says rejected, STC03 WQ accepted"),
        ("A2:20*20260302*U", Verdict.ACCEPTED, "STC01 says accepted, STC03 U rejected"),
        ("A2:20*20260302*A", Verdict.ACCEPTED, "STC03 is 'A', WQ or U expected"),
        ("F1:65*20260302*WQ", Verdict.ACCEPTED, "'F1' is no category of a 277CA"),
        ("DR05:21*20260302*U", Verdict.REJECTED, "'DR05' is no category of a 277CA"),
        ("P1:20*20260302", Verdict.UNDECIDED, "'P1' is no category of a 277CA"),
        ("A2>20*20260302*WQ", Verdict.ACCEPTED, "STC01 is cut by '>', ISA16 is ':'"),
        ("A2:20*TODAY*WQ", Verdict.ACCEPTED, "STC02 'TODAY' is not a date"),
    ],
)
def test_an_odd_status_is_a_warning(status, verdict, warning):
    read = acknowledged_claim(f"STC*{status}")
    assert read.claims[0].verdict is verdict
    assert warning in [item.text for item in read.warnings]


def test_one_rejecting_status_among_several_rejects_the_claim():
    read = acknowledged_claim("STC*A2:20*20260302*WQ", "STC*A3:21*20260302*U")
    assert read.claims[0].verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("old", "new", "segment", "text"),
    [
        ("QTY*90*2", "QTY*90*3", 14, "90 is 3; the claims below make 2"),
        ("QTY*AA*4", "QTY*AA*2", 15, "AA is 2; the claims below make 4"),
        ("QTY*AA*4", "QTY*AA*four", 15, "QTY02 'four' is not a count"),
        ("QTY*QA*2", "QTY*QA*1", 23, "QA is 1; the claims below make 2"),
        ("WQ*960.5", "WQ*960", 13, "STC04 is 960; the claims below make 960.5"),
        ("AMT*YY*650", "AMT*YY*650.01", 17, "YY is 650.01; the claims below make 650"),
        ("AMT*YY*650", "AMT*YY*6e2", 17, "AMT02 '6e2' is not an amount"),
        ("WQ*300~", "WQ*301~", 16, "YU is 310.5; the claims below make 311.5"),
        ("WQ*300~", "WQ*x~", 30, "STC04 'x' is not an amount"),
        ("U*150~", "WQ*150~", 15, "AA is 4; the claims below make 3"),
        ("TRN*2*CLM1", "TRN*2*", 29, "TRN02 holds no claim control number"),
        ("STC*A0:16*20260302*WQ*10.5", "NTE", 34, "the claim has no status (STC)"),
        ("TRN*2*CLM1", "NTE", 30, "STC stands before a claim control number (TRN)"),
    ],
)
def test_wrong_counts_amounts_and_control_numbers_are_refused(old, new, segment, text):
    assert (segment, text) in refusals(replaced(acknowledgement_file(), old, new))


def test_totals_are_counted_by_action_where_category_and_action_differ():
    # Given a file that rejects by category what its action and its totals accept
    body = [
        *LEVELS[:7],
        "STC*A1:19:PR*20260302*WQ*199.14",
        "QTY*90*1",
        "AMT*YU*199.14",
        *LEVELS[8:],
        "STC*A7:562:85*20260302*WQ*199.14",
    ]
    # Then the file is taken, the claim is rejected, and a warning says so
    read = acknowledged(interchange("277", body))
    assert read.claims[0].verdict is Verdict.REJECTED
    assert [item.text for item in read.warnings] == ["STC01 says rejected, STC03 WQ accepted"]


def test_totals_are_not_judged_where_the_claims_are_not_all_listed():
    # Given a receiver with totals above a provider that lists no claims and gives no totals
    body = [*LEVELS[:8], "QTY*90*250", "AMT*YU*9999", *LEVELS[8:10]]
    assert acknowledged(interchange("277", body)).levels[1].accepted_count == 250


def test_a_batch_rejected_at_the_receiver_level_has_no_claims():
    body = [*LEVELS[:7], "STC*A3:24:41**U", "QTY*AA*3", "AMT*YY*800"]
    read = acknowledged(interchange("277", body))
    assert (read.levels[1].verdict, read.claims) == (Verdict.REJECTED, ())
    assert (read.levels[1].rejected_count, read.levels[1].rejected_amount) == (3, 80000)


def test_claims_at_a_subscriber_level_are_read_with_a_warning():
    body = [*LEVELS[:10], "HL*4*3*22*0", *LEVELS[11:], "STC*A2:20*20260302*WQ*5"]
    read = acknowledged(interchange("277", body))
    assert read.claims[0].control_number == "CLM1"
    assert [item.text for item in read.warnings] == ["HL03 is '22', PT expected"]


def test_a_patient_level_without_a_claim_is_refused():
    assert refusals(interchange("277", LEVELS[:12])) == [
        (14, "the patient level has no claim (TRN)")
    ]


def test_a_set_that_acknowledges_nothing_is_refused():
    assert refusals(interchange("277", LEVELS[:1])) == [
        (3, "the transaction set acknowledges nothing")
    ]


def test_departures_from_the_guide_are_warnings():
    body = ["NTE**HELLO", *ACKNOWLEDGEMENT[1:], "HL*9*1*44"]
    read = acknowledged(interchange("277", body, version="005010X212"))
    assert [(item.segment, item.text) for item in read.warnings] == [
        (3, "the version is '005010X212', 005010X214 expected"),
        (3, "the transaction set has no BHT"),
        (4, "NTE stands before the first HL"),
        (56, "HL03 '44' is no level of a 277CA"),
    ]
    assert len(read.claims) == 4
