"""What `scan` takes, gives and refuses."""

from __future__ import annotations

import typing

import pandas
import pyarrow as pa
import pytest
from conftest import MINI

import wirecopy
from wirecopy import _wirecopy
from wirecopy._options import Options

WIRE = (
    "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a storm "
    "damaged the landing stage and two of the four moorings on the island. Nobody was hurt."
)
DESK = (
    "The Skerrow ferry is to stay in harbor until Friday, said the port office on Tuesday, after a storm had "
    "damaged the landing stage and two of four moorings on the island. Nobody was hurt."
)


def two() -> list[dict]:
    return [{"id": "wire-1", "text": WIRE}, {"id": "desk-7", "text": DESK}]


def test_groups_and_pairs_are_data():
    found = wirecopy.scan(two())
    (group,) = found.groups
    assert [member.role for member in group.members] == ["kept", "copy"]
    assert group.members[1].of == group.kept == group.members[0].id
    (pair,) = found.pairs
    assert (pair.a, pair.b) == ("desk-7", "wire-1")
    assert 0.7 < pair.similarity <= 1 and pair.confidence > 0.9 and pair.words > 20
    assert set(pair.evidence) <= set(_wirecopy.EVIDENCE)
    assert [copy.id for copy in found.copies] == [group.members[1].id]
    assert found.groups[0:1] == [group] and len(found.groups) == 1
    with pytest.raises(AttributeError):
        group.id = "other"


def test_tables():
    found = wirecopy.scan(two())
    table = found.to_arrow()
    assert table.column_names[:3] == ["group", "id", "role"] and table.num_rows == 2
    assert table["of"].to_pylist() == [None, found.groups[0].kept]
    assert sorted(table["line"].to_pylist()) == [1, 2]
    pairs = found.pairs.to_arrow()
    (row,) = pairs.to_pylist()
    (pair,) = found.pairs
    assert all(row[name] == getattr(pair, name) for name in ("a", "b", "relation", "jaccard", "a_in_b", "words"))
    assert {name: value for name, value in row["evidence"].items() if value is not None} == pair.evidence
    assert isinstance(found.to_pandas(), pandas.DataFrame)
    none = wirecopy.scan([])
    assert none.to_arrow().schema == table.schema and none.pairs.to_arrow().schema == pairs.schema


def test_of_no_articles_nothing_is_found():
    empty = [[], iter(()), pandas.DataFrame({"text": pandas.Series([], dtype=str)}), pa.table({"text": pa.array([], pa.string())})]
    for articles in empty:
        found = wirecopy.scan(articles)
        assert (found.articles, len(found.groups), len(found.pairs), found.problems) == (0, 0, 0, ())


def test_bad_records_are_listed():
    articles = [*two(), {"id": "x"}, {"text": None}, {"text": 7}, {"text": " "}, {"text": "\ud800"}]
    found = wirecopy.scan(articles)
    assert found.articles == 2
    reasons = [(problem.line, problem.reason) for problem in found.problems]
    expected = ["no-text", "no-text", "no-text", "empty-text", "broken-json"]
    assert reasons == list(zip(range(3, 8), expected))
    assert found.bad_records == len(reasons)
    assert {problem.file for problem in found.problems} == {"articles"}
    assert found.problems[0].detail == "there is no field `text`"
    rows = pa.table({"text": [WIRE, None, DESK, ""]})
    found = wirecopy.scan(rows)
    assert [(problem.line, problem.reason) for problem in found.problems] == [(2, "no-text"), (4, "empty-text")]
    assert sorted(member.id for member in found.groups[0].members) == ["articles:1", "articles:3"]


def test_what_was_used_in_spite_of_something_is_noted():
    dated = [{**record, "date": date} for record, date in zip(two(), ("2026-03-01", "soon"))]
    found = wirecopy.scan(dated)
    assert [(note.line, note.reason) for note in found.notes] == [(2, "unclear-date")]
    assert (found.articles, found.bad_records, found.problems) == (2, 0, ())


def test_fields_are_found_or_told():
    found = wirecopy.scan([{"body": WIRE, "doc": 1}, {"body": DESK, "doc": 2}])
    assert found.fields["text"] == "body" and "body" in found.notices[0]
    nested = [{"inside": {"a": WIRE}, "doc": 1}, {"inside": {"a": DESK}, "doc": 2}]
    found = wirecopy.scan(nested, text_field="inside.a", id_field="doc")
    assert {member.id for member in found.groups[0].members} == {"1", "2"}
    with pytest.raises(wirecopy.Error, match="no text field found in articles"):
        wirecopy.scan([{"a": 1}])


@pytest.mark.parametrize("articles", [None, 7, b"text", {"text": WIRE}, object()], ids=repr)
def test_what_holds_no_articles_is_refused(articles):
    with pytest.raises(TypeError, match=r"articles cannot be of type \w+: give paths, a table"):
        wirecopy.scan(articles)


def test_items_of_another_kind_are_refused():
    with pytest.raises(TypeError, match="article 2 is of type int, not a dict"):
        wirecopy.scan([{"text": WIRE}, 7])
    with pytest.raises(TypeError, match="of type dict stands among paths"):
        wirecopy.scan([str(MINI), {"text": WIRE}])


def test_options_are_those_of_the_command():
    known = {name: takes for name, takes, _ in _wirecopy.known_options()}
    assert set(typing.get_type_hints(Options)) == set(known)
    with pytest.raises(TypeError, match="there is no option min_confidnce; did you mean min_confidence"):
        wirecopy.scan([], min_confidnce=0.9)
    with pytest.raises(TypeError, match="there is no option zzz$"):
        wirecopy.scan([], zzz=None)
    with pytest.raises(TypeError, match="deep is a switch: True or False, not 1"):
        wirecopy.scan([], deep=1)
    with pytest.raises(ValueError, match="for 80 percent write 0.8"):
        wirecopy.scan([], threshold=80)
    with pytest.raises(ValueError, match="such as 512M or 8G"):
        wirecopy.scan([], memory="lots")


def test_errors_say_what_the_command_says(command, tmp_path):
    (tmp_path / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08")
    missing = tmp_path / "none.jsonl"
    for paths in [[missing], [tmp_path], [missing, MINI / "northwire.jsonl"]]:
        done = command("scan", "--no-config", "--quiet", *paths)
        assert done.returncode == 2
        with pytest.raises(wirecopy.Error) as raised:
            wirecopy.scan(paths)
        said = [line.removeprefix("error:").strip() for line in done.stderr.splitlines()]
        said = [line.removeprefix("try:").strip() for line in said]
        assert [line.removeprefix("try: ").strip() for line in str(raised.value).splitlines()] == said
    # What was found in the other file is not lost.
    assert raised.value.found.articles > 5
    with pytest.raises(wirecopy.Error, match="cannot read .*team.toml") as raised:
        wirecopy.scan([], config=tmp_path / "team.toml")
    assert raised.value.hint and raised.value.path.endswith("team.toml")


def test_settings_of_a_team(tmp_path):
    settings = tmp_path / "wirecopy.toml"
    settings.write_text("[match]\nmin-words = 9\nseed = 3\n")
    assert wirecopy.scan([], config=settings, seed=4).params == {"min_confidence": 0.5, "min_words": 9, "seed": 4}


def test_a_table_that_breaks_is_an_error_with_what_was_read():
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])

    def batches():
        yield pa.RecordBatch.from_pylist(two(), schema=schema)
        raise OSError("the disk is gone")

    with pytest.raises(wirecopy.Error, match="the rows cannot be read to their end .*the disk is gone") as raised:
        wirecopy.scan(pa.RecordBatchReader.from_batches(schema, batches()))
    assert raised.value.found.articles == 2


def test_columns_that_are_no_text():
    with pytest.raises(wirecopy.Error, match="`text` is a list, not a text"):
        wirecopy.scan(pa.table({"text": [["a"], ["b"]], "id": ["a", "b"]}), text_field="text")
