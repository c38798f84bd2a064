"""Reading a 999: known answers, and counts that its loops make impossible."""

import pytest

from chalicelib.claims.x12.implementation_acknowledgement import (
    ElementError,
    ImplementationAcknowledgement,
)
from chalicelib.claims.x12.interchange import X12Error, read_interchanges
from chalicelib.claims.x12.reading_999 import read_implementation_acknowledgement
from tests.unit.claims.edi_builders import (
    IMPLEMENTATION_ACKNOWLEDGEMENT,
    implementation_acknowledgement_file,
    interchange,
    replaced,
)


def acknowledged(text: str) -> ImplementationAcknowledgement:
    return read_implementation_acknowledgement(read_interchanges(text)[0].sets[0])


def acknowledged_of(*body: str) -> ImplementationAcknowledgement:
    return acknowledged(interchange("999", body))


def refusals(text: str) -> list[tuple[int, str]]:
    with pytest.raises(X12Error) as error:
        acknowledged(text)
    return [(finding.segment, finding.text) for finding in error.value.findings]


def test_the_group_and_its_sets_are_answered():
    read = acknowledged(implementation_acknowledgement_file())
    assert (read.group_code, read.group_control_number) == ("HC", "17")
    assert (read.group_version, read.version) == ("005010X222A1", "005010X231A1")
    assert (read.code, read.included, read.received, read.accepted) == ("P", 3, 3, 2)
    assert not read.is_accepted
    assert [(item.segment, item.control_number, item.code) for item in read.sets] == [
        (5, "0001", "A"),
        (7, "0002", "R"),
        (15, "0003", "E"),
    ]
    assert [item.is_accepted for item in read.sets] == [True, False, True]
    assert read.sets[0].errors == ()
    assert (read.sets[1].set_code, read.sets[1].version) == ("837", "005010X222A1")
    assert read.sets[1].error_codes == ("5", "I5")
    assert read.warnings == ()


def test_errors_are_read_with_their_positions():
    first, second = acknowledged(implementation_acknowledgement_file()).sets[1].errors
    assert (first.segment, first.tag, first.position) == (8, "CLM", 22)
    assert (first.loop, first.code, first.contexts) == ("2300", "8", ("CLM01:CLM7",))
    assert first.elements == (
        ElementError(10, ("5", "3"), "1325", "I9", "Q"),
        ElementError(11, ("2",), "782", "1", ""),
    )
    assert (second.tag, second.position, second.loop, second.code) == ("REF", 57, "", "3")
    assert second.contexts == ("SITUATIONAL TRIGGER*CLM*43**5:3*C023:1325",)


def test_the_shared_sample_that_is_sound_reads(samples):
    read = acknowledged((samples / "x12/999/pyx12_834_ls_le_ls_5010.999.txt").read_text())
    assert (read.group_code, read.group_control_number) == ("BE", "146")
    assert [(item.control_number, item.code) for item in read.sets] == [("146001", "A")]
    assert read.is_accepted
    assert read.warnings == ()


@pytest.mark.parametrize(
    "body",
    [
        ("AK1*HC*17", "AK9*A*5*5*5"),
        ("AK1*HC*17", "AK9*R*5*5*0*1"),
        ("AK1*HC*17", "AK9*R*5*4*0*5"),
        ("AK1*HC*17", "AK2*837*0001", "IK5*R*5", "AK9*P*5*5*4"),
        ("AK1*HC*17", "AK2*837*0001", "IK5*E", "AK9*E*5*5*5"),
        ("AK1*HC*17", "AK2*837*0001", "IK5*X*23", "AK9*X*1*1*0"),
        ("AK1*HC*17", "AK2*837*0001", "IK5*M", "AK9*M*1*1*0"),
        ("AK1*HC*17", "AK2*837*0001", "IK5*W", "AK9*W*1*1*0"),
    ],
)
def test_sets_need_not_all_be_listed(body):
    read = acknowledged_of(*body)
    assert read.is_accepted is (read.code in "AE")


@pytest.mark.parametrize(
    ("old", "new", "segment", "text"),
    [
        ("AK9*P*3*3*2", "AK9*P*3*3*1", 18, "AK904 says 1 accepted, 2 are listed as accepted"),
        ("AK9*P*3*3*2", "AK9*P*3*3*3", 18, "AK9 leaves 0 rejected, 1 are listed so"),
        ("AK9*P*3*3*2", "AK9*P*2*2*1", 18, "AK903 says 2 received, 3 are listed"),
        ("AK9*P*3*3*2", "AK9*P*3*3*4", 18, "AK904 says 4 accepted, AK903 3 received"),
        ("AK9*P*3*3*2", "AK9*P*4*3*2", 18, "AK902 says 4 included, AK903 3 received"),
        ("AK9*P*3*3*2", "AK9*A*3*3*2", 18, "AK901 'A' contradicts its counts"),
        ("AK9*P*3*3*2", "AK9*R*3*3*2", 18, "AK901 'R' contradicts its counts"),
        ("AK9*P*3*3*2", "AK9*Q*3*3*2", 18, "AK901 'Q' contradicts its counts"),
        ("AK9*P*3*3*2", "AK9*P*3**2", 18, "AK903 '' is not a count"),
        ("AK9*P*3*3*2", "NTE", 3, "the transaction set has 0 AK9, not one"),
        ("AK1*HC*17*005010X222A1", "NTE", 3, "the transaction set has 0 AK1, not one"),
        ("AK1*HC*17", "AK1*HC*", 4, "AK102 holds no group control number"),
        ("AK2*837*0002", "AK2*837*", 7, "AK202 holds no set control number"),
        ("AK2*837*0002", "AK2*837*0001", 18, "the set 0001 is answered 2 times"),
        ("IK5*A", "NTE", 5, "the AK2 loop has 0 IK5, not one"),
        ("IK5*A", "IK5*Z", 6, "IK501 'Z' is no answer"),
        ("CTX*CLM01:CLM7", "IK5*R", 7, "the AK2 loop has 2 IK5, not one"),
        ("AK2*837*0001*005010X222A1", "NTE", 6, "IK5 stands before an AK2"),
    ],
)
def test_impossible_counts_and_missing_answers_are_refused(old, new, segment, text):
    assert (segment, text) in refusals(replaced(implementation_acknowledgement_file(), old, new))


def test_segments_of_a_997_are_read_with_warnings():
    body = [
        segment.replace("IK", "AK", 1) if segment.startswith("IK") else segment
        for segment in IMPLEMENTATION_ACKNOWLEDGEMENT
    ]
    read = acknowledged_of(*body)
    assert read.sets == acknowledged(implementation_acknowledgement_file()).sets
    assert [item.text for item in read.warnings][:2] == [
        "AK5 is not expected here",
        "AK3 is not expected here",
    ]


def test_departures_from_the_guide_are_warnings():
    text = interchange(
        "999",
        ["AK1*HC*1", "AK2*837*0001", "IK4*1*2*3", "IK3*CLM*x", "IK5*E", "ZZZ", "AK9*E*1*1*1"],
        version="005010X230",
    )
    read = acknowledged(text)
    assert [(item.segment, item.text) for item in read.warnings] == [
        (3, "the version is '005010X230', 005010X231A1 expected"),
        (6, "IK4 stands before an IK3"),
        (7, "IK302 'x' is not a position"),
        (9, "ZZZ is not expected here"),
    ]
    assert read.sets[0].errors[0].position is None
