"""The console door: the pages for people, built from `web/`. It serves files and knows no rules."""

from firmhold.doors.console.routes import routes

__all__ = ["routes"]
