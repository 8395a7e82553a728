"""Finds copies among articles, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _wirecopy
from ._articles import told_apart
from ._errors import Error
from ._found import Found
from ._options import Options, typed
from ._progress import Callback, told

if TYPE_CHECKING:
    from typing_extensions import Unpack


def scan(articles: Any, *, progress: Callback | bool | None = None, **options: Unpack[Options]) -> Found:
    """Finds copies among articles; the groups and numbers are those of `wirecopy scan`.

    articles: one of
        - an iterable of dicts with a text, and perhaps id, title, date, source and url. The names are found as in a
          dump, or told: ``text_field="body"``. Consumed once, in pieces of about 1 MiB, on the calling thread.
        - a table: pandas, polars, pyarrow, or anything else with ``__arrow_c_stream__``. Not copied.
        - a data set of the Hugging Face kind.
        - a path, or an iterable of paths: files and folders in every format that the command reads.
    progress: True shows bars if tqdm is installed; a function is called with the stage, how much of it is done and how
        much it is in all (or None), in bytes while reading and in items later, at most 20 times a second and on the
        calling thread. What it raises ends the run and is raised here.
    options: those of the command that change what is found or how a run goes, with underscores: ``min_confidence=0.8``,
        ``keep=["longest"]``, ``threads=4``, ``memory="8G"``. ``config="wirecopy.toml"`` reads settings from a file; none
        is looked for. See `wirecopy scan --help`.

    Returns what was found. Bad records are in ``Found.problems`` and counted in ``Found.bad_records``. Articles from memory need no texts: nothing found is
    no error, and of no articles nothing is found.

    Runs on all cores without the interpreter's lock. Ctrl-C ends it, and so does an exception in an iterable or in
    ``progress``; both leave nothing behind. Memory: about 1 KiB for each article besides its words (5 bytes each), kept
    within ``memory`` (half of the machine's) with the help of temporary files.

    Raises TypeError for an option that does not exist or articles that are none, ValueError for a value that cannot be,
    and wirecopy.Error where the command would end with exit code 2: an input that cannot be read to its end
    (``Error.found`` has what was found in the others), no field that holds a text, or nothing readable in paths.
    """
    given = typed(options)
    form = told_apart(articles)
    with told(progress) as callback:
        outcome = _wirecopy.scan(form, given, callback)
    found = Found(outcome)
    if outcome.failures:
        raise Error("\n".join(outcome.failures), found=found)
    return found
