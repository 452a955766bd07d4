"""`tf.make_template`: a function that makes its variables when it is first called and shares them from then on.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/make_template
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any

from ..graph import scopes
from ..graph.keys import GraphKeys
from .logging import info
from .variable_scope import VariableScope, variable_scope


def make_template(
    name_: str | None,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Template:
    """`func_` with `kwargs`, in a variable scope of its own whose variables every call shares.

    The scope is made by the first call, or right now with `create_scope_now_`; its name is `name_` made unique, or
    `unique_name_` as it is. `custom_getter_` goes round `tf.get_variable`. `ValueError` without a name.
    """
    func = functools.partial(func_, **kwargs) if kwargs else func_
    return Template(name_, func, create_scope_now_, unique_name_, custom_getter_)


class Template:
    """What `make_template` gives: call it as the function."""

    def __init__(
        self,
        name: str | None,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Any = None,
    ) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._func, self._name, self._unique_name, self._custom_getter = func, name, unique_name, custom_getter
        self._made_at = "".join(traceback.format_list(traceback.extract_stack()[:-2]))
        self._variables_created = False
        self._variable_scope: VariableScope | None = None
        if create_scope_now:
            with variable_scope(
                unique_name, default_name=name, custom_getter=custom_getter, auxiliary_name_scope=False
            ) as scope:
                self._variable_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope is None:
            with variable_scope(self._unique_name, default_name=self._name, custom_getter=self._custom_getter) as scope:
                self._variable_scope = scope
                return self._call(args, kwargs)
        with variable_scope(self._variable_scope, reuse=True if self._variables_created else None):
            return self._call(args, kwargs)

    def _call(self, args: Any, kwargs: Any) -> Any:
        every, trained = (
            scopes.get_collection_ref(key) for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.TRAINABLE_VARIABLES)
        )
        before, trained_before = len(every), len(trained)
        try:
            result = self._func(*args, **kwargs)
        except Exception as error:
            told = f"{error.args[0] if error.args else ''}\n\noriginally defined at:\n{self._made_at}"
            error.args = (told, *error.args[1:])
            raise
        if self._variables_created and len(trained) > trained_before:
            raise ValueError(
                "Trainable variable created when calling a template after the first time, perhaps you used tf.Variable "
                f"when you meant tf.get_variable: {trained[trained_before:]}"
            )
        if self._variables_created and len(every) > before:
            info(
                "New variables created when calling a template after the first time, perhaps you used tf.Variable when "
                "you meant tf.get_variable: %s",
                every[before:],
            )
        self._variables_created = True
        return result

    @property
    def name(self) -> str:
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        return self._variable_scope

    var_scope = variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of the scope with a slash behind it; None before there is one."""
        name = None if self._variable_scope is None else self._variable_scope.name
        return f"{name}/" if name and not name.endswith("/") else name

    def _of(self, key: str) -> list[Any]:
        scope = self.variable_scope_name
        return [] if scope is None else scopes.get_collection(key, scope)

    @property
    def global_variables(self) -> list[Any]:
        return self._of(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        return self._of(GraphKeys.LOCAL_VARIABLES)

    @property
    def trainable_variables(self) -> list[Any]:
        return self._of(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def variables(self) -> list[Any]:
        return self.global_variables + self.local_variables

    @property
    def non_trainable_variables(self) -> list[Any]:
        return [v for v in self.variables if v not in self.trainable_variables]

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables
