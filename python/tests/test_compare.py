"""Two articles side by side: the numbers of the command, and ranges that are about the strings of Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import MINI

import wirecopy

A = "Größe 🚢: The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday. Nobody was hurt."
B = "🚢 The Skerrow ferry will stay in harbor until Monday, the port office said on Tuesday. Nobody was hurt at all."


def test_ranges_are_those_of_the_strings():
    compared = wirecopy.compare(A, B)
    assert (compared.a.text, compared.b.text) == (A, B)
    runs = [run for passage in compared.passages for run in passage.equal]
    assert len(runs) > 2
    for in_a, in_b in runs:
        assert A[slice(*in_a)].split() == B[slice(*in_b)].split()
    assert any(A[slice(*in_a)].startswith("will stay in harbor until") for in_a, _ in runs)
    for passage in compared.passages:
        assert (passage.a is None) == (passage.form == "only-b")
        assert (passage.b is None) == (passage.form == "only-a")


def test_numbers_are_those_of_the_command(records, command, tmp_path):
    articles = [record for record in records if record["id"] in ("northwire-09", "harbor-post-08")]
    files = [tmp_path / f"{record['id']}.txt" for record in articles]
    for file, record in zip(files, articles):
        file.write_text(record["text"], encoding="utf-8")
    done = command("compare", "--format", "json", *files)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    whole, passages = told[0], [line for line in told if line["type"] == "passage"]
    for a, b in [files, [record["text"] for record in articles]]:
        compared = wirecopy.compare(a, b)
        assert (compared.verdict, compared.relation) == (whole["verdict"], whole["relation"])
        for name in ("similarity", "confidence", "jaccard", "evidence"):
            assert getattr(compared, name) == whole[name]
        assert compared.a_in_b == whole["containment"]["a_in_b"]
        assert [passage.form for passage in compared.passages] == [line["form"] for line in passages]
        # The slow way: cut the bytes, and see what they say.
        for passage, line in zip(compared.passages, passages):
            for range_, ends, side in [(passage.a, line["a"], compared.a), (passage.b, line["b"], compared.b)]:
                if ends is not None:
                    assert side.text[slice(*range_)] == side.text.encode()[slice(*ends)].decode()
    assert compared.verdict == "copy"
    titled = wirecopy.compare(*articles)
    assert titled.a.id == articles[0]["id"] and "title" in titled.evidence


def test_what_is_no_article_is_refused():
    with pytest.raises(TypeError, match="not of type int"):
        wirecopy.compare(A, 7)
    with pytest.raises(wirecopy.Error, match="holds no article: the field `text` is null"):
        wirecopy.compare(A, {"text": None})
    with pytest.raises(wirecopy.Error, match="holds [0-9]+ articles"):
        wirecopy.compare(A, MINI / "northwire.jsonl")
    with pytest.raises(wirecopy.Error, match="cannot open"):
        wirecopy.compare(A, Path("none.txt"))
    with pytest.raises(TypeError, match="did you mean deep"):
        wirecopy.compare(A, B, deeep=True)
