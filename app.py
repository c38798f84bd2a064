"""The composition root: wires the domains into one Chalice app."""

from chalice import Chalice, CORSConfig

from chalicelib.audit.handlers import consumers as audit_consumers
from chalicelib.audit.routes import routes as audit_routes
from chalicelib.billing.handlers import consumers as billing_consumers
from chalicelib.billing.routes import routes as billing_routes
from chalicelib.care_team.routes import routes as care_team_routes
from chalicelib.claims.handlers import consumers as claims_consumers
from chalicelib.claims.routes import routes as claims_routes
from chalicelib.clinical.handlers import consumers as clinical_consumers
from chalicelib.clinical.routes import routes as clinical_routes
from chalicelib.custody.handlers import consumers as custody_consumers
from chalicelib.custody.routes import routes as custody_routes
from chalicelib.identity.authentication import authenticate, tenant_of
from chalicelib.identity.credential_routes import routes as credential_routes
from chalicelib.identity.machines.routes import routes as key_routes
from chalicelib.identity.routes import routes as identity_routes
from chalicelib.identity.session_routes import routes as session_routes
from chalicelib.messaging.handlers import consumers as messaging_consumers
from chalicelib.onboarding.routes import routes as onboarding_routes
from chalicelib.patients.routes import routes as patients_routes
from chalicelib.platform.runtime import install
from chalicelib.platform.service_routes import routes as service_routes
from chalicelib.platform.workers import workers
from chalicelib.practices.routes import routes as practices_routes
from chalicelib.psychotherapy.routes import routes as psychotherapy_routes
from chalicelib.reporting.handlers import consumers as reporting_consumers
from chalicelib.reporting.routes import routes as reporting_routes
from chalicelib.scheduling.handlers import consumers as scheduling_consumers
from chalicelib.scheduling.routes import routes as scheduling_routes
from chalicelib.subscriptions.handlers import start_subscription  # noqa: F401  # messaging's queue
from chalicelib.subscriptions.routes import routes as subscriptions_routes
from chalicelib.tasks.handlers import consumers as tasks_consumers
from chalicelib.tasks.routes import routes as tasks_routes

app = Chalice(app_name="careloom", configure_logs=False)
app.api.cors = CORSConfig(
    allow_headers=["Authorization", "Content-Type", "If-Match", "Idempotency-Key", "X-Background"],
    expose_headers=["ETag", "Location", "Retry-After", "X-Request-Id"],
    max_age=600,
)

ROUTES = (
    service_routes, identity_routes, session_routes, credential_routes, key_routes, practices_routes,
    patients_routes, care_team_routes, psychotherapy_routes, scheduling_routes, clinical_routes,
    billing_routes, claims_routes, tasks_routes, reporting_routes, subscriptions_routes,
    onboarding_routes, custody_routes, audit_routes,
)  # fmt: skip
CONSUMERS = (
    messaging_consumers, scheduling_consumers, clinical_consumers, billing_consumers,
    claims_consumers, tasks_consumers, reporting_consumers, custody_consumers, audit_consumers,
)  # fmt: skip

for blueprint in (*(part.blueprint for part in (*ROUTES, *CONSUMERS)), workers):
    app.register_blueprint(blueprint)
install(authenticate, tenant_of)

globals().update(app.handler_map)  # Lambda calls each handler as app.<name> (infra/functions.yaml)
