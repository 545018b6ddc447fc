"""The limits as a server is configured to have them: from texts to something that can be asked."""

from firmhold.limits.addresses import Proxies, networks
from firmhold.limits.limiter import Limiter, NodeLimiter
from firmhold.limits.memory import SharedBuckets
from firmhold.limits.policy import Policies
from firmhold.limits.postgres import PostgresKeeper
from firmhold.limits.together import CommonLimiter, Keeper
from firmhold.settings import Settings


def policies_of(settings: Settings) -> Policies:
    """The limits in force. Raises `ValueError`, which names the setting."""
    try:
        return Policies.read(settings.limits)
    except ValueError as error:
        raise ValueError(f"limits: {error}") from None


def proxies_of(settings: Settings) -> Proxies:
    """The proxies that are believed. Raises `ValueError`, which names the setting."""
    try:
        return Proxies(networks(settings.trusted_proxies))
    except ValueError as error:
        raise ValueError(f"trusted_proxies: {error}") from None


def check_limits(settings: Settings) -> None:
    """Raises `ValueError`, naming the setting, for what could not be used later."""
    policies_of(settings)
    proxies_of(settings)
    if settings.limits_kept == "redis":
        _keeper(settings, "", b"")


def limiter_of(settings: Settings, dsn: str, secret: bytes, buckets: SharedBuckets) -> Limiter:
    """Where this node's requests are counted. `secret`: the same on every node; while it is being
    changed on one after the other, those that have changed count by themselves. Raises
    `ValueError`."""
    if settings.limits_kept == "node":
        return NodeLimiter(buckets)
    return CommonLimiter(_keeper(settings, dsn, secret), buckets)


def _keeper(settings: Settings, dsn: str, secret: bytes) -> Keeper:
    if settings.limits_kept == "postgresql":
        return PostgresKeeper(dsn, secret, pooler=settings.database_pooler)
    assert settings.redis_url is not None, "checked with the settings"
    try:
        from firmhold.limits.redis import RedisKeeper  # noqa: PLC0415 - an extra

        return RedisKeeper(settings.redis_url, secret)
    except ImportError:
        raise ValueError("limits_kept: redis takes the package firmhold[redis]") from None
    except ValueError as error:
        raise ValueError(f"redis_url: {error}") from None
