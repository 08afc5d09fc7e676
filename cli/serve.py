"""`headway serve`: the monitor."""

from __future__ import annotations

import click


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8321, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
def command(host: str, port: int) -> None:
    """Start the monitor: the pages and the /v1 API."""
    import uvicorn

    from api.app import create_app
    from api.authentication import is_loopback
    from store.settings import load_settings

    if host != "localhost" and not is_loopback(host):
        raise click.UsageError(
            f"--host {host}: no key has been made, so the monitor answers this machine only; "
            "use 127.0.0.1, ::1 or localhost"
        )
    app = create_app(load_settings())
    app.state.database.check()
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Headway's monitor: http://{shown}:{port}/ (stop it with Ctrl+C)")
    # A forwarding header must never change who seems to be asking: see api.access.
    uvicorn.run(app, host=host, port=port, log_level="warning", proxy_headers=False, server_header=False)
