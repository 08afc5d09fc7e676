"""Why input was refused: the errors of the readers, each with a reason that can be counted."""

from __future__ import annotations

from taxonomy.errors import BadInputError


class ContactError(BadInputError):
    """One contact cannot be used. `kind` is a stable slug, `field` the place in the record."""

    def __init__(self, kind: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.field = field


class MissingFileError(BadInputError):
    """There is no such file or folder."""


class EmptyFileError(BadInputError):
    """The file holds no contact at all."""


class UnknownFormatError(BadInputError):
    """The file's name does not say how to read it, or the format asked for does not exist."""


class UnreadableFileError(BadInputError):
    """The file is not what its name says, or may not be opened."""
