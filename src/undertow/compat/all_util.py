"""`tensorflow.python.util.all_util`: public names as a module's documentation lists them, each after `@@`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from types import ModuleType

_LISTED = re.compile(r"^\s*@@(\w+)", re.MULTILINE)
_ALWAYS = {"absolute_import", "division", "print_function"}


def make_all(module_name: str, doc_string_modules: Sequence[ModuleType] | None = None) -> list[str]:
    """What the documentation of the module, or of `doc_string_modules`, lists and the module has, for `__all__`."""
    module = sys.modules[module_name]
    listed: set[str] = set()
    for documented in doc_string_modules or [module]:
        listed.update(_LISTED.findall(documented.__doc__ or ""))
    return sorted(listed & vars(module).keys())


def remove_undocumented(
    module_name: str,
    allowed_exception_list: Sequence[str] | None = None,
    doc_string_modules: Sequence[ModuleType] | None = None,
) -> None:
    """Take from the module every public name that is neither listed nor in `allowed_exception_list`."""
    keep = {*make_all(module_name, doc_string_modules), *(allowed_exception_list or ()), *_ALWAYS}
    module = sys.modules[module_name]
    for name in [name for name in vars(module) if not name.startswith("_") and name not in keep]:
        delattr(module, name)
