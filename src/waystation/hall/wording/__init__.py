"""Wording: what the house says in six languages, who has looked at it, and corrections without a deployment."""
