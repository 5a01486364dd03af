"""What hooks tell others."""

from waystation.kernel.facts import fact

WebhookFailing = fact("house.webhook_failing", webhook=str)
