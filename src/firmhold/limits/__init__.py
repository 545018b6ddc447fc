"""How often somebody may ask: token buckets that hold across processes and nodes."""
