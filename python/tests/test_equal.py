"""The package finds what the command finds, in whatever form the articles come."""

from __future__ import annotations

import dataclasses
import datetime
import random

import pandas
import polars
import pyarrow as pa
import pytest
from conftest import MINI

import wirecopy

STRINGS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]


def groups_of(found: wirecopy.Found) -> list[dict]:
    """The groups as the command writes them, without the places of their members."""
    shown = []
    for group in found.groups:
        whole = dataclasses.asdict(group)
        members = [{**member, "file": None, "line": None} for member in whole["members"]]
        shown.append({**whole, "members": members})
    return shown


def groups_told(told: dict) -> list[dict]:
    names = [field.name for field in dataclasses.fields(wirecopy.Member)]
    shown = []
    for group in told["group"]:
        members = [{name: member.get(name) for name in names} for member in group["members"]]
        members = [{**member, "file": None, "line": None} for member in members]
        rest = {name: group[name] for name in ("id", "kept", "why_kept", "weakest", "density")}
        assert group["size"] == len(members)
        shown.append({**rest, "members": members})
    return shown


def pairs_told(told: dict) -> list[dict]:
    shown = []
    for pair in told["pair"]:
        inside = pair.pop("containment") if "containment" in pair else {}
        shown.append({**{name: pair[name] for name in pair if name != "type"}, **inside})
        pair["containment"] = inside
    return shown


def check(found: wirecopy.Found, told: dict) -> None:
    """Groups, relations and every number of every pair."""
    assert groups_of(found) == groups_told(told)
    assert [dataclasses.asdict(pair) for pair in found.pairs] == [
        {name: pair[name] for name in (field.name for field in dataclasses.fields(wirecopy.Pair))}
        for pair in pairs_told(told)
    ]
    assert found.articles == told["begin"][0]["articles"]
    assert found.params == told["begin"][0]["params"]


def test_the_corpus_has_something_to_find(told):
    assert len(told["group"]) > 10 and len(told["pair"]) > 30


def test_a_folder(told):
    found = wirecopy.scan(MINI)
    check(found, told)
    places = {(member.id, member.file, member.line) for group in found.groups for member in group.members}
    assert places == {
        (member["id"], member["file"], member["line"]) for group in told["group"] for member in group["members"]
    }


def test_files_one_by_one(told):
    check(wirecopy.scan(sorted(MINI.glob("*.jsonl"))), told)
    check(wirecopy.scan(str(file) for file in sorted(MINI.glob("*.jsonl"))), told)


def test_dicts(records, told):
    check(wirecopy.scan(records), told)
    check(wirecopy.scan(iter(records)), told)


def test_the_order_of_articles_changes_nothing(records, told):
    shuffled = records.copy()
    random.Random(7).shuffle(shuffled)
    check(wirecopy.scan(shuffled, threads=1), told)


def test_data_frames(records, told):
    check(wirecopy.scan(pandas.DataFrame(records)), told)
    check(wirecopy.scan(pandas.DataFrame(records).astype(object)), told)
    check(wirecopy.scan(polars.DataFrame(records)), told)


@pytest.mark.parametrize("kind", STRINGS, ids=str)
def test_every_type_of_string(records, told, kind):
    table = pa.Table.from_pylist(records)
    for name in ("text", "id"):
        plain = table[name].combine_chunks()
        column = plain.dictionary_encode() if pa.types.is_dictionary(kind) else plain.cast(kind)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    check(wirecopy.scan(table), told)
    # The same rows out of the middle of a longer table, in pieces of uneven length.
    longer = pa.concat_tables([table.slice(0, 5), table, table.slice(0, 3)])
    middle = longer.combine_chunks().slice(5, len(records))
    check(wirecopy.scan(middle), told)
    batches = middle.to_batches(max_chunksize=7)
    check(wirecopy.scan(pa.RecordBatchReader.from_batches(middle.schema, batches)), told)
    check(wirecopy.scan(pa.Table.from_batches([batches[0].slice(0, 0), *batches])), told)


def test_moments_and_missing_values(records, told):
    frame = pandas.DataFrame(records)
    frame["date"] = pandas.to_datetime(frame["date"], utc=True, format="mixed")
    by_id = {record["id"]: record for record in records}
    found = wirecopy.scan(frame)
    # A frame has moments where the corpus has days: what is kept may not change for that.
    assert groups_of(found) == groups_told(told)
    dicts = [{**record, "date": _moment(record["date"]), "note": float("nan")} for record in records]
    check(wirecopy.scan(dicts), told)
    assert len(by_id) == len(records)


def _moment(text: str) -> datetime.date:
    return datetime.datetime.fromisoformat(text) if "T" in text else datetime.date.fromisoformat(text)


class Shelf:
    """A data set of the Hugging Face kind: an Arrow table inside of a table, and perhaps an order of rows."""

    class Data:
        def __init__(self, table):
            self.table = table

    def __init__(self, table, indices=None):
        self.data = Shelf.Data(table)
        self._indices = indices

    def __len__(self):
        return len(self._indices or self.data.table)

    def __getitem__(self, at):
        row = self._indices[at] if self._indices else at
        if at >= len(self):
            raise IndexError(at)
        return self.data.table.slice(row, 1).to_pylist()[0]


def test_data_sets(records, told):
    table = pa.Table.from_pylist(records)
    check(wirecopy.scan(Shelf(table)), told)
    backwards = list(range(len(records)))[::-1]
    check(wirecopy.scan(Shelf(table, backwards)), told)
    few = wirecopy.scan(Shelf(table, [3, 4, 5]))
    assert few.articles == 3


def test_options_change_what_they_change_in_the_command(records, command):
    import json

    typed = ["--min-confidence", "0.9", "--threshold", "0.8", "--no-updates", "--keep", "longest", "--keep", "first"]
    done = command("scan", "--format", "json", "--pairs", "--no-config", *typed, MINI)
    told: dict[str, list] = {"group": [], "pair": []}
    for line in map(json.loads, done.stdout.splitlines()):
        told.setdefault(line["type"], []).append(line)
    found = wirecopy.scan(
        records, min_confidence=0.9, threshold=0.8, no_updates=True, keep=["longest", "first"], deep=False, seed=None
    )
    check(found, told)
    assert 0 < len(found.groups) < len(wirecopy.scan(records).groups)


def test_a_run_on_disk_finds_the_same(records, told, tmp_path):
    copies = [{**record, "id": f"{record['id']}"} for record in records]
    check(wirecopy.scan(copies, memory="64M", temp_dir=tmp_path), told)
    assert list(tmp_path.iterdir()) == []
