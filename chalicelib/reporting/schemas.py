"""The dashboard on the wire. The definition of each figure stands in its description."""

from dataclasses import asdict
from datetime import date
from typing import Any, Self

from pydantic import Field

from ..platform.http import Answer, MoneyValue, Query
from .figures import Counts, Dashboard, Figures


class DashboardQuery(Query):
    """Local days of the practice, both included, 366 at most."""

    from_day: date = Field(alias="from", examples=["2026-03-01"])
    until: date = Field(examples=["2026-03-31"])


class CountsView(Answer):
    """What happened. Visits, charges and claims count on the visit's day, payments on their own."""

    booked: int = Field(description="Appointments booked for the day")
    rescheduled: int = Field(description="Appointments moved to the day")
    cancelled: int = Field(description="Appointments of the day that were cancelled")
    no_show: int = Field(description="Appointments to which the patient did not come")
    checked_in: int = Field(description="Patients checked in")
    completed: int = Field(description="Visits completed: the encounter was signed")
    claims_ready: int = Field(description="Claims that passed the scrubber, again after a change")
    claims_submitted: int = Field(description="Submissions to the clearinghouse")
    claims_rejected: int = Field(description="Rejections by clearinghouse or payer (999, 277CA)")
    claims_accepted: int = Field(description="Acceptances by the payer (277CA)")
    claims_paid: int = Field(description="Claims the payer paid (835)")
    claims_denied: int = Field(description="Claims the payer denied (835)")
    first_submissions: int = Field(description="Claims submitted for the first time")
    first_rejections: int = Field(description="Claims whose first submission was rejected")
    charged: MoneyValue = Field(description="Charges moved into A/R, on the day of the visit")
    insurance_paid: MoneyValue = Field(description="Paid by payers, on the day it was posted")
    adjusted: MoneyValue = Field(description="Contractual adjustments, on the day of posting")
    patient_responsibility: MoneyValue = Field(description="Moved from the payer to the patient")
    patient_paid: MoneyValue = Field(description="Received from patients, applied or not")
    fees: MoneyValue = Field(
        description="Charged to patients for missed visits, less what was waived, on that day"
    )
    collected: MoneyValue = Field(description="insurance_paid + patient_paid")
    receivable_change: MoneyValue = Field(description="charged + fees − adjusted − collected")

    @classmethod
    def of(cls, counts: Counts, currency: str) -> Self:
        return cls(**_shown(counts, currency))


class DayView(CountsView):
    """One local day on which anything happened."""

    day: date

    @classmethod
    def on(cls, day: date, counts: Counts, currency: str) -> Self:
        return cls(day=day, **_shown(counts, currency))


class FiguresView(Answer):
    """Figures of the whole range. A rate is a fraction, null where its denominator is 0 or less."""

    no_show_rate: float | None = Field(description="no_show ÷ (no_show + completed)")
    cancellation_rate: float | None = Field(
        description="cancelled ÷ (cancelled + no_show + completed)"
    )
    visits_per_day: float | None = Field(
        description="Throughput: completed ÷ days on which any visit was completed"
    )
    denial_rate: float | None = Field(
        description="Denied ÷ adjudicated: claims_denied ÷ (claims_paid + claims_denied)"
    )
    first_pass_acceptance: float | None = Field(
        description="(first_submissions − first_rejections) ÷ first_submissions; "
        "what is not answered yet counts as not rejected"
    )
    net_collection_rate: float | None = Field(
        description="Collected ÷ what could be: collected ÷ (charged + fees − adjusted)"
    )
    days_in_receivables: float | None = Field(
        description="Days in A/R: receivables ÷ average daily charges and fees over the range's last 90 "
        "days, or over all of it if it is shorter"
    )
    receivables: MoneyValue = Field(
        description="A/R as the last day ends: all ever charged + fees − adjusted − collected; what "
        "payers and patients owe, less the patients' unapplied money"
    )
    collected: MoneyValue = Field(description="Money received: insurance_paid + patient_paid")

    @classmethod
    def of(cls, figures: Figures, currency: str) -> Self:
        shown = asdict(figures)
        for name in ("receivables", "collected"):
            shown[name] = MoneyValue.of(shown[name], currency)
        return cls(**shown)


class DashboardView(Answer):
    """A range of days: totals, figures, and the days on which anything happened, in order."""

    first_day: date
    last_day: date
    totals: CountsView
    figures: FiguresView
    days: list[DayView]

    @classmethod
    def of(cls, dashboard: Dashboard, currency: str) -> Self:
        return cls(
            first_day=dashboard.first_day,
            last_day=dashboard.last_day,
            totals=CountsView.of(dashboard.totals, currency),
            figures=FiguresView.of(dashboard.figures, currency),
            days=[DayView.on(day, counts, currency) for day, counts in dashboard.days.items()],
        )


def _shown(counts: Counts, currency: str) -> dict[str, Any]:
    shown: dict[str, Any] = asdict(counts)
    shown |= {"collected": counts.collected, "receivable_change": counts.receivable_change}
    for name, field in CountsView.model_fields.items():
        if field.annotation is MoneyValue:
            shown[name] = MoneyValue.of(shown[name], currency)
    return shown
