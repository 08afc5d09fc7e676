"""One file with everything that cannot be made again, and back; checked by counts and hashes.

The file is a tar: `manifest.json`, the database as an SQLite file (also where it is PostgreSQL), models, jobs, and the
book of what the LLM cost. Sentence vectors, encoders and LLM answers can be made again and are left out unless asked
for. The key of the customer hash is left out unless asked for: whoever has it and the backup can test guesses of
customers' names.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from store.backup_database import newest_schema, read_schema, restored, snapshot
from store.row_sums import TableSum, sums
from store.session import Database
from store.settings import Settings
from taxonomy.errors import BadInputError, HeadwayError

MANIFEST, DATABASE = "manifest.json", "headway.sqlite"
ALWAYS = ("models", "jobs", "llm_cache/spend")
CACHES = ("embeddings", "encoders", "llm_cache/answers")
KEY_FILE = "secret"
FORMAT = 1


class BackupError(BadInputError):
    """A file is no backup of Headway's, or of a newer Headway."""


class DamagedBackupError(HeadwayError):
    """A backup does not hold what its manifest says."""


class NotEmptyError(BadInputError):
    """Something is there already that a restore or a backup would overwrite."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: schema version, rows and hash of every table, hash of every file."""

    format: int
    taken_at: str
    schema: str
    tables: dict[str, dict[str, Any]]
    files: dict[str, str]
    secret: bool

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(int(one["rows"]) for one in self.tables.values())


def back_up(
    settings: Settings, database: Database, out: Path, *, caches: bool = False, secret: bool = False
) -> Manifest:
    """Write a backup; the database may be in use meanwhile. Raises NotEmptyError where `out` exists, SchemaError."""
    if out.exists():
        raise NotEmptyError(f"{out} is there already: give another name")
    database.check()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.part")
    with TemporaryDirectory(dir=out.parent, prefix=".backup-") as folder:
        file = Path(folder) / DATABASE
        snapshot(database, file)
        copy = Database(f"sqlite:///{file}")
        with copy.engine.connect() as connection:
            tables = {name: asdict(one) for name, one in sums(connection).items()}
            schema = read_schema(connection)
        copy.engine.dispose()
        members = {DATABASE: file, **dict(_members(settings, caches=caches, secret=secret))}
        files = {name: _sha256(path) for name, path in members.items()}
        manifest = Manifest(FORMAT, datetime.now(UTC).isoformat(), schema, tables, files, KEY_FILE in members)
        with tarfile.open(draft, "w:gz" if out.suffix in (".gz", ".tgz") else "w") as tar:
            _add_text(tar, MANIFEST, json.dumps(asdict(manifest), indent=1))
            for name, path in members.items():
                tar.add(path, arcname=name, recursive=False)
    draft.chmod(0o600)
    draft.replace(out)
    return manifest


def verify(backup: Path) -> Manifest:
    """Read a backup whole and hold it against its manifest. Raises BackupError, DamagedBackupError."""
    with TemporaryDirectory(dir=backup.parent, prefix=".verify-") as folder:
        return _unpacked(backup, Path(folder))


def restore(backup: Path, settings: Settings, database: Database, *, tick: Callable[[int], None]) -> Manifest:
    """Put a backup in an empty home and database, bring the schema up to date, and check it row by row.

    Raises NotEmptyError where anything would be overwritten, BackupError, DamagedBackupError, CopyDiffersError.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.home, prefix=".restore-") as folder:
        manifest = _unpacked(backup, Path(folder))
        names = [name for name in manifest.files if name != DATABASE]
        if there := [name for name in names if (settings.home / name).exists()]:
            raise NotEmptyError(f"{settings.home / there[0]} is there already: restore into an empty HEADWAY_HOME")
        restored(Path(folder) / DATABASE, database, tick=tick)
        for name in names:
            target = settings.home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).replace(target)
    return manifest


def _members(settings: Settings, *, caches: bool, secret: bool) -> Iterator[tuple[str, Path]]:
    home = settings.home.absolute()
    for folder in (*ALWAYS, *(CACHES if caches else ())):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(home).parts):
                yield str(path.relative_to(home)), path
    if secret and (home / KEY_FILE).exists():
        yield KEY_FILE, home / KEY_FILE


def _unpacked(backup: Path, folder: Path) -> Manifest:
    """Everything of a backup in a folder, checked."""
    try:
        with tarfile.open(backup) as tar:
            first = tar.extractfile(MANIFEST)
            manifest = _read_manifest(b"" if first is None else first.read(), backup)
            for name in manifest.files:
                tar.extract(name, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, KeyError) as error:
        raise BackupError(f"{backup}: cannot be read as a backup: {error}") from error
    wrong = [name for name, digest in manifest.files.items() if _sha256(folder / name) != digest]
    if wrong:
        raise DamagedBackupError(f"{backup}: {wrong[0]} is not what was backed up; use another backup")
    _check_tables(folder / DATABASE, manifest, backup)
    return manifest


def _check_tables(file: Path, manifest: Manifest, backup: Path) -> None:
    if manifest.schema != newest_schema():
        return  # its tables are not those that this Headway can read before they are brought up to date
    copy = Database(f"sqlite:///{file}")
    with copy.engine.connect() as connection:
        found = sums(connection)
    copy.engine.dispose()
    said = {name: TableSum(**one) for name, one in manifest.tables.items()}
    if wrong := [name for name, one in said.items() if found.get(name) != one]:
        raise DamagedBackupError(f"{backup}: table {wrong[0]} does not hold the rows that were backed up")


def _read_manifest(content: bytes, backup: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise BackupError(f"{backup}: has no manifest that can be read") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{backup}: was written by another Headway (format {manifest.format}, not {FORMAT})")
    return manifest


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
