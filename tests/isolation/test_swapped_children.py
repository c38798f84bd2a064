"""A child belongs to its parent, and an id to its kind (PROMISES 2)."""

from itertools import combinations

import pytest

from chalicelib.platform.http import Endpoint
from tests.isolation.actors import who_may
from tests.isolation.cases import called, names_in, send
from tests.isolation.clinics import ID, Clinics, changed_kinds, gist
from tests.world import Answered

WITH_PARENTS = [each for each in called() if len(each.path_parameters) > 1]
WITH_IDS = [each for each in called() if each.path_parameters]
SENT_BESIDE_A_PATIENT = {
    "make_invoice": "unbilled_encounter_id",
    "take_payment": "appointment_id",
    "request_psychotherapy_release": "signed_psychotherapy_note_id",
}


def test_every_child_has_a_counterpart_under_another_parent(clinics: Clinics) -> None:
    children = {name for each in WITH_PARENTS for name in _in_path(each)}
    assert {name for name in children if f"other_{name}" not in clinics.a.ids} == set()


@pytest.mark.parametrize("endpoint", WITH_PARENTS, ids=lambda endpoint: endpoint.name)
def test_a_child_of_another_parent_is_not_found(clinics: Clinics, endpoint: Endpoint) -> None:
    ids = clinics.a.ids
    for pair in combinations(_in_path(endpoint), 2):
        for name in pair:
            swapped = {**ids, name: ids[f"other_{name}"]}
            for role in who_may(endpoint):
                with clinics.undone() as kept:
                    answer = send(clinics.a, role, endpoint, swapped)
                    assert _not_found(answer), (role, name)
                    assert changed_kinds(kept) == ["audit"], (role, name)


@pytest.mark.parametrize("name", SENT_BESIDE_A_PATIENT)
def test_a_child_of_another_parent_in_a_body_is_like_none(clinics: Clinics, name: str) -> None:
    ids, child = clinics.a.ids, SENT_BESIDE_A_PATIENT[name]
    (endpoint,) = (each for each in called() if each.name == name)
    for role in who_may(endpoint):
        answers = []
        for strange in (ids[f"other_{child}"], f"{ids[child][:3]}_00000000000000000000000000"):
            with clinics.undone() as kept:
                answers.append(send(clinics.a, role, endpoint, {**ids, child: strange}))
                assert changed_kinds(kept) == ["audit"], role
        assert gist(answers[0]) == gist(answers[1])
        assert answers[0].status in (404, 422)


@pytest.mark.parametrize("endpoint", WITH_IDS, ids=lambda endpoint: endpoint.name)
def test_an_id_of_another_kind_is_not_found(clinics: Clinics, endpoint: Endpoint) -> None:
    """A quarter of the kinds, another quarter at the next route; the campaign tries each at each."""
    _try_kinds(clinics, endpoint, WITH_IDS.index(endpoint) % 4, every=4)


@pytest.mark.campaign
@pytest.mark.parametrize("endpoint", WITH_IDS, ids=lambda endpoint: endpoint.name)
def test_nor_is_an_id_of_any_other_kind(clinics: Clinics, endpoint: Endpoint) -> None:
    _try_kinds(clinics, endpoint, 0, every=1)


def _try_kinds(clinics: Clinics, endpoint: Endpoint, first: int, *, every: int) -> None:
    ids, role = clinics.a.ids, next(iter(who_may(endpoint)))
    kinds = {own[:3]: own for own in ids.values() if ID.fullmatch(own)}
    for name in _in_path(endpoint):
        for kind, own in sorted(kinds.items())[first::every]:
            if kind != ids[name][:3]:
                with clinics.undone() as kept:
                    assert _not_found(send(clinics.a, role, endpoint, {**ids, name: own})), kind
                    assert changed_kinds(kept) == ["audit"] * endpoint.audited, kind


def _in_path(endpoint: Endpoint) -> list[str]:
    return [name for place, name in names_in(endpoint).items() if place.startswith("path")]


def _not_found(answer: Answered) -> bool:
    return (answer.status, answer.json.get("code")) == (404, "not_found")
