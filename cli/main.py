"""The `headway` command: finds the verb, prints errors for people, sets the exit code.

A verb's module is imported only when that verb runs, so that help is quick.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from cli.terminal import guard_streams
from taxonomy.errors import HeadwayError

VERBS = {
    "init": ("cli.home:init", "Make the home folder and the database."),
    "doctor": ("cli.doctor:doctor", "Show every setting, where it came from, and what is wrong."),
    "db": ("cli.home:db", "Look after the database: its schema, and where it is."),
    "backup": ("cli.backup:backup", "Write database, models and jobs to FILE."),
    "restore": ("cli.backup:restore", "Put a backup into an empty home and database."),
    "demo": ("cli.demo:demo", "Run the main job on the sample that Headway ships."),
    "world": ("cli.world:command", "Write generated contacts with known truth."),
    "taxonomy": ("cli.taxonomy:group", "Check, show, compare and import job files."),
    "ingest": ("cli.ingest:ingest", "Read contacts, surveys or events into the store."),
    "quarantine": ("cli.ingest:quarantine", "List, show and retry input that was refused."),
    "train": ("cli.tagger:train", "Train a tagger; use it if it is not worse than the one in use."),
    "predict": ("cli.tagger:predict", "Tag contacts from standard input to standard output."),
    "eval": ("cli.tagger:evaluate", "Measure a tagger on labelled contacts."),
    "model": ("cli.models:group", "List, show, promote and roll back trained models."),
    "tag": ("cli.stages:tag", "Tag the contacts that the model in use has not read."),
    "retag": ("cli.retag:retag", "Read every contact again with the model in use."),
    "measure": ("cli.stages:measure", "Fold tags, reviews and surveys into moments."),
    "publish": ("cli.stages:publish", "Publish the Alignment Index."),
    "pull": ("cli.stages:pull", "Read new and changed files of the inboxes into the store."),
    "run": ("cli.stages:run", "The whole flow once: ingest, tag, measure, publish."),
    "schedule": ("cli.schedule:command", "Run every stage at its time."),
    "review": ("cli.review:review", "Draw contacts for review; export and import decisions."),
    "friction": ("cli.figures:friction", "Show friction by job step."),
    "segments": ("cli.segments:segments", "Compare every group with all other contacts, step by step."),
    "resolution": ("cli.resolution:resolution", "Show first contact resolution of the newest days."),
    "outcomes": ("cli.figures:outcomes", "Show outcomes by opportunity."),
    "index": ("cli.figures:index", "Show, explain and look back on the Alignment Index."),
    "scorecard": ("cli.figures:scorecard", "Show a job's scorecard."),
    "alerts": ("cli.alerts:alerts", "Show changes beyond chance, and whether to believe them."),
    "annotations": ("cli.annotations:group", "List, add, edit and withdraw what stands on the trend lines."),
    "experiments": ("cli.experiments:group", "List, register, read out and finish experiments."),
    "erase": ("cli.erase:erase", "Erase a customer, or one contact, and derive the figures again."),
    "originals": ("cli.originals:group", "Show, count and encrypt again contacts as they came in."),
    "retain": ("cli.retain:retain", "Remove what is past its days; figures stay."),
    "llm": ("cli.llm:group", "Show the LLM behind the tagger, and measure it."),
    "bench": ("cli.bench:bench", "Run the benchmarks."),
    "keys": ("cli.keys:group", "Make, list, rotate and revoke keys of the server."),
    "audit": ("cli.audit:group", "Show the audit log and check that nobody changed it."),
    "serve": ("cli.serve:command", "Start the monitor."),
}

# No part of Headway reports home; these switch off what its libraries would send.
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "DO_NOT_TRACK": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "ANONYMIZED_TELEMETRY": "false",
    "ORT_DISABLE_TELEMETRY": "1",
    "PREFECT_LOGGING_COLORS": "false",  # colours are control characters
}


class Verbs(click.Group):
    """Verbs by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of a first reading."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a verb, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="headway")
def headway() -> None:
    """Show where in the customer's job things go wrong, with honest error bars."""


def main() -> None:
    """Run the command line; a person's mistake ends in one clear line and no stack trace."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    guard_streams()
    try:
        headway.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped; what was done is kept, run the same command to go on", err=True)
        sys.exit(1)
    except HeadwayError as error:
        click.echo(f"headway: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a full disk, a folder in place of a file, no right to write there
        click.echo(f"headway: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", err=True)
        sys.exit(1)
    except _database_errors() as error:
        if (line := _told(error)) is None:
            raise
        click.echo(f"headway: {line}", err=True)
        sys.exit(1)


def _database_errors() -> tuple[type[Exception], ...]:
    """Looked up only once something was raised, so that help stays quick."""
    from cli.database_faults import DATABASE_ERRORS

    return DATABASE_ERRORS


def _told(error: Exception) -> str | None:
    from cli.database_faults import told

    return told(error)


if __name__ == "__main__":
    main()
