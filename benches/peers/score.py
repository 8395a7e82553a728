"""What a tool found of the planted copies, and how much of what it found beside them is wrong.

Recall: share of the planted pairs that stand in one pair or group. Precision: of all pairs found that hold a planted
copy, the share that are right. A corpus has copies of its own, so a planted copy rightly goes with articles that
resemble its original: pairs with an article that has a tenth of its word 3-grams in common with the original, or the
original with it, are not counted. What a tool makes of the rest of the corpus is not judged.
"""

import json
from collections import defaultdict

import corpus

# Pairs looked at for precision: more would not change the second digit.
MOST = 20_000


class Labels:
    """The planted pairs of a file."""

    def __init__(self, labels, source):
        with open(labels, encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        self.original = {copy: original for original, copy, _, _ in rows}
        self.kind = {copy: kind for _, copy, _, kind in rows}
        self.texts = dict(zip(*corpus.read(source)))
        self.sets = {}

    def shingles(self, article):
        if article not in self.sets:
            self.sets[article] = corpus.shingles(self.texts[article])
        return self.sets[article]

    def alike(self, a, b):
        """True if a tenth of one article stands in the other."""
        a, b = self.shingles(a), self.shingles(b)
        return len(a & b) >= 0.1 * max(1, min(len(a), len(b)))

    def score(self, found):
        """Recall by kind (and "all"), and precision, of a file of pairs and groups."""
        hits, others = set(), set()
        with open(found, encoding="utf-8") as lines:
            for line in lines:
                together = json.loads(line)
                inside = set(together)
                for copy in inside.intersection(self.original):
                    if self.original[copy] in inside:
                        hits.add(copy)
                    others.update((copy, other) for other in together if other not in (copy, self.original[copy]))
        kinds = defaultdict(list)
        for copy, kind in self.kind.items():
            kinds[kind].append(copy in hits)
            kinds["all"].append(copy in hits)
        recall = {kind: sum(found) / len(found) for kind, found in kinds.items()}
        sample = sorted(others)[:: len(others) // MOST + 1]
        wrong = sum(not self.alike(self.original[copy], other) for copy, other in sample)
        wrong *= len(others) / max(1, len(sample))
        return recall, len(hits) / max(1.0, len(hits) + wrong)
