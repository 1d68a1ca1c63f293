"""The command line. What a command needs is imported when it runs, so that `alongside --help` answers at once."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
site_app = typer.Typer(help="The site: who works where, and with which tools.", no_args_is_help=True)
db_app = typer.Typer(help="The database's schema.", no_args_is_help=True)
roster_app = typer.Typer(help="Rosters: who works which shift on which day.", no_args_is_help=True)
exposure_app = typer.Typer(help="Exposure: how many alerts a tool has shown in a week.", no_args_is_help=True)
export_app = typer.Typer(help="Data for scripts.", no_args_is_help=True)
deliveries_app = typer.Typer(invoke_without_command=True)
app.add_typer(site_app, name="site")
app.add_typer(db_app, name="db")
app.add_typer(roster_app, name="roster")
app.add_typer(exposure_app, name="exposure")
app.add_typer(export_app, name="export")
app.add_typer(deliveries_app, name="deliveries")


def main() -> None:
    """Run the command that was typed."""
    app()


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"alongside {version('alongside')}")
        raise typer.Exit


@app.callback()
def _alongside(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Alongside: the memory and the clock of co-development embeddings.

    Settings come from the environment or a .env file in this folder; .env.example has them all.
    """


@site_app.command("import")
def site_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The site file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
) -> None:
    """Make the database say what a site file says. A second time there is nothing to change."""
    from bot.cli.site import import_file

    import_file(file, dry_run=dry_run)


@site_app.command("shifts")
def site_shifts(
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
) -> None:
    """Who works when: two weeks of every team from today on, in its own zone."""
    from bot.cli.site import show_shifts

    show_shifts(workspace)


@roster_app.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The roster, with a header: person,date,shift.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
) -> None:
    """Take over who works which shift on which day; for these days it counts instead of the pattern.

    A person is a Slack id or a name, a shift is one of their team's or off.

    A column team tells apart who works in several teams. What somebody said of their own day stays.
    """
    from bot.cli.roster import import_file

    import_file(file, workspace, dry_run=dry_run)


@exposure_app.command("import")
def exposure_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The list, with a header: tool,week,shown.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
) -> None:
    """Take over how many alerts or recommendations each tool has shown in each week.

    A week is its Monday, or such as 2026-W23. A week that is there already is replaced; what stood before stays on
    record.
    """
    from bot.cli.exposure import import_file

    import_file(file, workspace, dry_run=dry_run)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version.

    A SQLite file is made when there is none, and backed up beside itself before it is changed.
    """
    from bot.cli.db import upgrade

    upgrade()


@db_app.command("check")
def db_check() -> None:
    """Say whether the database has the schema of this version; exit 1 when it does not."""
    from bot.cli.db import check

    check()


@export_app.command("feedback")
def export_feedback(
    embedding: Annotated[str, typer.Argument(metavar="E-1", help="The embedding's reference.")],
    user: Annotated[str, typer.Option("--as", metavar="SLACK_USER_ID", help="Who asks: one of the embedded people.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; otherwise printed.")] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
) -> None:
    """Every report of an embedding as CSV, in UTF-8 with a header.

    The file is data for scripts: what people wrote comes out exactly as they wrote it. Do not open it in a
    spreadsheet as it is, because that would run a text that begins with = + - or @ as a formula; import it there
    with every column set to text.
    """
    from bot.cli.export import export_reports

    export_reports(embedding, user, out, workspace)


@app.command()
def history(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The tool's name, or how it begins.")],
    written_as: Annotated[
        str, typer.Option("--format", metavar="md|csv", help="Markdown to read, CSV to count.")
    ] = "md",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; otherwise printed.")] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
) -> None:
    """How a tool's behaviour has changed: every change that went live, oldest first, and in answer to how many reports.

    No reporter's name or words are in it. In the CSV a text that a spreadsheet would take for a formula has an
    apostrophe before it.
    """
    from bot.cli.history import Format, show_history

    if written_as not in tuple(Format):
        raise typer.BadParameter("Write md or csv.", param_hint="--format")
    show_history(tool, Format(written_as), out, workspace)


@deliveries_app.callback()
def deliveries(
    context: typer.Context,
    states: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help="Only these: queued, sending, sent, failed, expired, skipped, unknown. May be said several times.",
        ),
    ] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="Only of this kind, such as prompt.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="Only for this person: a name or a Slack id.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Only what was due since 2026-03-01, 7d or 12h.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 20,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="TEAM_ID", help="Which Slack workspace, if there are several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Where is my message? Every message to people and channels, and what became of it, the newest first.

    Nobody's words are in it. It may run beside the app.
    """
    if context.invoked_subcommand is None:
        from bot.cli.deliveries import Asked, show_many

        show_many(Asked(states or (), kinds or (), person, since, limit, workspace), as_json=as_json)


@deliveries_app.command("show")
def deliveries_show(
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="The number in the first column.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """All that is known of one message, and what to do next."""
    from bot.cli.deliveries import show_one

    show_one(delivery_id, as_json=as_json)


@deliveries_app.command("retry")
def deliveries_retry(
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="The number in the first column.")],
    sure: Annotated[
        bool, typer.Option("--yes", help="You looked, and one of which nobody knows whether it arrived is not there.")
    ] = False,
) -> None:
    """Send one again that was given up; the history keeps that you did."""
    from bot.cli.deliveries import retry

    retry(delivery_id, sure=sure)


@app.command()
def errors(
    reference: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The id that somebody was told; without it the newest 20.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """What broke, by the id that people were told. Nobody's words are in it."""
    from bot.cli.errors import show

    show(reference, as_json=as_json)


@app.command()
def run() -> None:
    """Run the app: listen to Slack, tick, send. Ctrl-C ends it.

    SLACK_BOT_TOKEN must be set, and SLACK_APP_TOKEN for Socket Mode or SLACK_SIGNING_SECRET for HTTP.

    A SQLite file is made, or backed up and upgraded; PostgreSQL must have this version's schema.

    What keeps it from beginning is said in a sentence, with exit 1.
    """
    from bot.cli.run import run as run_app

    run_app()


@app.command()
def worker() -> None:
    """Tick and send beside processes that listen, and listen to nothing. Ctrl-C ends it.

    SLACK_BOT_TOKEN must be set, and ALONGSIDE_DATABASE_URL must name a PostgreSQL that those processes use too: SQLite
    is for one process.
    """
    from bot.cli.run import work

    work()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A list of {check, state, says, do} for scripts.")] = False,
) -> None:
    """Look whether everything is in order, and say what to do where it is not.

    It changes nothing and may run beside the app.

    Exit 0 when all is fine or only to be looked at, 1 when something is wrong.
    """
    from bot.cli.doctor.report import doctor as examine_all

    examine_all(as_json=as_json)


@app.command()
def demo(
    http: Annotated[bool, typer.Option("--http", help="Signed requests over HTTP instead of Socket Mode.")] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Where the database and the packet go.")] = Path(".demo"),
) -> None:
    """Play a whole six-week embedding against a Slack on this machine."""
    from bot.cli.demo import demo as play

    play(folder, http=http)


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option("--url", metavar="https://…", help="The public address; without it for Socket Mode.")
    ] = None,
) -> None:
    """Print the manifest to create the Slack app from."""
    from bot.cli.manifest import print_manifest

    print_manifest(url)
