"""The command `wirecopy`, run in this process: also as `python -m wirecopy`."""

from __future__ import annotations

import signal
import sys

from ._wirecopy import run_command


def main() -> int:
    """Runs what was typed; returns the exit code of the command."""
    # Ctrl-C ends the command as it does without Python around it: no Python runs that could notice.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["wirecopy", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
