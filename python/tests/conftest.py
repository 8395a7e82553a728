"""The small corpus of the project, read in the plainest way, and the command that belongs to the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MINI = Path(__file__).parents[2] / "data" / "mini"


@pytest.fixture(scope="session")
def records() -> list[dict]:
    """Every record of the corpus, by file and line."""
    files = sorted(MINI.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def command():
    """Runs the installed command in a process of its own."""

    def run(*typed: str, **more) -> subprocess.CompletedProcess:
        line = [sys.executable, "-m", "wirecopy", *map(str, typed)]
        return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120, **more)

    return run


@pytest.fixture(scope="session")
def told(command) -> dict[str, list[dict]]:
    """What the command finds in the corpus: its lines by type."""
    done = command("scan", "--format", "json", "--pairs", "--no-config", MINI)
    assert done.returncode == 0, done.stderr
    lines: dict[str, list[dict]] = {}
    for line in map(json.loads, done.stdout.splitlines()):
        lines.setdefault(line["type"], []).append(line)
    return lines
