"""The golden checkpoints, and mutations of files for the tests that feed readers with garbage.

`UNDERTOW_FUZZ=100000 pytest tests/formats` makes that many of them in each such test instead of a few hundred.
"""

import os
import shutil
from pathlib import Path

import pytest


class GoldenBundles:
    """The checkpoints that tests/parity/make_bundle_golden.py made."""

    path = Path(__file__).parents[1] / "parity" / "golden" / "bundle"

    def files(self, name):
        return {path.name: path.read_bytes() for path in self.path.glob(f"{name}.*")}

    def copy(self, name, folder):
        for path in self.path.glob(f"{name}.*"):
            shutil.copyfile(path, folder / path.name)
        return folder / name


@pytest.fixture
def golden_bundle():
    return GoldenBundles()


@pytest.fixture
def mutations():
    """How many mutations a test tries."""
    return int(os.environ.get("UNDERTOW_FUZZ", "500"))


@pytest.fixture
def mutated():
    return _mutated


def _mutated(data, rng):
    """`data` with bits flipped, bytes set to telling values, cut off, or a stretch moved."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
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
