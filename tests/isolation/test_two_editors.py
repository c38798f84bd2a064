"""Two who read one version and change it: the first is served, the second is told (PROMISES 34)."""

from chalicelib.platform.http import Endpoint
from tests import tables
from tests.isolation.cases import called, send, who_does
from tests.isolation.clinics import Clinics
from tests.plain_rows import plain_rows
from tests.world import Answered

STALE = (412, "stale_version")
GONE = {(404, "not_found"), (409, "not_invited")}
"""What the second is told where the first took it away."""


def test_of_two_who_change_one_version_the_second_changes_nothing(clinics: Clinics) -> None:
    changes = [endpoint for endpoint in called() if endpoint.needs_if_match]
    for endpoint in changes:
        with clinics.undone():
            first = _changes(clinics, endpoint)
            assert first.status == endpoint.status, (endpoint.name, first.text)
            kept = tables.image()
            second = _changes(clinics, endpoint)
            assert (second.status, second.json["code"]) in {STALE, *GONE}, endpoint.name
            assert endpoint.method != "PUT" or second.status == 412, endpoint.name
            assert not plain_rows(kept), endpoint.name
    assert len(changes) > 50


def _changes(clinics: Clinics, endpoint: Endpoint) -> Answered:
    return send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids)
