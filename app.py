"""The composition root: wires the domains into one Chalice app."""

from chalice import Chalice, CORSConfig

from chalicelib.audit import handlers as audit_handlers, routes as audit_routes
from chalicelib.billing import handlers as billing_handlers, routes as billing_routes
from chalicelib.care_team import routes as care_team_routes
from chalicelib.claims import handlers as claims_handlers, routes as claims_routes
from chalicelib.clinical import handlers as clinical_handlers, routes as clinical_routes
from chalicelib.custody import handlers as custody_handlers, routes as custody_routes
from chalicelib.identity import routes as identity_routes
from chalicelib.identity.authentication import authenticate, tenant_of
from chalicelib.messaging import handlers as messaging_handlers, routes as messaging_routes
from chalicelib.onboarding import routes as onboarding_routes
from chalicelib.operations import handlers as operations_handlers, routes as operations_routes
from chalicelib.patients import routes as patients_routes
from chalicelib.platform import service_routes
from chalicelib.platform.runtime import install
from chalicelib.platform.workers import workers
from chalicelib.practices import routes as practices_routes
from chalicelib.psychotherapy import routes as psychotherapy_routes
from chalicelib.reporting import handlers as reporting_handlers, routes as reporting_routes
from chalicelib.scheduling import handlers as scheduling_handlers, routes as scheduling_routes
from chalicelib.subscriptions import routes as subscriptions_routes
from chalicelib.subscriptions.handlers import start_subscription  # noqa: F401  # messaging's queue
from chalicelib.tasks import handlers as tasks_handlers, routes as tasks_routes

app = Chalice(app_name="careloom", configure_logs=False)
app.api.cors = CORSConfig(
    allow_headers=["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "X-Background"],
    expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"],
    max_age=600,
)

ROUTES = (
    service_routes, *identity_routes.ROOMS, practices_routes, patients_routes, care_team_routes,
    psychotherapy_routes, scheduling_routes, messaging_routes, clinical_routes, billing_routes,
    claims_routes, tasks_routes, operations_routes, reporting_routes, subscriptions_routes, onboarding_routes,
    custody_routes, audit_routes,
)  # fmt: skip
HANDLERS = (
    messaging_handlers, scheduling_handlers, clinical_handlers, billing_handlers,
    claims_handlers, tasks_handlers, operations_handlers, reporting_handlers,
    custody_handlers, audit_handlers,
)  # fmt: skip

for module in ROUTES:
    app.register_blueprint(module.routes.blueprint)
for module in HANDLERS:
    app.register_blueprint(module.consumers.blueprint)
app.register_blueprint(workers)

install(authenticate, tenant_of)

globals().update(app.handler_map)  # Lambda calls each handler as app.<name> (infra/functions.yaml)
