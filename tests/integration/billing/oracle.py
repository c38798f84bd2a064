"""A patient's account in the plainest terms: what each charge waits for, and who paid what of it."""

from collections import Counter
from dataclasses import dataclass, field


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
    """A charged encounter, or a `missed` visit with its fee.

    `posted` is what the payer paid so far, `applied` what its postings took.
    """

    id: str
    day: int
    lines: dict[str, Line]
    insured: bool
    missed: bool = False
    invoiced: set[str] = field(default_factory=set)
    posted: list[int] = field(default_factory=list)
    applied: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass
class Oracle:
    """The account: visits, and the money that was given, oldest first."""

    visits: list[Visit] = field(default_factory=list)
    money: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, Line]]:
        """Every charge, oldest date of service first."""
        by_day = sorted(self.visits, key=lambda visit: (visit.day, visit.id))
        return [line for visit in by_day for line in visit.lines.items()]

    def left(self, payment: str) -> int:
        """What no charge has taken of a payment."""
        return self.money[payment] - sum(line.taken[payment] for _, line in self.lines)

    def apply(
        self, payments: list[str], lines: list[tuple[str, Line]]
    ) -> list[tuple[str, str, int]]:
        """Payments onto what is due, both in the order given; what was taken."""
        done = []
        for payment in payments:
            for charge, line in lines:
                amount = min(self.left(payment), line.due)
                if amount > 0:
                    line.taken[payment] += amount
                    done.append((payment, charge, amount))
        return done

    def decide(self, visit: Visit, parts: dict[str, dict[str, int]]) -> None:
        """A payer's decision: what it denied stays pending, the patient's part takes their money."""
        visit.posted.append(sum(part["paid"] for part in parts.values()))
        for charge, part in parts.items():
            visit.lines[charge].pending = part["denied"]
            visit.lines[charge].share = part["patient"]
        visit.applied += self.apply(list(self.money), list(visit.lines.items()))

    def waive(self, visit: Visit) -> None:
        """A fee asks for nothing any more, and what was paid of it is free again."""
        for line in visit.lines.values():
            line.share = 0
            line.taken.clear()

    def take_back(self, visit: Visit) -> None:
        """A reversal: the charges wait for the payer again, what its postings took is free again."""
        for line in visit.lines.values():
            line.pending, line.share = line.amount, 0
        for payment, charge, amount in visit.applied:
            visit.lines[charge].taken[payment] -= amount
        visit.applied.clear()
        visit.posted.clear()
