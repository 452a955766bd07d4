"""What NumPy 1.20 to 2.x removed and programs of TensorFlow 1's time use."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import partial
from typing import Any

from undertow.compat.after_import import after_import
from undertow.compat.removed import put_back, tell

# Aliases of Python's own types (gone since 1.24).
_PYTHON_TYPES = {"bool": bool, "complex": complex, "float": float, "int": int, "long": int}
_PYTHON_TYPES |= {"object": object, "str": str, "unicode": str}

# Old name -> the name NumPy kept.
_RENAMED = {
    "alltrue": "all",
    "bool8": "bool_",
    "bytes0": "bytes_",
    "cfloat": "complex128",
    "clongfloat": "clongdouble",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "int0": "intp",
    "longcomplex": "clongdouble",
    "longfloat": "longdouble",
    "mat": "asmatrix",
    "object0": "object_",
    "product": "prod",
    "rank": "ndim",
    "round_": "round",
    "row_stack": "vstack",
    "singlecomplex": "complex64",
    "sometrue": "any",
    "str0": "str_",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "uint0": "uintp",
    "unicode_": "str_",
    "void0": "void",
}

_NUMBERS = {
    "Inf": float("inf"),
    "Infinity": float("inf"),
    "NAN": float("nan"),
    "NINF": -float("inf"),
    "NZERO": -0.0,
    "NaN": float("nan"),
    "PINF": float("inf"),
    "PZERO": 0.0,
    "infty": float("inf"),
}


def install() -> None:
    """Serve the removed names from the moment NumPy is imported; it is not imported here."""
    after_import("numpy", _patch)


def _patch(np: Any) -> None:
    put_back("numpy", np, _table(np))
    _read_binary_strings(np)
    _reshape_to_newshape(np)
    _ragged_arrays(np)
    _old_methods(np)


def _table(np: Any) -> dict[str, Callable[[], Any]]:
    table: dict[str, Callable[[], Any]] = {}
    table |= {name: partial(getattr, np, kept) for name, kept in _RENAMED.items() if hasattr(np, kept)}

    def asfarray(a: Any, dtype: Any = np.float64) -> Any:
        kind = np.dtype(dtype)
        return np.asarray(a, dtype=kind if issubclass(kind.type, np.inexact) else np.float64)

    def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
        return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)

    def find_common_type(array_types: Any, scalar_types: Any) -> Any:
        arrays, scalars = ([np.dtype(t) for t in types] for types in (array_types, scalar_types))
        if not arrays or not scalars:
            return np.result_type(*(arrays or scalars))
        order = "biufcmM"  # a scalar type counts only where it is of a higher kind than every array type
        common, scalar = np.result_type(*arrays), np.result_type(*scalars)
        return scalar if order.find(scalar.kind) > order.find(common.kind) else common

    class Cast(dict[Any, Any]):
        def __missing__(self, dtype: Any) -> Any:
            return lambda x: np.asarray(x).astype(dtype)

    values: dict[str, Any] = {
        **_PYTHON_TYPES,
        **_NUMBERS,
        "asfarray": asfarray,
        "asscalar": lambda a: np.asarray(a).item(),
        "cast": Cast(),
        "find_common_type": find_common_type,
        "in1d": in1d,
        "issubclass_": lambda a, b: isinstance(a, type) and issubclass(a, b),
        "issubsctype": lambda a, b: np.issubdtype(np.dtype(a), np.dtype(b)),
        "msort": lambda a: np.sort(a, axis=0),
        "sctypes": {
            "int": [np.int8, np.int16, np.int32, np.int64],
            "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
            "float": [np.float16, np.float32, np.float64, np.longdouble],
            "complex": [np.complex64, np.complex128, np.clongdouble],
            "others": [bool, object, bytes, str, np.void],
        },
        "set_string_function": lambda f, repr=True: None,
    }
    return table | {name: partial(_itself, value) for name, value in values.items()}


def _itself(value: Any) -> Any:
    return value


def _read_binary_strings(np: Any) -> None:
    """`np.fromstring(data, dtype)` read bytes until NumPy 2.3; the text form, with `sep`, is still NumPy's own."""
    fromstring = np.fromstring
    if getattr(fromstring, "__module__", None) == __name__:
        return

    def old_fromstring(string: Any, dtype: Any = float, count: int = -1, *, sep: str = "", like: Any = None) -> Any:
        if sep != "":
            return fromstring(string, dtype, count, sep=sep, like=like)
        tell("numpy", "numpy.fromstring of bytes")
        return np.frombuffer(string.encode("latin1") if isinstance(string, str) else string, dtype, count).copy()

    old_fromstring.__name__, old_fromstring.__doc__ = "fromstring", fromstring.__doc__
    np.fromstring = old_fromstring


def _reshape_to_newshape(np: Any) -> None:
    """`np.reshape(a, newshape=…)` became `shape=` in NumPy 2.1, and the old name went away after that."""
    reshape = np.reshape
    if getattr(reshape, "__module__", None) == __name__:
        return

    def old_reshape(a: Any, *args: Any, **kwargs: Any) -> Any:
        if "newshape" in kwargs:
            tell("numpy", "numpy.reshape(newshape=)")
            args = (kwargs.pop("newshape"), *args)
        return reshape(a, *args, **kwargs)

    old_reshape.__name__, old_reshape.__doc__ = "reshape", reshape.__doc__
    np.reshape = old_reshape


def _ragged_arrays(np: Any) -> None:
    """`np.array` of rows of different lengths made an array of objects until NumPy 1.24."""

    def ragged(make: Callable[..., Any]) -> Callable[..., Any]:
        def array(*args: Any, **kwargs: Any) -> Any:
            try:
                return make(*args, **kwargs)
            except ValueError as error:
                if "inhomogeneous" not in str(error) or len(args) > 1 or kwargs.get("dtype") is not None:
                    raise
                tell("numpy", f"numpy.{make.__name__} of rows of different lengths")
                return make(*args, **{**kwargs, "dtype": np.object_})

        array.__name__, array.__doc__ = make.__name__, make.__doc__
        return array

    for name in ("array", "asarray"):
        if getattr(getattr(np, name), "__module__", None) != __name__:
            setattr(np, name, ragged(getattr(np, name)))


def _old_methods(np: Any) -> None:
    """Put back the array methods that NumPy removed: `image.tostring()` is in half of all TFRecord writers."""

    def tostring(self: Any, order: str = "C") -> bytes:
        tell("numpy", "numpy.ndarray.tostring")
        return self.tobytes(order)

    def ptp(self: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        tell("numpy", "numpy.ndarray.ptp")
        return np.ptp(self, axis=axis, out=out, keepdims=keepdims)

    def itemset(self: Any, *args: Any) -> None:
        tell("numpy", "numpy.ndarray.itemset")
        *index, value = args
        place: Any = tuple(index) if len(index) != 1 else index[0]
        if isinstance(place, int):
            self.flat[place] = value
        else:
            self[place] = value

    def newbyteorder(self: Any, new_order: str = "S") -> Any:
        tell("numpy", "numpy.ndarray.newbyteorder")
        return self.view(self.dtype.newbyteorder(new_order))

    missing = [f for f in (tostring, ptp, itemset, newbyteorder) if not hasattr(np.ndarray, f.__name__)]
    # A type written in C takes no attribute, but its dictionary does; Python is then told that the type has changed.
    for namespace in gc.get_referents(np.ndarray.__dict__) if missing else ():
        if isinstance(namespace, dict):
            namespace.update({f.__name__: f for f in missing})
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
