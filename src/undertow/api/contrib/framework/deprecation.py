"""Decorators that warn of what a library is about to remove.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/framework/deprecated
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

from ...logging import get_logger

_Function = TypeVar("_Function", bound=Callable[..., Any])
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable[[_Function], _Function]:
    """Warn when the decorated function is called that it goes after `date` (`None`: in some future version).

    Raises:
      ValueError: `date` is not written YYYY-MM-DD, or there are no `instructions`.
    """
    _check(date, instructions)

    def decorate(function: _Function) -> _Function:
        warn = _Warner(function, date, instructions, warn_once)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            warn("", "is deprecated")
            return function(*args, **kwargs)

        return call  # type: ignore[return-value]

    return decorate


def deprecated_args(
    date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any, **kwargs: Any
) -> Callable[[_Function], _Function]:
    """Warn when the decorated function is given one of these arguments.

    A tuple (name, value) lets that value, passed as default, go without a warning. `warn_once=False` warns each time.

    Raises:
      ValueError: as `deprecated` does; or the function has no such argument.
      TypeError: there are other keywords than `warn_once`.
    """
    _check(date, instructions)
    if set(kwargs) - {"warn_once"}:
        raise TypeError(f"kwargs must be empty or contain `warn_once`; got {', '.join(sorted(kwargs))}.")
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    pairs = [item if isinstance(item, tuple) else (item, _NEVER) for item in deprecated_arg_names_or_tuples]
    harmless: dict[str, Any] = dict(pairs)

    def gone(name: str, value: Any) -> bool:
        allowed = harmless[name]
        return allowed is _NEVER or not (value is allowed or (type(value) is type(allowed) and value == allowed))

    return _watching(harmless, gone, "uses argument", date, instructions, kwargs.get("warn_once", True))


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Callable[[_Function], _Function]:
    """Warn when the decorated function is given one of these arguments with this very value.

    Raises:
      ValueError: as `deprecated` does; or the function has no such argument.
    """
    _check(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")

    def gone(name: str, value: Any) -> bool:
        return bool(type(value) is type(deprecated_kwargs[name]) and value == deprecated_kwargs[name])

    return _watching(deprecated_kwargs, gone, "uses a value of", date, instructions, warn_once)


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The value of an argument that had another name; `ValueError` if it was given under both."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


_NEVER = object()  # no value goes without a warning


def _watching(
    names: dict[str, Any], gone: Callable[[str, Any], bool], what: str, date: str | None, instructions: str, once: bool
) -> Callable[[_Function], _Function]:
    def decorate(function: _Function) -> _Function:
        signature = inspect.signature(function)
        catches = {p.name for p in signature.parameters.values() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
        missing = [name for name in names if name not in signature.parameters]
        if missing and not catches:
            raise ValueError(f"The following deprecated arguments are not of {function.__name__}: {missing}.")
        warn = _Warner(function, date, instructions, once)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                given = dict(signature.bind_partial(*args, **kwargs).arguments)
            except TypeError:
                given = {}  # the call itself says it better
            for caught in catches & given.keys():
                if isinstance(given[caught], dict):
                    given |= given[caught]
            for name in names:
                if name in given and gone(name, given[name]):
                    warn(name, f"{what} {name}, which is deprecated")
            return function(*args, **kwargs)

        return call  # type: ignore[return-value]

    return decorate


class _Warner:
    def __init__(self, function: Callable[..., Any], date: str | None, instructions: str, once: bool) -> None:
        self.name = getattr(function, "__qualname__", repr(function))
        self.module = getattr(function, "__module__", "")
        self.when = "in a future version" if date is None else f"after {date}"
        self.instructions, self.once = instructions, once
        self.told: set[str] = set()

    def __call__(self, about: str, sentence: str) -> None:
        if self.once and about in self.told:
            return
        self.told.add(about)
        get_logger().warning(
            "%s (from %s) %s and will be removed %s.\nInstructions for updating:\n%s",
            self.name, self.module, sentence, self.when, self.instructions, stacklevel=3,
        )  # fmt: skip


def _check(date: str | None, instructions: str) -> None:
    if date is not None and not _DATE.fullmatch(date):
        raise ValueError("Date must be YYYY-MM-DD.")
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")
