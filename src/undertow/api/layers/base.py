"""The base of `tf.layers`: layers whose weights live in variable scopes.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/Layer
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...graph import dtypes, stacks
from ...graph.keys import GraphKeys
from ..get_variable import get_variable
from ..variable_scope import VariableScope, variable_scope
from ..variables import VariableAggregation, VariableSynchronization, global_variables, trainable_or_default
from . import engine, naming
from .input_spec import InputSpec as InputSpec

_keras_style = False


@contextmanager
def keras_style_scope() -> Iterator[None]:
    """Layers made inside name their weights by the name scope and never share them by name, as Keras does.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/experimental/keras_style_scope
    """
    global _keras_style
    outer, _keras_style = _keras_style, True
    try:
        yield
    finally:
        _keras_style = outer


def set_keras_style() -> None:
    """From here on, make all layers as within `keras_style_scope`."""
    global _keras_style
    _keras_style = True


class Layer(engine.Layer):
    """A layer of `tf.layers`; see the base for what subclasses write.

    Weights are made by `tf.get_variable` in the layer's variable scope: the one a function was given as `name`, else a
    new one named after the layer at its first use. Update ops go into the collection UPDATE_OPS, losses into
    REGULARIZATION_LOSSES. `TypeError` for a keyword it does not know.
    """

    _scope: Any = None

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self._keras_style = _keras_style
        if isinstance(name, VariableScope):
            name = name.name
        self._base_name = name or naming.snake_case(type(self).__name__)
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        if scope is not None and not self._keras_style:
            with variable_scope(scope, reuse=self._reuse) as self._scope:
                pass

    def _name_for(self, name: str | None) -> str:
        return name or naming.unique_name(self._base_name, first_plain=self._keras_style)

    @property
    def graph(self) -> Any:
        """The graph of the layer's inputs, None before the first call."""
        return self._graph

    @property
    def scope_name(self) -> str:
        """The name of the layer's variable scope; `ValueError` if it was never used, for then it has none."""
        if self._scope is None:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been used yet. The scope '
                "name is determined the first time the layer instance is called. You must therefore call the layer "
                "before querying `scope_name`."
            )
        return self._scope.name

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is None:
            if self._reuse and scope is None:
                scope = self._base_name  # the scope of that name, not a new one
            with variable_scope(scope, default_name=self._base_name) as self._scope:
                pass

    @contextmanager
    def _scopes(self) -> Iterator[None]:
        if self._keras_style:
            with super()._scopes():
                yield
            return
        with variable_scope(self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False) as scope:
            with stacks.get_default_graph().name_scope(scope.original_name_scope):
                yield

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Build the layer if it is not built, and return what `call` makes of `inputs`; see the base.

        `scope` names the variable scope, if this is the first use.
        """
        scope = kwargs.pop("scope", None)
        if not self._keras_style:
            self._set_scope(scope)
            if "scope" in inspect.signature(self.call).parameters:
                kwargs["scope"] = scope
        elif scope is not None:
            raise ValueError(f"scope argument not allowed when keras style layers are enabled, but saw: {scope}")
        outputs = super().__call__(inputs, *args, **kwargs)
        _collect(GraphKeys.UPDATE_OPS, self.updates)
        return outputs

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add scalar losses, to the collection REGULARIZATION_LOSSES too; see the base."""
        known = len(self._losses)
        super().add_loss(losses, inputs)
        _collect(GraphKeys.REGULARIZATION_LOSSES, [loss for loss, _ in self._losses[known:]])

    def add_weight(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        trainable: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        *,
        partitioner: Any = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """Get a variable of the layer's scope; see `tf.get_variable`.

        `regularizer(variable)` is added to the losses if the variable is new.
        """
        if self._keras_style:
            return super().add_weight(
                name, shape, dtype, initializer, regularizer, trainable, constraint, partitioner=partitioner,
                use_resource=use_resource, synchronization=synchronization, aggregation=aggregation,
            )  # fmt: skip
        trainable = trainable_or_default(trainable, synchronization, aggregation, name)
        before = {id(v) for v in global_variables()} if regularizer is not None else set()
        self._set_scope()
        with self._scopes():
            variable = get_variable(
                name, shape=shape, dtype=dtypes.as_dtype(dtype or self._dtype or "float32"), initializer=initializer,
                trainable=trainable and self._trainable, constraint=constraint, use_resource=use_resource,
                synchronization=synchronization, aggregation=aggregation, partitioner=partitioner,
            )  # fmt: skip
            if all(id(v) not in before for v in engine._variables_of(variable)):
                self._add_regularization(name, variable, regularizer)
        return self._kept(variable, trainable)


def _collect(key: str, values: list[Any]) -> None:
    kept = stacks.get_default_graph().get_collection_ref(key)
    for value in values:
        if all(value is not k for k in kept):
            kept.append(value)


def as_function(layer_class: type[Layer], name: str, shares: bool = True) -> Callable[..., Any]:
    """The function `tf.layers.NAME` of a layer class: `inputs`, the class's arguments and, if it `shares`, `reuse`.

    One that shares takes its `name` for the variable scope as it is; another makes it unique.
    """
    signature = inspect.signature(layer_class)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("inputs", kind)]
    parameters += [p for p in signature.parameters.values() if p.kind is kind]
    parameters += [inspect.Parameter("reuse", kind, default=None)] if shares else []
    signature = signature.replace(parameters=parameters, return_annotation=Any)

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        inputs, reuse = given.pop("inputs"), given.pop("reuse", None)
        sharing = {"_scope": given.get("name"), "_reuse": reuse} if shares else {}
        return layer_class(**given, **sharing)(inputs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Apply a `{layer_class.__name__}` layer to `inputs`.\n\n"
        f"Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers/{name}"
    )
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function
