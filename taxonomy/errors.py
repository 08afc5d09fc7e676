"""The root of every error that Headway raises on purpose."""

from __future__ import annotations


class HeadwayError(Exception):
    """Something a person can act on: the message says what was wrong, where, and what to do.

    The command line prints it without a stack trace and exits with `exit_code`.
    """

    exit_code = 1


class BadInputError(HeadwayError):
    """What was given cannot be used: a wrong argument, file or field."""

    exit_code = 2
