"""What webhooks refuse."""

from ..platform.errors import Conflict


class TooManyWebhooks(Conflict):
    """Each event is a delivery for each of them."""

    code = "too_many_webhooks"
    title = "The practice has as many webhooks as it can have"


class WebhookOff(Conflict):
    """It is off; switch it on first."""

    code = "webhook_off"
    title = "This webhook is off"


class DeliveryChanged(Conflict):
    """It was being sent at the same moment; read it again."""

    code = "delivery_changed"
    title = "This delivery has just been changed"
