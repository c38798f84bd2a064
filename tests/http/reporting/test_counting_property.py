"""Whatever happens, in whatever order and however often it is told: the dashboard is a plain sum."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from chalicelib.platform.events import Event
from tests.http.reporting.telling import Told, counted, practice
from tests.world import World

FIRST = date(2026, 2, 26)
DAYS = 6  # over the end of a month
BATCH = 10
COUNTED = {
    "appointment.booked": "booked",
    "appointment.no_show": "no_show",
    "appointment.completed": "completed",
    "claim.denied": "claims_denied",
}


@dataclass(frozen=True)
class Happening:
    """One thing that happens `day` days after FIRST; `amounts` are minor units."""

    what: str
    day: int
    amounts: tuple[int, ...]

    @property
    def on(self) -> date:
        return FIRST + timedelta(days=self.day)

    def told_to(self, told: Told) -> Event:
        match self.what:
            case "charged":
                return told.charged(self.on, *self.amounts)
            case "paid":
                return told.paid(self.on, self.amounts[0])
            case "fee.charged" | "fee.waived":
                return told.event(self.what, "fee_1", self.on, amount=str(self.amounts[0]))
            case "posted":
                paid, adjusted, share = self.amounts
                return told.posted(self.on, paid=paid, adjusted=adjusted, share=share)
        return told.event(self.what, "apt_1", self.on)

    def counts(self) -> Counter[str]:
        """What it adds: the oracle."""
        match self.what:
            case "charged":
                return Counter(charged=sum(self.amounts))
            case "paid":
                return Counter(patient_paid=self.amounts[0])
            case "fee.charged" | "fee.waived":
                return Counter(fees=self.amounts[0])
            case "posted":
                names = ("insurance_paid", "adjusted", "patient_responsibility")
                return Counter(dict(zip(names, self.amounts, strict=True)))
        return Counter({COUNTED[self.what]: 1})


def happenings() -> st.SearchStrategy[Happening]:
    days = st.integers(0, DAYS - 1)
    amount, signed = st.integers(1, 10**7), st.integers(-(10**7), 10**7)
    return st.one_of(
        st.builds(Happening, st.sampled_from(sorted(COUNTED)), days, st.just(())),
        st.builds(Happening, st.just("charged"), days, st.lists(amount, max_size=2).map(tuple)),
        st.builds(Happening, st.just("paid"), days, st.tuples(amount)),
        st.builds(Happening, st.just("fee.charged"), days, st.tuples(amount)),
        st.builds(Happening, st.just("fee.waived"), days, st.tuples(st.integers(-(10**7), -1))),
        st.builds(Happening, st.just("posted"), days, st.tuples(signed, signed, signed)),
    )


@pytest.fixture
def told(world: World) -> Told:
    return practice(world)


@pytest.mark.parametrize("runs", [8, pytest.param(300, marks=pytest.mark.campaign)])
def test_the_dashboard_is_the_sum_of_what_happened(told: Told, runs: int) -> None:
    @settings(
        max_examples=runs,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # shrinking over the store takes minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(happened=st.lists(happenings(), max_size=5), seed=st.integers(0, 2**16))
    def adds_up(happened: list[Happening], seed: int) -> None:
        # given each event three times, in any order
        told.forget()
        messages = [each.told_to(told) for each in happened] * 3
        Random(seed).shuffle(messages)

        for start in range(0, len(messages), BATCH):
            assert told.deliver(*messages[start : start + BATCH]) == []

        shown = told.dashboard(FIRST, FIRST + timedelta(days=DAYS - 1))
        assert counted(shown["totals"]) == summed(happened)
        assert shown["figures"]["receivables"]["amount"] == receivables(happened)
        assert {day["day"]: counted(day) for day in shown["days"]} == {
            on.isoformat(): summed([each for each in happened if each.on == on])
            for on in sorted({each.on for each in happened})
        }
        assert len(told.kept("counted_event")) == len(happened)

    adds_up()


def summed(happened: list[Happening]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in happened:
        for name, amount in each.counts().items():
            total[name] += amount
    total["collected"] = total["insurance_paid"] + total["patient_paid"]
    total["receivable_change"] = receivables(happened)
    return {name: amount for name, amount in total.items() if amount}


def receivables(happened: list[Happening]) -> int:
    """What was charged, less what was paid and adjusted."""
    left = 0
    for each in happened:
        match each.what:
            case "charged":
                left += sum(each.amounts)
            case "fee.charged" | "fee.waived":
                left += each.amounts[0]
            case "paid":
                left -= each.amounts[0]
            case "posted":
                left -= each.amounts[0] + each.amounts[1]
    return left
