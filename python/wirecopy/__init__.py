"""Finds wire copy: articles in a dump that are reworded, edited, cut or wrapped copies of one text.

    >>> import wirecopy
    >>> wire = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a storm."
    >>> found = wirecopy.scan([{"id": "wire-1", "text": wire}, {"id": "desk-7", "text": wire.upper()}])
    >>> [member.id for member in found.groups[0].members]
    ['desk-7', 'wire-1']

``scan`` groups the copies among articles, ``compare`` shows two articles passage by passage, and an ``Index`` on disk
remembers what was published, so that new articles can be held against it. All give the same groups and numbers as the
command ``wirecopy``, which is installed with this package: shares have three decimals, as in its output.
"""

from ._compare import Comparison, Passage, Side, compare
from ._errors import Error
from ._found import Found, Group, Groups, Member, Pair, Pairs, Problem
from ._index import Added, Answer, Index, IndexStats, Match, Refused
from ._scan import scan
from ._wirecopy import __version__

__all__ = [
    "Added",
    "Answer",
    "Comparison",
    "Error",
    "Found",
    "Group",
    "Groups",
    "Index",
    "IndexStats",
    "Match",
    "Member",
    "Pair",
    "Pairs",
    "Passage",
    "Problem",
    "Refused",
    "Side",
    "__version__",
    "compare",
    "scan",
]
