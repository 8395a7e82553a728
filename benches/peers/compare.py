"""Runs every tool in turn, several times, and prints one table.

    compare.py WORK [--peers NAME,...] [--repeats N] [--limit SECONDS]

WORK holds input.jsonl, input.labels.tsv and the environments that `run` made. Time is wall time of the whole process:
start, reading, cutting words, finding, writing what was found. Memory is the highest sum of resident sizes of the
process and all its children, looked at ten times a second (pages they share count for each).
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from datetime import date

import corpus
import score

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(f"{HERE}/../../target/release/wirecopy")
# Name, script, environment. Ours is the program itself; its groups are taken from the report when the clock has stopped.
TOOLS = [
    ("wirecopy", "", None),
    ("gaoya", "run_gaoya.py", "libraries"),
    ("rensa", "run_rensa.py", "libraries"),
    ("datasketch", "run_datasketch.py", "libraries"),
    ("datatrove", "run_datatrove.py", "datatrove"),
    ("text-dedup", "run_text_dedup.py", "text-dedup"),
]
KINDS = ["all", "reworded-seed", "reworded-heavy", "excerpt-30"]


def resident(group):
    """Bytes of all processes of a process group."""
    total = 0
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.getpgid(int(entry)) == group:
                with open(f"/proc/{entry}/statm", encoding="ascii") as statm:
                    total += int(statm.read().split()[1])
        except (OSError, IndexError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE")


def timed(command, limit, log):
    """Seconds and peak bytes of a run; no seconds if it took too long, or failed."""
    start = time.monotonic()
    with open(log, "w", encoding="utf-8") as output:
        run = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        peak = 0
        while run.poll() is None:
            peak = max(peak, resident(run.pid))
            if time.monotonic() - start > limit:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()
                return None, peak, f"over {limit} s"
            time.sleep(0.1)
    taken = time.monotonic() - start
    return (taken, peak, "") if run.returncode == 0 else (None, peak, f"failed, see {log}")


def groups(report):
    """The groups of a report of ours, as the others write them; returns the file."""
    with open(report, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    members = [record["members"] for record in records if record["type"] == "group"]
    corpus.write(f"{report}.groups", ([member["id"] for member in group] for group in members))
    return f"{report}.groups"


def machine():
    """The machine in one line."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.split(": ")[1].strip() for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work")
    parser.add_argument("--peers", default=",".join(tool[0] for tool in TOOLS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=600)
    options = parser.parse_args()
    work, chosen = os.path.abspath(options.work), options.peers.split(",")

    rows = []
    for name, script, environment in TOOLS:
        python = sys.executable if environment is None else f"{work}/{environment}/bin/python"
        if name not in chosen or not os.path.exists(python):
            continue
        settings = [("own", "default")] if environment is None else [("own", "default"), ("wide", "3-grams, 42 x 3")]
        for setting, label in settings:
            out = f"{work}/{name}-{setting}.found"
            command = [python, f"{HERE}/{script}", setting, f"{work}/input.jsonl", out]
            if environment is None:
                command = [PROGRAM, "scan", "--format", "json", "-o", out, f"{work}/input.jsonl"]
            rows.append({"name": name, "label": label, "command": command, "out": out, "runs": [], "note": ""})
    load = os.getloadavg()[0]
    for number in range(options.repeats):
        for row in rows:
            if row["note"]:
                continue
            taken, peak, row["note"] = timed(row["command"], options.limit, f"{row['out']}.log")
            row["runs"].append((taken, peak))
            said = row["note"] or f"{taken:.1f} s"
            print(f"run {number + 1}: {row['name']}, {row['label']}: {said}", file=sys.stderr)

    labels = score.Labels(f"{work}/input.labels.tsv", f"{work}/input.jsonl")
    size = os.path.getsize(f"{work}/input.jsonl") / 1e6
    print(f"{date.today()}, {machine()}, load {load:.1f} at the start; median of {options.repeats} runs (range)")
    print(f"{len(labels.texts):,} articles, {size:.0f} MB, {len(labels.kind):,} planted copies\n")
    print("| tool | setting | seconds | times ours | peak MiB |", " | ".join(f"recall {kind}" for kind in KINDS), "| precision |")
    print("|---|---|--:|--:|--:|" + "--:|" * (len(KINDS) + 1))
    ours = None
    for row in rows:
        peak = max(peak for _, peak in row["runs"]) / 2**20
        head = f"| {row['name']} | {row['label']} |"
        if row["note"]:
            print(head, f"{row['note']} | | {peak:,.0f} |" + " |" * (len(KINDS) + 1))
            continue
        times = [taken for taken, _ in row["runs"]]
        middle = statistics.median(times)
        ours = middle if row["name"] == "wirecopy" else ours
        ratio = f"{middle / ours:.1f}" if ours else ""
        recall, precision = labels.score(groups(row["out"]) if row["name"] == "wirecopy" else row["out"])
        found = " | ".join(f"{recall[kind]:.3f}" if kind in recall else "" for kind in KINDS)
        print(head, f"{middle:.1f} ({min(times):.1f}-{max(times):.1f}) | {ratio} | {peak:,.0f} | {found} | {precision:.3f} |")


if __name__ == "__main__":
    main()
