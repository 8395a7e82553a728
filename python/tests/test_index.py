"""An index on disk: the answers of the command, from either side of the same folder."""

from __future__ import annotations

import json
import re
import threading

import pandas
import polars
import pytest
from conftest import MINI

import wirecopy
from wirecopy import _wirecopy

FILES = sorted(MINI.glob("*.jsonl"))
WIRE = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a storm."


@pytest.fixture(scope="module")
def published(command, tmp_path_factory):
    """All but the last file of the corpus, added by the command."""
    folder = tmp_path_factory.mktemp("index") / "published"
    done = command("index", "add", "--quiet", folder, *FILES[:-1])
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def lines(command, published) -> list[dict]:
    """What the command answers for the whole corpus."""
    done = command("index", "query", "--quiet", published, *FILES)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(len(line["matches"]) for line in told) > 10
    return told


def matches(line: dict) -> tuple:
    names = ("id", "relation", "similarity", "confidence", "date", "source")
    return tuple(wirecopy.Match(**{name: match.get(name) for name in names}) for match in line["matches"])


def test_answers_are_those_of_the_command(published, lines, records):
    index = wirecopy.Index(published)
    told = [wirecopy.Answer(line["id"], line["file"], line["line"], matches(line), None) for line in lines]
    assert index.query(FILES) == told
    frames = [records, iter(records), pandas.DataFrame(records), polars.DataFrame(records)]
    for articles in frames:
        answers = index.query(articles)
        assert [(answer.id, answer.matches) for answer in answers] == [(one.id, one.matches) for one in told]
        assert [(answer.file, answer.line) for answer in answers] == [
            ("articles", number) for number in range(1, len(records) + 1)
        ]


def test_options_of_a_query(published, lines, command):
    index = wirecopy.Index(str(published))
    for options, flags in [
        ({"top": 1}, ["--top", "1"]),
        ({"min_confidence": 0.99, "no_updates": True}, ["--min-confidence", "0.99", "--no-updates"]),
        ({"threshold": 0.9, "threads": 1, "deep": None}, ["--threshold", "0.9"]),
    ]:
        done = command("index", "query", "--quiet", *flags, published, *FILES)
        told = [matches(json.loads(line)) for line in done.stdout.splitlines()]
        options = {name: value for name, value in options.items() if value is not None}
        assert [answer.matches for answer in index.query(FILES, **options)] == told
        assert told != [matches(line) for line in lines]


def test_the_same_files_from_either_side(records, command, tmp_path, published):
    own = wirecopy.Index(tmp_path / "own")
    half = len(records) // 2
    first = own.add(records[:half])
    assert (first.new, first.same, first.refused, first.problems, first.articles) == (half, 0, (), (), half)
    assert own.add(records).new == len(records) - half and len(own) == len(records)
    assert own.add(pandas.DataFrame(records)).same == len(records)
    done = command("index", "groups", "--format", "json", "--pairs", own._folder)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    found, scanned = own.groups(), wirecopy.scan(records)
    ids = [[member.id for member in group.members] for group in found.groups]
    assert ids == [[member["id"] for member in line["members"]] for line in told if line["type"] == "group"]
    assert ids == [[member.id for member in group.members] for group in scanned.groups]
    assert [(pair.a, pair.b, pair.similarity) for pair in found.pairs] == [
        (line["a"], line["b"], line["similarity"]) for line in told if line["type"] == "pair"
    ]
    # What the command adds is seen by an index that was open, and the other way around.
    mine = {"id": "mine", "text": WIRE}
    assert own.query([mine])[0].matches == ()
    (tmp_path / "wire.jsonl").write_text(json.dumps({"id": "theirs", "text": WIRE}))
    assert command("index", "add", own._folder, tmp_path / "wire.jsonl").returncode == 0
    assert [match.id for match in own.query([mine])[0].matches] == ["theirs"]
    own.compact(threads=1)
    shown = command("index", "stats", own._folder).stdout
    stats = own.stats()
    assert re.search(rf"^articles +{stats.articles}$", shown, re.M) and stats.articles == len(own) == len(records) + 1
    assert re.search(rf"^generation +{stats.generation}$", shown, re.M)
    assert (stats.segments, stats.learned_from) == (1, stats.articles) and stats.learned in shown
    assert own.remove(["theirs", "nobody"]) == ["nobody"]
    assert own.query([mine])[0].matches == () and own.stats().removed == 1
    assert command("index", "verify", own._folder).returncode == 0


def test_ids_that_stand_for_others(tmp_path):
    index = wirecopy.Index(tmp_path / "published")
    index.add([{"id": "a", "text": WIRE}])
    added = index.add([{"id": "a", "text": WIRE + " Nobody was hurt."}, {"id": "b", "text": " "}, {"id": "c"}])
    assert added.refused == (wirecopy.Refused("a", "articles", 1, "articles", 1),)
    assert [(problem.line, problem.reason) for problem in added.problems] == [(2, "empty-text"), (3, "no-text")]
    assert (added.new, added.bad_records, added.articles) == (0, 2, 1)
    replaced = index.add([{"id": "a", "text": WIRE + " Nobody was hurt."}], replace=True)
    assert (replaced.replaced, replaced.articles) == (1, 1)


def test_what_is_added_on_the_way_is_seen(tmp_path):
    index = wirecopy.Index(tmp_path / "published")
    records = [{"id": number, "text": WIRE, "date": "2026-03-01"} for number in range(3)]
    answers = index.query([records[0], {"id": 7}, *records[1:]], add=True)
    assert [[match.id for match in answer.matches] for answer in answers] == [[], [], ["0"], ["0", "1"]]
    assert answers[1] == wirecopy.Answer(
        None, "articles", 2, (), wirecopy.Problem("articles", 2, "no-text", "there is no field `text`")
    )
    assert answers[3].matches[0] == wirecopy.Match("0", "exact", 1.0, 1.0, "2026-03-01", None)
    assert len(index) == 3
    # One may ask while one is being asked.
    nested = index.query(record for record in records if index.query([record])[0].matches)
    assert len(nested) == 3


def test_what_is_raised_on_the_way_stores_nothing(tmp_path):
    index = wirecopy.Index(tmp_path / "published")

    def broken():
        yield {"id": "a", "text": WIRE}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.add(broken())
    with pytest.raises(ZeroDivisionError):
        index.query(broken(), add=True)
    assert len(index) == 0 and bool(index)
    assert index.add([{"id": "a", "text": WIRE}]).new == 1


def test_many_threads_may_ask(published, lines, records):
    index, told = wirecopy.Index(published), []
    asking = [threading.Thread(target=lambda: told.append(index.query(records))) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(60)
    assert len(told) == 4 and all(one == told[0] for one in told)
    assert [answer.matches for answer in told[0]] == [matches(line) for line in lines]


def test_what_cannot_be_done_is_refused(published, tmp_path):
    none = wirecopy.Index(tmp_path / "none")
    for ask in (none.stats, none.groups, none.compact, lambda: none.remove(["a"]), lambda: none.query(FILES)):
        with pytest.raises(wirecopy.Error, match="is no index: there is no such folder") as raised:
            ask()
        assert "wirecopy index add" in raised.value.hint
    assert not (tmp_path / "none").exists()
    index = wirecopy.Index(published)
    with pytest.raises(wirecopy.Error, match="was made with --seed 0, not 5"):
        index.add([], seed=5)
    with pytest.raises(wirecopy.Error, match="cannot open") as raised:
        index.query([FILES[0], tmp_path / "none.jsonl"])
    assert [answer.file for answer in raised.value.found] == [str(FILES[0])] * len(raised.value.found)
    with pytest.raises(TypeError, match="did you mean threads"):
        index.query([], thread=1)
    with pytest.raises(TypeError, match="Index.query has no option deep"):
        index.query([], deep=True)
    with pytest.raises(ValueError, match="replace needs add=True"):
        index.query([], replace=True)
    with pytest.raises(TypeError, match="not one string"):
        index.remove("northwire-09")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(wirecopy.Error):
        wirecopy.Index(tmp_path / "other").add([{"id": "a", "text": WIRE}])


@pytest.mark.parametrize("what", ["add", "query", "groups", "compact"])
def test_each_call_has_the_options_of_its_command(command, tmp_path, what):
    flags = set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", command("index", what, "--help").stdout, re.M))
    assert len(flags) > 5
    index = wirecopy.Index(tmp_path / "none")
    for name, takes, _ in _wirecopy.known_options():
        value = True if takes == "switch" else "x"
        call = getattr(index, what)
        articles = [[]] if what in ("add", "query") else []
        if name.replace("_", "-") in flags:
            continue
        with pytest.raises(TypeError, match=f"Index.{what} has no option {name}"):
            call(*articles, **{name: value})
    accepted = {name for name, _, _ in _wirecopy.known_options() if name.replace("_", "-") in flags}
    assert {"threads", "memory", "temp_dir"} <= accepted
    from wirecopy import _index as own

    about = {"add": own._MAKING, "query": own._JUDGING, "groups": own._JUDGING | own._MAKING | own._GROUPING}
    assert about.get(what, frozenset()) <= accepted
