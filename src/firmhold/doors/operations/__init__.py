"""The operations door: health, readiness, metrics, and the API reference."""
