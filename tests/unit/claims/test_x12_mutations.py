"""Spoilt files: whatever is done to a file, it is judged; what touches money or counts is refused."""

import random
import re
from collections.abc import Callable

import pytest

from chalicelib.claims.x12.inspection import Inspection, inspect
from tests.unit.claims.edi_builders import (
    acknowledgement_file,
    implementation_acknowledgement_file,
    remittance_file,
)

FILES = {
    "835": remittance_file(),
    "277CA": acknowledgement_file(),
    "999": implementation_acknowledgement_file(),
}
ROUNDS = 120
# Where the balanced amounts, the counts and the paired control numbers stand.
AMOUNTS = {
    "BPR": (2,),
    "CLP": (3, 4),
    "SVC": (2, 3),
    "CAS": (3, 6, 9, 12, 15, 18),
    "PLB": (4, 6, 8, 10, 12, 14),
    "AMT": (2,),
    "STC": (4,),
}
UNBALANCED = ("AMT*AU", "AMT*B6")  # supplemental amounts of an 835 enter no sum
COUNTS = {"SE": (1,), "GE": (1,), "IEA": (1,), "AK9": (2, 3, 4), "QTY": (2,)}
CONTROLS = {"ISA": (13,), "IEA": (2,), "GS": (6,), "GE": (2,), "ST": (2,), "SE": (2,)}

Segments = list[list[str]]


def taken_apart(text: str) -> Segments:
    return [segment.split("*") for segment in text.split("~")[:-1]]


def put_together(segments: Segments) -> str:
    return "".join("*".join(segment) + "~" for segment in segments)


def places(
    segments: Segments, wanted: dict[str, tuple[int, ...]], kind: str
) -> list[tuple[int, int]]:
    """Where the wanted elements stand that are not empty."""
    return [
        (row, column)
        for row, segment in enumerate(segments)
        if not "*".join(segment).startswith(UNBALANCED)
        if (kind, segment[0]) != ("277CA", "SVC")
        for column in wanted.get(segment[0], ())
        if column < len(segment) and segment[column]
    ]


def with_amount_changed(segments: Segments, kind: str, chance: random.Random) -> None:
    row, column = chance.choice(places(segments, AMOUNTS, kind))
    cents = round(float(segments[row][column]) * 100)
    other = cents + chance.choice([-1, 1, 10, -100, 100_000, -2 * cents or 1])
    segments[row][column] = chance.choice(
        [f"{other / 100:.2f}", segments[row][column] + "x", segments[row][column] + "1,0"]
    )


def with_count_changed(segments: Segments, kind: str, chance: random.Random) -> None:
    row, column = chance.choice(places(segments, COUNTS, kind))
    count = int(segments[row][column])
    segments[row][column] = chance.choice(
        [str(count + 1), str(count + 7), "", "x", "-1", f"{count}.5"]
    )


def with_control_changed(segments: Segments, kind: str, chance: random.Random) -> None:
    row, column = chance.choice(places(segments, CONTROLS, kind))
    number = segments[row][column]
    place = chance.randrange(len(number))
    digit = chance.choice([mark for mark in "0123456789" if mark != number[place]])
    segments[row][column] = number[:place] + digit + number[place + 1 :]


def with_segment_dropped(segments: Segments, kind: str, chance: random.Random) -> None:
    del segments[chance.randrange(len(segments))]


def with_segment_repeated(segments: Segments, kind: str, chance: random.Random) -> None:
    place = chance.randrange(len(segments))
    segments.insert(place, list(segments[place]))


def with_segment_left_empty(segments: Segments, kind: str, chance: random.Random) -> None:
    place = chance.randrange(len(segments))
    segments[place : place + 1] = [["NTE"], segments[place]]


FATAL: list[Callable[[Segments, str, random.Random], None]] = [
    with_amount_changed,
    with_count_changed,
    with_control_changed,
    with_segment_dropped,
    with_segment_repeated,
    with_segment_left_empty,
]


def judged(data: bytes) -> Inspection:
    """The verdict; a refusal has reasons with a place."""
    found = inspect("spoilt", data)
    assert found.verdict in ("accepted", "refused")
    assert bool(found.reasons) is (found.verdict == "refused")
    assert all(reason.segment >= 1 and reason.text for reason in found.reasons)
    return found


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("spoil", FATAL, ids=lambda spoil: spoil.__name__)
def test_a_change_of_money_counts_control_numbers_or_segments_is_refused(spoil, kind):
    chance = random.Random(f"{spoil.__name__} {kind}")
    if spoil is with_amount_changed and kind == "999":
        assert places(taken_apart(FILES[kind]), AMOUNTS, kind) == []
        return
    for turn in range(ROUNDS):
        # Given a good file with one thing spoilt
        segments = taken_apart(FILES[kind])
        spoil(segments, kind, chance)
        spoilt = put_together(segments)
        assert spoilt != FILES[kind]
        # Then it is refused
        assert judged(spoilt.encode()).verdict == "refused", f"turn {turn}: {spoilt}"


@pytest.mark.parametrize("kind", FILES)
def test_a_truncated_file_is_refused(kind):
    data = FILES[kind].encode()
    for length in range(0, len(data) - 1, max(1, len(data) // 300)):
        assert judged(data[:length]).verdict == "refused", length
    assert judged(data[:-2]).verdict == "refused"
    assert judged(data[:-1]).verdict == "accepted"  # all but the last terminator: a warning


@pytest.mark.parametrize("kind", FILES)
def test_swapped_segments_are_refused_or_change_no_figure(kind):
    chance = random.Random(f"swap {kind}")
    good = judged(FILES[kind].encode())
    verdicts = set()
    for _ in range(2 * ROUNDS):
        segments = taken_apart(FILES[kind])
        first = chance.randrange(len(segments) - 1)
        second = chance.choice([first + 1, chance.randrange(len(segments))])
        segments[first], segments[second] = segments[second], segments[first]
        found = judged(put_together(segments).encode())
        verdicts.add(found.verdict)
        if found.verdict == "accepted":
            assert (found.claims, found.paid_minor) == (good.claims, good.paid_minor)
            assert found.payment_minor == good.payment_minor
    assert verdicts == {"accepted", "refused"}


@pytest.mark.parametrize("kind", FILES)
def test_changed_bytes_never_raise_and_never_change_an_accepted_figure_unseen(kind):
    chance = random.Random(f"bytes {kind}")
    good = judged(FILES[kind].encode())
    for _ in range(3 * ROUNDS):
        data = bytearray(FILES[kind].encode())
        for _ in range(chance.choice([1, 1, 1, 4, 40])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        found = judged(bytes(data))
        if found.verdict == "accepted" and found.kind == good.kind == "835":
            assert found.payment_minor == good.payment_minor


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp037", "utf-7"])
def test_a_re_encoded_file_is_refused(kind, encoding):
    data = FILES[kind].encode(encoding)
    if encoding == "utf-7":
        data = data.replace(b"*", b"+ACo-").replace(b"~", b"+AH4-")
    assert judged(data).verdict == "refused"


@pytest.mark.parametrize("kind", FILES)
def test_a_re_encoding_that_loses_nothing_is_accepted(kind):
    text = FILES[kind].replace("CLINIC*", "CLÍNIC*", 1)  # in the ISA: 106 characters, 107 bytes
    assert judged(text.encode()).verdict == "accepted"
    assert judged(text.encode("utf-8-sig")).verdict == "accepted"
    latin = judged(text.replace("CLINIC", "CLÍNIC").encode("latin-1"))
    assert (latin.verdict, latin.warnings[0].segment) == ("accepted", 1)


def test_random_bytes_are_refused():
    chance = random.Random("noise")
    for size in (*range(200), 10_000):
        assert judged(chance.randbytes(size)).verdict == "refused"


@pytest.mark.parametrize("kind", FILES)
def test_noise_between_true_segments_never_raises(kind):
    # Given files glued together of pieces of true ones, with noise between
    chance = random.Random(f"glue {kind}")
    pieces = re.split(r"(?<=~)", FILES[kind])
    for _ in range(ROUNDS):
        drawn = chance.choices(pieces, k=chance.randrange(1, 30))
        noise = chance.choice(["", "~", "*", "~~~", "ISA", "\n", ":::", "\x00"])
        # Then they are judged, and none is taken for a good file
        assert judged((pieces[0] + noise.join(drawn)).encode()).verdict == "refused"
