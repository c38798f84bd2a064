"""Patients and coverages as clients send them, and registered through the API."""

from typing import Any

from tests.world import World

HOME = {"line1": "12 Elm Street", "city": "New York", "state": "NY", "postal_code": "10001-1234"}


def registration(**over: Any) -> dict[str, Any]:
    """A registration body: Rosa Diaz, who pays for herself; what `over` gives as None is left out."""
    body = {
        "name": {"family": "Diaz", "given": "Rosa"},
        "birth_date": "1984-07-02",
        "sex": "female",
        "birth_sex": "F",
        "race": ["2106-3"],
        "ethnicity": "2135-2",
        "language": "es-US",
        "addresses": [HOME],
        "phones": [{"number": "(212) 555-0147", "use": "mobile"}],
        "email": "rosa.diaz@example.com",
        "consents": {"email": True, "sms": True},
        **over,
    }
    return _given(body)


def demographics(**over: Any) -> dict[str, Any]:
    """The body of a PUT: a registration without what only a registration says."""
    return registration(**{"consents": None, **over})


def coverage(**over: Any) -> dict[str, Any]:
    """A coverage body: the patient's own policy, first in order, from the start of 2026 on."""
    body = {
        "payer_id": "pyr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C",
        "payer_name": "Aspen Mutual",
        "plan_name": "Aspen Silver PPO",
        "member_id": "W123456789",
        "group_number": "AM-100",
        "relationship": "self",
        "priority": 1,
        "effective_from": "2026-01-01",
        **over,
    }
    return _given(body)


def subscriber(**over: Any) -> dict[str, Any]:
    """The person whose policy it is."""
    return {
        "name": {"family": "Diaz", "given": "Omar"},
        "birth_date": "1980-01-31",
        "sex": "male",
        "address": HOME,
        **over,
    }


def register_patient(world: World, token: str, **over: Any) -> dict[str, Any]:
    """A patient registered through the API, known double or not; the answer."""
    body = registration(**{"confirm_not_duplicate": True, **over})
    return _made(world, "/v1/patients", body, token)


def add_coverage(world: World, token: str, patient_id: str, **over: Any) -> dict[str, Any]:
    """A coverage added through the API; the answer."""
    return _made(world, f"/v1/patients/{patient_id}/coverages", coverage(**over), token)


def _made(world: World, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
    answer = world.call("POST", path, body, token=token)
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
