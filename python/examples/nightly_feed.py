"""Holds tonight's scrape against everything that came before it, and remembers it.

    python nightly_feed.py published feeds/scrapy.jsonl
    python nightly_feed.py published feeds/news-please.jsonl

The first is a feed of Scrapy (`scrapy crawl news -O scrapy.jsonl`), the second what news-please writes. Their fields are
found by their names. An article without an id is known by its address.
"""

from __future__ import annotations

import sys

import wirecopy


def main() -> None:
    folder, *feeds = sys.argv[1:]
    for answer in wirecopy.Index(folder).query(feeds, add=True):
        if answer.problem:
            print(f"bad   {answer.file}:{answer.line}  {answer.problem.detail}")
        elif answer.matches:
            closest = answer.matches[0]
            print(f"copy  {answer.id}  {closest.relation} ({closest.similarity:.0%}) of {closest.id}")
        else:
            print(f"new   {answer.id}")


if __name__ == "__main__":
    main()
