"""The job on a cluster finds what a scan finds: on Sail in this process, and on two executors of Apache Spark."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import MINI

import wirecopy
from wirecopy import _stages, _wirecopy
from wirecopy import spark as job

PARTS = ("date", "id", "source", "text", "title", "url")


@pytest.fixture(scope="session")
def sail():
    """A session of Spark Connect on Sail, whose server runs in this process."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    yield session
    session.stop()
    server.stop()


@pytest.fixture
def frame(sail, records):
    rows = [tuple(record.get(part) for part in PARTS) for record in records]
    return sail.createDataFrame(rows, ", ".join(f"`{part}` string" for part in PARTS))


def rows(frame) -> list[tuple]:
    return sorted(tuple(row) for row in frame.collect())


def check(copies: job.Copies, found: wirecopy.Found) -> None:
    """Every member of every group and every number of every pair."""
    members = [(group, member) for group in found.groups for member in group.members]
    link = ("of", "relation", "similarity", "confidence")
    expected = [
        (member.id, group.id, member.role, *(getattr(member, name) for name in link)) for group, member in members
    ]
    assert copies.groups.columns == ["id", "group", "role", *link]
    assert rows(copies.groups) == sorted(expected)
    names = [field.name for field in dataclasses.fields(wirecopy.Pair) if field.name != "evidence"]
    assert copies.pairs.columns == names
    assert rows(copies.pairs) == sorted(tuple(getattr(pair, name) for name in names) for pair in found.pairs)
    summary = copies.summary
    assert (summary["articles"], summary["groups"]) == (found.articles, len(found.groups))
    assert (summary["copies"], summary["pairs"]) == (len(found.copies), len(found.pairs))


@pytest.mark.parametrize("parts", [1, 5])
def test_columns(frame, records, tmp_path, parts):
    copies = job.find_copies(frame.repartition(parts), str(tmp_path))
    found = wirecopy.scan(records)
    assert len(found.groups) > 10
    check(copies, found)
    assert copies.summary["bad_records"] == {}


def test_lines_of_json(sail, tmp_path):
    lines = sail.read.text([str(file) for file in sorted(MINI.glob("*.jsonl"))])
    check(job.find_copies(lines.repartition(3), str(tmp_path)), wirecopy.scan(MINI))


def test_parquet_options_and_nested_fields(sail, records, tmp_path):
    import pyarrow.parquet as pq

    nested = [{"doc": number, "inside": {"body": record["text"]}, "paper.name": record["source"], "none": None}
              for number, record in enumerate(records)]
    schema = pa.schema(
        [("doc", pa.int64()), ("inside", pa.struct([("body", pa.string())])), ("paper.name", pa.string()), ("none", pa.string())]
    )
    pq.write_table(pa.Table.from_pylist(nested, schema), tmp_path / "in.parquet")
    options = {
        "text_field": "inside.body", "id_field": "doc", "source_field": "paper.name", "date_field": "none",
        "min_confidence": 0.9, "no_updates": True, "keep": ["longest"], "seed": 5,
    }  # fmt: skip
    frame = sail.read.parquet(str(tmp_path / "in.parquet"))
    found = wirecopy.scan(tmp_path / "in.parquet", **options)
    assert len(found.groups) > 5
    check(job.find_copies(frame, str(tmp_path / "out"), threads=1, memory="64M", **options), found)


def test_bad_records_are_counted(sail, tmp_path):
    (tmp_path / "in").mkdir()
    text = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday after a storm."
    lines = [json.dumps({"id": number, "text": text}) for number in range(3)]
    lines += ["no", '{"id":7}', '{"id":8,"text":" "}', '{"id":9,"text":7}', ""]
    (tmp_path / "in" / "a.jsonl").write_text("\n".join(lines))
    copies = job.find_copies(sail.read.text(str(tmp_path / "in")), str(tmp_path / "out"))
    assert copies.summary["bad_records"] == {"broken-json": 1, "empty-text": 1, "no-text": 2}
    assert copies.summary["articles"] == 3 and copies.groups.count() == 3
    check(copies, wirecopy.scan(tmp_path / "in" / "a.jsonl"))


def test_what_is_finished_is_not_done_again(frame, records, tmp_path, monkeypatch):
    out = str(tmp_path / "out")
    found = wirecopy.scan(records)

    def fails(*_):
        raise RuntimeError("the driver was killed")

    # It breaks after the first stage, and half of the second is lying there.
    with monkeypatch.context() as patch:
        patch.setattr(job._wirecopy, "scan_signed", fails)
        with pytest.raises(RuntimeError, match="the driver was killed"):
            job.find_copies(frame, out)
    (tmp_path / "out" / "groups").mkdir()
    (tmp_path / "out" / "groups" / "half.parquet").write_text("half")
    signed = sorted(file.name for file in (tmp_path / "out" / "signed").iterdir())
    check(job.find_copies(frame, out), found)
    assert sorted(file.name for file in (tmp_path / "out" / "signed").iterdir()) == signed
    with monkeypatch.context() as patch:
        patch.setattr(job._wirecopy, "scan_signed", fails)
        check(job.find_copies(frame, out, threads=2), found)


def test_the_driver_reads_the_files_itself(frame, records, tmp_path, monkeypatch):
    monkeypatch.delattr(_stages, "_brought")
    check(job.find_copies(frame.repartition(3), str(tmp_path / "a folder, 100%25")), wirecopy.scan(records))


def test_files_that_the_driver_cannot_open_are_brought(frame, records, tmp_path, monkeypatch):
    opened, asked = _stages._opened, []

    def only_the_first(file):
        asked.append(file)
        return opened(file) if len(asked) == 1 else None

    monkeypatch.setattr(_stages, "_opened", only_the_first)
    monkeypatch.setattr(_stages, "_TOGETHER", 7)
    check(job.find_copies(frame.repartition(4), str(tmp_path)), wirecopy.scan(records))
    assert len(asked) == 2
    for far in ("dbfs:/copies/signed/a.parquet", "nowhere://a/b.parquet", str(tmp_path / "none.parquet")):
        assert opened(far) is None


def test_what_was_signed_must_come_whole():
    kind = pa.schema([("parcel", pa.binary())])

    def torn():
        yield pa.record_batch([pa.array([], pa.binary())], schema=kind)
        raise OSError("the storage is gone")

    with pytest.raises(wirecopy.Error, match="the storage is gone"):
        _wirecopy.scan_signed(pa.RecordBatchReader.from_batches(kind, torn()), [], None)
    with pytest.raises(wirecopy.Error, match="another version|not signed|parcel"):
        _wirecopy.scan_signed(pa.table({"parcel": pa.array([b"no parcel"], pa.binary())}), [], None)
    with pytest.raises(wirecopy.Error, match="the column `parcel` holds Utf8 and no binaries"):
        _wirecopy.scan_signed(pa.table({"parcel": ["text"]}), [], None)
    with pytest.raises(wirecopy.Error, match="the column `parcel` is missing"):
        _wirecopy.scan_signed(pa.table({"other": ["text"]}), [], None)


def test_a_folder_of_other_settings_is_refused(frame, tmp_path):
    out = str(tmp_path)
    job.find_copies(frame, out)
    with pytest.raises(wirecopy.Error, match="was made with other settings") as raised:
        job.find_copies(frame, out, min_confidence=0.9)
    assert raised.value.hint == "another folder, or the same settings"


def test_what_cannot_be_done_is_refused_before_anything_is_written(sail, frame, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="keep=first goes by the order"):
        job.find_copies(frame, str(out), keep="first")
    with pytest.raises(wirecopy.Error, match="no field for an id was found"):
        job.find_copies(frame.select("text", "title"), str(out))
    with pytest.raises(wirecopy.Error, match="no text field found"):
        job.find_copies(frame.select("id"), str(out))
    with pytest.raises(wirecopy.Error, match="the DataFrame has no rows"):
        job.find_copies(frame.limit(0), str(out))
    with pytest.raises(TypeError, match="did you mean deep"):
        job.find_copies(frame, str(out), deeep=True)
    assert not out.exists()


def test_without_java_it_is_said(tmp_path):
    bare = {name: value for name, value in os.environ.items() if name not in ("JAVA_HOME", "PATH")}
    line = [sys.executable, "-m", "wirecopy.spark", str(MINI), "-o", str(tmp_path / "out")]
    done = subprocess.run(line, env={**bare, "PATH": "/nowhere"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Apache Spark needs Java, and there is none" in done.stderr and "--remote" in done.stderr


def test_the_program_on_a_server(sail, tmp_path):
    remote = sail.client._builder.endpoint if hasattr(sail.client, "_builder") else None
    assert remote
    line = [sys.executable, "-m", "wirecopy.spark", "--remote", f"sc://{remote}", "--no-updates"]
    files = sorted(map(str, MINI.glob("*.jsonl")))
    done = subprocess.run([*line, *files, "-o", str(tmp_path / "out")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = wirecopy.scan(MINI, no_updates=True)
    assert json.loads(done.stdout)["groups"] == len(found.groups)
    check(job.find_copies(sail.read.text(files), str(tmp_path / "out"), no_updates=True), found)


CLUSTER = """
import json, os, sys
from pyspark.sql import SparkSession
from wirecopy import _stages, spark as job
# The driver reads what was signed itself.
del _stages._brought
small = "-XX:TieredStopAtLevel=1"
builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
builder = builder.config("spark.driver.extraJavaOptions", small).config("spark.executor.extraJavaOptions", small)
builder = builder.config("spark.sql.shuffle.partitions", "2")
spark = builder.getOrCreate()
def places(batches):
    import os, pyarrow
    for batch in batches:
        yield pyarrow.RecordBatch.from_pydict({"place": [os.getppid()] * batch.num_rows})
lines = spark.read.text(sys.argv[2:]).repartition(4)
places = {row["place"] for row in lines.mapInArrow(places, "place long").collect()}
copies = job.find_copies(lines, sys.argv[1])
rows = lambda frame: sorted(map(list, frame.collect()), key=str)
print("found", json.dumps([len(places), rows(copies.groups), rows(copies.pairs), copies.summary]))
"""


@pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="NO JAVA: Apache Spark is not tested")
def test_two_executors_of_apache_spark(tmp_path):
    import pyspark

    work = Path(pyspark.__file__).parent / "work"
    was_there = work.exists()
    files = sorted(map(str, MINI.glob("*.jsonl")))
    program = tmp_path / "program.py"
    program.write_text(CLUSTER)
    settings = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    # The session on Sail has left marks in the environment that would lead the program there too.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    line = [sys.executable, str(program), str(tmp_path / "out"), *files]
    try:
        done = subprocess.run(line, env={**outer, **settings}, capture_output=True, text=True, timeout=400)
    finally:
        if not was_there:
            shutil.rmtree(work, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-4000:]
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("found ")]
    executors, groups, pairs, summary = json.loads(told.removeprefix("found "))
    assert executors == 2
    found = wirecopy.scan(MINI)
    link = ("role", "of", "relation", "similarity", "confidence")
    members = [[m.id, g.id, *(getattr(m, name) for name in link)] for g in found.groups for m in g.members]
    assert groups == sorted(members, key=str)
    names = [field.name for field in dataclasses.fields(wirecopy.Pair) if field.name != "evidence"]
    assert pairs == sorted([[getattr(pair, name) for name in names] for pair in found.pairs], key=str)
    assert summary["articles"] == found.articles
