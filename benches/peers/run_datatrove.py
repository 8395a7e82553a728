"""datatrove: signatures, buckets and clusters, its first three stages (the fourth writes a clean copy).

Its own: word 5-grams, 14 buckets of 8. Two workers where it can; one file is one task for the first stage.
"""

import os
import struct
import sys
import tempfile
from collections import defaultdict

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.typeshelper import Languages

import corpus


def main():
    setting, source, out = sys.argv[1:]
    config = MinhashConfig()
    if setting != "own":
        config = MinhashConfig(n_grams=3, num_buckets=42, hashes_per_bucket=3)
    workers = os.cpu_count()
    with tempfile.TemporaryDirectory(dir=os.path.dirname(out)) as work:

        def stage(name, steps, tasks):
            LocalPipelineExecutor(steps, tasks=tasks, workers=workers, logging_dir=f"{work}/log-{name}").run()

        folder, name = os.path.split(source)
        reader = JsonlReader(folder, glob_pattern=name)
        signing = MinhashDedupSignature(f"{work}/signatures", config=config, language=Languages.english)
        stage("signatures", [reader, signing], 1)
        buckets = MinhashDedupBuckets(f"{work}/signatures", f"{work}/buckets", config=config)
        stage("buckets", [buckets], config.num_buckets)
        cluster = MinhashDedupCluster(f"{work}/buckets", f"{work}/clusters", config=config, save_cluster_id=True)
        stage("clusters", [cluster], 1)

        ids, _ = corpus.read(source)
        groups = defaultdict(list)
        with open(f"{work}/clusters/000000.clusters", "rb") as clusters:
            for at, group in struct.iter_unpack("<II", clusters.read()):
                groups[group].append(ids[at])
        corpus.write(out, groups.values())


# Its workers are processes that import this file again.
if __name__ == "__main__":
    main()
