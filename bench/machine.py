"""Owns: what a measurement or a report says about the machine that it was made on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from bench.process import memory_gb


def machine() -> dict[str, str | float]:
    """What it runs on, in JSON's types."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": _cpu_model(),
        "cores": float(os.cpu_count() or 0),
        "memory_gb": memory_gb(),
        "python": platform.python_version(),
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
