"""The same small programs on TensorFlow and on Undertow.

A file in `cases/` holds programs of one family: functions of `tf` that build in the default graph and return what to
fetch (a dict of tensors, or nested lists of them; None stands for a gradient that is not there).

    @case                       # compare values
    @case(nodes=True)           # and the graph, node for node: name, type, input names
    @case(rtol=1e-4)            # another tolerance than the dtype's own
    def relu_and_its_gradient(tf):
        x = tf.constant(…)
        y = tf.nn.relu(x)
        return {"y": y, "dx": tf.gradients(y, x)}

A case may run steps: it returns `(fetches, feeds)` or is a generator that yields such pairs, all run in one session
after the variables' initializers. `python tests/parity/make_golden.py [FAMILY …]`, in an environment with TensorFlow,
writes what TensorFlow says to `golden/FAMILY.npz`; `test_parity.py` compares. TensorFlow is 2.21, but for what that no
longer has: `MADE_BY_1_15`.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

HERE = pathlib.Path(__file__).parent

# Families of `tf.contrib`, and feature columns: `make_golden.py` makes them when it is run by TensorFlow 1.15.5 (in
# Python 3.7), and leaves them as they are under 2.21.
MADE_BY_1_15 = frozenset(
    ["attention", "beam_search", "contrib_rnn", "crf", "feature_column", "legacy_seq2seq", "seq2seq"]
)


@dataclass
class Case:
    name: str
    build: Callable[[Any], Any]
    nodes: bool = False
    rtol: float | None = None
    atol: float | None = None


_registered: list[Case] = []


def case(function: Callable[[Any], Any] | None = None, **options: Any) -> Any:
    """Mark a function as a case; see the module's docstring."""
    if function is None:
        return lambda f: case(f, **options)
    _registered.append(Case(function.__name__, function, **options))
    return function


def families() -> list[str]:
    return sorted(p.stem for p in (HERE / "cases").glob("*.py"))


def load(family: str) -> dict[str, Case]:
    """The cases of `cases/FAMILY.py`, by name."""
    _registered.clear()
    spec = importlib.util.spec_from_file_location(f"parity_cases_{family}", HERE / "cases" / f"{family}.py")
    assert spec is not None and spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return {c.name: c for c in _registered}


def flatten(prefix: str, fetched: Any) -> Iterator[tuple[str, Any]]:
    """Nested dicts and lists (named tuples too) as (path, leaf) pairs."""
    if isinstance(fetched, dict):
        for key, value in fetched.items():
            yield from flatten(f"{prefix}/{key}", value)
    elif isinstance(fetched, (list, tuple)):
        for i, value in enumerate(fetched):
            yield from flatten(f"{prefix}/{i}", value)
    else:
        yield prefix, fetched


def run(tf: Any, case: Case) -> dict[str, np.ndarray]:
    """Run a case on `tf`: its values by path, and its graph under `NAME/nodes` if it asks for that."""
    result: dict[str, np.ndarray] = {}
    with tf.Graph().as_default() as graph:
        built = case.build(tf)
        steps = built if hasattr(built, "__next__") else iter([built])
        first = next(steps)
        with tf.Session() as session:
            initializers = [v.initializer for v in tf.global_variables() + tf.local_variables()]
            nodes = [[op.name, op.type, [t.name for t in op.inputs]] for op in graph.get_operations()]
            if initializers:
                session.run(initializers)
            for i, step in enumerate([first, *steps] if hasattr(built, "__next__") else [first]):
                fetches, feeds = step if isinstance(step, tuple) else (step, None)
                named = dict(flatten(f"{case.name}/{i}", fetches))
                live = {k: v for k, v in named.items() if v is not None}
                values = session.run(live, feeds)
                for key in named:
                    leaf = values.get(key, "None")
                    for path, value in flatten(key, leaf):
                        result[path] = _plain(value)
    if case.nodes:
        result[f"{case.name}/nodes"] = np.array(json.dumps(nodes))
    return result


def _plain(value: Any) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype == object:
        texts = [b if isinstance(b, bytes) else str(b).encode() for b in array.reshape(-1)]
        array = np.array(texts, dtype=bytes).reshape(array.shape)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return array
