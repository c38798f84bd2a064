"""Routes of messages to patients."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Page, PageQuery, Routes
from . import own_texts, plan, sent, visit_links
from .schemas import (
    MessageTemplateBody,
    MessageTemplateList,
    MessageTemplateView,
    MessageView,
    ReminderPlanBody,
    ReminderPlanView,
    VisitAnswer,
    VisitAnswered,
    VisitView,
)

routes = Routes("messaging")


@routes.get("/v1/practice/reminders", permission=Permission.READ_PRACTICE)
def read_reminder_plan(context: Context) -> ReminderPlanView:
    """When patients are reminded of their visits. Version 0 before it is first set."""
    return ReminderPlanView.model_validate(plan.read_plan(context))


@routes.put("/v1/practice/reminders", permission=Permission.MANAGE_PRACTICE)
def set_reminder_plan(context: Context, body: ReminderPlanBody) -> ReminderPlanView:
    """Replace steps and quiet hours; what is booked keeps its reminders until it moves.

    The first time, send `If-Match: "0"`. A step that falls into the quiet hours is sent when they
    end, or before they begin where the visit comes first.
    """
    return ReminderPlanView.model_validate(plan.set_plan(context, body))


@routes.get("/v1/message-templates", permission=Permission.READ_PRACTICE)
def list_message_templates(context: Context) -> MessageTemplateList:
    """The wording of the reminder by channel and language, yours or ours; how long a text is."""
    return MessageTemplateList.model_validate({"items": own_texts.list_texts(context)})


@routes.put("/v1/message-templates/{template_id}", permission=Permission.MANAGE_PRACTICE)
def set_message_template(
    context: Context, template_id: str, body: MessageTemplateBody
) -> MessageTemplateView:
    """Write your own, `sms.es` or `email.vi`. 422 `unknown_variable` names what is not safe there.

    The first time, send `If-Match: "0"`.
    """
    return MessageTemplateView.model_validate(own_texts.set_text(context, template_id, body))


@routes.delete("/v1/message-templates/{template_id}", permission=Permission.MANAGE_PRACTICE)
def drop_message_template(context: Context, template_id: str) -> None:
    """Use ours again."""
    own_texts.drop_text(context, template_id)


@routes.get("/v1/patients/{patient_id}/messages", permission=Permission.BOOK_APPOINTMENT)
def list_patient_messages(context: Context, patient_id: str, query: PageQuery) -> Page[MessageView]:
    """What a patient was sent and what became of it, and what they texted back; the latest first."""
    items, cursor = sent.messages_of(context, patient_id, query)
    return Page[MessageView].model_validate({"items": items, "next_cursor": cursor})


@routes.get("/v1/visit-links/{secret}", permission=PUBLIC)
def read_visit_link(context: SystemContext, secret: str) -> VisitView:
    """The visit that a reminder's link is about: when, where, and a first name. Changes nothing."""
    return VisitView.model_validate(visit_links.read_visit(context, secret))


@routes.post("/v1/visit-links/{secret}", permission=PUBLIC, idempotent=True)
def answer_visit_link(context: SystemContext, secret: str, body: VisitAnswer) -> VisitAnswered:
    """Confirm the visit, cancel it, or ask for another time; once for each reminder.

    409 `visit_link_spent` for a link that was used, or whose visit has moved, begun or ended.
    """
    return VisitAnswered.model_validate(visit_links.answer_visit(context, secret, body.answer))
