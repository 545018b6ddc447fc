"""`firmhold keys`: rotate the keys that sign tokens, also beside a running server."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from firmhold.cli.common import DataDir, Demo, data_dir_of, keyring_of, load_settings, stop
from firmhold.identity.keyring import FILE, retire, rotate


def show(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """List the names of the keys, the one that signs first."""
    for kid in keyring_of(load_settings(data_dir=data_dir, demo=demo)).kids:
        print(kid)
    return 0


def rotate_command(*, data_dir: DataDir = None, demo: Demo = None) -> int:
    """Sign with a new key from now on. What the others have signed is still good, so nobody is
    logged out; running servers follow within about a second."""
    try:
        kid = rotate(_file(data_dir, demo))
    except (OSError, ValueError) as error:
        stop(f"the signing keys cannot be used: {error}", 1)
    print(f"Signing with {kid}")
    return 0


def retire_command(
    kid: Annotated[str, Parameter(help="Its name, as the list has it.")],
    *,
    data_dir: DataDir = None,
    demo: Demo = None,
) -> int:
    """Drop a key: every token that it has signed is void, on running servers within about a
    second."""
    try:
        found = retire(_file(data_dir, demo), kid)
    except ValueError as error:
        stop(str(error))
    except OSError as error:
        stop(f"the signing keys cannot be used: {error}", 1)
    if not found:
        stop(f"there is no key {kid!r}", 1)
    print(f"Retired {kid}")
    return 0


def _file(data_dir: Path | None, demo: bool | None) -> Path:
    settings = load_settings(data_dir=data_dir, demo=demo)
    if settings.secret_key is not None:
        stop(
            "the signing key is configured: put it into previous_secret_keys and a new one into "
            "secret_key"
        )
    return data_dir_of(settings) / FILE
