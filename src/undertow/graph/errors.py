"""The errors a graph can raise, as TensorFlow 1.15 names and numbers them (`tf.errors`).

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/errors
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An op failed while the graph ran.

    `op` is the `Operation` (None if it is not known), `node_def` its NodeDef, `message` one sentence.
    """

    error_code: int = UNKNOWN

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int | None = None) -> None:
        super().__init__(node_def, op, message)
        self._node_def = node_def
        self._op = op
        self._message = message
        if error_code is not None:
            self.error_code = error_code

    @property
    def message(self) -> str:
        return self._message

    @property
    def op(self) -> Any:
        return self._op

    @property
    def node_def(self) -> Any:
        return self._node_def if self._node_def is not None else getattr(self._op, "node_def", None)

    def __str__(self) -> str:
        if self._op is None:
            return self._message
        made = self._op.made_at()
        return f"{self._message}\n\t [[node {self._op.name}{f' (defined at {made})' if made else ''} ]]"


class _NumberedError(OpError):
    """An `OpError` whose class tells its code."""

    def __init__(self, node_def: Any, op: Any, message: str) -> None:
        super().__init__(node_def, op, message)


class CancelledError(_NumberedError):
    error_code = CANCELLED


class UnknownError(OpError):
    error_code = UNKNOWN


class InvalidArgumentError(_NumberedError):
    error_code = INVALID_ARGUMENT


class DeadlineExceededError(_NumberedError):
    error_code = DEADLINE_EXCEEDED


class NotFoundError(_NumberedError):
    error_code = NOT_FOUND


class AlreadyExistsError(_NumberedError):
    error_code = ALREADY_EXISTS


class PermissionDeniedError(_NumberedError):
    error_code = PERMISSION_DENIED


class ResourceExhaustedError(_NumberedError):
    error_code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_NumberedError):
    error_code = FAILED_PRECONDITION


class AbortedError(_NumberedError):
    error_code = ABORTED


class OutOfRangeError(_NumberedError):
    error_code = OUT_OF_RANGE


class UnimplementedError(_NumberedError):
    error_code = UNIMPLEMENTED


class InternalError(_NumberedError):
    error_code = INTERNAL


class UnavailableError(_NumberedError):
    error_code = UNAVAILABLE


class DataLossError(_NumberedError):
    error_code = DATA_LOSS


class UnauthenticatedError(_NumberedError):
    error_code = UNAUTHENTICATED


_CLASSES: dict[int, type[OpError]] = {cls.error_code: cls for cls in _NumberedError.__subclasses__()}
_CLASSES[UNKNOWN] = UnknownError


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """The class of an error code, e.g. 3 -> `InvalidArgumentError`; `KeyError` for an unknown code."""
    return _CLASSES[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """The code of an error class, e.g. `NotFoundError` -> 5."""
    return cls.error_code


class OperatorNotAllowedInGraphError(TypeError):
    """A tensor was used as a Python value while the graph is built, when it has none yet."""


def unbuilt(what: str, instead: str = "") -> UnimplementedError:
    """The error for an argument or a mode that Undertow has not built."""
    return UnimplementedError(None, None, f"{what} is not built in Undertow yet.{' ' + instead if instead else ''}")
