"""Defects of what guards every door: headers, bounds, secrets and logs. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

GUARDING = "tests/doors/test_guarding.py"
WIRE = "tests/doors/test_wire.py"
ATTACKS = "tests/doors/test_token_attacks.py"
BOUNDS = "tests/doors/test_bounds.py"
SECRETS = "tests/cli/test_secrets.py"
SECRECY = "tests/unit/test_secrecy.py"
REDACTION = "tests/unit/test_redaction.py"

DEFECTS_OF_GUARDING = (
    Defect(
        "browsers may guess what an answer is",
        "doors/shared/guarding.py",
        '    (b"x-content-type-options", b"nosniff"),\n',
        "",
        (GUARDING,),
    ),
    Defect(
        "an answer's own policy is followed by the usual one",
        "doors/shared/guarding.py",
        "    if not own:\n",
        "    if True:\n",
        (GUARDING,),
    ),
    Defect(
        "anybody may say that they came by HTTPS",
        "doors/shared/guarding.py",
        '    if not proxies.trusts(client[0] if client else ""):\n        return False\n',
        "    _ = client\n",
        (GUARDING,),
    ),
    Defect(
        "of two tokens the last counts",
        "doors/shared/serving.py",
        '        refuse_repeated(scope["headers"])\n',
        "        pass\n",
        (GUARDING, ATTACKS),
    ),
    Defect(
        "what is wrong on the way to an operation is told in the framework's words",
        "app.py",
        ", Exception: router_failure}",
        "}",
        (GUARDING,),
    ),
    Defect(
        "a WebSocket is refused without a word to browsers",
        "cli/protocol.py",
        "and self._should_upgrade() and not self._is_socket():\n",
        "and False:\n",
        (WIRE,),
    ),
    Defect(
        "the head of a request has no end",
        "cli/protocol.py",
        "            if self._in_head:\n",
        "            if False:\n",
        (WIRE,),
    ),
    Defect(
        "what stands around the chunks of a body has no end",
        "cli/protocol.py",
        '                self._stop(400, "body", "too much between its bytes")\n',
        "                pass\n",
        (WIRE,),
    ),
    Defect(
        "a request may be for two hosts, or none",
        "cli/protocol.py",
        "        if hosts != 1 and (hosts or not self._is_old()):\n",
        "        if False:\n",
        (WIRE,),
    ),
    Defect(
        "a body in a coding that nobody knows is read as if it had none",
        "cli/protocol.py",
        '                self._refuse(501, "Transfer-Encoding", "only chunked is understood")\n',
        "                pass\n",
        (WIRE,),
    ),
    Defect(
        "a token may be written in many ways",
        "identity/tokens.py",
        "        if not _WRITTEN.fullmatch(token):\n",
        "        if False:\n",
        (ATTACKS,),
    ),
    Defect(
        "the header of a token chooses the algorithm",
        "identity/tokens.py",
        "                algorithms=[ALGORITHM],\n",
        '                algorithms=["HS256", "HS384", "HS512", "none"],\n',
        (ATTACKS,),
    ),
    Defect(
        "a token of another kind will do",
        "identity/tokens.py",
        "        if typ == ACCESS:\n",
        "        if typ != HOLD:\n",
        (ATTACKS,),
    ),
    Defect(
        "a token is good for as long as it says",
        "identity/tokens.py",
        " and over - made <= LONGEST_SECONDS):",
        "):",
        (ATTACKS,),
    ),
    Defect(
        "a query has no end",
        "doors/shared/body.py",
        "    if len(query) > LONGEST_QUERY:\n",
        "    if False:\n",
        (BOUNDS,),
    ),
    Defect(
        "a name may turn the text around it",
        "doors/shared/text.py",
        '_TURNS = r"\\u202a-\\u202e\\u2066-\\u2069"',
        '_TURNS = ""',
        (BOUNDS,),
    ),
    Defect(
        "a name may command a terminal",
        "doors/shared/text.py",
        '1f\\x7f-\\x9f{_TURNS}"\n',
        '1f\\x7f{_TURNS}"\n',
        (BOUNDS,),
    ),
    Defect(
        "an address may look like another",
        "doors/shared/text.py",
        '_EMAIL = rf"^[^@\\s{_OUT}{_UNSEEN}]+@[^@\\s{_OUT}{_UNSEEN}]+$(?!\\n)"',
        '_EMAIL = rf"^[^@\\s{_OUT}]+@[^@\\s{_OUT}]+$(?!\\n)"',
        (BOUNDS,),
    ),
    Defect(
        "a key that stands in every guide signs tokens",
        "settings.py",
        "            why = weakness_of(key)\n",
        "            why = None\n",
        (SECRETS,),
    ),
    Defect(
        "a key that counts upwards signs tokens",
        "secrecy.py",
        '        return "characters in their order"\n',
        "        pass\n",
        (SECRECY,),
    ),
    Defect(
        "everybody may read the file of a secret",
        "secrecy.py",
        "        refuse_readable(path)\n",
        "",
        (SECRECY, SECRETS),
    ),
    Defect(
        "a log repeats what it is given",
        "telemetry.py",
        "        redact,\n    ]\n",
        "    ]\n",
        (SECRETS,),
    ),
    Defect(
        "a traceback repeats what an error says",
        "telemetry.py",
        '        lines = redacted(str(trace)).split("\\n")\n',
        '        lines = str(trace).split("\\n")\n',
        (SECRETS,),
    ),
    Defect(
        "the code in a letter is hidden from whoever has to pass it on",
        "identity/letters.py",
        '    return Shown(fact) if name == "code" and isinstance(fact, str) else fact\n',
        "    return fact\n",
        (SECRETS,),
    ),
    Defect(
        "whoever is logged may begin a line of their own",
        "redaction.py",
        "    return _text(value)\n\n\ndef _text",
        "    return redacted(str(value))\n\n\ndef _text",
        (REDACTION, SECRETS),
    ),
    Defect(
        "each of many who ask at once for what anyone may see has a look of their own",
        "looking.py",
        "        if task is None or task.done():\n",
        "        if True:\n",
        ("tests/doors/test_looking_together.py",),
    ),
    Defect(
        "whoever asked first and goes away takes the look from all others",
        "looking.py",
        "await asyncio.shield(task)",
        "await task",
        ("tests/doors/test_looking_together.py",),
    ),
)
