"""Tells the world outside what has happened: programs by webhooks, people by messages."""
