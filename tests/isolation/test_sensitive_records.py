"""Every path filters alike (PROMISES 6): sensitive records against an oracle, on random tags and teams."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import boto3
import pytest

from chalicelib.care_team.membership import Opening, TeamMember
from chalicelib.care_team.models import CareTeam
from chalicelib.clinical.sensitivity import Sensitivity
from chalicelib.identity.permissions import Role
from chalicelib.platform.config import settings
from tests import tables
from tests.builders.clinical import SOAP, codes
from tests.isolation.clinics import Clinic, Clinics, changed_kinds

CARE, MONEY = (Role.CLINICIAN, Role.NURSE), (Role.OWNER, Role.MANAGER, Role.BILLER)
VISITS = ("encounter_id", "second_encounter_id", "invoiced_encounter_id", "unbilled_encounter_id")
TAGGABLE = ("problem_id", "allergy_id", "open_encounter_id", *VISITS)
HOUR = timedelta(hours=1)
ORDINARY, CAMPAIGN = range(24), range(24, 224)


@dataclass(frozen=True)
class Case:
    """One patient's records with random tags, a random team, random openings; and who should see what."""

    clinic: Clinic
    prefix: str
    tagged: frozenset[str]
    let_in: frozenset[Role]

    def id(self, name: str) -> str:
        return self.clinic.ids[f"{self.prefix}{name}"]

    @property
    def path(self) -> str:
        return f"/v1/patients/{self.id('patient_id')}"

    def sees(self, role: Role, name: str) -> bool:
        return self.id(name) not in self.tagged or role in self.let_in

    def sees_codes(self, role: Role, name: str) -> bool:
        return role == Role.BILLER or self.sees(role, name)

    def get(self, role: Role, tail: str) -> Any:
        return self.clinic.call(role, "GET", f"{self.path}{tail}")


@pytest.mark.parametrize("seed", ORDINARY)
def test_each_path_shows_what_the_oracle_says(clinics: Clinics, seed: int) -> None:
    _check(_case(clinics, Random(seed)), Random(seed))


@pytest.mark.campaign
@pytest.mark.parametrize("seed", CAMPAIGN)
def test_each_path_shows_what_the_oracle_says_at_length(clinics: Clinics, seed: int) -> None:
    _check(_case(clinics, Random(seed)), Random(seed))


def _check(case: Case, random: Random) -> None:
    for role in CARE:
        _chart(case, role)
        _open_list(case, role)
        _each_record(case, role)
    for role in MONEY:
        _money(case, role)
    _invoice(case, random.choice((Role.FRONT_DESK, Role.MANAGER, Role.BILLER)))
    _billed(case)
    _write(case, random)


def _chart(case: Case, role: Role) -> None:
    chart = case.get(role, "/chart").json
    shown = {each["id"] for part in ("problems", "allergies", "encounters") for each in chart[part]}
    taggable = {case.id(name) for name in TAGGABLE}
    assert shown & taggable == {case.id(name) for name in TAGGABLE if case.sees(role, name)}
    hidden = any(not case.sees(role, name) for name in TAGGABLE)
    assert chart["withheld"] is (hidden and role == Role.CLINICIAN)


def _open_list(case: Case, role: Role) -> None:
    path = f"/v1/encounters?practitioner_id={case.clinic.ids['practitioner_id']}"
    listed = {each["id"] for each in case.clinic.call(role, "GET", path).json["items"]}
    assert (case.id("open_encounter_id") in listed) is case.sees(role, "open_encounter_id")


def _each_record(case: Case, role: Role) -> None:
    for name in TAGGABLE:
        kind = {"problem_id": "problems", "allergy_id": "allergies"}.get(name, "encounters")
        status = case.get(role, f"/{kind}/{case.id(name)}").status
        assert status == (200 if case.sees(role, name) else 404), (role, name)


def _money(case: Case, role: Role) -> None:
    by_id = {case.id(name): name for name in VISITS}
    for charge in case.get(role, "/account").json["charges"]:
        shown = case.sees_codes(role, by_id[charge["encounter_id"]])
        assert (charge["code"] is not None, bool(charge["modifiers"])) == (shown, shown)
    for name in VISITS:
        status = case.get(role, f"/encounters/{case.id(name)}/superbill").status
        assert status == (200 if case.sees_codes(role, name) else 404), (role, name)
    if case.prefix:
        claim = case.clinic.call(
            role, "GET", f"/v1/claims/{case.clinic.ids['stuck_claim_id']}"
        ).json
        shown = case.sees_codes(role, by_id[claim["encounter_id"]])
        assert claim["findings"]
        assert all(bool(each["text"]) is shown for each in claim["findings"])


def _invoice(case: Case, role: Role) -> None:
    charges = case.get(role, f"/invoices/{case.id('invoice_id')}").json["charges"]
    shown = case.sees_codes(role, "invoiced_encounter_id")
    assert [each["code"] is not None for each in charges] == [shown] * len(charges)


def _billed(case: Case) -> None:
    for name in VISITS:
        read = case.get(Role.BILLER, f"/encounters/{case.id(name)}/billed").json
        assert read["diagnoses"]
        assert (read["note"] is not None) is case.sees(Role.BILLER, name)
        assert bool(read["addenda"]) is case.sees(Role.BILLER, name)


def _write(case: Case, random: Random) -> None:
    """A write to what is hidden is a 404 and changes nothing; to what is seen it is not."""
    role, name = random.choice(CARE), random.choice(TAGGABLE)
    for method, tail, body, version in _writes(name):
        kept = tables.image()
        headers = {"If_Match": f'"{version}"'} if version else {}
        path = f"{case.path}/{tail.format(case.id(name))}"
        answer = case.clinic.call(role, method, path, body, **headers)
        if case.sees(role, name):
            assert answer.json.get("code") != "not_found", (role, name, tail)
        elif answer.status != 403:  # a nurse signs nothing, seen or not
            assert (answer.status, answer.json["code"]) == (404, "not_found"), (role, name, tail)
            assert changed_kinds(kept) == ["audit"]
        tables.put_back(kept)


def _writes(name: str) -> Iterator[tuple[str, str, Any, int]]:
    if name == "problem_id":
        yield "PUT", "problems/{}", {"description": "x", "clinical_status": "active"}, 1
    elif name == "allergy_id":
        yield "PUT", "allergies/{}", {"substance": "x", "clinical_status": "active"}, 1
    else:
        yield "PUT", "encounters/{}", codes(), 2
        yield "PUT", "encounters/{}/note", {"template": "soap_general", "content": SOAP}, 2
        yield "PUT", "encounters/{}/sensitivity", {"sensitivity": []}, 2
        signature = {"expected_version": 2, "expected_note_version": 2}
        yield "POST", "encounters/{}/sign", signature, 0
        yield "POST", "encounters/{}/addenda", {"text": "x"}, 0
        yield "POST", "encounters/{}/entered-in-error", None, 0


def _case(clinics: Clinics, random: Random) -> Case:
    clinic, prefix = clinics.a, random.choice(("", "other_"))
    names = random.sample(TAGGABLE, random.randrange(len(TAGGABLE) + 1))
    tagged = frozenset(clinic.ids[f"{prefix}{name}"] for name in names)
    now = clinics.world.clock.now()
    patient_id = clinic.ids[f"{prefix}patient_id"]
    partition = f"{clinic.ids['practice_id']}#{patient_id}#"
    for (pk, sk), row in tables.rows().items():
        if pk == partition and sk.startswith("chart#") and sk.split("#")[2] in tagged:
            marks = random.sample([each.value for each in Sensitivity], random.randrange(1, 4))
            _put({**row, "sensitivity": {"SS": sorted(marks)}})
    members = [_member(clinic, role, now, random) for role in CARE]
    openings = [_opening(clinic, role, now, random) for role in CARE]
    team = CareTeam(
        *CareTeam.key(clinic.ids["practice_id"], patient_id),
        members=tuple(each for each, _ in members if each),
        openings=tuple(each for each, _ in openings if each),
    )
    team.version = 1
    _put(team.serialize())
    let_in = {
        role
        for role, (_, on_it), (_, opened) in zip(CARE, members, openings, strict=True)
        if on_it or opened
    }
    return Case(clinic, prefix, tagged, frozenset(let_in))


def _member(
    clinic: Clinic, role: Role, now: datetime, random: Random
) -> tuple[TeamMember | None, bool]:
    """A place on the team that holds, or one that is over, is still to come, or none."""
    since, until, holds = random.choice(
        [
            (now - HOUR, None, True),
            (now - HOUR, now + HOUR, True),
            (now, None, True),
            (now - HOUR, now, False),
            (now + HOUR, None, False),
            (now, now - HOUR, False),
        ]
    )
    if random.random() < 0.5:
        return None, False
    return TeamMember(clinic.ids[f"{role}_id"], "treating", since, until), holds


def _opening(
    clinic: Clinic, role: Role, now: datetime, random: Random
) -> tuple[Opening | None, bool]:
    until, holds = random.choice([(now + HOUR, True), (now, False), (now - HOUR, False)])
    if random.random() < 0.7:
        return None, False
    return Opening("brk_00000000000000000000000000", clinic.ids[f"{role}_id"], until), holds


def _put(row: dict[str, Any]) -> None:
    boto3.client("dynamodb").put_item(TableName=settings().table, Item=row)
