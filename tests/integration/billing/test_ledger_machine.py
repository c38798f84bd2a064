"""The ledger in the table against a plain oracle, through hundreds of random movements."""

from collections import Counter
from contextlib import contextmanager
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test

from chalicelib.billing.charging import charge_id_of, make_charges
from chalicelib.billing.invoices import make_invoice
from chalicelib.billing.ledger import read_account
from chalicelib.billing.payments import take_payment
from chalicelib.billing.posting import post_adjudication
from chalicelib.billing.posting_values import Adjustment, NotPostable, RemittedClaim, RemittedLine
from chalicelib.billing.schemas import InvoiceBody, PaymentBody, TakenValue
from chalicelib.clinical.coding import Procedure
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from tests.builders.billing import TODAY, Clinic, moto_table
from tests.builders.ledgers import assert_balanced

CODES = {"G0463": 20_000, "G2211": 1_600, "X0001": 0}
KINDS = ("paid", "contractual", "patient", "denied")
CAS = {"contractual": ("CO", "45"), "patient": ("PR", "1"), "denied": ("CO", "50")}
steps = Counter[str]()


@dataclass
class Line:
    """A charge as the oracle has it."""

    amount: int
    pending: int
    share: int
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        return self.share - sum(self.taken.values())


@dataclass
class Visit:
    """A charged encounter; `posted` is what the payer paid so far, `applied` what its postings took."""

    id: str
    day: int
    lines: dict[str, Line]
    insured: bool
    invoiced: set[str] = field(default_factory=set)
    posted: list[int] = field(default_factory=list)
    applied: list[tuple[str, str, int]] = field(default_factory=list)


class Ledger(RuleBasedStateMachine):
    """Charges, copays, payments, invoices, and remittances of one patient."""

    def __init__(self, clinic: Clinic) -> None:
        super().__init__()
        self.clinic, self.patient = clinic, clinic.insured
        self.visits: list[Visit] = []
        self.money: dict[str, int] = {}
        self.overpaid = False
        moto_table().items.pop(f"{clinic.practice_id}#{self.patient}#money", None)
        for pk, ranges in moto_table().items.items():
            for sk in [sk for sk in ranges if sk.startswith("money#") and self.patient in pk]:
                del ranges[sk]

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
        self.visits.append(Visit(encounter, -back, lines, insured))

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
        self.money[payment] = amount
        if purpose != "copay":
            self._apply(
                [payment], [line for visit in self._by_day() for line in visit.lines.items()]
            )

    @precondition(lambda self: self.visits)
    @rule(data=st.data())
    def invoice(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(self.visits))
        asked = {
            charge: line
            for charge, line in visit.lines.items()
            if line.due > 0 and charge not in visit.invoiced
        }
        if not asked:
            return
        with self._at_work() as context:
            made = make_invoice(context, self.patient, InvoiceBody(encounter_id=visit.id))
        assert made.invoice.amount == sum(line.due for line in asked.values())
        visit.invoiced |= set(asked)
        self._apply(list(self.money), list(asked.items()))

    @precondition(lambda self: any(v.insured and not v.posted for v in self.visits))
    @rule(data=st.data())
    def first_payer(self, data: st.DataObject) -> None:
        """Any balanced decision: paid, written off, the patient's, denied, in any parts."""
        visit = data.draw(st.sampled_from([v for v in self.visits if v.insured and not v.posted]))
        parts = {charge: _split(data, line.amount) for charge, line in visit.lines.items()}
        self._post(visit, "1", parts, restated=0)
        for charge, part in parts.items():
            visit.lines[charge].pending = part["denied"]
            visit.lines[charge].share = part["patient"]
        self._apply_posting(visit)

    @precondition(lambda self: any(len(v.posted) == 1 for v in self.visits))
    @rule(data=st.data())
    def second_payer(self, data: st.DataObject) -> None:
        """It decides what the first left: open or the patient's; OA-23 restates the rest."""
        visit = data.draw(st.sampled_from([v for v in self.visits if len(v.posted) == 1]))
        left = {charge: line.pending + line.share for charge, line in visit.lines.items()}
        parts = {charge: _split(data, amount, denied=False) for charge, amount in left.items()}
        self._post(visit, "2", parts, restated=1)
        for charge, part in parts.items():
            visit.lines[charge].pending = 0
            visit.lines[charge].share = part["patient"]
        self._apply_posting(visit)

    @precondition(lambda self: any(v.posted for v in self.visits))
    @rule(data=st.data())
    def reversal(self, data: st.DataObject) -> None:
        """All that the claim's postings did is taken back, patients' money included."""
        visit = data.draw(st.sampled_from([v for v in self.visits if v.posted]))
        paid, billed = sum(visit.posted), sum(line.amount for line in visit.lines.values())
        self._adjudicate(visit, RemittedClaim("22", -billed, -paid))
        for line in visit.lines.values():
            line.pending, line.share = line.amount, 0
        for payment, charge, amount in visit.applied:
            visit.lines[charge].taken[payment] -= amount
        visit.applied.clear()
        visit.posted.clear()
        self.overpaid = True

    @precondition(lambda self: any(v.insured for v in self.visits))
    @rule(data=st.data(), off=st.sampled_from([-1, 1]))
    def unbalanced(self, data: st.DataObject, off: int) -> None:
        """What does not add up, or reverses what was not paid, moves nothing."""
        visit = data.draw(st.sampled_from([v for v in self.visits if v.insured]))
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
        with self._at_work() as context:
            account = read_account(context, self.patient)
        found = {
            c.id: (c.insurance_pending, c.patient_share, c.patient_due) for c in account.charges
        }
        lines = [each for visit in self._by_day() for each in visit.lines.items()]
        assert found == {id_: (line.pending, line.share, line.due) for id_, line in lines}
        left = {payment: self._left(payment) for payment in self.money}
        assert {each.id: each.unapplied for each in account.payments} == left
        assert_balanced(self.clinic.world.items(), overpaid=self.overpaid)

    # --- the oracle -------------------------------------------------------------------------------

    def _by_day(self) -> list[Visit]:
        return sorted(self.visits, key=lambda visit: (visit.day, visit.id))

    def _left(self, payment: str) -> int:
        lines = (line for visit in self.visits for line in visit.lines.values())
        return self.money[payment] - sum(line.taken[payment] for line in lines)

    def _apply(
        self, payments: list[str], lines: list[tuple[str, Line]]
    ) -> list[tuple[str, str, int]]:
        done = []
        for payment in payments:
            for charge, line in lines:
                amount = min(self._left(payment), line.due)
                if amount > 0:
                    line.taken[payment] += amount
                    done.append((payment, charge, amount))
        return done

    def _apply_posting(self, visit: Visit) -> None:
        visit.applied += self._apply(list(self.money), list(visit.lines.items()))

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
        visit.posted.append(paid)

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


def test_the_ledger_is_what_a_plain_oracle_says_after_every_step(clinic: Clinic) -> None:
    steps.clear()
    run_state_machine_as_test(
        lambda: Ledger(clinic),
        settings=settings(
            derandomize=True,
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
        ),
    )
    assert steps["checked"] >= 300
