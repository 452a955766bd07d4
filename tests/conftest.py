"""Mutations of files, for the tests that feed readers with garbage.

`UNDERTOW_FUZZ=20000 pytest tests/formats` makes that many of them in each such test instead of a few hundred.
And a GPU that is not there: `UNDERTOW_PRETEND_GPU=1 pytest tests/parity` runs every test on it.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
from pathlib import Path

import pytest

from undertow.graph.errors import OpError

SECONDS = 10  # of CPU time, for one mutation
MEMORY = 3 << 30  # bytes of address space, beyond what is taken when it begins


@pytest.fixture(autouse="UNDERTOW_PRETEND_GPU" in os.environ)
def gpu(monkeypatch):
    """`cuda:0`, pretended, for sessions to run on."""
    from pretend_gpu import DEVICE, PretendCuda, PretendGpu
    from undertow.graph.graph import Graph
    from undertow.runtime import captured, engine

    pretended = PretendGpu()
    monkeypatch.setattr(engine, "accelerator", lambda: DEVICE)
    monkeypatch.setattr(captured, "Cuda", lambda device: PretendCuda(pretended))
    with pretended, Graph().as_default():
        yield pretended


@pytest.fixture
def mutations():
    """How many mutations a test tries."""
    return int(os.environ.get("UNDERTOW_FUZZ", "300"))


@pytest.fixture(name="bounded")
def _bounded():
    return bounded


@pytest.fixture
def mutated():
    return _mutated


@pytest.fixture
def fuzz(mutations, tmp_path, monkeypatch):
    """Mutate a file's bytes, and read each: it reads, or raises an error of ours that names the file.

    `fuzz(path, read, change=…, errors=…, says=…)`; the file at `path` is good. `change(data, rng)` is the mutation,
    `errors` what may be raised, `says` a pattern that is in the error if the file's name is not. In bounded time and
    memory, and nothing is written anywhere.
    """
    empty = tmp_path / "working directory"
    empty.mkdir()
    monkeypatch.chdir(empty)

    def run(path, read, change=_mutated, errors=(OpError,), says=None):
        good, rng = Path(path).read_bytes(), random.Random(Path(path).name)
        there = _tree(tmp_path)
        refused = 0
        for _ in range(mutations):
            data = change(good, rng)
            # Written anew: a file that is mapped must not shrink.
            Path(path).unlink()
            Path(path).write_bytes(data)
            with bounded(data):
                try:
                    read(path)
                except errors as error:
                    refused += 1
                    text = str(error)
                    assert re.search(says or re.escape(Path(path).name), text), (text, data)
                except Exception as error:
                    raise AssertionError(f"{type(error).__name__} for {data!r}") from error
        assert _tree(tmp_path) == there
        assert refused > mutations / 10, "the mutations do not reach the reader"

    return run


def _tree(folder):
    return sorted(str(path) for path in Path(folder).rglob("*"))


@contextlib.contextmanager
def bounded(data):
    """Fail if what is inside takes too long or too much memory."""

    def late(*_):
        raise AssertionError(f"it takes more than {SECONDS} s: {data!r}")

    with _less_memory():
        before = signal.signal(signal.SIGPROF, late)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _less_memory():
    try:
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):  # no Linux: the time alone is bounded
        yield
        return
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _mutated(data, rng):
    """`data` with bits flipped, bytes set to telling values, cut off, or a stretch moved."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(data) or 1)
        kind = rng.randrange(5)
        if not data:
            break
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif kind == 2:
            data[at : at + 4] = rng.choice([b"\xff" * 4, b"\x80" * 4, bytes(4)])[: len(data) - at]
        elif kind == 3 and at:
            del data[at:]
        else:
            data[at:at] = data[: rng.randrange(8)]
    return bytes(data)
