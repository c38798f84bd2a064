"""How long a clinic's records have to be kept, by country and state: a dated table of law.

The date is the first on which a record may go. Where no law of the place has been confirmed, ten
years from the last encounter hold (42 CFR 422.504(d), the longest that a US payer's contract asks of
every clinic), and for minors ten years from the age of 18.

Each row says what it was held against in November 2026. Nobody who may practise law has read it:
have counsel do so before anything is erased by it (ADR 14).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

MAJORITY = 18
AUDIT_YEARS = 6
"""45 CFR 164.316(b)(2)(i) and 164.530(j)(2): six years from when a document was made."""


class Source(StrEnum):
    """What a rule was held against."""

    TEXT = "the text of the law"
    AGENCY = "what the agency or board that applies it says"
    ACCOUNT = "an account of it by others"
    OURS = "nothing: careloom's own"


@dataclass(frozen=True, slots=True)
class Rule:
    """`years` from the last encounter; of one who was a minor then, never before `minor_until_age`.

    In force from `since` on, as far as this table goes back; `law` is where it stands.
    """

    years: int
    minor_until_age: int
    law: str
    source: Source
    since: date = date(1900, 1, 1)


DEFAULT = Rule(10, MAJORITY + 10, "careloom's default, after 42 CFR 422.504(d)", Source.OURS)

FEDERAL: dict[str, Rule] = {"US": Rule(7, MAJORITY, "42 CFR 424.516(f)", Source.AGENCY)}
"""By country, beside what its states say: who orders or refers for Medicare keeps what shows it."""

RULES: dict[tuple[str, str], tuple[Rule, ...]] = {
    ("US", "CA"): (
        Rule(
            10, 19, "Cal. Welf. & Inst. Code 14124.1; Health & Safety Code 123145(a)", Source.TEXT
        ),
    ),
    ("US", "FL"): (Rule(5, MAJORITY, "Fla. Admin. Code 64B8-10.002(2)", Source.TEXT),),
    ("US", "GA"): (Rule(10, MAJORITY, "O.C.G.A. 31-33-2(a)(1)(A)", Source.TEXT),),
    ("US", "MA"): (Rule(20, MAJORITY, "M.G.L. c. 111 s. 70; 243 CMR 2.07(13)(a)", Source.ACCOUNT),),
    ("US", "NJ"): (Rule(7, MAJORITY, "N.J.A.C. 13:35-6.5(b)", Source.ACCOUNT),),
    ("US", "NY"): (Rule(6, 22, "8 NYCRR 29.2(a)(3)", Source.TEXT),),
    ("US", "PA"): (Rule(7, 22, "49 Pa. Code 16.95(e); 1 Pa.C.S. 1991", Source.TEXT),),
    ("US", "TX"): (
        Rule(7, 21, "22 TAC 165.1(b)", Source.ACCOUNT),
        replace(
            DEFAULT, law="careloom's default, until 22 TAC ch. 163 is read", since=date(2025, 1, 9)
        ),
    ),
    ("AU", "NSW"): (
        Rule(7, 25, "Health Records and Information Privacy Act 2002 (NSW) s 25", Source.ACCOUNT),
    ),
    ("AU", "VIC"): (Rule(7, 25, "Health Records Act 2001 (Vic) sch 1, HPP 4.2", Source.ACCOUNT),),
    ("AU", "ACT"): (
        Rule(7, 25, "Health Records (Privacy and Access) Act 1997 (ACT) sch 1", Source.ACCOUNT),
    ),
    ("CA", "BC"): (Rule(16, 35, "CPSBC Bylaws s. 3-6(2); Age of Majority Act (19)", Source.TEXT),),
    ("CA", "ON"): (Rule(10, 28, "O. Reg. 114/94 s. 19(1)", Source.ACCOUNT),),
    ("NZ", ""): (
        Rule(10, MAJORITY, "Health (Retention of Health Information) Regs 1996 r 6", Source.AGENCY),
    ),
}
"""By country and state; `""` is a whole country. Several rules of one place, oldest first.

Where a doctor's office and a licensed clinic have rules of their own, the longer holds: a practice does
not say which it is. So in California (Medi-Cal; licensed clinics) and Massachusetts (offices 7 years,
licensed clinics 20). Where a law says nothing of minors, their records stay until they are of age.
"""


def rule_for(country: str, state: str, on: date) -> Rule:
    """The rule in force at a place on a day."""
    known = RULES.get((country, state)) or RULES.get((country, "")) or (DEFAULT,)
    in_force = [rule for rule in known if rule.since <= on]
    return in_force[-1] if in_force else known[0]


def may_go_on(rule: Rule, *, last_encounter: date, birth_date: date) -> date:
    """The first day on which the record may be destroyed."""
    after = years_later(last_encounter, rule.years)
    if last_encounter >= years_later(birth_date, MAJORITY):
        return after
    return max(after, years_later(birth_date, rule.minor_until_age))


def latest(
    places: Iterable[tuple[str, str]], *, on: date, last_encounter: date, birth_date: date
) -> tuple[date, Rule]:
    """Of a clinic in several places, the rule that keeps the record longest, and its date."""
    rules = [rule for place in places for rule in _rules_for(*place, on)] or [DEFAULT]
    dated = [
        (may_go_on(rule, last_encounter=last_encounter, birth_date=birth_date), rule)
        for rule in rules
    ]
    return max(dated, key=lambda each: each[0])


def _rules_for(country: str, state: str, on: date) -> Iterator[Rule]:
    yield rule_for(country, state, on)
    if country in FEDERAL:
        yield FEDERAL[country]


def audit_may_go_on(month: str) -> date:
    """The first day on which the audit entries of a month (`2026-11`) may go."""
    year, number = (int(part) for part in month.split("-"))
    after = (year + AUDIT_YEARS + number // 12, number % 12 + 1)
    return date(*after, 1)


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 1 March for a 29 February that it lacks."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
