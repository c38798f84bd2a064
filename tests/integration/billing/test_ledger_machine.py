"""The ledger in the table against a plain oracle, through hundreds of random movements."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.billing.charging import charge_id_of, make_charges
from chalicelib.billing.invoices import make_invoice
from chalicelib.billing.missed_visits.charging import charge_missed_visit, fee_id_of
from chalicelib.billing.missed_visits.models import MissedVisitFee
from chalicelib.billing.missed_visits.schemas import WaiverReason
from chalicelib.billing.missed_visits.waiving import waive_fee
from chalicelib.billing.models import Charge, Payment
from chalicelib.billing.payments import take_payment
from chalicelib.billing.posting import post_adjudication
from chalicelib.billing.posting_values import Adjustment, NotPostable, RemittedClaim, RemittedLine
from chalicelib.billing.schemas import InvoiceBody, PaymentBody, TakenValue
from chalicelib.clinical.coding import Procedure
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from tests import tables
from tests.builders.billing import TODAY, Clinic
from tests.builders.ledgers import assert_balanced, records_of
from tests.builders.missed_visits import LATE, MISSED, missed_visit, policy_since
from tests.integration.billing.oracle import Line, Oracle, Visit

CODES = {"G0463": 20_000, "G2211": 1_600, "X0001": 0}
KINDS = ("paid", "contractual", "patient", "denied")
CAS = {"contractual": ("CO", "45"), "patient": ("PR", "1"), "denied": ("CO", "50")}
NEEDED = {"practice", "patient", "coverage", "fee_schedule", "payer", "missed_visit_policy"}
steps = Counter[str]()


class Ledger(RuleBasedStateMachine):
    """Charges, copays, payments, invoices, remittances, fees and waivers of one patient."""

    def __init__(self, clinic: Clinic, start: Any) -> None:
        super().__init__()
        self.clinic, self.patient = clinic, clinic.insured
        self.oracle = Oracle()
        tables.put_back(start)

    @rule(
        codes=st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=3),
        insured=st.booleans(),
        back=st.integers(0, 9),
    )
    def visit(self, codes: list[str], insured: bool, back: int) -> None:
        procedures = [Procedure(code, 1, (), (1,)) for code in codes]
        day = TODAY - timedelta(days=back)
        bill_to = "insurance" if insured else "self_pay"
        encounter = self.clinic.visit(
            self.patient, *procedures, bill_to=bill_to, day=day, pump=False
        )
        with self._at_work() as context:
            make_charges(context, _signed(context, encounter, self.patient))
        lines = {}
        for number, code in enumerate(codes, start=1):
            price = CODES[code]
            pending, share = (price, 0) if insured else (0, price)
            lines[charge_id_of(encounter, number)] = Line(price, pending, share)
        self.oracle.visits.append(Visit(encounter, -back, lines, insured))

    @rule(back=st.integers(0, 9), late=st.booleans())
    def miss(self, back: int, late: bool) -> None:
        """A visit is missed or cancelled late, and told of twice."""
        steps["missed"] += 1
        day = TODAY - timedelta(days=back)
        missed = missed_visit(self.clinic, self.patient, day, late=late)
        for _ in range(2):
            with self._at_work() as context:
                charge_missed_visit(context, missed)
        fee, amount = fee_id_of(missed, 0), LATE if late else MISSED
        self.oracle.visits.append(
            Visit(f"~{fee}", -back, {fee: Line(amount, 0, amount)}, False, True)
        )

    @rule(which=st.integers(0, 9))
    def forgive(self, which: int) -> None:
        """A fee that stands is waived, whatever was paid of it."""
        standing = [v for v in self.oracle.visits if v.missed and self._stands(v)]
        if not standing:
            return
        visit = standing[which % len(standing)]
        (fee,) = visit.lines
        steps["waived"] += 1
        with self._at_work() as context:
            waive_fee(context, self.patient, fee, WaiverReason.GOODWILL)
        self.oracle.waive(visit)

    @staticmethod
    def _stands(visit: Visit) -> bool:
        return any(line.share for line in visit.lines.values())

    @rule(amount=st.integers(1, 30_000), purpose=st.sampled_from(["copay", "balance"]))
    def pay(self, amount: int, purpose: str) -> None:
        body = PaymentBody.model_construct(
            amount=TakenValue(amount=amount, currency="USD"),
            method="cash",
            purpose=purpose,
            appointment_id=None,
        )
        with self._at_work() as context:
            payment = take_payment(context, self.patient, body).id
        self.oracle.money[payment] = amount
        if purpose != "copay":
            self.oracle.apply([payment], self.oracle.lines)

    @precondition(lambda self: self.oracle.visits)
    @rule(data=st.data())
    def invoice(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(self.oracle.visits))
        asked = {
            charge: line
            for charge, line in visit.lines.items()
            if line.due > 0 and charge not in visit.invoiced
        }
        if not asked:
            return
        with self._at_work() as context:
            named = {"fee_id": visit.id[1:]} if visit.missed else {"encounter_id": visit.id}
            made = make_invoice(context, self.patient, InvoiceBody(**named))
        assert made.invoice.amount == sum(line.due for line in asked.values())
        visit.invoiced |= set(asked)
        self.oracle.apply(list(self.oracle.money), list(asked.items()))

    @precondition(lambda self: any(v.insured and not v.posted for v in self.oracle.visits))
    @rule(data=st.data())
    def first_payer(self, data: st.DataObject) -> None:
        """Any balanced decision: paid, written off, the patient's, denied, in any parts."""
        visit = data.draw(
            st.sampled_from([v for v in self.oracle.visits if v.insured and not v.posted])
        )
        parts = {charge: _split(data, line.amount) for charge, line in visit.lines.items()}
        self._post(visit, "1", parts, restated=0)
        self.oracle.decide(visit, parts)

    @precondition(lambda self: any(len(v.posted) == 1 for v in self.oracle.visits))
    @rule(data=st.data())
    def second_payer(self, data: st.DataObject) -> None:
        """It decides what the first left: open or the patient's; OA-23 restates the rest.

        It may take over what the patient has paid already: then that is too much.
        """
        visit = data.draw(st.sampled_from([v for v in self.oracle.visits if len(v.posted) == 1]))
        left = {charge: line.pending + line.share for charge, line in visit.lines.items()}
        parts = {charge: _split(data, amount, denied=False) for charge, amount in left.items()}
        self._post(visit, "2", parts, restated=1)
        self.oracle.decide(visit, parts)

    @precondition(lambda self: any(v.posted for v in self.oracle.visits))
    @rule(data=st.data())
    def reversal(self, data: st.DataObject) -> None:
        """All that the claim's postings did is taken back, patients' money included."""
        visit = data.draw(st.sampled_from([v for v in self.oracle.visits if v.posted]))
        paid, billed = sum(visit.posted), sum(line.amount for line in visit.lines.values())
        self._adjudicate(visit, RemittedClaim("22", -billed, -paid))
        self.oracle.take_back(visit)

    @precondition(lambda self: any(v.insured for v in self.oracle.visits))
    @rule(data=st.data(), off=st.sampled_from([-1, 1]))
    def unbalanced(self, data: st.DataObject, off: int) -> None:
        """What does not add up, or reverses what was not paid, moves nothing."""
        visit = data.draw(st.sampled_from([v for v in self.oracle.visits if v.insured]))
        billed, paid = sum(line.amount for line in visit.lines.values()), sum(visit.posted)
        lines = tuple(
            RemittedLine(charge, line.amount, line.amount + off)
            for charge, line in visit.lines.items()
        )
        for wrong in (
            RemittedClaim("1", billed, billed + off, (), lines),
            RemittedClaim("22", -billed, -paid + off),
        ):
            try:
                self._adjudicate(visit, wrong)
            except NotPostable:
                continue
            raise AssertionError("it was posted")

    @invariant()
    def the_table_is_as_the_oracle_says(self) -> None:
        steps["checked"] += 1
        items = self.clinic.world.items()
        charges, payments = records_of(items, Charge), records_of(items, Payment)
        found = {c.id: (c.insurance_pending, c.patient_share, c.patient_due) for c in charges}
        fees = records_of(items, MissedVisitFee)
        found |= {f.id: (0, 0 if f.waived else f.amount, f.patient_due) for f in fees}
        lines = self.oracle.lines
        assert found == {name: (line.pending, line.share, line.due) for name, line in lines}
        left = {payment: self.oracle.left(payment) for payment in self.oracle.money}
        assert {each.id: each.unapplied for each in payments} == left
        assert_balanced(items, overpaid=any(line.due < 0 for _, line in lines))
        for pk in [pk for pk in tables.table().items if pk.value.endswith("#outbox#")]:
            del tables.table().items[pk]

    # --- the product ------------------------------------------------------------------------------

    @contextmanager
    def _at_work(self) -> Iterator[Context]:
        self.clinic.world.clock.advance(seconds=1)
        with working("billing", self.clinic.practice_id, "machine") as context:
            yield context

    def _post(
        self, visit: Visit, status: str, parts: dict[str, dict[str, int]], restated: int
    ) -> None:
        lines = []
        for charge, part in parts.items():
            amount = visit.lines[charge].amount
            cas = [Adjustment(*CAS[kind], part[kind]) for kind in CAS if part[kind]]
            before = amount - sum(part.values())
            if restated and before:
                cas.append(Adjustment("OA", "23", before))
            lines.append(RemittedLine(charge, amount, part["paid"], tuple(cas)))
        billed, paid = sum(line.billed for line in lines), sum(line.paid for line in lines)
        self._adjudicate(visit, RemittedClaim(status, billed, paid, (), tuple(lines)))

    def _adjudicate(self, visit: Visit, claim: RemittedClaim) -> None:
        with self._at_work() as context:
            post_adjudication(
                context,
                self.patient,
                claim,
                claim_id=f"clm_{visit.id[-16:]}",
                charge_ids=list(visit.lines),
                source_id="rem_1",
            )


def _split(data: st.DataObject, amount: int, *, denied: bool = True) -> dict[str, int]:
    """`amount` in random parts; each part is nothing at times."""
    cuts = sorted(data.draw(st.integers(0, amount)) for _ in range(3))
    sizes = [high - low for low, high in zip([0, *cuts], [*cuts, amount], strict=True)]
    part = dict(zip(KINDS, sizes, strict=True))
    if not denied:
        part["patient"] += part["denied"]
        part["denied"] = 0
    return part


def _signed(context: Context, encounter: str, patient: str) -> Event:
    told = {"patient_id": patient}
    return Event(
        f"evt_{encounter}",
        "encounter.signed",
        context.practice_id,
        encounter,
        1,
        context.now(),
        told,
    )


@pytest.mark.parametrize("runs", [11, pytest.param(300, marks=pytest.mark.campaign)])
def test_the_ledger_is_what_a_plain_oracle_says_after_every_step(clinic: Clinic, runs: int) -> None:
    steps.clear()
    policy_since(clinic, TODAY - timedelta(days=30))
    start = _only(NEEDED)
    run_state_machine_as_test(
        lambda: Ledger(clinic, start),
        settings=settings(
            derandomize=True,
            max_examples=runs,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],
        ),
    )
    assert steps["checked"] >= runs * 26
    assert min(steps["missed"], steps["waived"]) >= runs // 3, steps


def _only(kinds: set[str]) -> Any:
    """The items of these kinds: moto copies the table with every write, so it is kept small."""
    kept = defaultdict(dict)
    for pk, ranges in tables.table().items.items():
        for sk, item in ranges.items():
            if item.attrs["kind"].value in kinds:
                kept[pk][sk] = item
    return kept
