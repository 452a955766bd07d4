"""`tf.DType` and its members.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/dtypes/DType
"""

from __future__ import annotations

import builtins
from typing import Any

import ml_dtypes
import numpy as np

_REF = 100  # a reference type's number is its base type's plus this, in every TensorFlow protobuf

# name, TensorFlow's number, NumPy type. The quantized types carry their integer's storage.
_TABLE: list[tuple[str, int, Any]] = [
    ("float32", 1, np.float32),
    ("float64", 2, np.float64),
    ("int32", 3, np.int32),
    ("uint8", 4, np.uint8),
    ("int16", 5, np.int16),
    ("int8", 6, np.int8),
    ("string", 7, np.object_),
    ("complex64", 8, np.complex64),
    ("int64", 9, np.int64),
    ("bool", 10, np.bool_),
    ("qint8", 11, np.dtype([("qint8", np.int8)])),
    ("quint8", 12, np.dtype([("quint8", np.uint8)])),
    ("qint32", 13, np.dtype([("qint32", np.int32)])),
    ("bfloat16", 14, ml_dtypes.bfloat16),
    ("qint16", 15, np.dtype([("qint16", np.int16)])),
    ("quint16", 16, np.dtype([("quint16", np.uint16)])),
    ("uint16", 17, np.uint16),
    ("complex128", 18, np.complex128),
    ("float16", 19, np.float16),
    ("resource", 20, np.object_),
    ("variant", 21, np.object_),
    ("uint32", 22, np.uint32),
    ("uint64", 23, np.uint64),
]
_SHORT = {"float": "float32", "double": "float64", "half": "float16"}
_SPELLED = {name: short for short, name in _SHORT.items()}


def spelled(name: str) -> str:
    """What TensorFlow's messages call the dtype of this name."""
    return _SPELLED.get(name, name)


_FLOATING = {"float16", "bfloat16", "float32", "float64"}
_COMPLEX = {"complex64", "complex128"}
_QUANTIZED = {"qint8", "quint8", "qint16", "quint16", "qint32"}
_INTEGER = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
_UNSIGNED = {"uint8", "uint16", "uint32", "uint64"}


class DType:
    """The type of a tensor's elements. There is one object a type, so `is` and `==` agree."""

    __slots__ = ("_as_ref", "_base", "_name", "_number", "_numpy")
    _as_ref: DType | None
    _base: DType

    def __new__(cls, name: Any, *parts: Any, **_: Any) -> DType:
        """`DType(type_enum)` is the type of that number; `TypeError` if there is none."""
        if parts:
            return super().__new__(cls)
        try:
            return _BY_KEY[int(name)]
        except KeyError:
            raise TypeError(f"type_enum is not a valid types_pb2.DataType: {name}") from None

    def __init__(self, name: Any, number: int = 0, numpy_type: Any = None, base: DType | None = None) -> None:
        if not isinstance(name, str):
            return  # made long ago
        self._name, self._number, self._numpy = name, number, numpy_type
        self._base = base or self
        self._as_ref = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def as_datatype_enum(self) -> int:
        return self._number

    @property
    def as_numpy_dtype(self) -> Any:
        return self._numpy

    @property
    def base_dtype(self) -> DType:
        return self._base

    @property
    def real_dtype(self) -> DType:
        """The type of the real part: float32 of complex64, float64 of complex128, else itself."""
        return {"complex64": float32, "complex128": float64}.get(self._base._name, self._base)

    @property
    def is_numpy_compatible(self) -> builtins.bool:
        return self._base._name not in ("resource", "variant")

    @property
    def is_bool(self) -> builtins.bool:
        return self._base._name == "bool"

    @property
    def is_floating(self) -> builtins.bool:
        return self._base._name in _FLOATING

    @property
    def is_complex(self) -> builtins.bool:
        return self._base._name in _COMPLEX

    @property
    def is_integer(self) -> builtins.bool:
        return self._base._name in _INTEGER

    @property
    def is_quantized(self) -> builtins.bool:
        return self._base._name in _QUANTIZED

    @property
    def is_unsigned(self) -> builtins.bool:
        return self._base._name in _UNSIGNED

    @property
    def size(self) -> int:
        """Bytes of one element; 1 for types that NumPy does not hold."""
        return 1 if self._numpy is np.object_ else np.dtype(self._numpy).itemsize

    @property
    def _is_ref_dtype(self) -> builtins.bool:
        return self._base is not self

    @property
    def _as_ref_type(self) -> DType:
        return self if self._as_ref is None else self._as_ref

    @property
    def min(self) -> Any:
        """The smallest finite value; `TypeError` for types without an order."""
        return self._limits("minimum").min

    @property
    def max(self) -> Any:
        """The largest finite value; `TypeError` for types without an order."""
        return self._limits("maximum").max

    @property
    def limits(self) -> tuple[Any, Any]:
        """The limits of what stands for light in an image: 0, and the largest integer or 1."""
        return 0, 1 if self._base.is_floating else self.max

    def _limits(self, which: str) -> Any:
        base = self._base
        if base._name == "bfloat16":
            return ml_dtypes.finfo(ml_dtypes.bfloat16)
        if base.is_floating:
            return np.finfo(base._numpy)
        if base.is_integer:
            return np.iinfo(base._numpy)
        raise TypeError(f"Cannot find {which} value of {self}.")

    def is_compatible_with(self, other: Any) -> builtins.bool:
        """Whether a tensor of `other` can be fed where this type is wanted (references aside)."""
        other = as_dtype(other)
        return self._number in (other._number, other._base._number)

    def __eq__(self, other: object) -> builtins.bool:
        if other is self:
            return True
        if other is None:
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __ne__(self, other: object) -> builtins.bool:
        return not self == other

    def __hash__(self) -> int:
        return self._number

    def __int__(self) -> int:
        return self._number

    def __str__(self) -> str:
        return f"<dtype: {self._name!r}>"

    def __repr__(self) -> str:
        return f"tf.{self._name}"

    def __reduce__(self) -> Any:
        return as_dtype, (self._name,)


_BY_KEY: dict[Any, DType] = {}
for _name, _number, _numpy in _TABLE:
    _type = DType(_name, _number, _numpy)
    _ref = DType(_name + "_ref", _number + _REF, _numpy, base=_type)
    _type._as_ref = _ref
    for _t in (_type, _ref):
        _BY_KEY[_t._name] = _BY_KEY[_t._number] = _t
    globals()[_name] = _type
    globals()[f"{_name}_ref"] = _ref
for _short, _name in _SHORT.items():
    _BY_KEY[_short] = _BY_KEY[_name]
    _BY_KEY[_short + "_ref"] = _BY_KEY[_name + "_ref"]

# Named once more for readers and for the type checker.
float16, float32, float64, bfloat16 = (_BY_KEY[n] for n in ("float16", "float32", "float64", "bfloat16"))
int8, int16, int32, int64 = (_BY_KEY[n] for n in ("int8", "int16", "int32", "int64"))
uint8, uint16, uint32, uint64 = (_BY_KEY[n] for n in ("uint8", "uint16", "uint32", "uint64"))
complex64, complex128 = _BY_KEY["complex64"], _BY_KEY["complex128"]
bool = _BY_KEY["bool"]
string, resource, variant = (_BY_KEY[n] for n in ("string", "resource", "variant"))
qint8, quint8, qint16, quint16, qint32 = (_BY_KEY[n] for n in ("qint8", "quint8", "qint16", "quint16", "qint32"))
half, double = float16, float64

_PYTHON: dict[Any, DType] = {
    float: float32,
    int: int32,
    builtins.bool: bool,
    str: string,
    bytes: string,
    complex: complex128,
}
_NUMPY: dict[Any, DType] = {
    np.dtype(t._numpy): t for t in (_BY_KEY[row[0]] for row in _TABLE) if t._numpy is not np.object_
}


def as_dtype(type_value: Any) -> DType:
    """The `DType` of a DType, its name, its number, a NumPy or a Python type.

    `TypeError` if there is none. Source: `tf.as_dtype`.
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        found = _BY_KEY.get(type_value) or _PYTHON.get(type_value)
        if found is not None:
            return found
    except TypeError:
        pass  # not hashable: NumPy may still know it
    try:
        numpy_type = np.dtype(type_value)
    except (TypeError, ValueError):
        raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.") from None
    if numpy_type.kind in "SUO":
        return string
    found = _NUMPY.get(numpy_type)
    if type_value is None or found is None:
        raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.")
    return found


QUANTIZED_DTYPES = frozenset(t for name in _QUANTIZED for t in (_BY_KEY[name], _BY_KEY[name + "_ref"]))
