"""Defects of what customers are told. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

TOLD = "tests/notices/test_what_is_told.py"
MAIL = "tests/notices/test_mail.py"
KILLS = "tests/notices/test_kills.py"
DOOR = "tests/notices/test_door.py"
TEMPLATES = "tests/unit/notices/test_templates.py"

DEFECTS_OF_NOTICES = (
    Defect(
        "a reminder whose time had passed is sent at once",
        "notify/notices/planning.py",
        "elif notice.due_at <= of_one[-1].at:",
        "elif False:",
        (TOLD,),
    ),
    Defect(
        "a reminder that waits for the mail server is lost by a change",
        "store/queries/notices.sql",
        "  AND NOT (n.id = ANY ($3::uuid[]));",
        "  AND cardinality($3::uuid[]) >= 0;",
        (TOLD,),
    ),
    Defect(
        "an offer is lost when a part of it is given back",
        "store/queries/notices.sql",
        "(n.about IS NOT NULL OR (n.kind = 'confirmation' AND asked.anew))",
        "(n.kind <> 'cancellation' OR asked.anew)",
        (TOLD,),
    ),
    Defect(
        "what has ended meanwhile is told all the same",
        "notify/notices/facts.py",
        "    if facts.standing != _STANDING[facts.kind]:\n",
        "    if False:\n",
        (TOLD,),
    ),
    Defect(
        "a certificate that is out of date is the end of a message",
        "notify/carriers/smtp.py",
        "            return Outcome(Result.NOT_NOW, in_words(error))",
        "            return Outcome(Result.NEVER, in_words(error))",
        (MAIL,),
    ),
    Defect(
        "who is refused for good is tried for days",
        "notify/carriers/smtp.py",
        "Result.NEVER if 500 <= refused.code <= 599 else Result.NOT_NOW",
        "Result.NOT_NOW",
        (MAIL,),
    ),
    Defect(
        "each attempt has an id of its own",
        "notify/carriers/smtp.py",
        '"<{message.id}@{self._domain}>"',
        '"<{message.id}.{monotonic()}@{self._domain}>"',
        (MAIL, KILLS),
    ),
    Defect(
        "who was thought dead says what came of the next attempt",
        "store/queries/notices.sql",
        "WHERE organization_id = $1 AND id = $2 AND attempts = $3\n",
        "WHERE organization_id = $1 AND id = $2 AND $3 > 0\n",
        (KILLS,),
    ),
    Defect(
        "who stops gives up what is being taken",
        "notify/notices/sending.py",
        "            await asyncio.wait(self._under_way, timeout=patience)\n",
        "            await asyncio.sleep(0)\n",
        (KILLS,),
    ),
    Defect(
        "what a value says is looked at for places",
        "notify/notices/template.py",
        "    return _PLACE.sub(value, text)",
        "    return _PLACE.sub(value, _PLACE.sub(value, text))",
        (TEMPLATES,),
    ),
    Defect(
        "who is erased is told all the same",
        "store/queries/notices.sql",
        "    status = CASE WHEN n.status = 'waiting' THEN 'dropped' ELSE n.status END,\n"
        "    ended_at = coalesce(n.ended_at, clock_timestamp())\n",
        "    status = n.status, ended_at = n.ended_at\n",
        (DOOR,),
    ),
)
