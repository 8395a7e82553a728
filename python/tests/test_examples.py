"""The examples run, and say what they are said to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import wirecopy

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(example: str, *arguments: object) -> list[str]:
    line = [sys.executable, str(EXAMPLES / example), *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_feed_every_night(tmp_path):
    feeds = EXAMPLES / "feeds"
    first = run("nightly_feed.py", tmp_path / "published", feeds / "scrapy.jsonl")
    assert [line.split()[0] for line in first] == ["new"] * 4
    second = run("nightly_feed.py", tmp_path / "published", feeds / "news-please.jsonl")
    told = [(line.split()[0], line.split()[1].split("/")[2], line.split()[2:3]) for line in second]
    assert told == [
        ("copy", "harbor-post.example", ["exact"]),
        ("copy", "kestrel-daily.example", ["reworded"]),
        ("copy", "skerrow-islander.example", ["excerpt"]),
        ("new", "harbor-post.example", []),
        ("new", "kestrel-daily.example", []),
    ]
    assert "northwire.example/2026/03/17/ferry" in second[1]
    assert len(wirecopy.Index(tmp_path / "published")) == 9


def test_a_folder_of_shards(records, tmp_path):
    (tmp_path / "data").mkdir()
    shards = 3
    for number in range(shards):
        rows = [{"text": record["text"], "url": record["url"]} for record in records[number::shards]]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data" / f"train-{number:05}-of-{shards:05}.parquet")
    told = run("parquet_folder.py", tmp_path / "data", tmp_path / "clean")
    assert [line.split(":")[0] for line in told] == sorted(file.name for file in (tmp_path / "clean").iterdir())
    left = pq.read_table(tmp_path / "clean").to_pylist()
    copies = {copy.id for copy in wirecopy.scan(tmp_path / "data").copies}
    assert len(copies) > 10 and len(left) == len(records) - len(copies)
    assert copies.isdisjoint(row["url"] for row in left)
    assert len(wirecopy.scan(tmp_path / "clean").copies) == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_prints_what_it_shows():
    import nbformat
    from nbclient import NotebookClient

    shown = nbformat.read(EXAMPLES / "tour.ipynb", as_version=4)
    ran = nbformat.read(EXAMPLES / "tour.ipynb", as_version=4)
    NotebookClient(ran, timeout=120, resources={"metadata": {"path": str(EXAMPLES)}}).execute()

    def printed(notebook) -> list[str]:
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        return ["".join(output.text for output in cell.outputs if output.output_type == "stream") for cell in code]

    assert printed(ran) == printed(shown)
    assert all(printed(shown))
