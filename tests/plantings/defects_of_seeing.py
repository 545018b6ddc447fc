"""Defects of what an operator sees: metrics, logs and traces. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

IDS = "tests/doors/test_request_ids.py"
METRICS = "tests/doors/test_metrics.py"
TRACES = "tests/doors/test_tracing.py"
PAGE = "tests/docs/test_operating_page.py"

DEFECTS_OF_SEEING = (
    Defect(
        "a batch is told as a part of the request that set it off",
        "engine/batcher.py",
        "context=self._context.copy()",
        "context=None",
        (IDS,),
    ),
    Defect(
        "a command that fails is told without its request",
        "engine/flight.py",
        "told = {} if ticket.asked is None else ticket.asked.told()",
        "told: dict[str, str] = {}",
        (IDS,),
    ),
    Defect(
        "whatever a caller sends is a request's id",
        "request.py",
        "if name == HEADER and _WELL_FORMED.fullmatch(value) is not None:",
        "if name == HEADER and value.isascii():",
        (IDS,),
    ),
    Defect(
        "all requests of a process have one id",
        "request.py",
        "{next(_NUMBERS):x}",
        "1",
        (IDS,),
    ),
    Defect(
        "a line of the log does not say whose request it is about",
        "doors/shared/serving.py",
        "        asked.organization = identity.organization\n",
        "        pass\n",
        (IDS, TRACES),
    ),
    Defect(
        "a hold that was placed is not told with its request",
        "engine/engine.py",
        "                asked.reservation = reply.subject.id\n",
        "                pass\n",
        (IDS, TRACES),
    ),
    Defect(
        "a large batch loses most of its links",
        "tracing/spans.py",
        "MOST_LINKS = 512",
        "MOST_LINKS = 16",
        (TRACES,),
    ),
    Defect(
        "a trace has the message of an exception",
        "tracing/spans.py",
        "record_exception=False",
        "record_exception=True",
        (TRACES,),
    ),
    Defect(
        "a request does not find the batch it was in",
        "tracing/spans.py",
        "            span.add_link(batch.get_span_context())\n",
        "            pass\n",
        (TRACES,),
    ),
    Defect(
        "what is left of the traces is not sent at the end",
        "tracing/spans.py",
        "        closing.start()\n        closing.join(CLOSE_SECONDS)\n",
        "        _ = closing\n",
        (TRACES,),
    ),
    Defect(
        "tracing is imported by whoever does not want it",
        "cli/worker.py",
        "import uvicorn\n\nfrom firmhold import tracing\n",
        "import uvicorn\n\nimport firmhold.tracing.spans\nfrom firmhold import tracing\n",
        (TRACES,),
    ),
    Defect(
        "a connection that fails is in use for ever",
        "store/database.py",
        "        finally:\n            in_use.dec()\n",
        "        else:\n            in_use.dec()\n        finally:\n",
        (METRICS,),
    ),
    Defect(
        "what the sealer has not reached is measured from where it has been",
        "store/queries/reading.sql",
        "              > (c.xid, c.organization_id, c.id, c.seq)\n        LIMIT $1) AS entries",
        "              >= (c.xid, c.organization_id, c.id, 0)\n        LIMIT $1) AS entries",
        (METRICS,),
    ),
    Defect(
        "acts need no seal to seem sealed",
        "store/queries/reading.sql",
        "        WHERE a.xid >= c.xid\n",
        "        WHERE a.xid < 0\n",
        (METRICS,),
    ),
    Defect(
        "a refusal is counted as another",
        "telemetry.py",
        "    _REFUSALS[code].inc()\n",
        "    _REFUSALS[Code.INTERNAL_ERROR].inc()\n",
        (METRICS,),
    ),
    Defect(
        "the wait for locks is told as work",
        "engine/transaction.py",
        '        with step("lock"):\n',
        '        with step("work"):\n',
        (METRICS, TRACES),
    ),
    Defect(
        "a metric has another name than the page and the rules have",
        "telemetry.py",
        '"firmhold_refusals_total"',
        '"firmhold_refused_total"',
        (PAGE,),
    ),
)
