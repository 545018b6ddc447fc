"""`firmhold openapi`, `firmhold asyncapi`, `firmhold graphql-schema` and `firmhold config show`."""

import dataclasses
import json

from firmhold.cli.common import DataDir, Demo, Json, data_dir_of, load_settings
from firmhold.settings import PREFIX, SECRETS


def openapi() -> int:
    """Print the OpenAPI document of all doors."""
    import msgspec

    from firmhold.app import DOCUMENTED
    from firmhold.doors.shared.openapi import document

    print(msgspec.json.format(msgspec.json.encode(document(DOCUMENTED))).decode())
    return 0


def asyncapi() -> int:
    """Print the AsyncAPI document of the live door and of webhooks."""
    import msgspec

    from firmhold.doors.live.asyncapi import asyncapi as document

    print(msgspec.json.format(msgspec.json.encode(document())).decode())
    return 0


def graphql_schema() -> int:
    """Print the schema of the GraphQL door."""
    from firmhold.doors.graphql import sdl

    print(sdl(), end="")
    return 0


def config_show(*, data_dir: DataDir = None, demo: Demo = None, json_output: Json = False) -> int:
    """Print every setting, its value and where it comes from. Secrets are not shown."""
    settings = load_settings(data_dir=data_dir, demo=demo)
    values = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(settings)
        if field.name != "sources"
    }
    values["data_dir"] = str(data_dir_of(settings))
    for name in SECRETS:
        if values[name] is not None:
            values[name] = "(set, not shown)"
    if json_output:
        print(
            json.dumps(
                {
                    name: {"value": value, "source": settings.sources.get(name, "default")}
                    for name, value in values.items()
                }
            )
        )
        return 0
    width = max(map(len, values))
    for name, value in values.items():
        source = settings.sources.get(name, "default")
        print(f"{name:<{width}}  {value if value is not None else '-'}  ({source})")
    print(f"\nEach can be set as {PREFIX}NAME in the environment or in firmhold.toml.")
    return 0
