"""What reporting counts as it happens."""

from ..platform.queues import Consumers
from . import rollups

consumers = Consumers("reporting")

for event_type in rollups.COUNTER_OF:
    consumers.on(event_type)(rollups.count_occurrence)
consumers.on("claim.submitted")(rollups.count_submission)
consumers.on("claim.rejected")(rollups.count_rejection)
consumers.on("charges.made")(rollups.count_charges)
consumers.on("appointment.reinstated")(rollups.count_reinstatement)
for event_type in ("fee.charged", "fee.waived"):
    consumers.on(event_type)(rollups.count_fee)
consumers.on("payment.taken")(rollups.count_payment)
consumers.on("ledger.posted")(rollups.count_posting)
