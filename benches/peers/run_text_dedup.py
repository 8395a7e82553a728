"""text-dedup: MinHash clusters with its check for false positives. Its own: the README's 5-grams, 240 hashes, .7."""

import os
import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict

import corpus

CONFIG = """
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{source}"
split = "train"
cache_dir = "cache"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
seed = 42
batch_size = 10000
hash_bits = 64
check_false_positive = true
num_proc = {workers}
{algorithm}
[output]
output_dir = "out"
save_clusters = true
[debug]
enable_profiling = false
"""
OWN = "num_perm = 240\nthreshold = 0.7\nngram_size = 5"
WIDE = "num_perm = 126\nbands = 42\nrows = 3\nthreshold = 0.29\nngram_size = 3"

setting, source, out = sys.argv[1:]
with tempfile.TemporaryDirectory(dir=os.path.dirname(out)) as work:
    with open(f"{work}/config.toml", "w", encoding="utf-8") as config:
        algorithm = OWN if setting == "own" else WIDE
        config.write(CONFIG.format(source=source, workers=os.cpu_count(), algorithm=algorithm))
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": f"{work}/home"}
    subprocess.run([sys.executable, "-m", "text_dedup.minhash"], cwd=work, env=offline, check=True)
    with open(f"{work}/out/clusters.pickle", "rb") as clusters:
        parents = pickle.load(clusters)
    ids, _ = corpus.read(source)
    groups = defaultdict(list)
    for at, parent in parents.items():
        groups[parent].append(ids[at])
    corpus.write(out, (group for group in groups.values() if len(group) > 1))
