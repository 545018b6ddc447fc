"""The API reference as one page of HTML, made from the OpenAPI document."""

from typing import Any


def reference(specification: dict[str, Any]) -> str:
    """The page."""
    return f"<!doctype html><title>{specification['info']['title']}</title>"
