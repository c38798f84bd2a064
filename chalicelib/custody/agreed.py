"""No patient before the owner has accepted the business associate agreement: of an import, too."""

from collections.abc import Iterable
from datetime import date

from ..practices.agreement_versions import VERSIONS, holds
from ..practices.errors import AgreementNotAccepted
from .lines import Line

PRACTICE, ACCEPTANCE = "practice", "agreement_acceptance"
"""The kinds of the records that say it."""
PATIENT = "#pat_"


def demand_agreed(lines: Iterable[Line], on: date) -> None:
    """AgreementNotAccepted (409) where anything is about a patient and no acceptance holds on a day.

    The practice brings its owner's acceptance along: of the version that it states, in the very
    text that is published here. Looks at every line before one of them is taken in.
    """
    stated, accepted, has_patients = "", set(), False
    for line in lines:
        partition, sort = line["key"]
        has_patients = has_patients or PATIENT in f"#{partition}{sort}"
        if line["kind"] == PRACTICE:
            stated = line["attributes"].get("agreement") or ""
        elif line["kind"] == ACCEPTANCE:
            accepted.add((sort.split("#")[1], line["attributes"].get("sha256")))
    published = {(each.version, each.sha256) for each in VERSIONS if each.version == stated}
    if has_patients and not (holds(stated, on) and published <= accepted):
        raise AgreementNotAccepted
