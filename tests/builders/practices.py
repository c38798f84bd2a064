"""Practices of random records, put straight into the table: small, of every kind that leaves."""

import gzip
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from chalicelib.custody.kinds import EXPORTED, SEALED
from chalicelib.patients.demographics import Guarantor, PersonName, Phone
from chalicelib.patients.models import Patient
from chalicelib.platform.ids import ALPHABET
from chalicelib.platform.store import Row, plant_row, practice_scope
from chalicelib.practices.agreement_versions import VERSIONS
from chalicelib.practices.models import AgreementAcceptance, Practice
from tests.conftest import START

WORDS = ("Nguyễn", "Rosa", "L4–L5", "it's #1", "a/b", "{not json", "[1, 2]", "naïve", "🩺", "prc")
MADE_BY_CLASS = {"practice", "patient", "workplace", "agreement_acceptance"}
ACCEPTED = VERSIONS[0]


def some_id(random: Random, prefix: str) -> str:
    return f"{prefix}_{''.join(random.choices(ALPHABET, k=26))}"


def random_practice(
    random: Random, practice_id: str, *, rows: int = 20, patients: int = 0
) -> list[Row]:
    """A practice with `rows` records beside its own two and its patients' (one to three)."""
    kinds = sorted(EXPORTED.keys() - MADE_BY_CLASS)
    made = [_practice(practice_id), _acceptance(practice_id)]
    made += [_patient(random, practice_id) for _ in range(patients or random.randint(1, 3))]
    made += [_row(random, practice_id, random.choice(kinds)) for _ in range(rows)]
    return made


def plant(practice_id: str, rows: list[Row]) -> None:
    with practice_scope(practice_id):
        for row in rows:
            assert plant_row(row)


def sealed_row(random: Random, practice_id: str) -> Row:
    return _row(random, practice_id, min(SEALED))


def _practice(practice_id: str) -> Row:
    practice = Practice(
        *Practice.key(practice_id),
        name="Elm",
        status="active",
        country="US",
        time_zone="America/New_York",
        currency="USD",
        locale="en-US",
        owner_id="usr_1",
        agreement=ACCEPTED.version,
    )
    return _stored(practice)


def _acceptance(practice_id: str) -> Row:
    """Its owner has accepted the business associate agreement."""
    key = AgreementAcceptance.key(practice_id, ACCEPTED.version)
    accepted = {"sha256": ACCEPTED.sha256, "user_id": "usr_1", "accepted_at": START}
    return _stored(AgreementAcceptance(*key, **accepted))


def _patient(random: Random, practice_id: str) -> Row:
    patient = Patient(
        *Patient.key(practice_id, some_id(random, "pat")),
        mrn=str(random.randint(10**7, 10**8)),
        name=PersonName(random.choice(["Nguyễn", "Diaz", "O'Neil"]), random.choice(["Rosa", "Li"])),
        birth_date=START.date(),
        sex="female",
        phones=(Phone(f"+1212555{random.randint(1000, 9999)}", "mobile"),),
        guarantor=Guarantor("self"),
    )
    return _stored(patient)


def _stored(record: Any) -> Row:
    record.version = 3
    row: Row = record.serialize()
    return row


def _row(random: Random, practice_id: str, kind: str) -> Row:
    own = some_id(random, random.choice(("pat", "apt", "clm")))
    row: Row = {
        "pk": {"S": f"{practice_id}#{own}#"},
        "sk": {"S": f"{kind}#{some_id(random, 'xyz')}#"},
        "kind": {"S": kind},
        "schema": {"N": "1"},
        "version": {"N": str(random.randint(1, 9))},
    }
    if random.random() < 0.5:
        row |= {"gs1pk": {"S": f"{practice_id}#open#"}, "gs1sk": {"S": f"{own}#"}}
    if random.random() < 0.2:
        row |= {"duepk": {"S": "sys#due#reminder#0#"}, "duesk": {"S": "2026-03-02#"}}
    return {**row, **{f"a{at}": value for at, value in enumerate(_values(random, practice_id))}}


def _values(random: Random, practice_id: str) -> Iterator[dict[str, Any]]:
    for _ in range(random.randint(0, 8)):
        yield random.choice(_SORTS)(random, practice_id)


def _text(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(1, 4)))


def _value(random: Random, depth: int = 0) -> Any:
    """Anything that JSON can say."""
    match random.randint(0, 7 if depth < 2 else 4):
        case 0:
            return random.randint(-(10**12), 10**12)
        case 1:
            return None
        case 2:
            return random.random()
        case 3:
            return random.random() < 0.5
        case 4:
            return _text(random)
        case 5:
            return [_value(random, depth + 1) for _ in range(random.randint(0, 3))]
        case _:
            return {f"k{at}": _value(random, depth + 1) for at in range(random.randint(0, 3))}


_SORTS = (
    lambda random, own: {"S": _text(random)},
    lambda random, own: {"S": own},
    lambda random, own: {"S": f"{own}/clearinghouse/inbound/a.835"},
    lambda random, own: {"S": json.dumps(_value(random), separators=(",", ":"))},
    lambda random, own: {"S": json.dumps(_value(random))},
    lambda random, own: {"N": str(random.randint(-(10**15), 10**15))},
    lambda random, own: {"N": "1.5"},
    lambda random, own: {"BOOL": random.random() < 0.5},
    lambda random, own: {"NULL": True},
    lambda random, own: {"SS": sorted({_text(random), some_id(random, "usr")})},
    lambda random, own: {"NS": [str(each) for each in sorted(random.sample(range(288), 5))]},
    lambda random, own: {"B": gzip.compress(_text(random).encode(), mtime=0)},
    lambda random, own: {"B": gzip.compress(b'{"a":[1,"\xc3\xa9"]}', mtime=0)},
    lambda random, own: {"B": bytes(random.randbytes(12))},
    lambda random, own: {"M": {"a": {"L": [{"N": "1"}, {"B": b"\x00\xff"}, {"SS": ["x"]}]}}},
)
