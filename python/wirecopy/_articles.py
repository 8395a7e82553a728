"""What `scan` may be given, told apart: paths, tables, data sets, records.

Records become JSON Lines, the form in which most dumps are, so that fields, dates and bad records are what they are in
a file. A table is handed over without a copy, whatever library made it.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

#: Bytes of JSON Lines that are handed over at once.
PIECE = 1 << 20


def told_apart(articles: Any) -> Any:
    """The articles in a form that the library takes: a list of paths, rows with an Arrow stream, or pieces of JSON Lines.

    Looks at the first of them where they are an iterable. Raises TypeError if they are nothing that articles come in.
    """
    if isinstance(articles, (str, os.PathLike)):
        return [articles]
    if hasattr(articles, "__arrow_c_stream__"):
        return articles
    table = _table_of(articles)
    if table is not None:
        return table
    try:
        items = iter(() if isinstance(articles, (bytes, Mapping)) else articles)
    except TypeError:
        items = None
    if items is None or isinstance(articles, (bytes, Mapping)):
        raise TypeError(
            f"articles cannot be {_name(articles)}: give paths, a table, a data set or an iterable of dicts"
        )
    try:
        first = next(items)
    except StopIteration:
        return iter(())
    items = chain([first], items)
    if isinstance(first, (str, os.PathLike)):
        return list(_all_paths(items))
    return _pieces(items)


def line(record: Mapping[str, Any]) -> bytes:
    """One record as a line of JSON. What JSON has no form for, such as a date, is written as Python prints it."""
    record = record if isinstance(record, dict) else dict(record)
    try:
        text = json.dumps(record, default=_other, allow_nan=False)
    except ValueError:
        text = json.dumps(_without_nan(record), default=_other)
    return text.encode() + b"\n"


def _table_of(data: Any) -> Any:
    """The rows of a data set as libraries for training have them: kept as an Arrow table, behind an order of rows."""
    inside = getattr(data, "data", None)
    table = getattr(inside, "table", inside)
    if not hasattr(table, "__arrow_c_stream__"):
        return None
    # The rows were chosen or shuffled: only the data set itself knows which they are.
    return table if getattr(data, "_indices", None) is None else None


def _pieces(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for number, record in enumerate(records, 1):
        if not isinstance(record, Mapping):
            raise TypeError(f"article {number} is {_name(record)}, not a dict")
        lines.append(line(record))
        size += len(lines[-1])
        if size >= PIECE:
            yield b"".join(lines)
            lines, size = [], 0
    yield b"".join(lines)


def _all_paths(items: Iterable[Any]) -> Iterator[str | os.PathLike[str]]:
    for item in items:
        if not isinstance(item, (str, os.PathLike)):
            raise TypeError(f"{_name(item)} stands among paths")
        yield item


def _without_nan(value: Any) -> Any:
    """The value with null for every number that is none: what a missing value is in a data frame."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(inside) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(inside) for inside in value]
    return value


def _other(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def _name(value: Any) -> str:
    return f"of type {type(value).__name__}"
