"""Defects of the engine that show in few schedules among many: between two statements, after a
crash, at one instant. The simulation alone has to find each of them.

    python -m tests.plantings.plant --with-simulation [part of a name …]
"""

from __future__ import annotations

from tests.plantings.defects import SIMULATION, Defect

DEFECTS_OF_SCHEDULES = tuple(
    Defect(name, file, old, new, (SIMULATION,))
    for name, file, old, new in (
        (
            "a commit without an answer is taken for one that failed",
            "engine/faults.py",
            "            asyncpg.exceptions.OperatorInterventionError | "
            "asyncpg.PostgresConnectionError,\n"
            "        )\n    return isinstance(",
            "            asyncpg.exceptions.OperatorInterventionError,\n"
            "        )\n    return isinstance(",
        ),
        (
            "a lost commit is repeated blindly",
            "engine/flight.py",
            "                lost = error\n                self._stats.lost_commits += 1",
            "                self._stats.lost_commits += 1",
        ),
        (
            "who was found to have been carried out is told nothing",
            "engine/transaction.py",
            "            return lost.replies\n",
            "            return [None] * len(tickets)\n",
        ),
        (
            "tickets whose callers have gone are dropped from a lost commit's batch",
            "engine/flight.py",
            "            if lost is None:\n                tickets = [",
            "            if True:\n                tickets = [",
        ),
        (
            "a mark does not look at the time, and transactions' numbers are given out again",
            "store/queries/batch.sql",
            "WHERE organization_id = $1 AND offering_id = $2 AND seq = $3 AND at = $4;",
            "WHERE organization_id = $1 AND offering_id = $2 AND seq = $3 AND"
            " $4::timestamptz IS NOT NULL;",
        ),
        (
            "a pool is read and not locked",
            "store/queries/lending.sql",
            "ORDER BY p.id\nFOR UPDATE;",
            "ORDER BY p.id;",
        ),
        (
            "whoever loses a race for a key is told that it was used",
            "engine/flight.py",
            "            except (KeyRace, BadCommand) as error:\n                lost = None\n",
            "            except (KeyRace, BadCommand) as error:\n                lost = None\n"
            "                if isinstance(error, KeyRace):\n"
            "                    self._fail(tickets[0], error)\n"
            "                    return\n",
        ),
        (
            "what has to be locked as well is not remembered for the next attempt",
            "engine/flight.py",
            "                more |= again.offerings\n",
            "                pass\n",
        ),
        (
            "customers are not locked though a limit spans offerings",
            "engine/flight.py",
            "                    self._customers = True\n"
            "                    who |= again.customers\n",
            "                    pass\n",
        ),
        (
            "nobody asks whether customers have to be locked",
            "engine/batch.py",
            "            raise Again(customers=who)",
            "            pass",
        ),
        (
            "the end of a hold is not seen on the slots beside",
            "engine/batch.py",
            "due = sorted(self.lent.due)[:DUE_AT_ONCE]",
            "due: list[str] = []",
        ),
        (
            "the line is served once the batch is over",
            "domain/decide.py",
            "            outcomes.append(_with_cut_off(desk, outcome) if has_slots else outcome)\n"
            "            if desk.line.queues:\n                serve_all(desk)\n",
            "            outcomes.append(_with_cut_off(desk, outcome) if has_slots else outcome)\n"
            "        if desk.line.queues:\n            serve_all(desk)\n",
        ),
        (
            "a lane is free again as soon as its flight has begun",
            "engine/lanes.py",
            "        self._busy |= rows\n",
            "",
        ),
        (
            "a lane is never free again",
            "engine/batcher.py",
            "            queue.aloft -= len(batch)\n            queue.landed = len(batch)\n"
            "            queue.lanes.free(rows)\n",
            "            queue.aloft -= len(batch)\n            queue.landed = len(batch)\n",
        ),
        (
            "a flight that is stuck counts twice when it lands",
            "engine/batcher.py",
            "            if stuck:\n                queue.stuck -= 1\n            else:\n"
            "                queue.flights -= 1\n",
            "            if stuck:\n                queue.stuck -= 1\n"
            "            queue.flights -= 1\n",
        ),
        (
            "a connection goes back to the pool in a transaction",
            "store/database.py",
            "        return not connection.is_closed() and bool(connection.is_in_transaction())\n",
            "        return False\n",
        ),
        (
            "a standby is asked again and again over the same connection",
            "engine/transaction.py",
            "        discard(connection)\n        raise\n    except BaseException:",
            "        await _roll_back(connection)\n        raise\n    except BaseException:",
        ),
        (
            "an error that passes is shown to the caller",
            "engine/faults.py",
            "    asyncpg.SerializationError,\n",
            "",
        ),
        (
            "those who asked while a look-up failed are forgotten",
            "engine/lookup.py",
            "                    future.set_exception(error)\n",
            "                    pass\n",
        ),
        (
            "one who goes away takes the look-up of the others along",
            "engine/lookup.py",
            "return await asyncio.shield(future)",
            "return await future",
        ),
        (
            "an effect is answered before it is committed",
            "engine/transaction.py",
            "        if leaves_commit_unknown(error):\n            discard(connection)\n",
            "        if leaves_commit_unknown(error):\n            discard(connection)\n"
            "            return replies\n",
        ),
    )
)
