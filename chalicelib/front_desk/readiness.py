"""Whether a visit has all it needs: forms, consents, coverage, what is owed, authorisation.

All of it is read at once: the reads are sent together, whatever they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..billing.models import Balance
from ..forms.copies import copies_of, needed
from ..forms.models import Form, PatientForm
from ..forms.service import list_forms
from ..forms.standing import FormKind, Standing
from ..identity.permissions import Permission
from ..patients.authorizations import Standing as Authorized, standings_of
from ..patients.coverages import coverage_on, list_coverages
from ..platform.context import Context
from ..platform.money import Money
from ..platform.overlap import while_waiting
from ..platform.store import Key, Record, find_many
from ..scheduling.appointments import read_appointment
from ..scheduling.authorizing import INSURANCE
from ..scheduling.models import Appointment
from ..scheduling.set_up.models import AppointmentType
from .schemas import Gap


@dataclass(frozen=True, slots=True)
class LackingForm:
    form_id: str
    name: str
    of_kind: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class VisitAuthorization:
    id: str
    number: str
    visits_left: int
    covers: bool


@dataclass(frozen=True, slots=True)
class Readiness:
    """`insured`: a plan is to be billed. `balance_due` is None for who does not see what is owed."""

    appointment_id: str
    insured: bool
    lacking: list[LackingForm]
    coverage_id: str | None
    balance_due: Money | None
    authorization: VisitAuthorization | None

    @property
    def forms(self) -> list[LackingForm]:
        return [each for each in self.lacking if each.of_kind != FormKind.CONSENT]

    @property
    def consents(self) -> list[LackingForm]:
        return [each for each in self.lacking if each.of_kind == FormKind.CONSENT]

    @property
    def missing(self) -> list[Gap]:
        """In codes, as the front desk asks."""
        under = self.authorization
        gaps = {
            Gap.FORMS: self.forms,
            Gap.CONSENTS: self.consents,
            Gap.COVERAGE: self.insured and self.coverage_id is None,
            Gap.BALANCE: self.balance_due is not None and self.balance_due.amount > 0,
            Gap.AUTHORIZATION: under and (under.visits_left < 0 or not under.covers),
        }
        return [gap for gap, there in gaps.items() if there]


def read_readiness(context: Context, appointment_id: str) -> Readiness:
    """NotFound without such an appointment, and for one where the caller does not work."""
    return readiness_of(context, read_appointment(context, appointment_id))


def readiness_of(context: Context, appointment: Appointment) -> Readiness:
    """On the day of the visit. Four Queries and a BatchGet, sent together."""
    practice_id, patient_id = appointment.practice_id, appointment.patient_id
    forms = while_waiting(list_forms, context)
    own = while_waiting(copies_of, context, patient_id)
    standings = while_waiting(standings_of, context, patient_id)
    coverages = while_waiting(list_coverages, context, patient_id)
    type_key = AppointmentType.key(practice_id, appointment.type_id)
    balance_key = Balance.key(practice_id, patient_id)
    found = find_many([type_key, balance_key], consistent=True)
    kind = found.get(type_key)
    named = kind.form_ids or () if isinstance(kind, AppointmentType) else ()
    insured = appointment.bill_to == INSURANCE
    covering = coverage_on(coverages.result(), appointment.day) if insured else None
    return Readiness(
        appointment_id=appointment.id,
        insured=insured,
        lacking=list(_lacking(needed(forms.result(), named), own.result(), appointment)),
        coverage_id=covering.id if covering else None,
        balance_due=_due(context, found, balance_key),
        authorization=_under(standings.result(), appointment),
    )


def _lacking(
    forms: Iterable[Form], own: dict[str, PatientForm], appointment: Appointment
) -> Iterator[LackingForm]:
    for form in forms:
        copies = own.get(form.id)
        standing = copies.standing(form, appointment.day) if copies else Standing.NONE
        if standing is not Standing.VALID:
            yield LackingForm(form.id, form.name, form.of_kind, standing)


def _due(context: Context, found: dict[Key, Record], key: Key) -> Money | None:
    """What the patient owes. None for who neither takes payments nor reads accounts."""
    if not (context.allows(Permission.TAKE_PAYMENT) or context.allows(Permission.READ_LEDGER)):
        return None
    balance = found.get(key)
    amount = balance.patient if isinstance(balance, Balance) else 0
    return Money(amount, context.tenant.currency)


def _under(standings: Iterable[Authorized], appointment: Appointment) -> VisitAuthorization | None:
    for each in standings:
        if each.authorization.id == appointment.authorization_id:
            covers = each.covers(appointment.type_id, appointment.day)
            terms = each.authorization
            return VisitAuthorization(terms.id, terms.number, each.visits_left, covers)
    return None
