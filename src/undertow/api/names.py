"""How a namespace gets its names: a table of where each lives, looked up when it is first used.

So `import undertow` loads next to nothing, and a name that is not built says so.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

# What to use in place of names that are not built or that TensorFlow 1.15 did not have either.
INSTEAD = {
    "tf.pack": "tf.stack",
    "tf.unpack": "tf.unstack",
    "tf.mul": "tf.multiply",
    "tf.sub": "tf.subtract",
    "tf.neg": "tf.negative",
    "tf.concat_v2": "tf.concat",
    "tf.select": "tf.where",
    "tf.inv": "tf.reciprocal",
    "tf.scalar_summary": "tf.summary.scalar",
    "tf.histogram_summary": "tf.summary.histogram",
    "tf.image_summary": "tf.summary.image",
    "tf.merge_summary": "tf.summary.merge",
    "tf.merge_all_summaries": "tf.summary.merge_all",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
    "tf.enable_eager_execution": "graphs and sessions: Undertow runs graph programs",
}


def lazy(module: str, public: str, table: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of namespace `public`, kept in `module`.

    `table` maps a module of the package (`ops.math`) to the names it gives, in one string; `name=other` gives `other`
    under the name `name`, and `name=` gives the module itself. A module of tf_slim's has its own full name.
    """
    where: dict[str, tuple[str, str]] = {}
    for source, names in table.items():
        for item in names.split():
            name, equals, other = item.partition("=")
            where[name] = (source, other if equals else name)

    def __getattr__(name: str) -> Any:
        if name not in where:
            raise unknown(module, public, name, where)
        source, attribute = where[name]
        found = _module(source)
        value = getattr(found, attribute) if attribute else found
        setattr(sys.modules[module], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted({*where, *vars(sys.modules[module])})

    return __getattr__, __dir__


def _module(source: str) -> ModuleType:
    if source.partition(".")[0] == "tf_slim":
        from undertow.compat.slim import load  # a floor above this one, as the library it serves is

        return load(source)
    return importlib.import_module(f"undertow.{source}")


def unknown(module: str, public: str, name: str, known: Iterable[str]) -> AttributeError:
    """The error for a name that does not resolve: it says so, and what to use instead."""
    if name.startswith("__"):
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    instead = INSTEAD.get(f"{public}.{name}")
    if instead is None:
        import difflib

        close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
        instead = f"{public}.{close[0]}" if close else ""
    hint = f" Use {instead}." if instead in INSTEAD.values() else f" Did you mean {instead}?" if instead else ""
    return AttributeError(f"{public}.{name} is not built in Undertow.{hint}", name=name)
