"""The compiled half of the package: what `python/src` exports. Not for users."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

__version__: str
EVIDENCE: list[str]

class Outcome:
    """The outcome of a scan."""

    @property
    def notices(self) -> list[str]: ...
    @property
    def failures(self) -> list[str]: ...
    def lines(self, pairs: bool) -> bytes:
        """The report as JSON Lines, with or without the pairs."""

_Options = list[tuple[str, list[str]]]
_Progress = Callable[[str, int, int | None], Any] | None

def scan_files(paths: Sequence[str | os.PathLike[str]], options: _Options, progress: _Progress) -> Outcome: ...
def scan_lines(pieces: Iterator[bytes], options: _Options, progress: _Progress) -> Outcome: ...
def scan_table(rows: Any, options: _Options, progress: _Progress) -> Outcome: ...
def scan_signed(parcels: Iterator[list[bytes]], options: _Options, progress: _Progress) -> Outcome:
    """Compares articles that were signed with the same options."""

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
