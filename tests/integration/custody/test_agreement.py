"""No patient before the owner has accepted the agreement: an import brings the acceptance along."""

from collections.abc import Callable
from random import Random

import pytest

from chalicelib.custody.agreed import demand_agreed
from chalicelib.custody.errors import BadArchive
from chalicelib.practices.agreement_versions import VERSIONS
from chalicelib.practices.errors import AgreementNotAccepted
from tests.builders.custody import kept, take_in, write_export
from tests.builders.practices import plant, random_practice, some_id
from tests.conftest import START
from tests.integration.custody.test_round_trip import forge
from tests.world import World

Rows = list[dict[str, dict[str, str]]]


def _kind(rows: Rows, kind: str) -> dict[str, dict[str, str]]:
    return next(row for row in rows if row["kind"]["S"] == kind)


def _never_accepted(rows: Rows) -> None:
    rows.remove(_kind(rows, "agreement_acceptance"))
    _kind(rows, "practice").pop("agreement")


def _says_so_alone(rows: Rows) -> None:
    rows.remove(_kind(rows, "agreement_acceptance"))


def _another_text(rows: Rows) -> None:
    _kind(rows, "agreement_acceptance")["sha256"] = {"S": "0" * 64}


def _unknown_version(rows: Rows) -> None:
    _kind(rows, "practice")["agreement"] = {"S": "2031-01"}


@pytest.mark.parametrize(
    "spoil", [_never_accepted, _says_so_alone, _another_text, _unknown_version]
)
def test_an_import_without_a_good_acceptance_writes_nothing(
    world: World, spoil: Callable[[Rows], None]
) -> None:
    random = Random(2)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    rows = random_practice(random, own, rows=2, patients=1)
    spoil(rows)
    plant(own, rows)
    archive = kept(own, write_export(own))
    before = len(world.items())
    with pytest.raises(AgreementNotAccepted):
        take_in(archive, other)
    assert len(world.items()) == before


def test_an_acceptance_that_a_newer_version_has_overtaken_does_not_hold(world: World) -> None:
    random = Random(3)
    own = some_id(random, "prc")
    plant(own, random_practice(random, own, rows=1, patients=1))
    archive = kept(own, write_export(own))
    demand_agreed(archive.lines, START.date())
    with pytest.raises(AgreementNotAccepted):
        demand_agreed(archive.lines, VERSIONS[-1].binding_from)


def test_a_practice_without_patients_may_come_without(world: World) -> None:
    random = Random(4)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    rows = [row for row in random_practice(random, own, rows=0) if row["kind"]["S"] != "patient"]
    _never_accepted(rows)
    plant(own, rows)
    assert take_in(kept(own, write_export(own)), other).records.total() == 1


def test_a_line_that_is_none_of_ours_is_refused(world: World) -> None:
    random = Random(5)
    own = some_id(random, "prc")
    plant(own, random_practice(random, own, rows=1))
    archive = kept(own, write_export(own))
    with pytest.raises(BadArchive, match="none of ours"):
        take_in(forge(archive, {"kind": "room"}), some_id(random, "prc"))
