"""The envelope law: what a readable interchange is, and why a broken one is refused."""

import re

import pytest

from chalicelib.claims.x12.interchange import MAX_BYTES, X12Error, read_interchanges
from tests.unit.claims.edi_builders import (
    REMITTANCE,
    interchange,
    remittance_file,
    replaced,
)

SHORT = ["BPR*I*0*C*NON", "TRN*1*T1"]


def refusals(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(X12Error) as error:
        read_interchanges(text)
    return [(finding.segment, finding.text) for finding in error.value.findings]


def warnings(text: str | bytes) -> list[tuple[int, str]]:
    return [(item.segment, item.text) for file in read_interchanges(text) for item in file.warnings]


def test_an_interchange_is_read_with_its_groups_sets_and_segment_numbers():
    # Given a file of two sets
    text = interchange("835", SHORT, REMITTANCE)
    # When it is read
    (read,) = read_interchanges(text)
    # Then every level has its names and numbers
    assert (read.sender_id, read.receiver_id, read.control_number) == (
        "PAYER",
        "CLINIC",
        "000000101",
    )
    assert read.usage == "P"
    (group,) = read.groups
    assert (group.code, group.control_number, group.version) == ("HP", "7", "005010X221A1")
    first, second = read.sets
    assert (first.code, first.control_number, first.version) == ("835", "0001", "005010X221A1")
    assert [(item.number, item.tag) for item in first.segments] == [
        (3, "ST"),
        (4, "BPR"),
        (5, "TRN"),
        (6, "SE"),
    ]
    assert second.segments[0].number == 7
    assert (first.body[0].element(2), first.body[0].element(9)) == ("0", "")
    assert read.trailer.number == 7 + len(REMITTANCE) + 3
    assert read.warnings == ()


def test_the_separators_come_from_the_isa():
    # Given a file with signs of its own
    text = interchange("835", REMITTANCE).translate(str.maketrans("*:~^", "|>!&"))
    # When it is read
    (read,) = read_interchanges(text)
    # Then they are those of the ISA, and elements and components are cut by them
    signs = read.separators
    assert (signs.element, signs.component, signs.repetition, signs.segment) == tuple("|>&!")
    line = next(item for item in read.sets[0].body if item.tag == "SVC")
    assert line.components(1, signs) == ("HC", "G0101", "25", "59")


def test_a_4010_file_names_no_repetition_separator():
    text = interchange("835", SHORT).replace("*^*00501*", "*U*00401*")
    assert read_interchanges(text)[0].separators.repetition == ""


@pytest.mark.parametrize("ending", ["~\n", "~\r\n", "\n", "\r\n", "~\r\n\r\n", "~  \n"])
def test_line_ends_after_terminators_change_nothing(ending):
    plain = read_interchanges(remittance_file())[0]
    read = read_interchanges(remittance_file().replace("~", ending))[0]
    assert [item.segments for item in read.sets] == [item.segments for item in plain.sets]
    assert read.warnings == ()


@pytest.mark.parametrize("around", ["\ufeff{}", " \n{}", "{}\n\n", "{}  ", "{}\x1a", "{}\x00\x00"])
def test_marks_and_blanks_around_the_file_change_nothing(around):
    assert warnings(around.format(remittance_file()).encode()) == []


def test_a_file_wrapped_at_80_columns_is_read_with_a_warning():
    text = remittance_file()
    wrapped = "\r\n".join(text[start : start + 80] for start in range(0, len(text), 80))
    assert read_interchanges(wrapped)[0].sets == read_interchanges(text)[0].sets
    assert warnings(wrapped) == [(1, "the file is wrapped in lines; line ends were removed")]


def test_a_line_end_inside_a_segment_is_removed_with_a_warning():
    text = replaced(remittance_file(), "ACME HEALTH", "ACME\n HEALTH")
    assert warnings(text) == [(7, "a line end inside the segment was removed")]
    assert read_interchanges(text)[0].sets == read_interchanges(remittance_file())[0].sets


def test_bytes_that_are_not_utf_8_are_latin_1_with_a_warning():
    text = replaced(remittance_file(), "ACME", "SANTÉ")
    (read,) = read_interchanges(text.encode("latin-1"))
    assert read.sets[0].body[3].element(2) == "SANTÉ HEALTH PLAN"
    assert [item.text for item in read.warnings] == [
        "the file is not UTF-8; it was read as Latin-1"
    ]
    assert warnings(text.encode()) == []


def test_a_missing_last_terminator_and_empty_segments_are_warnings():
    text = remittance_file()
    last = text.count("~")
    assert warnings(text[:-1]) == [(last, "the last segment has no terminator")]
    assert warnings(replaced(text, "~LX*2~", "~~LX*2~")) == [
        (text[: text.index("LX*2")].count("~") + 1, "an empty segment stands before this one")
    ]


def test_a_control_character_in_a_name_is_a_warning():
    assert warnings(replaced(remittance_file(), "ACME", "AC\x07ME")) == [
        (7, "a control character stands inside the segment")
    ]


def test_several_interchanges_each_have_their_own_separators():
    # Given three interchanges, the second with other signs
    first = interchange("835", SHORT)
    second = interchange("999", ["AK1*HC*1"], number="000000102").translate(
        str.maketrans("*:~", "|>!")
    )
    third = interchange("277", ["BHT*0085"], number="000000103")
    # When they come in one file
    read = read_interchanges(f"{first}\n{second}\r\n{third}")
    # Then each is read, and segments are numbered through the file
    assert [item.control_number for item in read] == ["000000101", "000000102", "000000103"]
    assert [item.sets[0].code for item in read] == ["835", "999", "277"]
    assert [item.header.number for item in read] == [1, 9, 16]
    assert [item.separators.segment for item in read] == ["~", "!", "~"]


def test_an_interchange_that_comes_twice_is_a_warning():
    text = interchange("835", SHORT)
    assert warnings(text + text) == [(9, "ISA13 000000101 is used twice by one sender")]
    assert warnings(text + interchange("835", SHORT, sender="OTHER")) == []


def test_a_ta1_is_an_acknowledgement_of_the_interchange():
    # Given a TA1 before the group, and an interchange of nothing but a TA1
    ta1 = "TA1*000000905*260301*1253*A*000~"
    text = interchange("999", ["AK1*HC*1"])
    beside = replaced(text, "GS*", f"{ta1}GS*")
    alone = text[:106] + ta1 + "IEA*0*000000101~"
    # Then both are read
    for read in (read_interchanges(beside)[0], read_interchanges(alone)[0]):
        assert [item.element(4) for item in read.acknowledgements] == ["A"]
    assert read_interchanges(alone)[0].groups == ()


@pytest.mark.parametrize(
    ("old", "new", "segment", "text"),
    [
        ("IEA*1*000000101", "IEA*1*000000102", 8, "IEA02 is '000000102', ISA13 is '000000101'"),
        ("IEA*1*000000101", "IEA*1*101", 8, "IEA02 is '101', ISA13 is '000000101'"),
        ("IEA*1*", "IEA*2*", 8, "IEA01 says 2 functional groups, there are 1"),
        ("IEA*1*", "IEA*one*", 8, "IEA01 'one' is not a count"),
        ("IEA*1*", "IEA**", 8, "IEA01 '' is not a count"),
        ("IEA*1*", "IEA*1.0*", 8, "IEA01 '1.0' is not a count"),
        ("IEA*1*", "IEA*-1*", 8, "IEA01 '-1' is not a count"),
        ("IEA*1*", "IEA*\u0661*", 8, "IEA01 '\u0661' is not a count"),
        ("GE*1*7", "GE*1*8", 7, "GE02 is '8', GS06 is '7'"),
        ("GE*1*7", "GE*2*7", 7, "GE01 says 2 transaction sets, there are 1"),
        ("GE*1*7", "GE*1*", 7, "GE02 is '', GS06 is '7'"),
        ("SE*4*0001", "SE*4*0002", 6, "SE02 is '0002', ST02 is '0001'"),
        ("SE*4*0001", "SE*4*1", 6, "SE02 is '1', ST02 is '0001'"),
        ("SE*4*0001", "SE*5*0001", 6, "SE01 says 5 segments, there are 4"),
        ("SE*4*0001", "SE*4x*0001", 6, "SE01 '4x' is not a count"),
        ("SE*4*0001", "SE*0000000004*0001", 6, "SE01 '0000000004' is not a count"),
        ("SE*4*0001~", "", 3, "the transaction set 0001 has no SE"),
        ("GE*1*7~", "", 2, "the functional group 7 has no GE"),
        ("IEA*1*000000101~", "", 7, "the interchange 000000101 has no IEA"),
        ("ST*835*0001~", "", 3, "BPR stands outside a transaction set"),
        ("ST*835*0001", "ST*835", 3, "ST02 is empty"),
        ("GS*HP*", "GX*HP*", 2, "GX stands outside a transaction set"),
        ("GS*HP*", "GX*HP*", 3, "ST stands outside a functional group"),
        ("GE*1*7", "NTE**STRAY~GE*1*7", 7, "NTE stands outside a transaction set"),
        ("IEA*", "IEA*1*000000101~NTE**STRAY~IEA*", 9, "NTE stands after the IEA"),
        ("IEA*", "IEA*1*000000101~IEA*", 9, "IEA stands after the IEA"),
        ("BPR*I", "ST*835*0002~BPR*I", 3, "the transaction set 0001 has no SE"),
        ("BPR*I", "SE*2*0001~BPR*I", 5, "BPR stands outside a transaction set"),
        ("BPR*I", "TA1*X~BPR*I", 4, "TA1 stands inside a functional group"),
        ("GE*1*7", "GE*1*7~GE*1*7", 8, "GE without GS"),
        ("SE*4*0001", "SE*4*0001~SE*4*0001", 7, "SE without ST"),
    ],
)
def test_a_breach_of_the_envelope_is_refused_at_its_segment(old, new, segment, text):
    spoilt = re.sub(rf"(^|~){re.escape(old)}", rf"\g<1>{new}", interchange("835", SHORT))
    assert spoilt != interchange("835", SHORT)
    assert (segment, text) in refusals(spoilt)


def test_every_breach_is_reported_not_only_the_first():
    # Given a file with three wrong trailers
    text = interchange("835", SHORT, SHORT)
    for old, new in (("SE*4*0002", "SE*9*0003"), ("GE*2*", "GE*3*"), ("IEA*1", "IEA*4")):
        text = replaced(text, old, new)
    # Then each is named, in file order
    assert refusals(text) == [
        (10, "SE02 is '0003', ST02 is '0002'"),
        (10, "SE01 says 9 segments, there are 4"),
        (11, "GE01 says 3 transaction sets, there are 2"),
        (12, "IEA01 says 4 functional groups, there are 1"),
    ]


def test_a_set_control_number_used_twice_in_a_group_is_refused():
    text = interchange("835", SHORT, SHORT).replace("0002", "0001")
    assert refusals(text) == [(7, "ST02 0001 is used twice in its group")]


def test_a_group_or_interchange_that_holds_nothing_is_refused():
    empty_group = interchange("835")
    assert refusals(empty_group) == [(3, "the functional group holds no transaction set")]
    assert refusals(empty_group[:106] + "IEA*0*000000101~") == [
        (2, "the interchange holds nothing")
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        ("\ufeff".encode(), "the file is empty"),
        (b"%PDF-1.7 binary", "no X12 interchange begins here: ISA expected"),
        (bytes(range(256)) * 4, "no X12 interchange begins here: ISA expected"),
        (b"<?xml version='1.0'?><a/>", "no X12 interchange begins here: ISA expected"),
        (remittance_file().encode("utf-16"), "no X12 interchange begins here: ISA expected"),
        (remittance_file().encode("cp037"), "no X12 interchange begins here: ISA expected"),
        (b"MSH|^~\\&|LAB|", "no X12 interchange begins here: ISA expected"),
        (b"ISA", "the ISA is truncated: 3 of 106 characters"),
        (remittance_file()[:105].encode(), "the ISA is truncated: 105 of 106 characters"),
    ],
)
def test_what_is_no_x12_is_refused_with_a_reason(data, reason):
    assert refusals(data) == [(1, reason)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("*PAYER          *", "*PAYER         *", "its elements are not of fixed width"),
        ("*PAYER          *", "*PAYER*         *", "its elements are not of fixed width"),
        ("*P*:~", "*P*A~", "its separators are not distinct special characters"),
        ("*P*:~", "*P*:G", "its separators are not distinct special characters"),
        ("*P*:~", "*P*::", "its separators are not distinct special characters"),
        ("*000000101*0", "*00000010A*0", "ISA13 '00000010A' is not nine digits"),
        ("*000000101*0", "*      101*0", "ISA13 '      101' is not nine digits"),
    ],
)
def test_a_broken_isa_is_refused(old, new, reason):
    assert refusals(replaced(interchange("835", SHORT), old, new)) == [
        (1, f"the ISA is broken: {reason}")
    ]


def test_a_broken_second_interchange_is_refused_at_its_place():
    text = interchange("835", SHORT) + interchange("835", SHORT)[:90]
    assert refusals(text) == [(9, "the ISA is truncated: 90 of 106 characters")]


def test_an_interchange_begun_before_the_last_has_ended_is_refused():
    text = replaced(interchange("835", SHORT), "IEA*1*000000101~", "") + interchange("835", SHORT)
    assert refusals(text) == [(7, "the interchange 000000101 has no IEA")]


def test_a_file_over_the_size_limit_is_refused_unread():
    assert refusals(b"A" * (MAX_BYTES + 1)) == [(1, f"the file is larger than {MAX_BYTES} bytes")]


def test_a_file_of_too_many_segments_is_refused():
    text = interchange("835", SHORT).replace("BPR", "~" * 500_001 + "BPR")
    assert (4, "more than 500000 segments") in refusals(text)


def test_findings_are_capped():
    text = interchange("835", SHORT) + "NTE~" * 1000
    found = refusals(text)
    assert len(found) == 201
    assert found[-1][1] == "further findings are left out"
