"""`tf.contrib.training.HParams`: a program's hyperparameters, each of the type of its first value.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/training/HParams
"""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Mapping
from typing import Any

from ....graph.errors import UnimplementedError

_ASSIGNMENT = re.compile(
    r"""
    \s* (?P<name> [a-zA-Z][\w.]*) \s* (?: \[ \s* (?P<index> \d+) \s* \] )? \s* = \s*
    (?: \[ (?P<list> [^\]]*) \] | (?P<value> [^,\[]*) )
    \s* (?: , | $ )
    """,
    re.VERBOSE,
)
_TRUTH = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}


def parse_values(values: str, type_map: Mapping[str, type], ignore_unknown: bool = False) -> dict[str, Any]:
    """Read `"name=1,other=[a,b],third[2]=0.5"` into a dict; what is given by index is a dict by index.

    Args:
      values: the assignments, with commas between.
      type_map: each name's type, or its elements'.
      ignore_unknown: whether names that `type_map` lacks are skipped.

    Raises:
      ValueError: the text is malformed, a name is unknown or assigned twice, or a value is not of its type.
    """
    found: dict[str, Any] = {}
    position = 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if match is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = match.end()
        name, index = match["name"], match["index"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        if index is not None and match["list"] is not None:
            raise ValueError(f"Assignment of a list to a list index. name: {name}, values: {values}")
        if match["list"] is not None:
            value: Any = [_parsed(name, item, type_map[name], values) for item in _items(match["list"])]
        else:
            value = _parsed(name, match["value"], type_map[name], values)
        before = found.get(name)
        if (index is None and name in found) or (index is not None and not isinstance(before, dict | None)):
            raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
        if index is None:
            found[name] = value
        elif int(index) in found.setdefault(name, {}):
            raise ValueError(f"Multiple assignments to variable '{name}[{index}]' in {values}")
        else:
            found[name][int(index)] = value
    return found


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _parsed(name: str, text: str, kind: type, values: str) -> Any:
    text = text.strip()
    try:
        return _TRUTH[text] if kind is bool else kind(text)
    except (KeyError, ValueError, TypeError):
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in {values}"
        ) from None


def _as_type(name: str, value: Any, kind: type) -> Any:
    """`value` as a `kind`, where nothing of it is lost; a parameter that began as None takes anything."""
    if kind is type(None) or type(value) is kind:
        return value
    for group in (str | bytes, bool):  # neither becomes anything else, nor anything else one of them
        if isinstance(value, group) != issubclass(kind, group):
            raise _incompatible(name, value, kind)
    for number in (numbers.Integral, numbers.Number):
        if issubclass(kind, number) and not isinstance(value, number):
            raise _incompatible(name, value, kind)
    return kind(value)


def _incompatible(name: str, value: Any, kind: type) -> ValueError:
    return ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")


class HParams:
    """Hyperparameters: `HParams(learning_rate=0.1, units=[10, 20])`, read as attributes.

    Args:
      hparam_def: a proto to read them from: not built.
      model_structure: anything; kept for `get_model_structure`.
      **kwargs: the names and their first values: numbers, strings, bools, None, or lists of one type.

    Raises:
      UnimplementedError: `hparam_def` is given.
      ValueError: a name is taken or a list is empty.
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        if hparam_def is not None:
            raise UnimplementedError(None, None, "HParams(hparam_def=) is not built")
        self._types: dict[str, tuple[type, bool]] = {}  # the type, and whether there is a list of it
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Add a hyperparameter; `ValueError` for a name that is taken or an empty list."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, list | tuple)
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Change a hyperparameter, to a value of its type.

        Raises:
          KeyError: there is none of this name.
          ValueError: the type does not fit.
        """
        setattr(self, name, self._fitting(name, value))

    def _fitting(self, name: str, value: Any) -> Any:
        kind, is_list = self._types[name]
        if not is_list:
            if isinstance(value, list):
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            return _as_type(name, value, kind)
        if not isinstance(value, list):
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        return [_as_type(name, item, kind) for item in value]

    def del_hparam(self, name: str) -> None:
        """Remove a hyperparameter, if there is one of this name."""
        if hasattr(self, name):
            delattr(self, name)
            del self._types[name]

    def parse(self, values: str) -> HParams:
        """Change what `"name=1,other=[a,b],third[2]=0.5"` says; `ValueError` as in `parse_values`."""
        kinds = {name: kind for name, (kind, _) in self._types.items()}
        parsed = parse_values(values, kinds)
        for name, value in parsed.items():
            if isinstance(value, dict):  # by index
                whole = list(self._fitting(name, getattr(self, name)))
                for index, item in value.items():
                    whole[index] = item
                parsed[name] = whole
            self._fitting(name, parsed[name])  # all are looked at before one is set
        return self.override_from_dict(parsed)

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> HParams:
        """`set_hparam` of each item of `values_dict`."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    set_from_map = override_from_dict

    def parse_json(self, values_json: str) -> HParams:
        """`override_from_dict` of a JSON object's text."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent: int | None = None, separators: Any = None, sort_keys: bool = False) -> str:
        """The values as a JSON object; functions among them are left out."""
        plain = {name: value for name, value in self.values().items() if not callable(value)}
        return json.dumps(plain, indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self) -> dict[str, Any]:
        """The values by name."""
        return {name: getattr(self, name) for name in self._types}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of `key`, or `default` where there is none; `ValueError` if a default is of another type."""
        if key not in self._types:
            return default
        if default is not None:
            self._fitting(key, default)
        return getattr(self, key)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep `model_structure` for `get_model_structure`."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """What `set_model_structure` or the constructor was given."""
        return self._model_structure

    def __contains__(self, key: str) -> bool:
        return key in self._types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"
