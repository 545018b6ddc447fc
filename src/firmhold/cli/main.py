"""`firmhold`: the entry point, and which command lives where."""

import sys

from cyclopts import App

from firmhold import __version__

app = App(
    name="firmhold",
    help="A reservation engine: hold, confirm, release or expire anything scarce.",
    version=__version__,
    # Commands return exit codes; what they have to say they print themselves.
    result_action="return_value",
)
config = App(name="config", help="What is configured, and where each value comes from.")
keys = App(name="keys", help="The keys that sign tokens, as kept in the data directory.")
user = App(name="user", help="Users and their tokens, also beside a running server.")

# Commands are named by where they live and imported when they run, so that `firmhold --help`
# does not have to load a web server and a database driver.
app.command("firmhold.cli.serve:serve", name="serve")
app.command("firmhold.cli.database:migrate_command", name="migrate")
app.command("firmhold.cli.database:verify_command", name="verify")
app.command("firmhold.cli.transfer:import_command", name="import")
app.command("firmhold.cli.transfer:export_command", name="export")
app.command("firmhold.cli.loadtest:loadtest", name="loadtest")
app.command("firmhold.cli.doctor:doctor", name="doctor")
app.command("firmhold.cli.describe:openapi", name="openapi")
app.command("firmhold.cli.describe:asyncapi", name="asyncapi")
app.command("firmhold.cli.describe:graphql_schema", name="graphql-schema")
app.command(config)
config.command("firmhold.cli.describe:config_show", name="show")
app.command(user)
user.command("firmhold.cli.user:create", name="create")
user.command("firmhold.cli.user:token", name="token")
user.command("firmhold.cli.user:password", name="password")
app.command(keys)
keys.command("firmhold.cli.keys:show", name="list")
keys.command("firmhold.cli.keys:rotate_command", name="rotate")
keys.command("firmhold.cli.keys:retire_command", name="retire")
app.command("firmhold.cli.audit:audit", name="audit")


def main() -> None:
    """Run the command line."""
    code = app()
    sys.exit(code if isinstance(code, int) else 0)
