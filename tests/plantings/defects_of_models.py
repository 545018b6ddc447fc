"""Defects that each of the searches has to notice alone: small models beside real engines, beside
the doors, and histories of what happened at once. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import DOORS, ENGINES, HISTORIES, Defect

DEFECTS_OF_MODELS = (
    # --- engines, step by step ---
    Defect(
        "a walk-in is served before those who wait for what has just ended",
        "domain/decide.py",
        "    if not state.partial:\n        has_slots",
        "    if not state.partial:\n        desk.line.queues.clear()\n        has_slots",
        (ENGINES,),
    ),
    Defect(
        "a customer's holds are not counted if the limit spans offerings",
        "engine/customers.py",
        'return {row["customer"]: row["holds"] for row in found}',
        'return {row["customer"]: 0 for row in found}',
        (ENGINES,),
    ),
    Defect(
        "a late payment takes units that are gone",
        "domain/confirming.py",
        "refuse_terms(wanted, who, desk.now) or refuse_units(desk, wanted):",
        "refuse_terms(wanted, who, desk.now):",
        (ENGINES,),
    ),
    # --- doors, call by call ---
    Defect(
        "another customer's reservation is shown to whoever has its id",
        "doors/rest/finding.py",
        "return await _reservation(call, reading=call.identity.may(Permission.RESERVATIONS_READ))",
        "return await _reservation(call, reading=True)",
        (DOORS,),
    ),
    Defect(
        "a replay does not say that it is one",
        "doors/shared/submitting.py",
        "REPLAYED if answer.replayed else JSON",
        "JSON",
        (DOORS,),
    ),
    Defect(
        "a key of another request is told only if everything named is there",
        "doors/shared/serving.py",
        "return await earlier(call) or reply",
        "return reply",
        (DOORS,),
    ),
    Defect(
        "a shop's door confirms what is a clinic's",
        "doors/storefront/shared.py",
        "if any(name.sku is None for name in names.values()):",
        "if False:",
        (DOORS,),
    ),
    Defect(
        "the key is asked for before the body is read",
        "doors/shared/serving.py",
        "    body: Any = None\n",
        "    if operation.key is KeyUse.REQUIRED and idempotency_key(headers) is None:\n"
        "        raise Refused(_KEY_MISSING)\n"
        "    body: Any = None\n",
        (DOORS,),
    ),
    # --- histories ---
    Defect(
        "a commit that was never answered is taken for done at once",
        "engine/transaction.py",
        "raise LostCommit(replies, batch.mark) from error",
        "return replies",
        (HISTORIES,),
    ),
    Defect(
        "one who looks is shown what was there when somebody last looked",
        "engine/reader.py",
        "            found = await _load(connection, organization, [bare(id)])\n",
        "            seen = vars(self).setdefault('seen', {})\n"
        "            found = seen.pop(id, None)\n"
        "            if found is None:\n"
        "                found = await _load(connection, organization, [bare(id)])\n"
        "                seen[id] = found\n",
        (HISTORIES,),
    ),
    Defect(
        "a repeated key is carried out once more",
        "engine/answers.py",
        "elif (answer := stored.get(key.scope)) is not None:",
        "elif (answer := stored.get(key.scope)) is not None and False:",
        (HISTORIES,),
    ),
)
