"""Run TensorFlow 1.15.5's own tests, unmodified, and write what passed to `docs/conformance.md`.

Usage: python tests/conformance/run.py FOLDER LIST [--only TEXT] [--seconds 300] [--write]

FOLDER holds the tests as TensorFlow's repository does (`tensorflow/python/…`); they are fetched, never kept here. LIST
names the files to run, one a line, what follows a tab aside. Each file runs in a process of its own under
`undertow run -m pytest`. Without `--write` the table is only printed.
"""

from __future__ import annotations

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

OUT = pathlib.Path(__file__).parents[2] / "docs/conformance.md"
HEAD = """\
# TensorFlow 1.15.5's own tests

Made by `tests/conformance/run.py`: each file unmodified, in graph mode, on the CPU. A test that runs in eager mode too
counts once, for its graph half. What is skipped, TensorFlow's own decorators skip (eager only, GPU only). A file that
cannot be imported, or is not done in its time, counts as one failure.

| file | passed | failed | skipped | why it fails |
| --- | ---: | ---: | ---: | --- |
"""


def reason(failure: ElementTree.Element) -> str:
    """The first line of what went wrong, short enough for a table and without addresses."""
    text = (failure.get("message") or failure.text or "").strip().splitlines() or ["?"]
    line = next((part for part in text if re.match(r"\w*(Error|Exception)", part)), text[0])
    return re.sub(r"0x[0-9a-f]+", "…", line).replace("|", "/")[:110]


def run(folder: pathlib.Path, file: str, seconds: int) -> tuple[int, int, int, list[str]]:
    """Passed, failed and skipped tests of a file, and the most common reasons of the failures."""
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "undertow", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["--rootdir", scratch, "--junitxml", str(report), str(folder / file)]
        environment = {**os.environ, "TEST_TMPDIR": scratch}
        try:
            subprocess.run(command, cwd=scratch, env=environment, timeout=seconds, capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return 0, 1, 0, [f"not done after {seconds} s"]
        if not report.exists():
            return 0, 1, 0, ["the process ended without a report"]
        cases = list(ElementTree.parse(report).iter("testcase"))
    failures = [child for case in cases for child in case if child.tag in ("failure", "error")]
    skipped = sum(any(child.tag == "skipped" for child in case) for case in cases)
    common = collections.Counter(map(reason, failures)).most_common(2)
    return len(cases) - len(failures) - skipped, len(failures), skipped, [f"{n} × {why}" for why, n in common]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("list", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lines = arguments.list.read_text(encoding="utf-8").splitlines()
    files = [line.split("\t")[0] for line in lines if line and not line.startswith("#")]
    rows, totals = [], collections.Counter()
    for file in files:
        if arguments.only not in file or not (arguments.folder / file).exists():
            continue
        passed, failed, skipped, why = run(arguments.folder, file, arguments.seconds)
        totals.update(passed=passed, failed=failed, skipped=skipped)
        rows.append(f"| {file.removeprefix('tensorflow/')} | {passed} | {failed} | {skipped} | {'; '.join(why)} |")
        print(rows[-1], flush=True)
    share = totals["passed"] / max(totals["passed"] + totals["failed"], 1)
    rows.append(
        f"| **all** | **{totals['passed']}** | **{totals['failed']}** | **{totals['skipped']}** | {share:.1%} pass |"
    )
    print(rows[-1])
    if arguments.write:
        OUT.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
