"""The folder or bucket through which partitions of a back-fill travel between the driver and the cluster's workers.

It holds redacted words, numbers, and a copy of the model, for as long as a back-fill lasts. Whatever is there may be
deleted at any time: the database knows what is still to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from store.settings import Settings


@dataclass(frozen=True)
class Depot:
    """A place in a folder or a bucket, named by an fsspec address such as `s3://bucket/headway`."""

    address: str

    @classmethod
    def of(cls, settings: Settings) -> Depot:
        """The place that the settings name; default a folder in the home folder."""
        return cls(settings.cluster_folder or str(settings.home.absolute() / "cluster"))

    def inside(self, *names: str) -> Depot:
        """A place further in. Raises ValueError for a name that would lead out of it."""
        for name in names:
            if not name or PurePosixPath(name).name != name or name == "..":
                raise ValueError(f"{name!r} is no plain name")
        return Depot("/".join([self.address.rstrip("/"), *names]))

    def write(self, name: str, content: bytes) -> str:
        """Put a file there, whole or not at all where the place can rename; its name."""
        files, root = self._opened()
        files.makedirs(root, exist_ok=True)
        files.pipe_file(f"{root}/{name}", content)
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError where it was deleted."""
        files, root = self._opened()
        content: bytes = files.cat_file(f"{root}/{name}")
        return content

    def remove(self, name: str) -> None:
        """Delete a file; one that is gone already is no fault."""
        files, root = self._opened()
        if files.exists(f"{root}/{name}"):
            files.rm_file(f"{root}/{name}")

    def names(self) -> list[str]:
        """What lies directly in it, files and folders, in order; nothing where there is no such place."""
        files, root = self._opened()
        files.invalidate_cache()
        if not files.exists(root):
            return []
        return sorted(PurePosixPath(path).name for path in files.ls(root, detail=False))

    def count(self) -> int:
        """How many files there are in it, at any depth."""
        files, root = self._opened()
        files.invalidate_cache()
        return len(files.find(root)) if files.exists(root) else 0

    def clear(self) -> int:
        """Delete everything in it; how many files there were."""
        files, root = self._opened()
        found = self.count()
        if files.exists(root):
            files.rm(root, recursive=True)
        return found

    def send(self, folder: Path) -> None:
        """Copy a local folder with everything in it to here."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.inside(*path.relative_to(folder).parent.parts).write(path.name, path.read_bytes())

    def fetch(self, folder: Path) -> None:
        """Copy everything here into a local folder. Raises FileNotFoundError where there is nothing."""
        files, root = self._opened()
        found = files.find(root)
        if not found:
            raise FileNotFoundError(f"{self.address} is empty")
        for path in found:
            target = folder / PurePosixPath(path).relative_to(PurePosixPath(root))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files.cat_file(path))

    def _opened(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        files, root = url_to_fs(self.address)
        return files, root.rstrip("/")


def new_name(*parts: object) -> str:
    """A file name that nobody uses twice: a partition that is read again never writes over what was read first."""
    return f"{'-'.join(str(part) for part in parts)}-{uuid4().hex[:12]}.parquet"
