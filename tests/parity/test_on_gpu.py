"""Cases of every kind of op give on a GPU what TensorFlow gave, on one that is pretended: nothing there is misplaced.

`UNDERTOW_PRETEND_GPU=1 pytest tests/parity` runs all the cases so.
"""

import pathlib
import sys

import pytest
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness
from test_parity import check, golden

import undertow as tf
from undertow.runtime import lower
from undertow.runtime.devices import Placement

# The families whose ops look at values on the host, or make them there.
FAMILIES = (
    "array beam_search candidate_sampling control_flow crf ctc embedding embedding_sparse feature_column gradients "
    "legacy_seq2seq losses metrics norm optimizers pool ranking rnn segment seq2seq sets shaping slicing softmax "
    "sorting sparse string summary tensor_array variables while_loop"
).split()
CASES = [(family, case) for family in FAMILIES for case in harness.load(family).values()]


@pytest.fixture(autouse=True)
def placed(monkeypatch):
    """Has each op that gives something elsewhere than the plan looks for it fail."""
    moved, bound, places = Placement.moved, lower.bound, {}

    def noted(self, lowering, op, kernel, slots):
        result = moved(self, lowering, op, kernel, slots)
        places[op] = [self._places.get(tensor) for tensor in op.outputs]
        return result

    def held(op, kernel, context):
        call, expected = bound(op, kernel, context), places.get(op, [])

        def checked(*values):
            result = call(*values)
            outputs = result if isinstance(result, (list, tuple)) else [result]
            for i, (value, place) in enumerate(zip(outputs, expected)):
                elsewhere = isinstance(value, torch.Tensor) and place is not None and value.device != place
                assert not elsewhere, f"{op.type}'s output {i} is on {value.device}"
            return result

        return checked

    monkeypatch.setattr(Placement, "moved", noted)
    monkeypatch.setattr(lower, "bound", held)


@pytest.mark.parametrize(("family", "case"), CASES, ids=[f"{f}-{c.name}" for f, c in CASES])
def test_same_as_tensorflow(family, case, gpu):
    wanted = golden(family, case)
    found = harness.run(tf, case)
    assert sorted(found) == sorted(wanted)
    check(case, found, wanted)
