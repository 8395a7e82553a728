"""The exception of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._found import Found
    from ._index import Added, Answer


class Error(Exception):
    """What was asked for could not be done; the command says the same and ends with exit code 2.

    Bad records are no error: they are in ``Found.problems``.
    """

    __module__ = "wirecopy"

    hint: str | None
    """What to do about it, if that is known: in the words of the command."""
    path: str | None
    """The file concerned, if there is one."""
    found: Found | Added | list[Answer] | None
    """What was found, added or answered of everything else, if only some inputs could not be read."""

    def __init__(
        self, message: str, hint: str | None = None, path: str | None = None, found: Found | Added | list[Answer] | None = None
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.path = path
        self.found = found

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\ntry: {self.hint}" if self.hint else message
