"""A run and the thread that called it: progress, Ctrl-C, exceptions on the way, other threads."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from conftest import MINI

import wirecopy


def endless():
    number = 0
    while True:
        number += 1
        yield {"id": number, "text": f"The council of ward {number} met on day {number % 97} and spoke of bridge {number}."}


def test_progress_is_told_on_the_calling_thread(records):
    calls, threads = [], set()

    def tell(stage, done, total):
        calls.append((stage, done, total))
        threads.add(threading.get_ident())

    wirecopy.scan(MINI, progress=tell)
    assert threads == {threading.get_ident()}
    stages = list(dict.fromkeys(stage for stage, _, _ in calls))
    assert stages[0] == "read" and "verifying" in stages and stages[-1] == "grouping"
    size = sum(file.stat().st_size for file in MINI.iterdir())
    assert [call for call in calls if call[0] == "read"][-1] == ("read", size, size)
    for stage in stages:
        done = [done for name, done, _ in calls if name == stage]
        assert done == sorted(done) or stage == "near-verbatim copies"
    calls.clear()
    wirecopy.scan(records, progress=tell)
    assert calls[0] == ("read", 0, None)


def test_bars_and_no_bars(records, capsys):
    wirecopy.scan(records, progress=True)
    assert "read" in capsys.readouterr().err
    wirecopy.scan(records, progress=False)
    assert capsys.readouterr() == ("", "")
    with pytest.raises(TypeError, match="progress is True or a function"):
        wirecopy.scan(records, progress=3)


def threads_of_runs() -> int:
    """Threads that runs have left behind; those on their way out are waited for."""
    for _ in range(600):
        left = 0
        for task in Path("/proc/self/task").glob("*/comm"):
            with contextlib.suppress(OSError):
                left += "wirecopy" in task.read_text()
        if left == 0:
            break
        time.sleep(0.05)
    return left


def test_what_is_raised_on_the_way_is_raised_here():
    class Stop(Exception):
        pass

    def broken():
        yield {"text": "One."}
        raise Stop

    def refuses(stage, done, total):
        raise Stop

    with pytest.raises(Stop):
        wirecopy.scan(broken())
    with pytest.raises(Stop):
        wirecopy.scan(MINI, progress=refuses)
    with pytest.raises(Stop):
        wirecopy.scan(endless(), progress=refuses)
    if os.path.isdir("/proc/self/task"):
        assert threads_of_runs() == 0


def test_ctrl_c_ends_a_run(tmp_path):
    program = textwrap.dedent(
        f"""
        import os, sys
        sys.path.insert(0, {os.path.dirname(__file__)!r})
        import wirecopy
        from test_run import endless, threads_of_runs
        told = []
        def tell(stage, done, total):
            if not told and done > 0:
                told.append(print("reading", flush=True))
        try:
            wirecopy.scan(endless(), progress=tell, memory="64M", temp_dir={str(tmp_path)!r})
        except KeyboardInterrupt:
            print("interrupted", threads_of_runs(), os.listdir({str(tmp_path)!r}), flush=True)
            print(wirecopy.scan([{{"text": "It goes on."}}]).articles, flush=True)
        """
    )
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "reading\n"
    run.send_signal(signal.SIGINT)
    rest, _ = run.communicate(timeout=60)
    assert rest == "interrupted 0 []\n1\n" and run.returncode == 0


def test_ctrl_c_ends_the_command():
    line = [sys.executable, "-m", "wirecopy", "scan", "-"]
    run = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdin.write(b'{"text":"One two three."}\n' * 100_000)
    run.stdin.flush()
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGINT


def test_a_cursor_stays_on_its_thread(records):
    base = sqlite3.connect(":memory:")
    base.execute("create table articles (id, text)")
    base.executemany("insert into articles values (?, ?)", [(record["id"], record["text"]) for record in records])
    base.row_factory = sqlite3.Row
    found = wirecopy.scan(dict(row) for row in base.execute("select * from articles"))
    assert found.articles == len(records) and len(found.groups) > 10


def test_other_threads_go_on_and_may_scan_too(records):
    found = []
    scans = [threading.Thread(target=lambda: found.append(wirecopy.scan(records).groups)) for _ in range(3)]
    for scan in scans:
        scan.start()
    for scan in scans:
        scan.join(60)
    assert len(found) == 3 and found[0] == found[1] == found[2]


def test_the_command(command):
    done = command("--version")
    assert done.stdout == f"wirecopy {wirecopy.__version__}\n" and done.returncode == 0
    assert command("scan").returncode == 2
    shown = command("scan", "--threshold", "80", MINI)
    assert (shown.returncode, shown.stdout) == (2, "") and "for 80 percent write 0.8" in shown.stderr
