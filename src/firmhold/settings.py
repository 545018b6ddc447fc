"""Everything that can be configured, and where each value came from.

Precedence: command line, then environment (`FIRMHOLD_…`), then `firmhold.toml` in the working
directory, then the defaults written here. Secrets come from the environment or from files.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from firmhold.secrecy import SHORTEST, SecretError, in_file, refuse_readable, weakness_of

PREFIX = "FIRMHOLD_"
SECRETS = frozenset(
    {
        *("secret_key", "previous_secret_keys", "database_url", "redis_url", "audit_key"),
        *("oidc_client_secret", "smtp_password"),
    }
)
"""Never printed, not even by `firmhold config show`, and never taken from a command line, which
everybody on the machine can read. Each may be given by the name of a file that has it and nothing
else, as the setting of the same name with `_file` behind it."""

IN_FILE = "_file"

DEMO_ORGANIZATION = "demo"
"""Slug of the organization that the demo makes and means unless another is named."""

_BASE_PATH = re.compile(r"/([A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")

_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")


_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class SettingsError(ValueError):
    """A setting cannot be used as it is; says which, from where, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration of one process. Each field's environment variable is its name in capitals
    behind `FIRMHOLD_`."""

    host: str = "127.0.0.1"
    """Address to listen on. Loopback unless told otherwise."""
    port: int = 8080
    """Port to listen on; 0 picks a free one."""
    workers: int = 1
    """Server processes. One is usually the fastest; see the benchmarks."""
    data_dir: Path | None = None
    """Where the embedded PostgreSQL and the server's key live; a folder of the user's own or of
    the system's unless given."""
    database_url: str | None = None
    """A PostgreSQL 15 or newer to use instead of the embedded one."""
    database_pooler: bool = False
    """The database URL leads to a PgBouncer in transaction mode."""
    engine_connections: int = 16
    """Connections for transactions, per server process."""
    read_connections: int = 8
    """Connections for everything else, per server process."""
    secret_key: str | None = None
    """Signs tokens; at least 32 characters, the same on every node. Made and kept in the data
    directory unless given."""
    previous_secret_keys: str | None = None
    """Keys that signed before, separated by commas: what they have signed is still good. To rotate,
    put the key in use here and a new one in its place, on one node after the other."""
    organization: str = "default"
    """Slug of the organization that requests without a token and without `X-Organization`
    mean."""
    queue_limit: int = 20_000
    """Commands that may wait in one process; beyond it the answer is `overloaded`."""
    patience_seconds: float = 5.0
    """How long a command may wait before the answer is `overloaded`."""
    limits: str = ""
    """How often somebody may ask, where it is not the default: `holds_per_user=30/60,
    reads_per_address=off`, as tokens per seconds; `off` alone for no limits at all."""
    limits_kept: str = "node"
    """Where that is counted: `node` in the memory that this node's processes share; where there
    are several nodes, `redis`, or `postgresql` if there is no Redis."""
    redis_url: str | None = None
    """A Redis or Valkey, for limits that hold across nodes."""
    trusted_proxies: str = ""
    """Networks of the proxies in front, such as `10.0.0.0/8, ::1`: only they are believed when
    they say by `X-Forwarded-For` whom a request comes from."""
    base_path: str = "/"
    """Path below which browsers find this server behind a proxy, such as `/booking/`. The proxy may
    take it away or leave it."""
    https_only: bool = False
    """Clients reach this server by HTTPS alone, through a proxy: browsers are told to come no other
    way for a year. Told without it where a trusted proxy says so by `X-Forwarded-Proto`."""
    audit_key: str | None = None
    """Signs the audit: 64 hexadecimal digits, the same on every node. Made and kept in the data
    directory unless given."""
    oidc_issuer: str | None = None
    """Address of an identity provider at which people may sign in (OpenID Connect)."""
    oidc_client_id: str | None = None
    """Who this server is to it."""
    oidc_client_secret: str | None = None
    """What it knows this server by; left out where it asks for none."""
    oidc_public_url: str | None = None
    """Address of this server as browsers have it, such as `https://tickets.example.org`: the
    provider sends them back to `/api/auth/oidc/callback` there."""
    oidc_landing: str = "/"
    """Path on this server to which they are led then, signed in."""
    oidc_organization: str | None = None
    """Slug of the organization in which whoever the provider signs in becomes a customer. Without
    it, the server's own, if that has open registration."""
    body_limit: int = 65_536
    """Bytes of a request's body, except for bulk calls, which may have 64 times as many."""
    unverified_days: int = 30
    """After so many days whoever has registered or was asked in, has never shown that the e-mail
    address is theirs, and has reserved nothing, is forgotten."""
    webhooks_private: bool = False
    """Webhooks may be sent to any address, also by plain HTTP: for developers. In production it
    would let every organization reach what only this server can reach."""
    smtp_host: str | None = None
    """A mail server that takes mail from us. Without one, letters and notifications are told to the
    log."""
    smtp_port: int | None = None
    """Its port; 587, 465 or 25 unless given, by `smtp_security`."""
    smtp_security: str = "starttls"
    """`starttls` or `tls`, without which nothing is sent; `none` for a server on this machine."""
    smtp_user: str | None = None
    """Who we are to it; left out where it does not ask."""
    smtp_password: str | None = None
    """What shows that."""
    smtp_from: str | None = None
    """Address that mail comes from, such as `tickets@example.org`."""
    sns_topic: str | None = None
    """ARN of a topic of AWS SNS to which notifications are published; in it, `{organization}` is an
    organization's slug. It takes the package `firmhold[sns]`."""
    sns_phones: bool = False
    """Send text messages to phones by AWS SNS, for which AWS wants money."""
    sns_region: str | None = None
    """Region of AWS; as AWS's own tools find it unless given."""
    sns_endpoint: str | None = None
    """Address of SNS, if it is not the region's own."""
    graphql_introspection: bool = False
    """Tell whoever asks the schema of the GraphQL door, and serve a page to try it on; the demo
    does unless told otherwise."""
    log_format: str = "console"
    """`console` for people, `json` for machines."""
    log_level: str = "info"
    otlp_endpoint: str | None = None
    """Address of a collector to which traces are sent by OTLP over HTTP, such as
    `http://localhost:4318`; it takes the package `firmhold[otel]`. No traces without it."""
    demo: bool = False
    """Serve believable demo data."""
    sources: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Where each setting that is not a default came from."""

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None, **given: Any) -> "Settings":
        """Gather the settings. `None` in `overrides` means "not given".

        Raises `SettingsError` for values that do not fit and for names nobody knows.
        """
        known = {f.name: f for f in fields(cls) if f.name != "sources"}
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        written, written_files = _from_file(known)
        environment, environment_files = _from_environment(known)
        layers = (
            ("firmhold.toml", written),
            ("a file named in firmhold.toml", _secrets(written_files, "firmhold.toml")),
            ("environment", environment),
            ("a file named in the environment", _secrets(environment_files, "environment")),
            ("command line", {**(overrides or {}), **given}),
        )
        for source, layer in layers:
            for name, value in layer.items():
                if value is not None:
                    values[name] = _convert(name, value, known[name].type, source)
                    sources[name] = source
        if values.get("demo") and "organization" not in values:
            values["organization"] = DEMO_ORGANIZATION
            sources["organization"] = "demo"
        if values.get("demo") and "graphql_introspection" not in values:
            values["graphql_introspection"] = True
            sources["graphql_introspection"] = "demo"
        return _checked(cls(**values, sources=sources))


Layer = dict[str, Any]


def _from_file(known: Mapping[str, Any]) -> tuple[Layer, Layer]:
    """What `firmhold.toml` says, and which files it names for secrets."""
    path = Path("firmhold.toml")
    if not path.is_file():
        return {}, {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"firmhold.toml: {error}") from None
    files = {name: content.pop(name + IN_FILE) for name in SECRETS if name + IN_FILE in content}
    for name in content:
        if name not in known:
            raise SettingsError(f"firmhold.toml: there is no setting called {name!r}")
    if SECRETS & content.keys():
        try:
            refuse_readable(path)
        except SecretError as error:
            raise SettingsError(f"{', '.join(sorted(SECRETS & content.keys()))}: {error}") from None
    _refuse_both(content, files, "firmhold.toml")
    return content, files


def _from_environment(known: Mapping[str, Any]) -> tuple[Layer, Layer]:
    """What the environment says, and which files it names for secrets."""
    values = {name: found for name in known if (found := _variable(name))}
    files = {name: found for name in SECRETS if (found := _variable(name + IN_FILE))}
    _refuse_both(values, files, "environment")
    return values, files


def _variable(name: str) -> str:
    return os.environ.get(PREFIX + name.upper(), "")


def _refuse_both(values: Layer, files: Layer, source: str) -> None:
    for name in sorted(values.keys() & files.keys()):
        raise SettingsError(f"{name} (from {source}): given by itself and by a file, which differ")


def _secrets(files: Layer, source: str) -> Layer:
    """The secrets in these files."""
    found = {}
    for name, file in files.items():
        try:
            found[name] = in_file(str(file))
        except SecretError as error:
            raise SettingsError(f"{name}{IN_FILE} (from {source}): {error}") from None
    return found


def _convert(name: str, value: Any, type_: Any, source: str) -> Any:
    if isinstance(value, Path):
        return value
    if type_ == Path | None:
        return Path(str(value)).expanduser()
    try:
        return msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name} (from {source}): {error}") from None


def _checked(settings: Settings) -> Settings:
    bounds: dict[str, tuple[float, float]] = {
        "port": (0, 65535),
        "workers": (1, 64),
        "engine_connections": (1, 100),
        "read_connections": (1, 100),
        "queue_limit": (1, 1_000_000),
        "patience_seconds": (0.1, 600),
        "body_limit": (1024, 16_777_216),
        "unverified_days": (3, 3650),
    }
    for name, (low, high) in bounds.items():
        if not low <= getattr(settings, name) <= high:
            raise SettingsError(f"{name}: {low:g} to {high:g}, not {getattr(settings, name)}")
    _check_secrets(settings)
    if not _BASE_PATH.fullmatch(settings.base_path):
        raise SettingsError(
            f"base_path: a path between slashes such as /booking/, not {settings.base_path!r}"
        )
    if settings.limits_kept not in {"node", "postgresql", "redis"}:
        raise SettingsError(f"limits_kept: node, postgresql or redis, not {settings.limits_kept!r}")
    if (settings.limits_kept == "redis") != (settings.redis_url is not None):
        raise SettingsError("redis_url: together with limits_kept = redis, and only then")
    if settings.otlp_endpoint is not None and not _ADDRESS.fullmatch(settings.otlp_endpoint):
        raise SettingsError(
            "otlp_endpoint: an address such as http://localhost:4318, without a name or a password "
            "in it (for which there is OTEL_EXPORTER_OTLP_HEADERS)"
        )
    _check_mail(settings)
    if settings.log_format not in {"console", "json"}:
        raise SettingsError(f"log_format: console or json, not {settings.log_format!r}")
    if settings.log_level not in {"debug", "info", "warning", "error"}:
        raise SettingsError(f"log_level: debug, info, warning or error, not {settings.log_level!r}")
    return settings


def _check_mail(settings: Settings) -> None:
    if settings.smtp_security not in {"starttls", "tls", "none"}:
        raise SettingsError(f"smtp_security: starttls, tls or none, not {settings.smtp_security!r}")
    if settings.smtp_port is not None and not 1 <= settings.smtp_port <= 65535:
        raise SettingsError(f"smtp_port: 1 to 65535, not {settings.smtp_port}")
    if (settings.smtp_host is None) != (settings.smtp_from is None):
        raise SettingsError("smtp_from: together with smtp_host, and only then")
    if settings.smtp_from is not None and not _MAIL.fullmatch(settings.smtp_from):
        raise SettingsError("smtp_from: an address such as tickets@example.org, and nothing else")
    if settings.smtp_user is not None and settings.smtp_password is None:
        raise SettingsError("smtp_password: has to be there for smtp_user")
    if settings.smtp_user is not None and settings.smtp_security == "none":
        raise SettingsError("smtp_user: not with smtp_security = none, which would tell everybody")
    endpoint = settings.sns_endpoint
    if endpoint is not None and not _ADDRESS.fullmatch(endpoint):
        raise SettingsError("sns_endpoint: an address such as http://localhost:4566")


def _check_secrets(settings: Settings) -> None:
    """Raises `SettingsError` for a secret that can be guessed; in the demo, whose data is nobody's,
    only for one that is too short."""
    if settings.previous_secret_keys is not None and settings.secret_key is None:
        raise SettingsError("previous_secret_keys: only beside a secret_key")
    given = {
        "secret_key": [settings.secret_key or ""],
        "previous_secret_keys": (settings.previous_secret_keys or "").split(","),
        # Behind it may stand public keys, which are no secrets.
        "audit_key": (settings.audit_key or "").split()[:1],
    }
    for name, keys in given.items():
        if getattr(settings, name) is None:
            continue
        for key in map(str.strip, keys):
            why = weakness_of(key)
            if why is not None and not (settings.demo and len(key) >= SHORTEST):
                raise SettingsError(f"{name}: {why}")
