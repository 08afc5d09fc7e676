"""`headway serve`: the monitor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from store.session import Database

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--tls-cert", type=FILE, help="Certificate (PEM), to speak https without a proxy.")
@click.option("--tls-key", type=FILE, help="Its private key (PEM).")
def command(host: str, port: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Start the monitor: the pages and the /v1 API."""
    import uvicorn

    from api.app import create_app
    from store.settings import load_settings

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    for file in (tls_cert, tls_key):
        if file is not None and not file.is_file():
            raise click.UsageError(f"{file} is not there")
    settings = load_settings()
    app = create_app(settings)
    if not (_is_local(host) or settings.oidc_issuer or _has_key(app.state.database)):
        raise click.UsageError(
            f"--host {host}: no key has been made, so the monitor answers this machine only; "
            "use 127.0.0.1, ::1 or localhost, or make a key first with `headway keys create`"
        )
    app.state.database.check()
    if not _is_local(host) and tls_cert is None and not settings.trusted_proxies:
        click.echo("careful: keys and figures travel readable; use --tls-cert, or a proxy that speaks https", err=True)
    shown = f"[{host}]" if ":" in host else host
    scheme = "http" if tls_cert is None else "https"
    click.echo(f"Headway's monitor: {scheme}://{shown}:{port}/ (stop it with Ctrl+C)")
    # A forwarding header changes who seems to be asking only where it comes from a proxy that is named.
    proxies = settings.trusted_proxies or ""
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        use_colors=False,  # colours are control characters, which the command line shows and does not send
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )


def _has_key(database: Database) -> bool:
    """Whether a key was ever made; a database without tables has none."""
    from sqlalchemy.exc import DBAPIError

    from store.keys import any_key_made

    try:
        with database.session() as session:
            return any_key_made(session)
    except DBAPIError:
        return False


def _is_local(host: str) -> bool:
    from api.authentication import is_loopback

    return host == "localhost" or is_loopback(host)
