"""Has the pages built before a package is made of them, where there is Node.js."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Pages(BuildHookInterface):  # type: ignore[type-arg]  # its configuration has no type either
    """Builds `web/`. Without Node.js what has been built before goes in, or nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install takes the pages from the checkout, where `make` builds them."""
        script = Path(self.root, "web", "build.py")
        if version != "editable" and script.exists():
            subprocess.run([sys.executable, str(script), "build", "--if-possible"], check=True)
