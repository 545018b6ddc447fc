"""What has happened, told in order: the end of the ledger, read as events (ADR 0022)."""
