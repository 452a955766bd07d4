"""The assertions of `tf.test.TestCase`: on arrays and tensors, protocol buffers, errors, devices.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/test/TestCase
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from absl.testing import absltest

from ...graph import device as devices
from ...graph import errors

# What assertAllCloseAccordingToType allows a type, where it is not given: its keyword prefix and dtypes.
_LOOSER = {"float": ("float32", "complex64"), "half": ("float16",), "bfloat16": ("bfloat16",)}


class Assertions(absltest.TestCase):
    """What a test may assert. A tensor stands for its value, which `evaluate` gives."""

    def evaluate(self, tensors: Any) -> Any:
        """The values of a nested structure of tensors."""
        raise NotImplementedError

    def _array(self, a: Any) -> np.ndarray:
        if isinstance(a, np.ndarray | np.generic):
            return np.asarray(a)
        if hasattr(a, "graph") or hasattr(a, "_as_graph_element"):
            a = self.evaluate(a)
        return np.asarray(self._evaluated(a))

    def _evaluated(self, values: Any) -> Any:
        """A list that holds tensors as their values; anything else as it is."""
        if isinstance(values, list | tuple) and any(hasattr(part, "graph") for part in values):
            return self.evaluate(values)
        return values

    # Arrays and tensors.

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: Any = None) -> None:
        """|a - b| <= atol + rtol |b| everywhere, in arrays or in equal structures (dicts, lists, tuples) of them.

        A NaN is close to a NaN.
        """
        self._close(a, b, rtol, atol, "", msg)

    def _close(self, a: Any, b: Any, rtol: float, atol: float, path: str, msg: Any) -> None:
        where = f" at {path}" if path else ""
        a, b = (x._asdict() if hasattr(x, "_asdict") else self._evaluated(x) for x in (a, b))
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            self.fail(self._formatMessage(msg, f"a dict and something else{where}: {type(a)} and {type(b)}"))
        if isinstance(a, Mapping):
            self.assertCountEqual(a, b, self._formatMessage(msg, f"the keys differ{where}"))
            for key in a:
                self._close(a[key], b[key], rtol, atol, f"{path}[{key!r}]", msg)
        elif isinstance(a, list | tuple) and _is_ragged(a):
            self.assertEqual(len(a), len(b), self._formatMessage(msg, f"the lengths differ{where}"))
            for i, (one, other) in enumerate(zip(a, b)):
                self._close(one, other, rtol, atol, f"{path}[{i}]", msg)
        else:
            self._close_arrays(self._array(a), self._array(b), rtol, atol, where, msg)

    def _close_arrays(self, a: np.ndarray, b: np.ndarray, rtol: float, atol: float, where: str, msg: Any) -> None:
        self.assertEqual(a.shape, b.shape, self._formatMessage(msg, f"Shape mismatch{where}: {a.shape} and {b.shape}"))
        a, b = (x.astype(np.float32) if x.dtype.kind == "V" else x for x in (a, b))  # bfloat16 and its like
        if not np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True):
            close = np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
            self.fail(
                self._formatMessage(
                    msg, f"Not equal to tolerance rtol={rtol}, atol={atol}{where}. {_differ(a, b, close)}"
                )
            )

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """`assertAllClose` fails."""
        self._must_fail(self.assertAllClose, "The two values are close at all elements", a, b, **kwargs)

    def assertAllCloseAccordingToType(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: Any = None, **looser: float
    ) -> None:
        """`assertAllClose`, allowing more to the less precise types.

        Keywords float_rtol, float_atol (1e-6), half_rtol, half_atol (1e-3), bfloat16_rtol, bfloat16_atol (1e-2).
        """
        a, b = self._array(a), self._array(b)
        given = {"float_": 1e-6, "half_": 1e-3, "bfloat16_": 1e-2}
        allowed = {f"{prefix}{which}": value for prefix, value in given.items() for which in ("rtol", "atol")}
        if unknown := looser.keys() - allowed.keys():
            raise TypeError(f"assertAllCloseAccordingToType has no {', '.join(sorted(unknown))}")
        allowed |= looser
        for prefix, names in _LOOSER.items():
            if str(a.dtype) in names or str(b.dtype) in names:
                rtol, atol = max(rtol, allowed[f"{prefix}_rtol"]), max(atol, allowed[f"{prefix}_atol"])
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """Equal shapes and equal values; a NaN equals a NaN, and a text its UTF-8 bytes. Ragged rows may be lists."""
        if hasattr(a, "nested_row_splits") or hasattr(b, "nested_row_splits"):
            self.assertEqual(self._rows(a), self._rows(b), msg)
            return
        a, b = (_as_bytes(self._array(x)) for x in (a, b))
        self.assertEqual(
            a.shape, b.shape, self._formatMessage(msg, f"Shape mismatch: expected {a.shape}, got {b.shape}.")
        )
        same = a == b
        if a.dtype.kind in "fc" and b.dtype.kind in "fc":
            same = same | (np.isnan(a) & np.isnan(b))
        if not np.all(same):
            self.fail(self._formatMessage(msg, f"Arrays are not equal. {_differ(a, b, np.asarray(same))}"))

    def _rows(self, a: Any) -> Any:
        """A ragged tensor, its value or nested lists as lists of numbers and bytes."""
        if hasattr(a, "_fetch_components") or hasattr(a, "op"):
            a = self.evaluate(a)
        if hasattr(a, "to_list"):
            a = a.to_list()
        if isinstance(a, (list, tuple, np.ndarray)):
            return [self._rows(item) for item in a]
        return a.encode() if isinstance(a, str) else a.item() if isinstance(a, np.generic) else a

    def assertNotAllEqual(self, a: Any, b: Any, msg: Any = None) -> None:
        """`assertAllEqual` fails."""
        self._must_fail(self.assertAllEqual, "The two values are equal at all elements", a, b, msg)

    def _must_fail(self, assertion: Callable[..., None], sentence: str, *args: Any, **kwargs: Any) -> None:
        try:
            assertion(*args, **kwargs)
        except AssertionError:
            return
        self.fail(sentence)

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Every element is greater."""
        self._all(self._array(a) > comparison_target, a, f"greater than {comparison_target}")

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Every element is less."""
        self._all(self._array(a) < comparison_target, a, f"less than {comparison_target}")

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Every element is greater or equal."""
        self._all(self._array(a) >= comparison_target, a, f"at least {comparison_target}")

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Every element is less or equal."""
        self._all(self._array(a) <= comparison_target, a, f"at most {comparison_target}")

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Every element lies between the bounds, which belong to the range unless they are open."""
        a = self._array(target)
        above = a > lower_bound if open_lower_bound else a >= lower_bound
        below = a < upper_bound if open_upper_bound else a <= upper_bound
        self._all(above & below, a, f"between {lower_bound} and {upper_bound}")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Every element is one of the set."""
        self._all(np.isin(self._array(target), list(expected_set)), target, f"in {expected_set}")

    def _all(self, holds: np.ndarray, a: Any, what: str) -> None:
        if not np.all(holds):
            wrong = self._array(a)[~np.asarray(holds)]
            self.fail(f"{wrong.size} element(s) are not {what}, the first is {wrong.ravel()[0]}")

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """The dtype of an array or a tensor."""
        dtype = getattr(expected_dtype, "as_numpy_dtype", expected_dtype)
        self.assertEqual(self._array(target).dtype, np.dtype(dtype))

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: Any = None) -> None:
        """The static shape of `tf_tensor` is the shape of `np_array`."""
        if not isinstance(np_array, np.ndarray | np.generic):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if not hasattr(tf_tensor, "get_shape"):
            raise TypeError("tf_tensor must be a Tensor")
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)

    def assertNear(self, f1: Any, f2: Any, err: float, msg: Any = None) -> None:
        """|f1 - f2| <= err, or both are the same infinity."""
        near = f1 == f2 or abs(f1 - f2) <= err
        self.assertTrue(near, f"{f1!r} != {f2!r} +/- {err!r}{f' ({msg})' if msg is not None else ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: Any = None) -> None:
        """`assertNear` for each pair of elements."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: Any = None) -> None:
        """The norm of the difference is less than `err`."""
        distance = np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2))
        self.assertTrue(distance < err, msg or f"the arrays are {distance} apart, not within {err}")

    # Text, protocol buffers, devices.

    def assertStartsWith(self, actual: str, expected_start: str, msg: Any = None) -> None:
        """`actual` begins so."""
        if not actual.startswith(expected_start):
            self.fail(self._formatMessage(msg, f"{actual!r} does not start with {expected_start!r}"))

    def assertProtoEquals(self, expected_message_maybe_ascii: Any, message: Any, msg: Any = None) -> None:
        """Two messages are equal; the expected one may be given as text."""
        from google.protobuf import text_format

        expected = expected_message_maybe_ascii
        if isinstance(expected, str | bytes):
            expected = text_format.Parse(expected, type(message)())
        elif type(expected) is not type(message):
            self.fail(f"Can't compare protos of type {type(expected)} and {type(message)}.")
        if expected != message:
            self.assertMultiLineEqual(text_format.MessageToString(expected), text_format.MessageToString(message), msg)

    def assertProtoEqualsVersion(
        self, expected: str, actual: Any, producer: int = 134, min_consumer: int = 0, msg: Any = None
    ) -> None:
        """`assertProtoEquals` for a GraphDef whose `versions` are the given ones."""
        versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }};"
        self.assertProtoEquals(f"{versions}\n{expected}", actual, msg=msg)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: Any = None) -> None:
        """Two spellings of one device."""
        one, other = devices.canonical_name(device1), devices.canonical_name(device2)
        self.assertEqual(one, other, msg or f"Devices {one} and {other} are not equal.")

    # Errors.

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(  # type: ignore[override]  # absl's takes the call too; TensorFlow's does not
        self, exception_type: Any, expected_err_re_or_predicate: Any
    ) -> Iterator[None]:
        """The block raises an `exception_type` that the predicate accepts, or whose message the pattern is found in."""
        try:
            yield
        except exception_type as error:
            text = error.message if isinstance(error, errors.OpError) else str(error)
            op = error.op if isinstance(error, errors.OpError) else None
            if op is not None:
                text += f"\nCaused by: {op.name}"
            accept = expected_err_re_or_predicate
            if not (accept(error) if callable(accept) else re.search(accept, text)):
                raise AssertionError(f"Exception of type {type(error)}: {text}") from error
        else:
            self.fail(f"{getattr(exception_type, '__name__', exception_type)} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The block raises an `errors.OpError` that matches."""
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(self, exception_type: Any = errors.InvalidArgumentError) -> Any:
        """The block raises an error about shapes that do not go together."""
        return self.assertRaisesWithPredicateMatch(
            exception_type, r"Incompatible shapes|Dimensions must be equal|required broadcastable shapes"
        )

    # Names of `unittest` that Python 3.12 removed.

    assertEquals = absltest.TestCase.assertEqual
    assertNotEquals = absltest.TestCase.assertNotEqual
    assertAlmostEquals = absltest.TestCase.assertAlmostEqual
    assertItemsEqual = absltest.TestCase.assertCountEqual
    assertRaisesRegexp = absltest.TestCase.assertRaisesRegex
    assertRegexpMatches = absltest.TestCase.assertRegex
    assertNotRegexpMatches = absltest.TestCase.assertNotRegex


def _as_bytes(a: np.ndarray) -> np.ndarray:
    """An array of texts as one of bytes objects; any other as it is."""
    if a.dtype.kind not in "OSU":
        return a
    values = [x.encode() if isinstance(x, str) else bytes(x) if isinstance(x, bytes) else x for x in a.ravel()]
    encoded = np.empty(len(values), object)
    encoded[:] = values
    return encoded.reshape(a.shape)


def _is_ragged(values: Any) -> bool:
    """Whether a list holds structures, or arrays of different shapes, and so is no array itself."""
    if any(
        isinstance(v, Mapping) or hasattr(v, "_asdict") or (isinstance(v, list | tuple) and _is_ragged(v))
        for v in values
    ):
        return True
    try:
        return len({np.shape(v) for v in values}) > 1
    except ValueError:
        return True


def _differ(a: np.ndarray, b: np.ndarray, same: np.ndarray) -> str:
    """Where and how two arrays differ, in one sentence."""
    wrong = np.argwhere(~np.asarray(same))
    if not a.ndim:
        return f"{a} against {b}."
    first = tuple(int(i) for i in wrong[0])
    return f"{len(wrong)} of {a.size} elements differ, the first at {list(first)}: {a[first]} against {b[first]}."
