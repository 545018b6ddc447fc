"""What the ledger adds up to: counted in the background, read with what is newer (ADR 0026)."""
