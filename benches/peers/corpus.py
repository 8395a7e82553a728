"""What every script here shares: reading the file, cutting words, writing what was found."""

import json
import re


def read(path):
    """Ids and texts of a file of JSON Lines."""
    ids, texts = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            ids.append(record["id"])
            texts.append(record["text"])
    return ids, texts


def shingles(text, words=3):
    """The distinct runs of so many words, in lower case."""
    cut = re.findall(r"\w+", text.lower())
    return {" ".join(cut[at : at + words]) for at in range(len(cut) - words + 1)}


def write(path, together):
    """Writes lists of ids that belong together, a pair or a whole group each."""
    with open(path, "w", encoding="utf-8") as out:
        for ids in together:
            out.write(json.dumps(ids) + "\n")


def write_hits(path, ids, hits):
    """Writes pairs, from the places that were found for each article."""
    pairs = {(min(a, b), max(a, b)) for a, found in enumerate(hits) for b in found if a != b}
    write(path, ([ids[a], ids[b]] for a, b in sorted(pairs)))
