"""How far a run has come: passed to a function, or shown by tqdm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, Iterator

#: Called with the stage, what is done of it, and how much that is in all (None if that is not known).
Callback = Callable[[str, int, "int | None"], Any]


@contextmanager
def told(progress: Callback | bool | None) -> Iterator[Callback | None]:
    """The function to call, if any; what it shows is closed in the end."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        bars = _Bars()
        try:
            yield bars.tell
        finally:
            bars.close()
    elif callable(progress):
        yield progress
    else:
        raise TypeError("progress is True or a function of a stage, what is done, and how much that is in all")


class _Bars:
    """A bar for each stage, on stderr."""

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError("progress=True needs tqdm: pip install tqdm") from missing
        self._make = tqdm
        self._stage = ""
        self._bar: Any = None

    def tell(self, stage: str, done: int, total: int | None) -> None:
        if self._bar is None or stage != self._stage:
            self.close()
            reads = stage == "read"
            unit = {"unit": "B", "unit_scale": True} if reads else {}
            self._bar = self._make(total=total, desc=stage, leave=False, **unit)
            self._stage = stage
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
