"""datasketch: keys that share a band, never verified. Its own: words and threshold .5, as its README has it."""

import sys

from datasketch import MinHash, MinHashLSH

import corpus

setting, source, out = sys.argv[1:]
ids, texts = corpus.read(source)
if setting == "own":
    permutations, words, index = 128, 1, MinHashLSH(threshold=0.5, num_perm=128)
else:
    permutations, words, index = 126, 3, MinHashLSH(num_perm=126, params=(42, 3))
signatures = []
for at, text in enumerate(texts):
    signature = MinHash(num_perm=permutations)
    signature.update_batch([shingle.encode() for shingle in corpus.shingles(text, words)])
    index.insert(at, signature)
    signatures.append(signature)
corpus.write_hits(out, ids, (index.query(signature) for signature in signatures))
