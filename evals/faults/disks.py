"""A disk that is full: commands say so in a line, and go on from there once there is room."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from evals.faults.commands import Place, Running
from evals.faults.course import Undisturbed, decide, steps_of, verdict
from evals.faults.cuts import Cutting
from evals.faults.sites import PostgresSite, Say, Site, SqliteSite

SHARES = (0.02, 0.1, 0.25, 0.4, 0.6, 0.8)
"""Room beyond what an empty database takes, as a share of what the whole course needs, one after the other."""

MB = 2**20
SLACK_MB, WHOLE_MB = 1, 2000
Prepare = Callable[[], None]
Limit = Callable[[int | None], Prepare | None]
"""Leaves so many bytes of room (None: enough); what a process of a course must do first, if anything."""


def limit_files(size: int) -> None:
    """No file of this process grows beyond so many bytes. Needs no privilege; the write fails, the process goes on."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def file_limit(site: SqliteSite, expected: Undisturbed, *, budget: int, say: Say) -> dict[str, Any]:
    """A course on SQLite whose files may not grow beyond a size, which is raised whenever nothing goes on."""
    place = site.fresh("disk-limit", warm=site.undisturbed)
    empty = (place.home / "headway.db").stat().st_size

    def limit(room: int | None) -> Prepare | None:
        return None if room is None else partial(limit_files, empty + room)

    needed = (site.undisturbed / "headway.db").stat().st_size - empty
    done = _course(site, place, expected, _rooms(needed), limit, budget=budget)
    say(f"file limit: full {done['cuts']} times")
    return done


def small_disk(site: Site, expected: Undisturbed, *, budget: int, say: Say) -> dict[str, Any]:
    """A course whose tables lie on a small disk of their own (tmpfs), made larger whenever nothing goes on."""
    mount = site.base.folder / f"disk-{site.name.lower()}"
    try:
        with _mounted(mount):
            place = _on_disk(site, mount)
            used = shutil.disk_usage(mount).used

            def limit(room: int | None) -> None:
                _resize(mount, WHOLE_MB if room is None else (used + room) // MB + SLACK_MB)

            limit(int(SHARES[0] * _needed(site)))
            done = _course(site, place, expected, _rooms(_needed(site)), limit, budget=budget)
            _clear(site, place)
    except (subprocess.CalledProcessError, FileNotFoundError, PermissionError) as missing:
        return {"not_run": f"no disk of its own can be mounted here ({missing}): run it as root"}
    say(f"small disk, {site.name}: full {done['cuts']} times")
    return done


def _course(
    site: Site, place: Place, expected: Undisturbed, rooms: Sequence[int], limit: Limit, *, budget: int
) -> dict[str, Any]:
    full, left = Cutting(), [*rooms, None]
    for step in steps_of(site.base, place, budget=budget):
        if step.name == "review import":
            decide(site.base, place)
        while not (ended := Running(place, step.arguments, prepare=limit(left[0])).end()).well:
            full.note(ended, step.name)
            full.cuts += 1
            if len(left) == 1:
                full.wrong.append(f"{step.name}, with room enough: exit {ended.code}: {ended.err[-800:]}")
                break
            left.pop(0)
    limit(None)
    return {**full.as_json(), **verdict(site, place, expected).as_json(), "contacts": site.base.contacts}


def _rooms(needed: int) -> list[int]:
    return [int(share * needed) for share in SHARES]


def _needed(site: Site) -> int:
    """Bytes that the undisturbed course's database takes."""
    if isinstance(site, SqliteSite):
        return (site.undisturbed / "headway.db").stat().st_size
    engine = create_engine(site.address(Place(site.undisturbed, site.named_address(site.undisturbed.name))))
    with engine.connect() as connection:
        size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return size


def _on_disk(site: Site, mount: Path) -> Place:
    """A fresh home whose database lies on the disk."""
    if isinstance(site, PostgresSite):
        owner = site.server.stat()
        os.chown(mount, owner.st_uid, owner.st_gid)
    return site.fresh("disk-small", warm=site.undisturbed, folder=mount)


def _clear(site: Site, place: Place) -> None:
    """Let go of the disk."""
    if isinstance(site, PostgresSite):
        site.drop_database(place)


@contextmanager
def _mounted(mount: Path) -> Iterator[None]:
    mount.mkdir(exist_ok=True)
    _told("mount", "-t", "tmpfs", "-o", f"size={WHOLE_MB}m", "headway-faults", str(mount))
    try:
        yield
    finally:
        _told("umount", "-l", str(mount))


def _resize(mount: Path, megabytes: int) -> None:
    _told("mount", "-o", f"remount,size={megabytes}m", str(mount))


def _told(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - mount and umount
