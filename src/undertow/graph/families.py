"""Packages whose modules, the families, fill a table when they are imported: no sooner than something of it is asked.

Importing all families of ops and of kernels takes as long as all else of ours until a program's first step is done.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterable, Mapping


class Families:
    """The families of `package`, in which what `table` lacks is looked for: in the `first` ones first."""

    def __init__(self, package: str, table: Mapping[str, object], first: str) -> None:
        self._package, self._table, self._first = package, table, first.split()
        self._unread: list[str] | None = None  # the next one last
        self._reading = threading.RLock()

    def look_for(self, keys: Iterable[str] | None) -> None:
        """Import families until all of `keys` are in the table, or none is left; all of them if `keys` is None."""
        if keys is not None and all(key in self._table for key in keys):
            return
        wanted = None if keys is None else set(keys)
        with self._reading:
            if self._unread is None:
                found = {
                    module.name for module in pkgutil.iter_modules(importlib.import_module(self._package).__path__)
                }
                self._unread = [*sorted(found.difference(self._first)), *reversed(self._first)]
            while self._unread and (wanted is None or not wanted <= self._table.keys()):
                importlib.import_module(f"{self._package}.{self._unread[-1]}")
                self._unread.pop()
