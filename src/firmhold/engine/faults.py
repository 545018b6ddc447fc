"""What can go wrong between the engine and its database, sorted by what to do about it."""

import asyncio

import asyncpg

_TRANSIENT: tuple[type[BaseException], ...] = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    # Server shutting down, starting up, out of connections, or gone.
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncio.TimeoutError,
    OSError,
)
"""Nothing is wrong with the commands; the same batch may well succeed in a moment. A read-only
database is one that is failing over. Disk full counts too (insufficient resources): it is not
the caller's fault and ends when someone makes room."""


def is_transient(error: BaseException) -> bool:
    """Whether trying again may help without anybody changing anything.

    `DataError` is an `InterfaceError` in asyncpg too, but means a value that can never be stored.
    """
    return isinstance(error, _TRANSIENT) and not isinstance(error, asyncpg.DataError)


def took_too_long(error: BaseException) -> bool:
    """Whether PostgreSQL has ended a statement: for the time that it took, or because a person with
    psql asked for that, which cannot be told apart."""
    return isinstance(error, asyncpg.QueryCanceledError)


def leaves_commit_unknown(error: BaseException) -> bool:
    """Whether a COMMIT that ended this way may nevertheless have happened.

    An error that PostgreSQL itself reports for the transaction rules it out; silence, a cut
    connection or a server going down does not.
    """
    if isinstance(error, asyncpg.PostgresError):
        return isinstance(
            error,
            asyncpg.exceptions.OperatorInterventionError | asyncpg.PostgresConnectionError,
        )
    return isinstance(
        error,
        asyncio.TimeoutError | OSError | asyncpg.InterfaceError | asyncpg.InternalClientError,
    )


class Again(Exception):
    """The batch has to begin anew, holding more locks than it thought it needed, or knowing better
    what the time is."""

    def __init__(
        self,
        offerings: frozenset[str] = frozenset(),
        *,
        asked: frozenset[str] = frozenset(),
        customers: frozenset[str] | None = None,
    ) -> None:
        super().__init__("the batch has to begin anew")
        self.offerings = offerings
        self.asked = asked
        """Offerings of which units may be taken, though no command was known to."""
        self.customers = customers
        """Customers that have to be locked; `None` if that is not what is missing."""


class KeyRace(Exception):
    """Another batch has just used one of the idempotency keys; its answer is there now."""


class BadCommand(Exception):
    """One command of the batch cannot be carried out, for a defect of ours; the rest can."""

    def __init__(self, index: int) -> None:
        super().__init__(f"command {index} of the batch failed")
        self.index = index


class Unknown(Exception):
    """What a rendering raises about an offering that it knows nothing of. Nothing has been carried
    out, and the command can be submitted again by someone who has looked it up."""

    def __init__(self, offering: str) -> None:
        super().__init__(f"nothing is known of {offering}")
        self.offering = offering
