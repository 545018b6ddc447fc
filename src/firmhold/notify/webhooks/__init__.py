"""Webhooks, by Standard Webhooks: events sent to addresses that organizations have named."""
