"""A request as a line for the shell, ready but for `$ADDRESS`, `$TOKEN` and the ids in its path."""

import json
import re
import shlex
from typing import Any
from urllib.parse import urlencode

_WIDTH = 55
"""Characters of a line that the page shows beside an operation without scrolling."""

_BREAK = " \\\n  "

_SPECIAL = re.compile(r'([\\"`$])')
_BRACED = re.compile(r"{([^}]+)}")


def curl(method: str, path: str, operation: dict[str, Any]) -> str:
    """The command, on several lines."""
    parts = ["curl" if method == "GET" else f"curl -X {method}"]
    address = f'"$ADDRESS{_address(path)}{_query(operation)}"'
    if len(f"{parts[0]} {address} \\") <= _WIDTH:
        parts[0] += f" {address}"
    else:
        parts.append(address)
    parts.append('-H "Authorization: Bearer $TOKEN"')
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"]):
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    body = operation.get("requestBody", {})
    contents = body.get("content", {})
    content = contents.get("application/json")
    if content is None and contents:
        media_type = next(iter(contents))
        parts += [f"-H {shlex.quote(f'Content-Type: {media_type}')}", "--data-binary @FILE"]
    if content is not None and (body.get("required") or content.get("example")):
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(_body(content.get('example', {})))}")
    return _BREAK.join(parts)


def _address(path: str) -> str:
    """The path in double quotes, its parameters as variables of the shell."""
    parts = _BRACED.split(path)
    return "".join(
        f"${_variable(part)}" if index % 2 else _special(part) for index, part in enumerate(parts)
    )


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def _query(operation: dict[str, Any]) -> str:
    """Only what cannot be left out."""
    values = [
        (parameter["name"], parameter["schema"].get("examples"))
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and parameter.get("required")
    ]
    pairs = [
        urlencode({name: examples[0]}) if examples else f"{_special(name)}=${_variable(name)}"
        for name, examples in values
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _special(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _body(example: Any) -> str:
    return _pretty(example, indent=2, before=len("  -d '"))


def _pretty(value: Any, *, indent: int, before: int) -> str:
    """JSON on one line where it fits behind what stands `before` it, else a line per member."""
    short = json.dumps(value, ensure_ascii=False)
    if before + len(short) + len("',") <= _WIDTH or not isinstance(value, (dict, list)):
        return short
    inner = indent + 2
    if isinstance(value, dict):
        names = [f"{json.dumps(name, ensure_ascii=False)}: " for name in value]
        pairs, ends = list(zip(names, value.values(), strict=True)), "{}"
    else:
        pairs, ends = [("", part) for part in value], "[]"
    lines = (
        f"\n{' ' * inner}{name}{_pretty(part, indent=inner, before=inner + len(name))}"
        for name, part in pairs
    )
    return f"{ends[0]}{','.join(lines)}\n{' ' * indent}{ends[1]}"
