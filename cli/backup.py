"""`headway backup` and `headway restore`: everything that cannot be made again, in one file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output import json_option, print_json

if TYPE_CHECKING:
    from store.backup import Manifest


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--verify", "only_verify", is_flag=True, help="Write nothing: hold FILE against its own counts and hashes."
)
@click.option(
    "--with-caches", is_flag=True, help="Also what can be made again: sentence vectors, encoders, LLM answers."
)
@click.option("--with-secret", is_flag=True, help="Also the key of the customer hash; keep such a file as a secret.")
@json_option
def backup(file: Path, only_verify: bool, with_caches: bool, with_secret: bool, as_json: bool) -> None:
    """Write database, models and jobs to FILE (.tar or .tar.gz), and check it.

    The database may be in use meanwhile. The key of the customer hash is not in it unless asked for: keep HOME/secret
    or HEADWAY_SECRET apart, or returning customers are not recognised after a restore.
    """
    from store.backup import back_up, verify
    from store.session import open_database
    from store.settings import load_settings

    if not only_verify:
        settings = load_settings()
        back_up(settings, open_database(settings), file, caches=with_caches, secret=with_secret)
    _tell("checked" if only_verify else "written and checked", file, verify(file), as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Put a backup into an empty home and database (SQLite or PostgreSQL), checked row by row.

    Nothing is ever overwritten. Customers erased after the backup was written are in it: erase them again.
    """
    from flows.progress import progress_bar
    from store.backup import restore as put_back
    from store.session import open_database
    from store.settings import load_settings

    settings = load_settings()
    with progress_bar("restore rows") as tick:
        done = put_back(file, settings, open_database(settings), tick=tick)
    _tell("restored and checked", file, done, as_json=as_json)
    if not (done.secret or settings.secret) and not as_json:
        click.echo(
            "the key of the customer hash was not in it: put your own in HOME/secret or HEADWAY_SECRET", err=True
        )


def _tell(what: str, file: Path, manifest: Manifest, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(manifest))
        return
    click.echo(
        f"{what}: {file}, {manifest.rows:,} rows in {len(manifest.tables)} tables, {len(manifest.files) - 1} other "
        f"files, schema {manifest.schema}, {'with' if manifest.secret else 'without'} the key of the customer hash"
    )
