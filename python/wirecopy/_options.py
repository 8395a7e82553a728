"""Named options as the command would have them typed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ._wirecopy import known_options


class Options(TypedDict, total=False):
    """Every option for type checkers, which cannot ask the library; a test holds it against what the command knows."""

    config: str | os.PathLike[str] | None
    input_format: str | None
    glob: str | Iterable[str] | None
    no_ignore: bool | None
    encoding: str | None
    max_record: int | str | None
    max_ratio: int | None
    max_records: int | None
    max_files: int | None
    text_field: str | None
    title_field: str | None
    id_field: str | None
    date_field: str | None
    source_field: str | None
    url_field: str | None
    min_confidence: float | None
    threshold: float | None
    min_words: int | None
    no_updates: bool | None
    deep: bool | None
    keep: str | Iterable[str] | None
    seed: int | None
    threads: int | None
    memory: int | str | None
    temp_dir: str | os.PathLike[str] | None


_TAKES = {name: takes for name, takes, _ in known_options()}


def typed(options: Mapping[str, object]) -> list[tuple[str, list[str]]]:
    """The options with their values as text; those that are None are left out.

    Names are not looked at here. Raises TypeError if a switch is given anything but True or False.
    """
    given: list[tuple[str, list[str]]] = []
    for name, value in options.items():
        takes = _TAKES.get(name)
        if value is None:
            # What is not known is refused even so.
            if takes is None:
                given.append((name, []))
        elif takes == "switch":
            if not isinstance(value, bool):
                raise TypeError(f"{name} is a switch: True or False, not {value!r}")
            if value:
                given.append((name, []))
        elif takes == "values" and not isinstance(value, str) and isinstance(value, Iterable):
            given.append((name, [_text(one) for one in value]))
        else:
            given.append((name, [_text(value)]))
    return given


def _text(value: Any) -> str:
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
