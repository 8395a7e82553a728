"""Stages of a job on a cluster: folders of Parquet, each with a mark once it is whole, and how the driver reads one.

The driver reads what was signed from the files themselves, with pyarrow, row batch by row batch. Road not taken: to have
Spark bring the rows. A partition then is the result of one task and passes the memory of the driver's Java as a whole:
with the gibibyte it has by default, 100 MB of parcels end the thread that fetches them, and the job waits for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from . import _wirecopy
from ._errors import Error

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

#: Rows written at once by the driver.
_ROWS = 100_000
#: Rows of a file that executors write: what passes Spark at once where the driver cannot read the file itself.
_ROWS_OF_FILE = 20_000
#: Parcels handed over at once: about 3 MB.
_TOGETHER = 1000
#: Bytes of a file that are read at once.
_BUFFER = 4 << 20


class Stages:
    """Folders in ``out``, each with a mark beside it once it is whole: what it was made with."""

    def __init__(self, spark: SparkSession, out: str, settings: dict[str, Any]) -> None:
        self._spark = spark
        self._out = out.rstrip("/")
        self._settings = json.dumps(settings, sort_keys=True, default=str)
        self._print = hashlib.sha256(self._settings.encode()).hexdigest()[:16]

    def read(self, stage: str) -> DataFrame:
        return self._spark.read.parquet(f"{self._out}/{stage}")

    def has(self, stage: str) -> bool:
        """True if the stage is whole. Refuses one that was made with other settings."""
        try:
            marks = self._spark.read.parquet(f"{self._out}/done/{stage}").collect()
        except Exception as missing:
            if _is_missing(missing):
                return False
            raise
        # Sail reads what is not there as nothing.
        if not marks:
            return False
        (mark,) = marks
        if mark["fingerprint"] != self._print:
            raise Error(
                f"{self._out}/{stage} was made with other settings\nthere: {mark['settings']}\nhere:  {self._settings}",
                hint="another folder, or the same settings",
                path=self._out,
            )
        return True

    def done(self, stage: str, make: Any) -> DataFrame:
        """The stage, made unless it is whole already."""
        if not self.has(stage):
            writer = make().write.mode("overwrite").option("maxRecordsPerFile", _ROWS_OF_FILE)
            writer.parquet(f"{self._out}/{stage}")
            self._mark(stage)
        return self.read(stage)

    def write(self, stage: str, schema: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Writes rows that the driver has."""
        mode, some = "overwrite", []
        for row in rows:
            some.append(row)
            if len(some) == _ROWS:
                self._spark.createDataFrame(some, schema).write.mode(mode).parquet(f"{self._out}/{stage}")
                mode, some = "append", []
        if some or mode == "overwrite":
            frame = self._spark.createDataFrame(some, schema).coalesce(1)
            frame.write.mode(mode).parquet(f"{self._out}/{stage}")
        self._mark(stage)

    def _mark(self, stage: str) -> None:
        mark = self._spark.createDataFrame([(self._print, self._settings)], "fingerprint string, settings string")
        mark.coalesce(1).write.mode("overwrite").parquet(f"{self._out}/done/{stage}")


def parcels(spark: SparkSession, signed: DataFrame) -> pyarrow.RecordBatchReader:
    """The column ``parcel`` of a stage, in batches of about 3 MB: no more than a few of them are in memory at a time.

    The files are those that Spark names. Where pyarrow cannot open one (a storage or credentials it does not know, a
    server of Spark Connect on another machine), Spark brings it and all after it, file by file: slower by far.
    """
    import pyarrow as pa

    schema = pa.schema([("parcel", pa.binary())])
    files = sorted(signed.inputFiles())
    columns = (column.cast(pa.binary()) for column in _columns(spark, files))
    batches = (pa.RecordBatch.from_arrays([column], schema=schema) for column in columns)
    return pa.RecordBatchReader.from_batches(schema, batches)


def _columns(spark: SparkSession, files: list[str]) -> Iterator[Any]:
    reaches = True
    for file in files:
        opened = _opened(file) if reaches else None
        if opened is None:
            reaches = False
            yield from _brought(spark, file)
        else:
            with opened:
                for batch in opened.iter_batches(_TOGETHER, columns=["parcel"]):
                    yield batch.column(0)


def _opened(file: str) -> Any:
    """The file, if pyarrow can open it."""
    import pyarrow as pa
    from pyarrow import fs, parquet

    # Hadoop has names of its own for the same storage.
    uri = file.replace("s3a://", "s3://", 1).replace("s3n://", "s3://", 1)
    try:
        system, path = fs.FileSystem.from_uri(uri)
        return parquet.ParquetFile(system.open_input_file(path), pre_buffer=False, buffer_size=_BUFFER)
    except (OSError, ValueError, NotImplementedError, pa.ArrowException):
        return None


def _brought(spark: SparkSession, file: str) -> Iterator[Any]:
    import pyarrow as pa

    some: list[bytes] = []
    for row in spark.read.parquet(file).where("parcel is not null").select("parcel").toLocalIterator():
        some.append(bytes(row["parcel"]))
        if len(some) == _TOGETHER:
            yield pa.array(some, pa.binary())
            some = []
    if some:
        yield pa.array(some, pa.binary())


def _is_missing(error: Exception) -> bool:
    """True if a folder was not there: every engine says so in words of its own."""
    told = str(error).lower()
    words = ("path_not_found", "path does not exist", "no such file", "not found", "no files found", "infer schema")
    return any(word in told for word in words)
