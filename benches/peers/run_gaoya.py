"""gaoya: an index that cuts, signs and queries by itself. Its own: the defaults of its constructor."""

import sys

from gaoya.minhash import MinHashStringIndex

import corpus

setting, source, out = sys.argv[1:]
ids, texts = corpus.read(source)
if setting == "own":
    index = MinHashStringIndex()
else:
    # The threshold at which 42 bands of 3 rows find half of the pairs.
    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=0.29, num_bands=42, band_size=3,
        analyzer="word", lowercase=True, ngram_range=(3, 3),
    )
index.par_bulk_insert_docs(list(range(len(texts))), texts)
corpus.write_hits(out, ids, index.par_bulk_query(texts))
