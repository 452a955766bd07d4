"""`inspect_checkpoint`: what TensorFlow 1.15.5 prints of the same checkpoint."""

import numpy as np
import pytest

from undertow.api.tools.inspect_checkpoint import print_tensors_in_checkpoint_file
from undertow.formats.bundle import write_bundle

WHOLE = "tensor_name:  a\n[[1. 2.]\n [3. 4.]]\ntensor_name:  b/c\n7\n# Total number of params: 5\n"


@pytest.fixture
def checkpoint(tmp_path):
    write_bundle(tmp_path / "m", {"a": np.float32([[1, 2], [3, 4]]), "b/c": np.int32(7)})
    return str(tmp_path / "m")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("", True), WHOLE),
        (("a", True), WHOLE),
        (("", False, True), "tensor_name:  a\ntensor_name:  b/c\n# Total number of params: 5\n"),
        (("b/c", False), "tensor_name:  b/c\n7\n# Total number of params: 5\n"),
        (("b/c", False, False, "^a"), "tensor_name:  b/c\n7\n# Total number of params: 1\n"),
        (("", False), "a (DT_FLOAT) [2,2]\nb/c (DT_INT32) []\n\n# Total number of params: 5\n"),
        (("nope", False), "tensor_name:  nope\nKey nope not found in checkpoint\n"),
    ],
)
def test_what_is_asked_for_is_printed(checkpoint, capsys, arguments, printed):
    print_tensors_in_checkpoint_file(checkpoint, *arguments)
    assert capsys.readouterr().out == printed


def test_a_checkpoint_that_is_not_there_is_told_of(capsys):
    print_tensors_in_checkpoint_file("/nope", "", True)
    said = "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for /nope\n"
    assert capsys.readouterr().out == said
