"""Firmhold's PostgreSQL: where it runs, its schema, and its statements by name."""
