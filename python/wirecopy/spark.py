"""Copies among the articles of a cluster: the same groups and pairs as `scan`, with Apache Spark, Spark Connect or Sail.

How it is done
--------------
A copy is judged by what recurs in the whole corpus: common text is counted over all articles, near-verbatim ones
collapse onto a representative, rare shingles and words are rare among all. None of this can be known part by part. So
the work is cut where nothing has to be known of other articles:

1. ``OUT/signed``, on all executors (`mapInArrow`): each text is read, normalized, cut into words, shingled and signed. An
   article becomes a parcel: its words (5 bytes each), its signature (576), its sample (about 512) and what else is known
   of it (110 to 300). Texts go no further, and nothing is shuffled.
2. On the driver, on all of its cores: the search of `scan` itself over the parcels, which are read from the files of
   ``OUT/signed`` by pyarrow, batch by batch, and kept within ``memory``, the rest in temporary files. This is the very code of the command from the
   first band to the last group, so that groups, relations and numbers are equal to the last digit and not nearly so.
3. ``OUT/groups``, ``OUT/pairs`` and ``OUT/summary``: what was found.

What this gives and where it ends: reading, cleaning and signing scale with the executors, and so does what they
read. The driver takes 40 bytes an article in memory besides the budget, and on disk what a parcel weighs: about 3.3 KB for
400 words, 330 GB for 100 million articles. It compares as fast as one machine does. A corpus that one machine could not
compare within the time there is needs another design: bands exploded and shuffled, common text as a broadcast table,
pairs verified on executors. That is not done here, because the result would no longer be that of `scan`. What each stage
was measured to cost, and what follows for a hundred million articles, is told in ``SIZING.md`` of the project.

Rules kept so that one file runs everywhere (tested: Spark 4.2 and Sail; by hand: Spark 3.5 and Spark Connect): DataFrame
operations only, no `sparkContext`, RDD, `cache`, `checkpoint` or Java function; Python functions through `mapInArrow`
only; stages through Parquet in ``OUT``. A stage that is finished is used again, so that a job that failed goes on where it was; a folder that was
made with other settings is refused.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from . import _wirecopy
from ._errors import Error
from ._found import Found, Pair
from ._options import Options, typed
from ._progress import Callback, told
from ._scan import scan
from ._stages import Stages, parcels

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from typing_extensions import Unpack

#: What a parcel may be besides an article: a record that could not be used, and why.
SIGNED = "parcel binary, reason string, detail string"
GROUPS = (
    "id string, `group` string, role string, `of` string, relation string, similarity double, confidence double"
)
PAIRS = (
    "a string, b string, relation string, similarity double, confidence double, jaccard double, a_in_b double, "
    "b_in_a double, words bigint"
)

#: Rows that tell which fields there are: as many as a scan looks at.
_SAMPLE = 1000

#: The parts of an article, and the options that name their fields.
_PARTS = {part: f"{part}_field" for part in ("text", "id", "title", "date", "source", "url")}
#: Options that change how a run goes and never what it finds.
_RUNNING = ("threads", "memory", "temp_dir")


@dataclass(frozen=True)
class Copies:
    """What was found: three folders, read as data frames of Spark, and a summary."""

    groups: DataFrame
    """One row for each member of a group: id, group, role, of, relation, similarity, confidence."""
    pairs: DataFrame
    """One row for each accepted pair or shared passage, with the numbers of `wirecopy.Pair`."""
    summary: dict[str, Any]
    """articles, groups, copies, pairs, and of bad records the number by reason."""


def find_copies(
    articles: DataFrame, out: str, *, progress: Callback | bool | None = None, **options: Unpack[Options]
) -> Copies:
    """Finds copies among the articles of a DataFrame; writes the stages and the result into the folder ``out``.

    articles: a row for each article, with columns (or fields of structs) for text and id, and perhaps title, date,
        source and url: found by their names or told, as in `wirecopy.scan`. Rows have no order, so each needs an id or
        an address. Or rows of one column ``value``, as `spark.read.text` gives them: lines of JSON.
    out: a folder that all executors and Spark itself can reach. What is finished in it is not done again.
    progress, options: as in `wirecopy.scan`; ``memory``, ``threads`` and ``temp_dir`` are those of the driver.
        ``keep="first"`` is refused.

    Result and cost are told at the top of this module. Raises what `wirecopy.scan` raises, and wirecopy.Error if ``out``
    was made with other settings or rows have no id.
    """
    given = dict(options)
    _refuse_order(given)
    # An option that cannot be is refused now, and not after hours.
    scan([], **options)
    lines = articles.columns == ["value"]
    names = _field_names(articles, lines, given)
    settings = {
        "version": _wirecopy.__version__,
        "options": {name: _plain(value) for name, value in sorted(given.items()) if name not in _RUNNING},
        "fields": names,
        "columns": sorted(articles.columns),
    }
    stages = Stages(articles.sparkSession, out, settings)
    signed = stages.done("signed", lambda: _signed(articles, lines, names, given))
    if not stages.has("summary"):
        with told(progress) as callback:
            rows = parcels(articles.sparkSession, signed)
            found = Found(_wirecopy.scan_signed(rows, typed(given), callback))
        stages.write("groups", GROUPS, _group_rows(found))
        stages.write("pairs", PAIRS, (_pair_row(pair) for pair in found.pairs))
        bad = signed.where("reason is not null").groupBy("reason").count().collect()
        stages.write("summary", "summary string", [(json.dumps(_summary(found, bad)),)])
    (row,) = stages.read("summary").collect()
    return Copies(stages.read("groups"), stages.read("pairs"), json.loads(row["summary"]))


def _field_names(articles: DataFrame, lines: bool, given: dict[str, Any]) -> dict[str, str]:
    """The field of each part, settled once by the first rows: partitions must not each find their own."""
    named = {part: given[option] for part, option in _PARTS.items() if given.get(option)}
    rows = articles.limit(_SAMPLE).collect()
    if not rows:
        raise Error("nothing readable: the DataFrame has no rows")
    names = {name: value for name, value in given.items() if name in _PARTS.values()}
    if lines:
        text = "\n".join(row["value"] or "" for row in rows).encode("utf-8", "replace")
        outcome = _wirecopy.scan(iter([text + b"\n"]), typed(names), None)
        if outcome.failures:
            raise Error("\n".join(outcome.failures))
        found = Found(outcome)
    else:
        found = scan([row.asDict(recursive=True) for row in rows], **names)
    settled = {**found.fields, **named}
    if "id" not in settled:
        raise Error(
            "rows have no order to number articles by, and no field for an id was found",
            hint="id_field with the name of the field that holds it",
        )
    return settled


def _signed(articles: DataFrame, lines: bool, names: dict[str, str], given: dict[str, Any]) -> DataFrame:
    """A parcel for each article, or the reason why there is none."""
    from pyspark.sql import functions as F

    fields = {} if lines else {part: part for part in names}
    fields = fields or names
    own = {name: value for name, value in given.items() if name not in (*_RUNNING, *_PARTS.values(), "config")}
    own.update({_PARTS[part]: name for part, name in fields.items()})
    options = typed({**own, "threads": 1})
    if not lines:
        columns = articles.columns
        paths = {part: f"`{name}`" if name in columns else name for part, name in names.items()}
        articles = articles.select(*(F.col(path).alias(part) for part, path in paths.items()))

    # A function within a function: it travels by value, to workers on which nothing is installed too.
    def sign(batches: Iterable[Any]) -> Iterator[Any]:
        try:
            from wirecopy import _wirecopy as core
        except ImportError:
            # The wheel as an archive, unpacked where the task runs.
            import sys

            sys.path.insert(0, "wirecopy_wheel")
            from wirecopy import _wirecopy as core
        for batch in batches:
            if batch.num_rows == 0:
                continue
            if lines:
                text = "\n".join(line or "" for line in batch.column(0).to_pylist())
                yield core.sign_lines(text.encode("utf-8", "replace") + b"\n", options)
            else:
                yield core.sign_batch(batch, options)

    return articles.mapInArrow(sign, SIGNED)


def _group_rows(found: Found) -> Iterator[tuple[Any, ...]]:
    for group in found.groups:
        for member in group.members:
            link = (member.of, member.relation, member.similarity, member.confidence)
            yield (member.id, group.id, member.role, *link)


def _pair_row(pair: Pair) -> tuple[Any, ...]:
    return tuple(getattr(pair, field.name) for field in fields(pair) if field.name != "evidence")


def _summary(found: Found, bad: list[Any]) -> dict[str, Any]:
    return {
        "version": _wirecopy.__version__,
        "articles": found.articles,
        "groups": len(found.groups),
        "copies": len(found.copies),
        "pairs": len(found.pairs),
        "bad_records": {row["reason"]: row["count"] for row in sorted(bad, key=lambda row: str(row["reason"]))},
        "params": found.params,
    }


def _refuse_order(options: dict[str, Any]) -> None:
    keep = options.get("keep")
    rules = [keep] if isinstance(keep, str) else list(keep or ())
    if "first" in rules:
        raise ValueError("keep=first goes by the order of articles, and the rows of a DataFrame have none")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else [str(one) for one in value]


def main(arguments: list[str] | None = None) -> int:
    """Runs the job: `python -m wirecopy.spark --help`. Returns the exit code."""
    given = vars(_parser().parse_args(arguments))
    inputs, out = given.pop("inputs"), given.pop("out")
    try:
        spark = _session(given.pop("master"), given.pop("remote"))
        options = {name: value for name, value in given.items() if value is not None}
        copies = find_copies(_read(spark, inputs, options), out, progress=sys.stderr.isatty() or None, **options)
    except (Error, ValueError, TypeError) as failed:
        print(f"error: {failed}", file=sys.stderr)
        return 2
    print(json.dumps(copies.summary))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wirecopy.spark", description="Find copies with Apache Spark; the result is that of wirecopy scan."
    )
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="folder or file of Parquet, or lines of JSON (.jsonl, .gz)")
    parser.add_argument("-o", "--out", required=True, metavar="FOLDER", help="where stages and result go")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--master", help="a master of Spark, such as local[4] or yarn [default: Spark's own settings]")
    where.add_argument("--remote", metavar="sc://HOST:PORT", help="a server of Spark Connect, or Sail")
    for name, takes, about in _wirecopy.known_options():
        how: dict[str, Any] = {"action": "store_true", "default": None} if takes == "switch" else {"metavar": "VALUE"}
        if takes == "values":
            how["action"] = "append"
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=about.replace("%", "%%"), **how)
    return parser


def _session(master: str | None, remote: str | None) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as missing:
        raise Error("there is no PySpark", hint="pip install 'wirecopy[spark]'") from missing
    # Workers take the first python3 there is, unless they are told.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if remote:
        return SparkSession.builder.remote(remote).getOrCreate()
    java = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (java and os.path.exists(os.path.join(java, "bin", "java")))):
        raise Error(
            "Apache Spark needs Java, and there is none",
            hint="install Java 17 or set JAVA_HOME; or use a server that has it: --remote sc://HOST:PORT",
        )
    builder = SparkSession.builder.appName("wirecopy")
    return (builder.master(master) if master else builder).getOrCreate()


def _read(spark: SparkSession, inputs: list[str], options: dict[str, Any]) -> DataFrame:
    kind = options.pop("input_format", None)
    if kind is None:
        ends = {os.path.splitext(path.removesuffix(".gz"))[1] for path in inputs}
        kind = "jsonl" if ends <= {".jsonl", ".ndjson", ".json"} else "parquet"
    if kind == "jsonl":
        return spark.read.text(inputs)
    if kind == "parquet":
        return spark.read.parquet(*inputs)
    raise ValueError(f"{kind} is not read here: parquet or jsonl")


if __name__ == "__main__":
    sys.exit(main())
