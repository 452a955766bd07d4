"""The golden checkpoints."""

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
