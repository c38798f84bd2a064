"""From a practice's page to a visit: hold, who comes, code, booked."""

import re

import pytest

from tests.builders.online import NINE, Visitor, booked, clinic
from tests.builders.scheduling import Clinic
from tests.world import World


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def rosa(at: Clinic) -> Visitor:
    return Visitor(at)


def test_a_visitor_books_a_visit_by_a_code_from_the_mail(at: Clinic, rosa: Visitor) -> None:
    assert rosa.offer().status == 200, rosa.offer().text
    assert NINE in rosa.starts("2026-03-04")
    assert rosa.hold(NINE).status == 201
    assert NINE not in rosa.starts("2026-03-04")
    said = rosa.say()
    assert said.status == 200, said.text
    at.world.pump()
    code = re.findall(r"code is (\d{6})", at.world.mails()[-1])[-1]
    answer = rosa.verify(code)
    booked(answer)
    assert answer.json["starts_at"] == NINE
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-04").json["items"]
    assert [each["patient_name"] for each in day] == ["Rosa Diaz"]
