"""The composition root: wires the domains into one Chalice app."""

from collections.abc import Callable
from typing import Any

from chalice import CORSConfig

from chalicelib.identity.authentication import authenticate, tenant_of
from chalicelib.platform.application import Application
from chalicelib.platform.runtime import install

# Modules of chalicelib, each imported when a request or an event first needs it (ADR 18).
ROUTES = (
    "platform.service_routes",
    "identity.signing_up.routes", "identity.sessions.routes", "identity.credentials.routes",
    "identity.openid.routes", "identity.members.routes", "identity.machines.routes",
    "practices.routes",
    "patients.routes", "terminology.routes", "care_team.routes", "forms.routes", "psychotherapy.routes",
    "scheduling.set_up.routes", "scheduling.routes", "scheduling.holds.routes",
    "scheduling.series.routes", "scheduling.reasons.routes", "scheduling.sessions.routes",
    "messaging.routes", "clinical.routes",
    "billing.routes", "billing.missed_visits.routes", "claims.routes",
    "tasks.routes", "operations.routes", "reporting.routes", "subscriptions.routes",
    "onboarding.routes", "custody.routes", "audit.routes", "webhooks.routes",
    "calendars.routes", "front_desk.routes", "online_booking.routes", "waitlist.routes", "recalls.routes",
    "telehealth.routes", "downtime.routes",
)  # fmt: skip
HANDLERS = (
    "platform.workers",
    "messaging.handlers", "subscriptions.handlers",
    "scheduling.handlers", "clinical.handlers", "billing.handlers", "claims.handlers",
    "tasks.handlers", "operations.handlers", "reporting.handlers", "custody.handlers",
    "audit.handlers", "webhooks.handlers", "calendars.handlers", "front_desk.handlers",
    "online_booking.handlers", "waitlist.handlers", "recalls.handlers",
    "telehealth.handlers", "downtime.handlers",
)  # fmt: skip

app = Application("careloom", routes=ROUTES, handlers=HANDLERS)
app.api.cors = CORSConfig(
    allow_headers=["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "X-Background"],
    expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"],
    max_age=600,
)

install(authenticate, tenant_of)


def __getattr__(name: str) -> Callable[..., Any]:
    """Lambda calls each handler as app.<name> (infra/functions.yaml)."""
    return app.handler(name)
