"""Leaves copies out of a data set of Parquet shards, as they are published for training; writes shards of the same names.

    python parquet_folder.py data deduplicated

`data` holds files such as train-00000-of-00003.parquet, with any columns of which one is the text. `wirecopy clean` does the
same without Python, and for every other format.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import wirecopy


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    found = wirecopy.scan(source)
    rows_to_drop = defaultdict(set)
    for copy in found.copies:
        rows_to_drop[Path(copy.file).name].add(copy.line - 1)
    target.mkdir()
    for shard in sorted(source.glob("*.parquet")):
        table = pq.read_table(shard)
        keep = [row not in rows_to_drop[shard.name] for row in range(table.num_rows)]
        pq.write_table(table.filter(pa.array(keep, pa.bool_())), target / shard.name)
        print(f"{shard.name}: {sum(keep)} of {len(keep)} rows kept")


if __name__ == "__main__":
    main()
