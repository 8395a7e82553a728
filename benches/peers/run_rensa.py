"""rensa: full-set R-MinHash, candidates checked by estimated similarity. Its own: words split at spaces, threshold .8."""

import sys

from rensa import RMinHash, RMinHashDeduplicator, RMinHashLSH

import corpus

setting, source, out = sys.argv[1:]
ids, texts = corpus.read(source)
if setting == "own":
    index = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True)
    index.add_pairs((str(at), text.split()) for at, text in enumerate(texts))
    # Only what was kept can be asked for, so each article is paired with the kept ones it resembles.
    found = index.get_duplicate_sets(text.split() for text in texts)
    hits = [[int(key) for key in keys] for keys in found]
else:
    signatures = []
    for start in range(0, len(texts), 1000):
        sets = [corpus.shingles(text) for text in texts[start : start + 1000]]
        signatures += RMinHash.from_token_sets(sets, num_perm=126, seed=42)
    index = RMinHashLSH(threshold=0.29, num_perm=126, num_bands=42)
    index.insert_pairs(enumerate(signatures))
    hits = index.query_all(signatures)
corpus.write_hits(out, ids, hits)
