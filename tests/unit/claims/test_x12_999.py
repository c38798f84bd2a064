"""The 999 writer: verdicts follow from the faults, and the guide's judge has no complaint."""

import pytest

from chalicelib.claims.x12.interchange import read_interchanges
from chalicelib.claims.x12.writing import UnwritableError
from chalicelib.claims.x12.writing_999 import (
    ElementFault,
    GroupResponse,
    SegmentFault,
    SetResponse,
    write_999,
)
from tests.unit.claims.claim_builders import a_header, tagged
from tests.unit.claims.guide_judge import complaints

ACCEPTED = SetResponse(set_code="835", control_number="0001", version="005010X221A1")
NOTED = SetResponse(
    set_code="835",
    control_number="0002",
    faults=(
        SegmentFault(
            tag="N4",
            position=12,
            code="8",
            loop="1000A",
            elements=(ElementFault(position=2, code="7", reference="156", copy="XX"),),
        ),
    ),
)
REJECTED = SetResponse(
    set_code="277",
    control_number="0003",
    version="005010X214",
    accepted=False,
    faults=(SegmentFault(tag="STC", position=9, code="3", loop="2200B"),),
    errors=("4", "5"),
)


def _group(*responses: SetResponse, errors: tuple[str, ...] = ()) -> GroupResponse:
    return GroupResponse(
        functional_id="HP",
        control_number="17",
        version="005010X221A1",
        sets_included=len(responses),
        responses=responses,
        errors=errors,
        accepted=not errors,
    )


@pytest.mark.parametrize(
    ("responses", "verdict", "accepted"),
    [
        ((ACCEPTED,), "A", "1"),
        ((ACCEPTED, NOTED), "E", "2"),
        ((ACCEPTED, REJECTED), "P", "1"),
        ((REJECTED,), "R", "0"),
    ],
)
def test_the_groups_verdict_follows_from_its_sets(
    responses: tuple[SetResponse, ...], verdict: str, accepted: str
) -> None:
    text = write_999(a_header(), _group(*responses))

    count = str(len(responses))
    assert tagged(text, "AK9") == [["AK9", verdict, count, count, accepted]]
    assert tagged(text, "AK1") == [["AK1", "HP", "17", "005010X221A1"]]
    assert complaints(text) == []


def test_each_set_is_answered_in_turn_with_its_own_verdict() -> None:
    text = write_999(a_header(), _group(ACCEPTED, NOTED, REJECTED))

    assert [item[1:] for item in tagged(text, "AK2")] == [
        ["835", "0001", "005010X221A1"],
        ["835", "0002"],
        ["277", "0003", "005010X214"],
    ]
    assert [item[1:] for item in tagged(text, "IK5")] == [["A"], ["E"], ["R", "4", "5"]]
    assert [item[1:] for item in tagged(text, "IK3")] == [
        ["N4", "12", "1000", "8"],
        ["STC", "9", "2200", "3"],
    ]
    assert [item[1:] for item in tagged(text, "IK4")] == [["2", "156", "7", "XX"]]


def test_a_group_with_a_wrong_count_is_rejected_whole() -> None:
    text = write_999(a_header(), _group(ACCEPTED, errors=("5",)))

    assert tagged(text, "AK9") == [["AK9", "R", "1", "1", "0", "5"]]
    assert complaints(text) == []


def test_a_component_is_named_within_its_element() -> None:
    bad = ElementFault(position=5, component=1, code="7", reference="1331", copy="99")
    fault = SegmentFault(tag="CLM", position=20, code="8", loop="2300", elements=(bad,))
    answer = SetResponse(
        set_code="837",
        control_number="0001",
        version="005010X222A1",
        accepted=False,
        faults=(fault,),
    )

    text = write_999(a_header(), _group(answer))

    assert tagged(text, "IK4") == [["IK4", "5:1", "1331", "7", "99"]]
    assert complaints(text) == []


@pytest.mark.parametrize("copy", ["A:B", "naïve", "X" * 100])
def test_a_bad_element_that_x12_cannot_carry_is_left_out_of_the_answer(copy: str) -> None:
    bad = ElementFault(position=3, code="6", reference="1035", copy=copy)
    fault = SegmentFault(tag="NM1", position=20, code="8", elements=(bad,))
    answer = SetResponse(set_code="835", control_number="0001", accepted=False, faults=(fault,))

    text = write_999(a_header(), _group(answer))

    assert tagged(text, "IK4") == [["IK4", "3", "1035", "6"]]
    assert complaints(text) == []


def test_more_codes_than_the_segment_holds_are_cut_at_five() -> None:
    answer = SetResponse(
        set_code="835", control_number="0001", accepted=False, errors=("1", "2", "3", "4", "5", "6")
    )

    text = write_999(a_header(), _group(answer))

    assert tagged(text, "IK5") == [["IK5", "R", "1", "2", "3", "4", "5"]]
    assert complaints(text) == []


def test_our_own_reader_takes_it() -> None:
    read = read_interchanges(write_999(a_header(31), _group(ACCEPTED)))[0]

    assert (read.control_number, read.sets[0].code) == ("000000031", "999")
    assert read.sets[0].version == "005010X231A1"


def test_a_control_number_that_cannot_stand_is_refused() -> None:
    odd = SetResponse(set_code="835", control_number="1234567890")

    with pytest.raises(UnwritableError, match="AK202"):
        write_999(a_header(), _group(odd))
