"""What a scan found, as data: groups of copies, pairs, and records that could not be used.

Everything is made from the documented JSON Lines of the command, on first use: a scan whose pairs nobody asks for makes
none. Tables need pyarrow, data frames pandas too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ._wirecopy import EVIDENCE, Outcome

if TYPE_CHECKING:
    import pandas
    import pyarrow


@dataclass(frozen=True, slots=True)
class Member:
    """An article in a group."""

    id: str
    """Its id in the input; else its address; else ``articles:7`` for the seventh."""
    file: str
    """The file it was read from; ``articles`` if it came from memory."""
    line: int | None
    """Its line or row in that file, or its place among the articles, from 1; None for a file that is one article."""
    role: str
    """``kept`` or ``copy``."""
    of: str | None
    """Of a copy: the id of the article it was compared with."""
    relation: str | None
    """Of a copy: how it relates to that one: exact, edited, reworded, excerpt or update."""
    similarity: float | None
    """Of a copy: the share of the shorter one's words that stand in the other, in order (0 to 1)."""
    confidence: float | None
    """Of a copy: the probability that it is one (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that are copies of one text, the kept one first."""

    id: str
    """The same for the same articles, whatever the order of the input."""
    kept: str
    """The id of the member to keep."""
    why_kept: str
    """The rule that decided: ``earliest``, ``longest``, ..."""
    weakest: float
    """The lowest similarity among the links of the group (0 to 1)."""
    density: float
    """The share of all pairs of members that were accepted as copies (0 to 1)."""
    members: tuple[Member, ...]
    """At least two."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that were accepted as copies, or that share a passage."""

    a: str
    """The id of one."""
    b: str
    """The id of the other, which comes later among ids."""
    relation: str
    """exact, edited, reworded, excerpt, update or shared-passage."""
    similarity: float
    """The share of the shorter one's words that stand in the other, in order (0 to 1)."""
    confidence: float
    """The probability that they are copies (0 to 1)."""
    jaccard: float
    """Jaccard similarity of their word 3-grams (0 to 1)."""
    a_in_b: float
    """The share of the word 3-grams of ``a`` that stand in ``b`` (0 to 1)."""
    b_in_a: float
    """The share of the word 3-grams of ``b`` that stand in ``a`` (0 to 1)."""
    words: int
    """Words of the shorter one, boilerplate not counted."""
    evidence: dict[str, float]
    """What the decision was made from, by name: see ``wirecopy explain``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that could not be used, or one that was used in spite of something."""

    file: str
    """The file it stands in; ``articles`` if it came from memory."""
    line: int | None
    """Its line or row there, from 1."""
    reason: str
    """The kind of trouble: ``no-text``, ``empty-text``, ``broken-json``, ..."""
    detail: str
    """What was seen, in words."""


Item = TypeVar("Item")


class _Listed(Sequence[Item], Generic[Item]):
    """Items that can be looked through, and turned into a table."""

    def __init__(self, items: list[Item]) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        return self._items[at]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, _Listed) else other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"

    def to_arrow(self) -> pyarrow.Table:
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """The same table as a data frame."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame


class Groups(_Listed[Group]):
    """The groups, largest first, then by id."""

    def to_arrow(self) -> pyarrow.Table:
        """One row for each member, groups one after another.

        Columns: group, id, role, of, relation (string), similarity, confidence (double), file (string), line (int64).
        """
        pa = _pyarrow()
        fields = [(name, pa.string()) for name in ("group", "id", "role", "of", "relation")]
        fields += [("similarity", pa.float64()), ("confidence", pa.float64())]
        fields += [("file", pa.string()), ("line", pa.int64())]
        members = [member for group in self for member in group.members]
        columns = [[group.id for group in self for _ in group.members]]
        columns += [[getattr(member, name) for member in members] for name, _ in fields[1:]]
        return pa.table(columns, schema=pa.schema(fields))


class Pairs(_Listed[Pair]):
    """Accepted pairs and shared passages, by their ids."""

    def to_arrow(self) -> pyarrow.Table:
        """One row for each pair.

        Columns: those of `Pair`, and of its evidence a struct of doubles, null where the articles do not have a value.
        """
        pa = _pyarrow()
        fields = [(name, pa.string()) for name in ("a", "b", "relation")]
        fields += [(name, pa.float64()) for name in ("similarity", "confidence", "jaccard", "a_in_b", "b_in_a")]
        fields += [("words", pa.int64()), ("evidence", pa.struct([(name, pa.float64()) for name in EVIDENCE]))]
        columns = [[getattr(pair, name) for pair in self] for name, _ in fields]
        return pa.table(
            [pa.array(column, kind) for column, (_, kind) in zip(columns, fields)], schema=pa.schema(fields)
        )


class Found:
    """What a scan found. Groups and pairs are made on first use."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    @property
    def notices(self) -> tuple[str, ...]:
        """What the command tells besides its report: which fields were taken, which files are empty."""
        return tuple(self._outcome.notices)

    @cached_property
    def articles(self) -> int:
        """Number of articles that were compared."""
        return int(self._begin["articles"])

    @cached_property
    def fields(self) -> dict[str, str]:
        """The fields that were taken as text, id, title, date, source and url, of the first file that had any."""
        return dict(self._begin["fields"])

    @cached_property
    def params(self) -> dict[str, Any]:
        """The settings that decided what is found, as far as they differ from what goes without saying."""
        return dict(self._begin["params"])

    @cached_property
    def groups(self) -> Groups:
        """The groups of copies, largest first, then by id."""
        return Groups([_group(line) for line in self._report.get("group", ())])

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Records that could not be used, by place: the first 50,000, as ``bad_records`` counts all."""
        return tuple(_problem(line) for line in self._report.get("bad-record", ()))

    @cached_property
    def notes(self) -> tuple[Problem, ...]:
        """Records that were used in spite of something, such as an unclear date, by place: the first, as above."""
        return tuple(_problem(line) for line in self._report.get("note", ()))

    @cached_property
    def bad_records(self) -> int:
        """Number of records that could not be used."""
        return int(self._report["end"][0]["bad_records"])

    @cached_property
    def pairs(self) -> Pairs:
        """Accepted pairs and shared passages, by their ids."""
        lines = self._outcome.lines(True).splitlines()
        return Pairs([_pair(json.loads(line)) for line in lines if line.startswith(b'{"type":"pair"')])

    @property
    def copies(self) -> list[Member]:
        """Every member of a group that is not the kept one: what a clean dump would leave out."""
        return [member for group in self.groups for member in group.members if member.role == "copy"]

    def to_arrow(self) -> pyarrow.Table:
        """The groups as a table: see `Groups.to_arrow`."""
        return self.groups.to_arrow()

    def to_pandas(self) -> pandas.DataFrame:
        """The groups as a data frame: see `Groups.to_arrow`."""
        return self.groups.to_pandas()

    def __repr__(self) -> str:
        return f"Found(articles={self.articles}, groups={len(self.groups)}, bad_records={self.bad_records})"

    @property
    def _begin(self) -> dict[str, Any]:
        return self._report["begin"][0]

    @cached_property
    def _report(self) -> dict[str, list[dict[str, Any]]]:
        kinds: dict[str, list[dict[str, Any]]] = {}
        for text in self._outcome.lines(False).splitlines():
            line = json.loads(text)
            kinds.setdefault(line["type"], []).append(line)
        return kinds


def _problem(line: dict[str, Any]) -> Problem:
    return Problem(line["file"], line.get("line"), line["reason"], line["detail"])


def _group(line: dict[str, Any]) -> Group:
    members = tuple(
        Member(
            member["id"],
            member["file"],
            member.get("line"),
            member["role"],
            member.get("of"),
            member.get("relation"),
            member.get("similarity"),
            member.get("confidence"),
        )
        for member in line["members"]
    )
    return Group(line["id"], line["kept"], line["why_kept"], line["weakest"], line["density"], members)


def _pair(line: dict[str, Any]) -> Pair:
    inside = line["containment"]
    return Pair(
        line["a"],
        line["b"],
        line["relation"],
        line["similarity"],
        line["confidence"],
        line["jaccard"],
        inside["a_in_b"],
        inside["b_in_a"],
        line["words"],
        line["evidence"],
    )


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("tables need pyarrow: pip install pyarrow") from missing
    return pyarrow
