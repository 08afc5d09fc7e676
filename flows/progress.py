"""How long work says how far it is: a callback that stages call, and a rich bar behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Ticker = Callable[[int], None]


def silent(_done: int) -> None:
    """Say nothing."""


@contextmanager
def progress_bar(title: str, *, total: int | None = None) -> Iterator[Ticker]:
    """A bar on standard error, gone when the work is done; nothing where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # The command line puts a guard before what is printed; a bar needs the stream behind it.
    console = Console(file=getattr(sys.stderr, "unguarded", sys.stderr))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.advance(task, done)
