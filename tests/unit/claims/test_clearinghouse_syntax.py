"""The clearinghouse simulator on broken files: 999, TA1, or silence."""

from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.claims.x12.interchange import read_interchanges
from infra.local.clearinghouse import Clearinghouse
from tests.unit.claims.claim_builders import (
    CHILD,
    TODAY,
    a_claim,
    an_837p,
    segments_of,
    tagged,
)
from tests.unit.claims.clearinghouse_answers import (
    only,
)
from tests.unit.claims.guide_judge import complaints


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
    reply = only(Clearinghouse().receive(text, on=TODAY))

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

    reply = only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

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

    reply = only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

    assert tagged(reply.text, answer[0]) == [answer]
    assert tagged(reply.text, "AK9")[0][1] == "R"
    assert complaints(reply.text) == []


def test_loops_in_a_wrong_order_and_unknown_segments_are_rejected() -> None:
    lines = _lines(an_837p(a_claim()))
    subscriber = next(line for line in lines if line.startswith("HL*2"))
    orphaned = _recounted([line for line in lines if line != subscriber])
    strange = _recounted([*lines[:8], "ZZZ*1", *lines[8:]])

    orphan = only(Clearinghouse().receive(orphaned, on=TODAY))
    stranger = only(Clearinghouse().receive(strange, on=TODAY))

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

    reply = only(Clearinghouse().receive(text.replace(old, new), on=TODAY))

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
