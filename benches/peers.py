"""unspill beside other scanners, on the same files in one run.

    cargo bench --bench recall -- --write PLANTED --carriers 500
    python3 benches/peers.py PLANTED CLEAN --unspill target/release/unspill

PLANTED holds notebooks and a `manifest.jsonl` that says which value stands on
which lines; CLEAN holds notebooks in which nothing is planted. Every scanner
that is on the PATH runs over both, with checks over the network switched off,
and a Markdown table is printed. Python 3.11 or newer, nothing besides.

A value counts as found if a finding names one of its lines: generous, since a
finding of something else there counts as well. `--only NAME` (repeatable) runs
some of them, `--slow-clean DIR` gives those that take long a smaller CLEAN.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Place = tuple[str, int]
"""A file and a line of it, from 1."""


@dataclass(frozen=True)
class Scanner:
    """How a program is started, and how its report is read."""

    name: str
    version: list[str]
    command: Callable[[str, str], list[str]]
    """From the folder, and the file that a report goes to if it is not printed."""
    places: Callable[[str], Iterable[Place]]
    """The places of a report, one for each finding."""
    is_slow: bool = False


@dataclass
class Run:
    """What one run took and found."""

    places: list[Place]
    wall: float
    cpu: float
    peak: int
    """Kilobytes of the largest process."""
    is_over: bool = True
    """It was not stopped for taking too long."""


def lines_of(report: str) -> Iterable[dict]:
    """The objects of a JSON lines report."""
    return (json.loads(line) for line in report.splitlines() if line.startswith("{"))


def of_unspill(report: str) -> Iterable[Place]:
    return ((f["path"], f["file_line"]) for f in json.loads(report)["findings"])


def of_kingfisher(report: str) -> Iterable[Place]:
    for row in lines_of(report):
        if "finding" in row:
            yield row["finding"]["path"], row["finding"]["line"]


def of_betterleaks(report: str) -> Iterable[Place]:
    for finding in json.loads(report)["findings"]:
        yield finding["location"]["path"], finding["location"]["start_line"]


def of_gitleaks(report: str) -> Iterable[Place]:
    return ((f["File"], f["StartLine"]) for f in json.loads(report))


def of_detect_secrets(report: str) -> Iterable[Place]:
    for path, findings in json.loads(report)["results"].items():
        yield from ((path, finding["line_number"]) for finding in findings)


def of_credsweeper(report: str) -> Iterable[Place]:
    for finding in json.loads(report):
        line = finding["line_data_list"][0]
        yield line["path"], line["line_num"]


def of_ripsecrets(report: str) -> Iterable[Place]:
    """Rows of `path:line:text`, as grep prints them."""
    for row in report.splitlines():
        if match := re.match(r"(.+?\.ipynb):(\d+)?:?", row):
            yield match[1], int(match[2] or 0)


def scanners(unspill: str) -> list[Scanner]:
    """All that are known; none of them may ask the network about a token."""
    return [
        Scanner(
            "unspill",
            [unspill, "--version"],
            lambda folder, _: [unspill, "check", "--no-own", "--json", folder],
            of_unspill,
        ),
        Scanner(
            "kingfisher",
            ["kingfisher", "--version"],
            lambda folder, report: [
                "kingfisher", "scan", "--no-validate", "--no-update-check", "--no-dedup",
                "--format", "jsonl", "--output", report, folder,
            ],
            of_kingfisher,
        ),
        Scanner(
            "betterleaks",
            ["betterleaks", "version"],
            # Validates with --validate only.
            lambda folder, report: ["betterleaks", "fs", folder, "--no-banner", "-o", report],
            of_betterleaks,
        ),
        Scanner(
            "gitleaks",
            ["gitleaks", "version"],
            # Has no validation.
            lambda folder, report: [
                "gitleaks", "dir", folder, "--no-banner", "-f", "json", "-r", report,
            ],
            of_gitleaks,
            is_slow=True,
        ),
        Scanner(
            "detect-secrets",
            ["detect-secrets", "--version"],
            lambda folder, _: ["detect-secrets", "scan", "--all-files", "--no-verify", folder],
            of_detect_secrets,
            is_slow=True,
        ),
        Scanner(
            "credsweeper",
            ["credsweeper", "--version"],
            # Has no validation; its model runs on this machine.
            lambda folder, report: [
                "credsweeper", "--path", folder, "--jobs", "2", "--no-stdout",
                "--save-json", report,
            ],
            of_credsweeper,
            is_slow=True,
        ),
        Scanner(
            "ripsecrets",
            ["ripsecrets", "--version"],
            # Has no validation.
            lambda folder, _: ["ripsecrets", folder],
            of_ripsecrets,
            is_slow=True,
        ),
    ]


def run(scanner: Scanner, folder: Path, limit: float) -> Run:
    """Runs one scanner over a folder and reads its report."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        printed = Path(scratch) / "printed"
        command = scanner.command(".", str(report))
        with printed.open("wb") as out:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=folder)
            usage, is_over = waited(process.pid, start + limit)
            wall = time.perf_counter() - start
        process.returncode = 0
        source = report if report.exists() else printed
        text = source.read_text(encoding="utf-8", errors="replace")
    places = []
    if is_over:
        for path, line in scanner.places(text) if text.strip() else ():
            places.append((os.path.relpath(folder / path, folder), line))
    return Run(places, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, is_over)


def waited(pid: int, deadline: float) -> tuple:
    """The resources of a process when it ends; it is ended at the deadline."""
    is_over = True
    while True:
        ended, _, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return usage, is_over
        if time.perf_counter() > deadline and is_over:
            os.kill(pid, 15)
            is_over = False
        time.sleep(0.005)


@dataclass(frozen=True)
class Planted:
    """A value of the manifest."""

    file: str
    first: int
    last: int
    told: str
    shape: str


def manifest(folder: Path) -> list[Planted]:
    rows = lines_of((folder / "manifest.jsonl").read_text(encoding="utf-8"))
    return [Planted(row["file"], *row["lines"], row["told"], row["shape"]) for row in rows]


def recall(planted: list[Planted], places: Iterable[Place]) -> dict[str, tuple[int, int]]:
    """Found and planted, by what tells a value."""
    lines = defaultdict(set)
    for file, line in places:
        lines[file].add(line)
    counts = defaultdict(lambda: (0, 0))
    for one in planted:
        is_found = any(one.first <= line <= one.last for line in lines[one.file])
        found, all_of_them = counts[one.told]
        counts[one.told] = (found + is_found, all_of_them + 1)
    return counts


def percent(count: tuple[int, int]) -> str:
    found, planted = count
    return f"{100 * found / planted:.1f} %" if planted else "–"


def size(folder: Path) -> str:
    files = [path for path in folder.rglob("*.ipynb") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    return f"{len(files):,} notebooks, {megabytes:,.0f} MB"


def version(scanner: Scanner) -> str:
    result = subprocess.run(scanner.version, capture_output=True, text=True, check=False)
    printed = (result.stdout + result.stderr).strip().splitlines()
    numbers = re.search(r"\d+\.\d+[\w.-]*", printed[-1] if printed else "")
    return numbers[0] if numbers else "?"


def row(scanner: Scanner, options: argparse.Namespace, planted: list[Planted]) -> str:
    """One row of the table."""
    seen = run(scanner, options.planted, options.limit)
    counts = recall(planted, seen.places)
    is_small = scanner.is_slow and options.slow_clean
    clean = run(scanner, options.slow_clean if is_small else options.clean, options.limit)
    stopped = f"stopped after {options.limit:.0f} s"
    findings = f"{len(clean.places):,}" if clean.is_over else stopped
    cells = [
        scanner.name,
        version(scanner),
        percent(counts["itself"]) if seen.is_over else stopped,
        percent(counts["name"]) if seen.is_over else stopped,
        findings + (" †" if is_small else ""),
        f"{clean.wall:.1f}",
        f"{clean.cpu:.1f}",
        f"{clean.peak / 1024:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("planted", type=Path)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--slow-clean", type=Path)
    parser.add_argument("--unspill", default="unspill")
    parser.add_argument("--only", action="append")
    parser.add_argument("--limit", type=float, default=600, help="seconds for one run")
    options = parser.parse_args()
    for name in ("planted", "clean", "slow_clean"):
        if folder := getattr(options, name):
            setattr(options, name, folder.resolve())
    if os.sep in options.unspill:
        options.unspill = str(Path(options.unspill).resolve())
    return options


def main() -> int:
    options = arguments()
    planted = manifest(options.planted)
    print(f"Planted: {size(options.planted)}, {len(planted):,} values. Clean: {size(options.clean)}.")
    if options.slow_clean:
        print(f"† {size(options.slow_clean)}.")
    print(
        "\n| scanner | version | found, by itself | found, by name "
        "| findings in clean | s | CPU s | MB |\n|---|---|---|---|---|---|---|---|"
    )
    for scanner in scanners(options.unspill):
        if options.only and scanner.name not in options.only:
            continue
        if not shutil.which(scanner.version[0]):
            print(f"| {scanner.name} | not installed | | | | | | |")
            continue
        print(row(scanner, options, planted), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
