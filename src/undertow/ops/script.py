"""Python functions as ops: py_func. `kernels/script.py` calls them.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/py_func
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

from ..graph.operation import Operation
from ..graph.shape import TensorShape
from .node import node
from .rules import shape_rule

_counter = itertools.count()

# Token -> function. An op keeps its function alive, and so for as long as its graph lives it can be called.
FUNCTIONS: weakref.WeakValueDictionary[str, _Holder] = weakref.WeakValueDictionary()


class _Holder:
    """A function, as something that can be referred to weakly whatever it is."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


def py_func(func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None) -> Any:
    """What `func` returns for the values of `inp`, NumPy arrays, called where the graph runs.

    `Tout` is the dtype of what it returns, or a list of dtypes for a list; their shapes are not known, and no gradient
    goes through. `stateful=False` lets equal calls be made once.
    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/py_func
    """
    holder = _Holder(func)
    token = f"pyfunc_{next(_counter)}"
    FUNCTIONS[token] = holder
    several = isinstance(Tout, (list, tuple))
    types = list(Tout) if several else [Tout]
    result = node("PyFunc" if stateful else "PyFuncStateless", list(inp), token=token, Tout=types, name=name)
    op: Any = result if isinstance(result, Operation) else result[0].op
    op._python_function = holder
    return result if several or isinstance(result, Operation) else result[0]


@shape_rule("PyFunc", "PyFuncStateless")
def _(inputs: list[TensorShape]) -> TensorShape:
    return TensorShape(None)


def numpy_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """`py_func` under its later name."""
    return py_func(func, inp, Tout, stateful=True, name=name)
