"""Two articles side by side, passage by passage."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._articles import line
from ._options import Options, typed
from ._wirecopy import compare_articles

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: Where something stands in a text: ``text[start:end]``.
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two articles, and what of it stands in the other. All counts are whole numbers."""

    id: str
    """Its id; ``a`` or ``b`` if it has none."""
    text: str
    """Its text, which the ranges of passages are about."""
    words: int
    """Words of the text."""
    boilerplate: int
    """Of these, words of boilerplate."""
    in_order: int
    """Words that stand in the other one in order."""
    moved: int
    """Words that stand in the other one at another place."""
    numbers: int
    """Numbers in the text."""
    numbers_matched: int
    """Of these, numbers that stand in the other one."""
    sentences: int
    """Sentences of the text."""
    own_sentences: int
    """Of these, sentences of which next to nothing stands in the other one."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one text or of both."""

    number: int | None
    """Its number among the shared passages, from 1; None if it stands in one text only."""
    form: str
    """verbatim, reworded, moved, boilerplate, only-a or only-b."""
    a: Range | None
    """Where it stands in the first text: start and end, counted in characters of the string."""
    b: Range | None
    """Where it stands in the second text."""
    words: int
    """Words that are equal on both sides."""
    words_a: int
    """Words of it in the first text."""
    words_b: int
    """Words of it in the second text."""
    equal: tuple[tuple[Range, Range], ...]
    """The runs of equal words inside: where they stand in the first text and in the second."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two articles have in common."""

    verdict: str
    """copy, not-copy, sifted (next to nothing in common) or too-short (to be compared for anything but equality)."""
    relation: str
    """How the texts relate: exact, edited, reworded, excerpt, update, shared-passage, template or independent."""
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
    evidence: dict[str, float]
    """What the decision was made from, by name: see ``wirecopy explain``."""
    a: Side
    """The first article."""
    b: Side
    """The second article."""
    passages: tuple[Passage, ...]
    """Both texts, passage by passage, in the order of the first."""


def compare(
    a: str | os.PathLike[str] | Mapping[str, Any], b: str | os.PathLike[str] | Mapping[str, Any], **options: Unpack[Options]
) -> Comparison:
    """Compares two articles as `wirecopy compare A B` does: alone, so that nothing counts as boilerplate.

    a, b: a text (str), a record (dict), or a file that holds one article (os.PathLike, such as pathlib.Path).
    options: those of the command, with underscores: see `scan`.

    Linear in the words but for the alignment. Raises wirecopy.Error if a file or record does not hold exactly one
    article, TypeError for an option that does not exist, ValueError for a value that cannot be.
    """
    lines, text_a, text_b = compare_articles(_one(a), _one(b), typed(options))
    parsed = [json.loads(text) for text in lines.splitlines()]
    whole = next(part for part in parsed if part["type"] == "comparison")
    passages = [part for part in parsed if part["type"] == "passage"]
    in_a = _Places(text_a, [at for part in passages for at in _offsets(part, 0)])
    in_b = _Places(text_b, [at for part in passages for at in _offsets(part, 1)])
    return Comparison(
        whole["verdict"],
        whole["relation"],
        whole["similarity"],
        whole["confidence"],
        whole["jaccard"],
        whole["containment"]["a_in_b"],
        whole["containment"]["b_in_a"],
        whole["evidence"],
        _side(whole["a"], text_a),
        _side(whole["b"], text_b),
        tuple(_passage(part, in_a, in_b) for part in passages),
    )


def _one(article: Any) -> Any:
    if isinstance(article, Mapping):
        return line(article)
    if isinstance(article, str):
        return article
    if isinstance(article, os.PathLike):
        return article
    raise TypeError(f"an article is a text, a dict or a path, not of type {type(article).__name__}")


def _offsets(part: dict[str, Any], side: int) -> list[int]:
    own = part["ab"[side]] or []
    return [*own, *(at for run in part["equal"] for at in run[side])]


class _Places:
    """Byte offsets of a text as offsets in characters."""

    def __init__(self, text: str, offsets: list[int]) -> None:
        self._bytes = sorted(set(offsets))
        self._characters = self._bytes
        if text.isascii():
            return
        encoded = text.encode()
        self._characters, before, passed = [], 0, 0
        for offset in self._bytes:
            passed += len(encoded[before:offset].decode())
            before = offset
            self._characters.append(passed)

    def range(self, ends: list[int]) -> Range:
        return (self._at(ends[0]), self._at(ends[1]))

    def range_if_any(self, ends: list[int] | None) -> Range | None:
        return None if ends is None else self.range(ends)

    def _at(self, offset: int) -> int:
        return self._characters[bisect_left(self._bytes, offset)]


def _passage(part: dict[str, Any], in_a: _Places, in_b: _Places) -> Passage:
    equal = tuple((in_a.range(run[0]), in_b.range(run[1])) for run in part["equal"])
    return Passage(
        part["number"],
        part["form"],
        in_a.range_if_any(part["a"]),
        in_b.range_if_any(part["b"]),
        part["words"],
        part["words_a"],
        part["words_b"],
        equal,
    )


def _side(side: dict[str, Any], text: str) -> Side:
    counts = {name: side[name] for name in Side.__dataclass_fields__ if name not in ("id", "text")}
    return Side(side["id"], text, **counts)
