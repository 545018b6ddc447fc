"""A request as a line for the shell, ready but for `$ADDRESS`, `$TOKEN` and the ids in its path."""

import json
import re
import shlex
from typing import Any
from urllib.parse import urlencode

_SHORT = 56
"""Characters of JSON that stay on one line."""

_SPECIAL = re.compile(r'([\\"`$])')
_BRACED = re.compile(r"{([^}]+)}")


def curl(method: str, path: str, operation: dict[str, Any]) -> str:
    """The command, on several lines."""
    parts = [f'curl "$ADDRESS{_address(path)}{_query(operation)}"']
    if method != "GET":
        parts[0] = parts[0].replace("curl", f"curl -X {method}", 1)
    parts.append('-H "Authorization: Bearer $TOKEN"')
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"]):
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(_body(content.get('example', {})))}")
    return " \\\n  ".join(parts)


def _address(path: str) -> str:
    """The path in double quotes, its parameters as variables of the shell."""
    parts = _BRACED.split(path)
    return "".join(
        f"${_variable(part)}" if index % 2 else _SPECIAL.sub(r"\\\1", part)
        for index, part in enumerate(parts)
    )


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def _query(operation: dict[str, Any]) -> str:
    """Only what cannot be left out."""
    values = {
        parameter["name"]: parameter["schema"].get("examples", [f"${parameter['name']}"])[0]
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and parameter.get("required")
    }
    return f"?{urlencode(values)}" if values else ""


def _body(example: Any) -> str:
    short = json.dumps(example, ensure_ascii=False)
    return short if len(short) <= _SHORT else json.dumps(example, ensure_ascii=False, indent=2)
