"""`firmhold loadtest`: many customers at once against a running server, and what came of it."""

import asyncio
import ipaddress
import math
import resource
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import msgspec
import uvloop
from cyclopts import Parameter
from rich.console import Console
from rich.live import Live

from firmhold.cli.common import (
    DataDir,
    Json,
    data_dir_of,
    database_url,
    find_organization,
    keyring_of,
    load_settings,
    open_database,
    stop,
)
from firmhold.cli.load_books import Counts, ItemBook
from firmhold.cli.load_client import Answer, Client, Server, Unreachable, problem_of
from firmhold.cli.load_report import Report, build, judge
from firmhold.cli.load_run import Plan, Run
from firmhold.cli.load_screen import progress, result
from firmhold.domain.model import MAX_CAPACITY, MAX_QUANTITY, MAX_TTL_SECONDS
from firmhold.identity.directory import Directory
from firmhold.identity.roles import Role
from firmhold.identity.signing_in import command_token
from firmhold.identity.tokens import Tokens
from firmhold.settings import Settings

REQUESTS = 10_000
"""Unless told otherwise."""

BULK = 1000
"""Items that one call makes."""

READERS = 16
"""Connections for reading the counts at the end."""

USER = "loadtest@firmhold.localhost"
"""For whom a token is made when none is given."""

SPARE_FILES = 64
"""File descriptors for all but the customers' connections."""


def loadtest(
    *,
    url: Annotated[
        str, Parameter(help="A running server; what it has on sale stays untouched.")
    ] = "http://127.0.0.1:8080",
    token: Annotated[
        str | None,
        Parameter(
            help="An operator's token, or - to read it from standard input. Made from the data "
            "directory's key unless given, if the server is on this machine.",
            allow_leading_hyphen=True,
        ),
    ] = None,
    customers: Annotated[int, Parameter(help="How many act at once.")] = 100,
    requests: Annotated[
        int | None, Parameter(help=f"End after so many; {REQUESTS:,} unless --seconds is given.")
    ] = None,
    seconds: Annotated[float | None, Parameter(help="End after so long.")] = None,
    items: Annotated[int, Parameter(help="Items to sell, made for this test.")] = 1,
    capacity: Annotated[int, Parameter(help="Units of each.")] = 100,
    quantity: Annotated[int, Parameter(help="Units of each hold.")] = 1,
    confirm: Annotated[float, Parameter(help="Share of holds that are confirmed.")] = 0.5,
    cancel: Annotated[float, Parameter(help="Share of holds that are given back.")] = 0.1,
    rate: Annotated[
        float | None,
        Parameter(
            help="Requests a second, whatever the answers do (open loop). Without it, each "
            "customer sends its next request when the last is answered (closed loop)."
        ),
    ] = None,
    svg: Annotated[Path | None, Parameter(help="Draw the result into this file.")] = None,
    organization: Annotated[str | None, Parameter(help="Slug; for whom a token is made.")] = None,
    demo: Annotated[
        bool | None,
        Parameter(help="The server is that of serve --demo on this machine.", negative=""),
    ] = None,
    data_dir: DataDir = None,
    json_output: Json = False,
) -> int:
    """Put load on a running server, and find out whether it oversells. Exits with 0 only if
    nothing was oversold or lost and every answer was one that a healthy server gives."""
    if requests is None and seconds is None:
        requests = REQUESTS
    plan = Plan(customers, requests, seconds, items, capacity, quantity, confirm, cancel, rate)
    _check(plan)
    if svg is not None and not svg.parent.is_dir():
        stop(f"--svg: there is no directory {svg.parent}")
    server = _server(url, "")
    if token is None:
        settings = load_settings(demo=demo, data_dir=data_dir, organization=organization)
        token = _own_token(settings, server.host, _lasting(plan))
    elif token == "-":  # noqa: S105 - the usual sign for standard input
        token = sys.stdin.readline()
    server = _server(url, token.strip())
    _allow_connections(plan.customers)
    try:
        report = uvloop.run(drive(server, url, plan, quiet=json_output))
    except KeyboardInterrupt:
        stop("interrupted; nothing is known", 130)
    if svg is not None:
        _draw(report, svg)
    if json_output:
        print(msgspec.json.encode(report).decode())
    else:
        Console(highlight=False).print(result(report))
    return 0 if report.verdict.ok else 1


# --- before ---


def _check(plan: Plan) -> None:
    whole = {
        "customers": (plan.customers, 1, 20_000),
        "requests": (plan.requests, 1, 50_000_000),
        "items": (plan.items, 1, 100_000),
        "capacity": (plan.capacity, 0, MAX_CAPACITY),
        "quantity": (plan.quantity, 1, MAX_QUANTITY),
    }
    for name, (value, low, high) in whole.items():
        if value is not None and not low <= value <= high:
            stop(f"--{name}: {low:,} to {high:,}, not {value:,}")
    for name, share in (("confirm", plan.confirm), ("cancel", plan.cancel)):
        if not 0 <= share <= 1:
            stop(f"--{name}: a share from 0 to 1, not {share:g}")
    for name, amount, most in (
        ("seconds", plan.seconds, MAX_TTL_SECONDS // 2),
        ("rate", plan.rate, 1_000_000),
    ):
        if amount is not None and not 0 < amount <= most:
            stop(f"--{name}: more than 0, at most {most:,}, not {amount:g}")


def _lasting(plan: Plan) -> int:
    """Seconds that holds and tokens have to last: no hold may expire while it is counted."""
    longest = 3600.0
    if plan.seconds is not None:
        longest += plan.seconds
    elif plan.requests is not None and plan.rate is not None:
        longest += plan.requests / plan.rate
    return min(math.ceil(longest), MAX_TTL_SECONDS)


def _server(url: str, token: str) -> Server:
    try:
        return Server.at(url, token)
    except ValueError as error:
        stop(f"--url or --token: {url!r}: {error}")


def _own_token(settings: Settings, host: str, seconds: int) -> str:
    """A token made with the key in the data directory, as `firmhold user token` makes them."""
    # It would open our own server to whoever runs the one it is sent to.
    if not _is_this_machine(host):
        stop(f"--token: {host} is another machine; give a token that its server has made")
    data_dir = data_dir_of(settings)
    if settings.secret_key is None and not (data_dir / "signing.key").exists():
        stop(
            f"--token: give an operator's token, or with --data-dir the server's data directory "
            f"({data_dir} has no key); firmhold user token prints one"
        )
    with database_url(settings) as dsn:
        return asyncio.run(_make_token(settings, dsn, seconds))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _make_token(settings: Settings, dsn: str, seconds: int) -> str:
    async with open_database(settings, dsn) as database:
        organization = await find_organization(database, settings.organization)
        user, _ = await Directory(database).put_user(organization.id, USER, Role.OPERATOR)
        return await command_token(database, Tokens(keyring_of(settings)), user, seconds)


def _allow_connections(customers: int) -> None:
    """Each customer has a connection, and the usual limit is a thousand files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = customers + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            stop(f"--customers: this machine allows {hard - SPARE_FILES:,} connections (ulimit -n)")
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


# --- the test ---


async def drive(server: Server, url: str, plan: Plan, *, quiet: bool) -> Report:
    """The whole test: items, customers, counts, verdict."""
    name = f"load-{uuid4().hex[:8]}"
    books = await _make_items(server, plan, name)
    run = Run(server, plan, books, name)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, run.stop)
    try:
        async with _shown(run, plan, quiet=quiet):
            await run.run()
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    counts = await _read_counts(server, books)
    verdict = judge(books, counts, run.tally, gave_up=run.gave_up)
    return build(url, plan, run.tally, run.seconds, verdict)


async def _make_items(server: Server, plan: Plan, name: str) -> list[ItemBook]:
    """Fresh items, so that nothing that is really on sale is touched. Ends the command if the
    server does not let us make them."""
    books: list[ItemBook] = []
    async with aclosing(Client(server)) as client:
        for first in range(0, plan.items, BULK):
            new = [
                {
                    "sku": f"{name}-{number + 1:04d}",
                    "name": "Load test",
                    "capacity": plan.capacity,
                    "hold_ttl_seconds": _lasting(plan),
                    "metadata": {"loadtest": name},
                }
                for number in range(first, min(first + BULK, plan.items))
            ]
            body = msgspec.json.encode({"items": new})
            request = server.post("/v1/items/bulk", f"{name}-items-{first}", body)
            answer = await _ask(client, request)
            if isinstance(answer, str):
                stop(f"--url: {server.host} port {server.port} cannot be reached: {answer}")
            if answer.status != 201:
                stop(_why_not(answer))
            try:
                made = msgspec.json.decode(answer.body)["data"]
                books += [ItemBook(item["id"], item["sku"], plan.capacity) for item in made]
            except (msgspec.DecodeError, KeyError, TypeError):
                stop("--url: what answers there is not Firmhold")
    return books


def _why_not(answer: Answer) -> str:
    problem = problem_of(answer)
    if answer.status == 401:
        return f"--token: the server does not accept it: {problem.detail or 'no reason given'}"
    if answer.status == 403:
        return "--token: it is not an operator's, and only operators may make items"
    if problem.code:
        return f"the server does not make the items: {problem.detail} ({problem.code})"
    return f"--url: what answers there is not Firmhold: it said {answer.status}"


async def _ask(client: Client, request: bytes, attempts: int = 3) -> Answer | str:
    """The answer, or why there is none, after some patience with a server that is busy."""
    for attempt in range(attempts):
        last = attempt == attempts - 1
        try:
            answer = await asyncio.wait_for(client.ask(request), 30)
        except Unreachable as error:
            if last:
                return str(error)
            await asyncio.sleep(0.2)
        except TimeoutError:
            return "no answer within 30 s"
        else:
            if answer.status not in {429, 503} or last:
                return answer
            await asyncio.sleep(answer.retry_after or 1)
    raise AssertionError("unreachable")


class Seen(msgspec.Struct):
    """What of an item matters here."""

    capacity: int
    held: int
    confirmed: int


async def _read_counts(server: Server, books: Sequence[ItemBook]) -> list[Counts | None]:
    """What the server itself has counted."""
    counts: list[Counts | None] = [None] * len(books)
    waiting = iter(enumerate(books))

    async def read() -> None:
        async with aclosing(Client(server)) as client:
            for index, book in waiting:
                answer = await _ask(client, server.get(f"/v1/items/{book.id}"), attempts=10)
                if isinstance(answer, str):
                    break  # the rest would wait as long, for nothing
                with suppress(msgspec.ValidationError, msgspec.DecodeError):
                    seen = msgspec.json.decode(answer.body, type=Seen)
                    counts[index] = Counts(seen.capacity, seen.held, seen.confirmed)

    await asyncio.gather(*(read() for _ in range(min(READERS, len(books)))))
    return counts


@asynccontextmanager
async def _shown(run: Run, plan: Plan, *, quiet: bool) -> AsyncIterator[None]:
    """Progress on standard error, for as long as somebody looks at it."""
    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal:
        yield
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:

        async def refresh() -> None:
            while True:
                await asyncio.sleep(0.25)
                live.update(progress(run, plan), refresh=True)

        task = asyncio.create_task(refresh())
        try:
            yield
        finally:
            task.cancel()


def _draw(report: Report, path: Path) -> None:
    from firmhold.cli.load_picture import picture

    try:
        path.write_text(picture(report), encoding="utf-8")
    except OSError as error:
        stop(f"--svg: {path}: {error.strerror}", 1)
