"""Who runs a command, as the audit log names them."""

from __future__ import annotations

import click

by_option = click.option("--by", help="Who does it, where that is not the user of this machine.")


def actor(by: str | None) -> str:
    """`os:USER`, and before it whoever they say they act for; the machine's own user always stands there."""
    from store.audit import this_user

    user = this_user()
    return f"{by} ({user})" if by else user
