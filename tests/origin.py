"""Where a report comes from: the command, the date, the commit and the machine.

Every run that writes a report with `--json` asks as it begins, because the tree may be changed
before it ends. A figure whose origin is not told can be repeated by nobody.
"""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from typing import Any

from bench.machine import machine
from bench.record import commit


def origin() -> dict[str, Any]:
    """Of what runs now, in JSON's types; `commit` is None outside of a repository."""
    return {
        "command": shlex.join(["python", *sys.orig_argv[1:]]),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "machine": machine(),
    }
