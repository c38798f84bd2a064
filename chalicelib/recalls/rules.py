"""A practice's recall rules: added, changed, listed."""

from ..platform.context import Context
from ..platform.store import find_many, get
from ..scheduling.placing import Named, refuse_missing
from ..scheduling.set_up.models import AppointmentType
from .due_dates import ContactPlan, Interval
from .errors import TooManyRules
from .following import rules_of
from .models import RecallRule
from .schemas import ContactPlanValue, RecallRuleBody

MOST_RULES = 50


def add_rule(context: Context, body: RecallRuleBody) -> RecallRule:
    """From now on, completed visits of its type make recalls. TooManyRules (409); Invalid (422)."""
    if len(rules_of(context)) >= MOST_RULES:
        raise TooManyRules
    rule = RecallRule(*RecallRule.key(context.practice_id, context.new_id("rul")))
    _fill(context, rule, body)
    context.work.create(rule)
    return rule


def change_rule(context: Context, rule_id: str, body: RecallRuleBody) -> RecallRule:
    """Recalls that there are keep what they were made with, until a later visit."""
    rule = context.matching(get(RecallRule, RecallRule.key(context.practice_id, rule_id)))
    _fill(context, rule, body)
    context.work.save(rule)
    return rule


def plan_of(value: ContactPlanValue) -> ContactPlan:
    return ContactPlan(
        value.channel, value.days_before, value.attempts, value.days_between, value.booking_url
    )


def refuse_unknown_types(context: Context, **type_ids: str) -> None:
    """Invalid, naming each field whose type is not there."""
    named: list[Named] = [
        (field, AppointmentType, AppointmentType.key(context.practice_id, each))
        for field, each in type_ids.items()
    ]
    refuse_missing(find_many((key for _, _, key in named), consistent=True), *named)


def _fill(context: Context, rule: RecallRule, body: RecallRuleBody) -> None:
    wanted = {"after_type_id": body.after_type_id}
    refuse_unknown_types(context, **wanted, **({"type_id": body.type_id} if body.type_id else {}))
    rule.name, rule.enabled = body.name, body.enabled
    rule.after_type_id, rule.type_id = body.after_type_id, body.type_id or body.after_type_id
    rule.interval = Interval(body.interval.count, body.interval.unit)
    rule.plan = plan_of(body.plan)
