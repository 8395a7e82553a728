"""The compiled half of the package: what `python/src` exports. Not for users."""

import os
from collections.abc import Callable, Sequence
from typing import Any

__version__: str
EVIDENCE: list[str]
TOLD: int

class Outcome:
    """The outcome of a scan."""

    @property
    def notices(self) -> list[str]: ...
    @property
    def failures(self) -> list[str]: ...
    def lines(self, pairs: bool) -> bytes:
        """The report as JSON Lines, with or without the pairs."""

class Taken:
    """What became of articles that were to be added. A place is a file, and a line or row if there is one."""

    @property
    def new(self) -> int: ...
    @property
    def same(self) -> int: ...
    @property
    def replaced(self) -> int: ...
    @property
    def refused(self) -> list[tuple[str, _Place, _Place]]: ...
    @property
    def problems(self) -> list[tuple[_Place, str, str]]: ...
    @property
    def bad_records(self) -> int: ...
    @property
    def held(self) -> int: ...
    @property
    def failures(self) -> list[str]: ...
    @property
    def notices(self) -> list[str]: ...

class Index:
    """An index in a folder. Articles come as in `scan`."""

    def __init__(self, folder: str | os.PathLike[str]) -> None: ...
    def add(self, articles: Any, options: _Options, replace: bool, progress: _Progress) -> Taken: ...
    def query(
        self, articles: Any, options: _Options, top: int | None, replace: bool | None, progress: _Progress
    ) -> tuple[bytes, Taken]:
        """Answers as JSON Lines. ``replace`` is None if nothing is to be added."""

    def groups(self, options: _Options, progress: _Progress) -> Outcome: ...
    def compact(self, options: _Options, progress: _Progress) -> None: ...
    def remove(self, ids: Sequence[str]) -> list[str]: ...
    def stats(self) -> tuple[int, int, int, int, int | None, str | None, list[tuple[str, int]]]:
        """Articles, removed ones, segments, generation, what it learned from, the id of that, bytes by their use."""

_Place = tuple[str, int | None]
_Options = list[tuple[str, list[str]]]
_Progress = Callable[[str, int, int | None], Any] | None

def scan(articles: Any, options: _Options, progress: _Progress) -> Outcome:
    """Compares articles: a list of paths, rows with an Arrow stream, or an iterator of pieces of JSON Lines."""

def scan_signed(rows: Any, options: _Options, progress: _Progress) -> Outcome:
    """Compares articles that were signed with the same options: an Arrow stream with the column ``parcel``."""

def sign_batch(batch: Any, options: _Options) -> Any:
    """Signs the rows of a pyarrow.RecordBatch; gives one with the columns parcel, reason, detail."""

def sign_lines(lines: bytes, options: _Options) -> Any:
    """The same for lines of JSON, whose fields are those of the options."""

def compare_articles(
    a: bytes | str | os.PathLike[str], b: bytes | str | os.PathLike[str], options: _Options
) -> tuple[bytes, str, str]:
    """JSON Lines, and both texts."""

def run_command(typed: Sequence[str]) -> int:
    """Runs the command line, the name of the program first; gives its exit code."""

def known_options() -> list[tuple[str, str, str]]:
    """Every option: its name, what it takes (switch, value or values), and a line of help."""
