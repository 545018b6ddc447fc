"""Links of the OpenAPI document: what can be done next with what was made.

Owns which operations they lead to, worked out from the addresses: whoever makes a thing at an
address finds it below, by the id in the answer. Nothing is linked by hand, so that no link leads
elsewhere.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from firmhold.doors.shared.operation import Operation

MADE = 201


def links_of(op: Operation, operations: Sequence[Operation]) -> dict[str, Any]:
    """The links of the answer that something was made, by the names of the operations they lead to;
    none of any other."""
    answers = op.answer if isinstance(op.answer, tuple) else (op.answer,)
    if op.method != "POST" or op.status != MADE or not all(map(_says_its_id, answers)):
        return {}
    below = re.compile(re.escape(op.path) + r"/\{(\w+)\}(/[\w-]+)?")
    around = re.findall(r"{(\w+)}", op.path)
    links = {}
    for other in operations:
        if (found := below.fullmatch(other.path)) is not None:
            parameters = {name: f"$request.path.{name}" for name in around}
            parameters[found[1]] = "$response.body#/id"
            links[other.name] = {"operationId": other.name, "parameters": parameters}
    return links


def _says_its_id(answer: Any) -> bool:
    """Whether the answer is one thing, with its id at the top."""
    if not (isinstance(answer, type) and issubclass(answer, msgspec.Struct)):
        return False
    return "id" in {field.encode_name for field in msgspec.structs.fields(answer)}
