"""A practice whose reporting is told of events directly, and the records those events are about."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import boto3

from chalicelib.billing.models import Charge, Payment
from chalicelib.claims.models import Claim, Step
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from chalicelib.platform.store import Record, UnitOfWork, practice_scope
from tests.world import Answered, World, sign_up

PATIENT = "pat_1"
DAY = date(2026, 3, 2)
KEPT = ("rollup", "receivables_month", "counted_event")


@dataclass
class Told:
    """A practice; `token` is its owner's."""

    world: World
    token: str
    practice_id: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def event(self, event_type: str, subject: str, day: date = DAY, **more: Any) -> Event:
        """An event on `day`; `version` is the subject's, 1 unless given."""
        version = more.pop("version", 1)
        return Event(
            id=f"evt_{next(self._numbers)}",
            type=event_type,
            practice_id=self.practice_id,
            subject=subject,
            subject_version=version,
            occurred_at=self.world.clock.now(),
            data={"patient_id": PATIENT, "day": day.isoformat(), **more},
        )

    def posted(self, day: date = DAY, *, paid: int = 0, adjusted: int = 0, share: int = 0) -> Event:
        """A payer's decision as it was posted."""
        return self.event(
            "ledger.posted",
            f"rem_{next(self._numbers)}",
            day,
            claim_id="clm_1",
            insurance_paid=str(paid),
            adjusted=str(adjusted),
            patient_responsibility=str(share),
        )

    def charged(self, day: date, *amounts: int) -> Event:
        """An encounter with these charges, and the event of it."""
        encounter_id = f"enc_{next(self._numbers)}"
        for line, amount in enumerate(amounts, start=1):
            self.store(_charge(self.practice_id, encounter_id, line, day, amount))
        return self.event("charges.made", encounter_id, day, bill_to="insurance")

    def paid(self, day: date, amount: int) -> Event:
        """A patient's payment, and the event of it."""
        payment = _payment(self.practice_id, f"pay_{next(self._numbers)}", day, amount)
        payment.taken_at = self.world.clock.now()
        self.store(payment)
        return self.event("payment.taken", payment.id, day)

    def claim(self, claim_id: str, *statuses: str, day: date = DAY) -> None:
        """A claim that has come through these states, one a version."""
        now = self.world.clock.now()
        steps = [Step(now + timedelta(hours=at), each, "test") for at, each in enumerate(statuses)]
        self.store(
            Claim(
                *Claim.key(self.practice_id, claim_id),
                patient_id=PATIENT,
                payer_id="pyr_1",
                coverage_id="cov_1",
                encounter_id="enc_1",
                title="Payer",
                day=day,
                status=statuses[-1],
                amount=100,
                attempt=1,
                charge_ids=(),
                steps=tuple(steps),
            )
        )

    def store(self, record: Record) -> None:
        with practice_scope(self.practice_id):
            work = UnitOfWork()
            work.create(record)
            work.commit()

    def deliver(self, *events: Event) -> list[str]:
        """One batch to reporting's queue; which messages it gives back, by place."""
        return self.world.deliver("reporting", [event.to_json() for event in events])

    def ask(self, first: date | str, last: date | str, token: str = "") -> Answered:
        path = f"/v1/dashboard?from={first}&until={last}"
        return self.world.call("GET", path, token=token or self.token)

    def dashboard(self, first: date = DAY, last: date = DAY) -> Any:
        answer = self.ask(first, last)
        assert answer.status == 200, answer.text
        return answer.json

    def kept(self, kind: str) -> list[dict[str, Any]]:
        """The stored items of a kind, of every practice."""
        return [item for item in self.world.items() if item["kind"]["S"] == kind]

    def forget(self) -> None:
        """Begin again: no rollups, no marks."""
        table = boto3.resource("dynamodb").Table(settings().table)
        for kind in KEPT:
            for item in self.kept(kind):
                table.delete_item(Key={"pk": item["pk"]["S"], "sk": item["sk"]["S"]})


def practice(world: World, **over: str) -> Told:
    """A practice that was just signed up; `over` as in `sign_up`."""
    token = sign_up(world, **over)
    made = [item["pk"]["S"] for item in world.items() if item["kind"]["S"] == "practice"]
    return Told(world, token, max(made).removesuffix("#"))


def counted(shown: dict[str, Any]) -> dict[str, int]:
    """The counts of a totals or day view that are not zero; money as its amount."""
    plain = {
        name: value["amount"] if isinstance(value, dict) else value for name, value in shown.items()
    }
    return {name: value for name, value in plain.items() if name != "day" and value}


def _charge(practice_id: str, encounter_id: str, line: int, day: date, amount: int) -> Charge:
    return Charge(
        *Charge.key(practice_id, PATIENT, f"chg_{encounter_id.removeprefix('enc_')}-{line}"),
        encounter_id=encounter_id,
        line=line,
        day=day,
        code="X0001",
        modifiers=(),
        units=1,
        pointers=(1,),
        amount=amount,
        bill_to="insurance",
        coverage_id="cov_1",
        practitioner_id="pra_1",
        location_id="loc_1",
        insurance_pending=amount,
        patient_share=0,
        patient_due=0,
    )


def _payment(practice_id: str, payment_id: str, day: date, amount: int) -> Payment:
    return Payment(
        *Payment.key(practice_id, PATIENT, payment_id),
        amount=amount,
        unapplied=amount,
        method="cash",
        purpose="copay",
        day=day,
        taken_by="usr_1",
        receipt_number="R-1",
    )
