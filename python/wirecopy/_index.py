"""Articles that were published, kept in a folder, so that new ones can be held against them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _wirecopy
from ._articles import told_apart
from ._errors import Error
from ._found import Found, Problem
from ._options import Options, typed
from ._progress import Callback, told

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: Options of a scan by what they are about; all others are about its input.
_RUNNING = frozenset({"threads", "memory", "temp_dir"})
_MAKING = frozenset({"seed", "min_words"})
_JUDGING = frozenset({"min_confidence", "threshold", "no_updates"})
_GROUPING = frozenset({"deep", "keep"})
_FILE = frozenset({"config"})


@dataclass(frozen=True, slots=True)
class Match:
    """An article of the index that another is a copy of, or that is a copy of it."""

    id: str
    """Its id."""
    relation: str
    """How the texts relate: exact, edited, reworded, excerpt or update."""
    similarity: float
    """The share of the shorter one's words that stand in the other, in order (0 to 1)."""
    confidence: float
    """The probability that they are copies (0 to 1)."""
    date: str | None
    """When it was published, if that is known: ``2026-03-01`` or ``2026-03-01T06:00:00Z``."""
    source: str | None
    """Who published it, if that is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say of one record."""

    id: str | None
    """Its id, found as in `scan`; None if the record could not be used."""
    file: str
    """The file it was read from; ``articles`` if it came from memory."""
    line: int | None
    """Its line or row in that file, or its place among the articles, from 1; None for a file that is one article."""
    matches: tuple[Match, ...]
    """Exact ones first, then by similarity."""
    problem: Problem | None
    """Why the record could not be used, if so."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that was not added, because its id stands for another one."""

    id: str
    """The id of both."""
    file: str
    """The file it was read from; ``articles`` if it came from memory."""
    line: int | None
    """Its line or row there, from 1."""
    stored_file: str
    """The file that the stored one was read from."""
    stored_line: int | None
    """Its line or row there, from 1."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of articles that were to be added. All counts are whole numbers."""

    new: int
    """Articles that are new."""
    same: int
    """Articles that were there already: the same id with the same words."""
    replaced: int
    """Articles that took the place of others with their ids."""
    refused: tuple[Refused, ...]
    """Articles whose id stands for another one."""
    problems: tuple[Problem, ...]
    """Records that could not be used: the first 50,000, as ``bad_records`` counts all."""
    bad_records: int
    """Number of records that could not be used."""
    articles: int
    """Articles that the index holds now."""


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What an index consists of."""

    articles: int
    """Articles."""
    removed: int
    """Removed articles that still take room on disk, until the index is compacted."""
    segments: int
    """Files that articles are in; each takes its time in a query."""
    generation: int
    """How often the index has changed."""
    learned_from: int | None
    """Articles that common text was learned from, if it was."""
    learned: str | None
    """The id of what was learned."""
    bytes: dict[str, int]
    """Bytes on disk by what they are for."""


class Index:
    """An index of published articles in a folder: the one of `wirecopy index`, which reads and writes the same files.

        >>> import wirecopy
        >>> published = wirecopy.Index("published")  # doctest: +SKIP
        >>> published.add("dumps/2026-03")  # doctest: +SKIP
        >>> for answer in published.query(tonight):  # doctest: +SKIP
        ...     print(answer.id, [(match.id, match.relation) for match in answer.matches])

    Nothing is opened or made before it is needed. Each call sees the index as it is then, whoever has changed it. Any
    number of processes and threads may query; one at a time may write, and another that wants to is refused with
    wirecopy.Error. What was opened for a query is kept for the next: at most 48 MiB of blocks, 7 bytes an article, and up
    to 260 MiB of what recurs. Calls run without the interpreter's lock on all cores; Ctrl-C ends them.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """folder: where it is, or will be once something is added."""
        self._folder = os.fspath(folder)
        self._index = _wirecopy.Index(self._folder)

    def add(
        self,
        articles: Any,
        *,
        replace: bool = False,
        progress: Callback | bool | None = None,
        **options: Unpack[Options],
    ) -> Added:
        """Adds articles, and makes the index if there is none: `wirecopy index add`.

        articles, progress: as in `scan`.
        replace: True lets articles take the place of those that have their ids with other words; else they are refused.
        options: those of `scan` that are about input and running; ``seed`` and ``min_words`` for a new index.

        What was added is on disk when this returns. Each call writes a file and looks through all ids, so that many
        articles at once are quicker than many calls. Where a call fails on its way, what it stored until then stays: a part
        for each 262,144 articles. An index of up to 50,000 articles learns what recurs whenever it has doubled; a larger
        one does so in `compact`.

        Raises what `scan` raises (``Error.found`` has what was added of the inputs that could be read), and wirecopy.Error
        if another process writes to the index, or if it was made with another seed or other settings.
        """
        given = _given("add", options, _JUDGING | _GROUPING | _FILE)
        with told(progress) as callback:
            taken = self._index.add(told_apart(articles), given, replace, callback)
        added = _added(taken)
        if taken.failures:
            raise Error("\n".join(taken.failures), found=added)
        return added

    def query(
        self,
        articles: Any,
        *,
        top: int | None = None,
        add: bool = False,
        replace: bool = False,
        progress: Callback | bool | None = None,
        **options: Unpack[Options],
    ) -> list[Answer]:
        """Says of each record which articles of the index are copies of it, or it of them: `wirecopy index query`.

        articles, progress: as in `scan`.
        top: the most matches that are told of each record: 20 if nothing is said.
        add: True adds each article after it was answered, so that those after it are held against it too; made if there
            is no index. What became of it is not told: see `Index.add`.
        replace: as in `Index.add`, with ``add``.
        options: those of `scan` that are about input and running, and ``min_confidence``, ``threshold``, ``no_updates``.

        Returns an answer for each record, in order, bad ones included. An article is not its own match: one with its id is
        passed over.

        Raises what `scan` raises (``Error.found`` has the answers for the inputs that could be read), and wirecopy.Error if
        there is no index or it is damaged.
        """
        given = _given("query", options, _MAKING | _GROUPING | _FILE)
        if replace and not add:
            raise ValueError("replace needs add=True")
        with told(progress) as callback:
            lines, taken = self._index.query(told_apart(articles), given, top, replace if add else None, callback)
        answers = [_answer(json.loads(line)) for line in lines.splitlines()]
        if taken.failures:
            raise Error("\n".join(taken.failures), found=answers)
        return answers

    def groups(self, *, progress: Callback | bool | None = None, **options: Unpack[Options]) -> Found:
        """Groups all articles of the index, as one `scan` of everything that was added: `wirecopy index groups`.

        options: those of `scan` that are not about its input; what is not given of ``seed`` and ``min_words`` is that of the index. Raises wirecopy.Error
        if there is no index, it is damaged, or it was made with other settings.
        """
        given = _given("groups", options, frozenset(options) - _RUNNING - _MAKING - _JUDGING - _GROUPING)
        with told(progress) as callback:
            return Found(self._index.groups(given, callback))

    def compact(self, *, progress: Callback | bool | None = None, **options: Unpack[Options]) -> None:
        """Puts everything into one file and learns what recurs, so that queries are quick and judge as a scan does.

        options: ``threads``, ``memory``, ``temp_dir``. Takes the time of a scan of all articles. Raises wirecopy.Error if
        there is no index, it is damaged, or another process writes to it.
        """
        given = _given("compact", options, frozenset(options) - _RUNNING)
        with told(progress) as callback:
            self._index.compact(given, callback)

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Removes articles by their ids; returns the ids that there are none of.

        They are no match any more at once; what they took on disk is free after `compact`. Raises as `compact`.
        """
        if isinstance(ids, str):
            raise TypeError("ids are a list of strings, not one string")
        return self._index.remove(list(ids))

    def stats(self) -> IndexStats:
        """What the index consists of. Raises wirecopy.Error if there is none or it is damaged."""
        articles, removed, segments, generation, learned_from, learned, parts = self._index.stats()
        return IndexStats(articles, removed, segments, generation, learned_from, learned, dict(parts))

    def __len__(self) -> int:
        """Number of articles. Raises wirecopy.Error if there is no index."""
        return self.stats().articles

    def __bool__(self) -> bool:
        """True, however many articles there are."""
        return True

    def __repr__(self) -> str:
        return f"Index({self._folder!r})"


def _given(what: str, options: Mapping[str, Any], without: frozenset[str]) -> list[tuple[str, list[str]]]:
    for name in options:
        if name in without:
            raise TypeError(f"Index.{what} has no option {name}")
    return typed(options)


def _answer(line: dict[str, Any]) -> Answer:
    file, at = line["file"], line.get("line")
    if line["type"] == "bad-record":
        return Answer(None, file, at, (), Problem(file, at, line["reason"], line["detail"]))
    return Answer(line["id"], file, at, tuple(_match(match) for match in line["matches"]), None)


def _match(match: dict[str, Any]) -> Match:
    return Match(
        match["id"],
        match["relation"],
        match["similarity"],
        match["confidence"],
        match.get("date"),
        match.get("source"),
    )


def _added(taken: _wirecopy.Taken) -> Added:
    return Added(
        taken.new,
        taken.same,
        taken.replaced,
        tuple(Refused(id, *place, *stored) for id, place, stored in taken.refused),
        tuple(Problem(*place, reason, detail) for place, reason, detail in taken.problems),
        taken.bad_records,
        taken.held,
    )
