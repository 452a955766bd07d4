"""`tf.flags`, which is also `tf.app.flags`: absl's flags, parsed when the first of them is read.

Beside absl's own behaviour, as in TensorFlow 1: `FLAGS.name` parses the command line if nothing has, so a program
without `tf.app.run` works too; and the `DEFINE_*` take the old keywords `flag_name`, `default_value`, `docstring`.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/flags
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

# absl.app and absl.logging define flags of their own. They come first, and give way below: a `--log_dir` of the
# program's own is common, and would else clash with absl's.
import absl.app
import absl.flags
import absl.logging

absl.flags.disclaim_key_flags()  # a flag belongs to the module that calls us: `--help` lists it there

for _module in ("absl.app", "absl.logging"):
    for _flag in absl.flags.FLAGS.flags_by_module_dict().get(_module, ()):
        _flag.allow_override = True

_OLD_KEYWORDS = {"flag_name": "name", "default_value": "default", "docstring": "help"}


class LazyFlags:
    """`tf.flags.FLAGS`: absl's `FLAGS`, which parses `sys.argv` when a flag is read and nobody has parsed it yet."""

    __slots__ = ()

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return absl.flags.FLAGS.__dict__

    def __getattr__(self, name: str) -> Any:
        flags = absl.flags.FLAGS
        if name == "_parse_flags":  # how TensorFlow 1.4 and before was told to
            return lambda: flags(sys.argv) and None
        if name in flags and not flags.is_parsed():
            flags(sys.argv)
        return getattr(flags, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(absl.flags.FLAGS, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(absl.flags.FLAGS, name)

    def __call__(self, argv: Any, known_only: bool = False) -> list[str]:
        return absl.flags.FLAGS(argv, known_only)

    def __getitem__(self, name: str) -> Any:
        return absl.flags.FLAGS[name]

    def __setitem__(self, name: str, flag: Any) -> None:
        absl.flags.FLAGS[name] = flag

    def __contains__(self, name: str) -> bool:
        return name in absl.flags.FLAGS

    def __iter__(self) -> Iterator[str]:
        return iter(absl.flags.FLAGS)

    def __len__(self) -> int:
        return len(absl.flags.FLAGS)

    def __dir__(self) -> list[str]:
        return list(absl.flags.FLAGS)

    def __str__(self) -> str:
        return str(absl.flags.FLAGS)


FLAGS = LazyFlags()


def _old_keywords(define: Callable[..., Any]) -> Callable[..., Any]:
    """`define`, for TensorFlow's old names of its keywords too."""

    @functools.wraps(define)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return define(*args, **{_OLD_KEYWORDS.get(key, key): value for key, value in kwargs.items()})

    return wrapper


DEFINE_string = _old_keywords(absl.flags.DEFINE_string)
DEFINE_boolean = _old_keywords(absl.flags.DEFINE_boolean)
DEFINE_bool = DEFINE_boolean
DEFINE_float = _old_keywords(absl.flags.DEFINE_float)
DEFINE_integer = _old_keywords(absl.flags.DEFINE_integer)


def __getattr__(name: str) -> Any:
    if name.startswith("__") or not hasattr(absl.flags, name):
        raise AttributeError(f"tf.flags.{name} is not built in Undertow", name=name)
    return getattr(absl.flags, name)


def __dir__() -> list[str]:
    return sorted({*absl.flags.__all__, *globals()})
