"""Firmhold: hold, confirm, release or expire anything scarce, and never oversell it."""

__version__ = "0.1.0"
