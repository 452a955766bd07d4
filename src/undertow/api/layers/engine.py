"""The Keras-style base layer: it keeps its weights, updates and losses, and names its ops by the name scope.

`tf.layers` builds on it in `base.py`, where variable scopes name the weights instead.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/keras/layers/Layer
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from ...graph import dtypes, nest
from ...graph.operation import Operation, Tensor
from ...graph.scopes import graph_of, name_scope
from ...graph.shape import TensorShape
from ...ops.node import convert_to_tensor, node
from ..initializers import glorot_uniform, zeros
from ..variables import Variable, VariableAggregation, VariableSynchronization, trainable_or_default
from .input_spec import assert_input_compatibility
from .naming import snake_case, unique_name
from .reach import reachable, selected

T = TypeVar("T")

_SHARED_BY_COPIES = frozenset(["_graph", "_scope", "_current_scope"])


class Layer:
    """What a layer is: `build` makes its weights once the input's shape is known, `call` its ops at each call.

    `dtype` is that of the weights, by default the first input's. `activity_regularizer(output)` is a loss, divided by
    the batch size. `TypeError` for a keyword it does not know.
    """

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self.activity_regularizer = kwargs.pop("activity_regularizer", None)
        for keyword in kwargs:
            raise TypeError("Keyword argument not understood:", keyword)
        self._trainable = trainable
        self._name = self._name_for(name)
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._graph: Any = None
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._updates: list[tuple[Any, bool]] = []  # (op, whether it depends on the inputs)
        self._losses: list[tuple[Tensor, bool]] = []
        self._calls: list[tuple[Any, Any]] = []  # (inputs, outputs)
        self._inputs_now: list[Any] | None = None
        self.input_spec: Any = None
        self.built = False
        self.stateful = False
        self.supports_masking = False

    def _name_for(self, name: str | None) -> str:
        return name or unique_name(snake_case(type(self).__name__), first_plain=True)

    # For subclasses

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of `input_shape`: a TensorShape, or as many as there are inputs."""
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The layer's output for `inputs`."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the output for inputs of `input_shape`."""
        raise NotImplementedError(f"{type(self).__name__} does not say its output shape.")

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
        """Make a variable of the layer; see `tf.get_variable`. `regularizer(variable)` is added to the losses."""
        trainable = trainable_or_default(trainable, synchronization, aggregation, name)
        dtype = dtypes.as_dtype(dtype or self._dtype or "float32")
        fill: Callable[..., Any] = initializer or (glorot_uniform() if dtype.is_floating else zeros())
        variable = Variable(
            lambda: fill([int(d) for d in TensorShape(() if shape is None else shape)], dtype=dtype),
            trainable=trainable and self._trainable, name=name, dtype=dtype, constraint=constraint,
            use_resource=use_resource, synchronization=synchronization, aggregation=aggregation,
        )  # fmt: skip
        self._add_regularization(name, variable, regularizer)
        return self._kept(variable, trainable)

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The older name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def _kept(self, variable: Any, trainable: bool) -> Any:
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        weights.extend(v for v in _variables_of(variable) if all(v is not w for w in weights))
        return variable

    def _add_regularization(self, name: str, variable: Any, regularizer: Callable[[Any], Any] | None) -> None:
        if regularizer is None:
            return
        for part in _variables_of(variable):
            with name_scope(f"{name}/Regularizer"):
                self.add_loss(regularizer(part))

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Have `updates` (ops, or functions that make them) run at each training step."""
        for update in updates if isinstance(updates, (list, tuple)) else [updates]:
            update = update() if callable(update) else update
            op = update if isinstance(update, Operation) else getattr(update, "op", update)
            inputs_now = inputs if isinstance(inputs, (list, tuple)) else self._inputs_now or []
            self._updates.append((op, op in reachable(inputs_now, [op])))

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add scalar losses (tensors, or functions that make them); with `inputs` they depend on those."""
        for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
            loss = loss() if callable(loss) else loss
            if loss is not None:
                self._losses.append((convert_to_tensor(loss), inputs is not None))

    # Calling it

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Build the layer if it is not built, and return what `call` makes of `inputs`.

        `ValueError` for inputs that are not of the layer's graph, that `input_spec` rejects, or if `call` gives None.
        """
        flat = nest.flatten(inputs)
        if any(isinstance(x, (np.ndarray, float, int)) for x in flat):
            flat = [convert_to_tensor(x) if isinstance(x, (np.ndarray, float, int)) else x for x in flat]
            inputs = nest.pack_sequence_as(inputs, flat)
        self._graph = graph_of(flat, self._graph)
        outer, self._inputs_now = self._inputs_now, flat
        try:
            with self._graph.as_default(), self._scopes():
                assert_input_compatibility(self.input_spec, flat, self._name)
                if not self.built:
                    self._build_for(inputs, flat)
                outputs = self.call(inputs, *args, **kwargs)
                if outputs is None:
                    raise ValueError(
                        "A layer's `call` method should return a Tensor or a list of Tensors, not None (layer: "
                        f"{self._name})."
                    )
                self._regularize_activity(inputs, outputs)
        finally:
            self._inputs_now = outer
        self._calls.append((inputs, outputs))
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self.__call__(inputs, *args, **kwargs)

    @contextmanager
    def _scopes(self) -> Iterator[None]:
        """The scopes in which the layer's ops are made."""
        with name_scope(self._name):
            yield

    def _build_for(self, inputs: Any, flat: list[Any]) -> None:
        if self._dtype is None and flat and hasattr(flat[0], "dtype"):
            self._dtype = dtypes.as_dtype(flat[0].dtype).base_dtype.name
        shapes = [x.shape if hasattr(x, "shape") else TensorShape(()) for x in flat]
        self.build(shapes[0] if len(flat) == 1 and inputs is flat[0] else nest.pack_sequence_as(inputs, shapes))
        self.built = True

    def _regularize_activity(self, inputs: Any, outputs: Any) -> None:
        if self.activity_regularizer is None:
            return
        with name_scope("ActivityRegularizer"):
            for output in nest.flatten(outputs):
                loss = convert_to_tensor(self.activity_regularizer(output))
                size = node("Shape", output)[0]
                size = size if loss.dtype == size.dtype else node("Cast", size, DstT=loss.dtype)
                self.add_loss(loss / size, inputs=inputs)

    # What it is

    @property
    def name(self) -> str:
        return self._name

    @property
    def dtype(self) -> str | None:
        return self._dtype

    @property
    def dynamic(self) -> bool:
        return False

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in self._sublayers():
            layer.trainable = value

    def _attributes(self) -> Iterator[Any]:
        """What the layer's attributes hold, lists and dicts of them too."""
        for key, value in vars(self).items():
            if key not in ("_calls", "_inputs_now", "_updates", "_losses"):
                yield from nest.flatten(value) if isinstance(value, (list, tuple, dict)) else [value]

    def _sublayers(self) -> list[Layer]:
        """The layers kept in attributes, but for a program's own that never called this class's `__init__`."""
        found = (value for value in self._attributes() if isinstance(value, Layer) and value is not self)
        return _once(layer for layer in found if hasattr(layer, "_updates"))

    def _weights(self, trainable: bool) -> list[Any]:
        """The layer's own weights: those of `add_weight`, then variables that are attributes only."""
        kept = self._trainable_weights, self._non_trainable_weights
        found = [v for v in self._attributes() if isinstance(v, Variable)]
        found = [v for v in found if all(v is not k for k in kept[0] + kept[1])]
        return _once([*kept[0 if trainable else 1], *(v for v in found if v.trainable == trainable)])

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that training changes, of layers kept in attributes too; none if the layer is not `trainable`."""
        if not self._trainable:
            return []
        return _once([*self._weights(True), *(w for layer in self._sublayers() for w in layer.trainable_weights)])

    @property
    def non_trainable_weights(self) -> list[Any]:
        if not self._trainable:
            inner = [w for layer in self._sublayers() for w in layer.weights]
            return _once([*self._weights(True), *self._weights(False), *inner])
        return _once([*self._weights(False), *(w for layer in self._sublayers() for w in layer.non_trainable_weights)])

    @property
    def weights(self) -> list[Any]:
        return self.trainable_weights + self.non_trainable_weights

    variables = weights

    @property
    def trainable_variables(self) -> list[Any]:
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        return self.non_trainable_weights

    def _gathered(self, what: str) -> list[tuple[Any, bool]]:
        return [*getattr(self, what), *(row for layer in self._sublayers() for row in layer._gathered(what))]

    @property
    def updates(self) -> list[Any]:
        """The update ops; none if the layer is not trainable."""
        return [op for op, _ in self._gathered("_updates")] if self._trainable or self.stateful else []

    @property
    def losses(self) -> list[Tensor]:
        """The regularization losses and those given to `add_loss`."""
        return [loss for loss, _ in self._gathered("_losses")]

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates that depend on `inputs`; with None those that depend on no input."""
        return selected(self._gathered("_updates") if self.updates else [], inputs)

    def get_losses_for(self, inputs: Any) -> list[Tensor]:
        """The losses that depend on `inputs`; with None those that depend on no input."""
        return selected(self._gathered("_losses"), inputs)

    def count_params(self) -> int:
        """How many numbers the weights hold; `ValueError` if the layer is not built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self._name}, but the layer isn't built. You can build it "
                f"manually via: `{self._name}.build(batch_input_shape)`."
            )
        return sum(math.prod(w.shape.as_list()) for w in self.weights)

    def _call_at(self, index: int) -> tuple[Any, Any]:
        if not -len(self._calls) <= index < len(self._calls):
            raise ValueError(f"Layer {self._name} has {len(self._calls)} inbound nodes, there is none at {index}.")
        return self._calls[index]

    def get_input_at(self, node_index: int) -> Any:
        """The inputs of call number `node_index`."""
        return self._call_at(node_index)[0]

    def get_output_at(self, node_index: int) -> Any:
        return self._call_at(node_index)[1]

    def get_input_shape_at(self, node_index: int) -> Any:
        return _shapes(self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        return _shapes(self.get_output_at(node_index))

    def _only_call(self, what: str) -> tuple[Any, Any]:
        if not self._calls:
            raise AttributeError(f"Layer {self._name} is not connected, no {what} to return.")
        if len(self._calls) > 1:
            raise AttributeError(
                f'The layer "{self._name}" has multiple inbound nodes, hence the notion of "layer {what}" is '
                f"ill-defined. Use `get_{what}_at(node_index)` instead."
            )
        return self._calls[0]

    @property
    def input(self) -> Any:
        """The inputs of the layer's only call; `AttributeError` if it was called never or more than once."""
        return self._only_call("input")[0]

    @property
    def output(self) -> Any:
        return self._only_call("output")[1]

    @property
    def input_shape(self) -> Any:
        return _shapes(self._only_call("input_shape")[0])

    @property
    def output_shape(self) -> Any:
        return _shapes(self._only_call("output_shape")[1])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, for `from_config`; `NotImplementedError` if the layer does not keep them all."""
        config = {"name": self._name, "trainable": self._trainable, "dtype": self._dtype}
        for key, parameter in inspect.signature(type(self).__init__).parameters.items():
            if key != "self" and parameter.kind is parameter.POSITIONAL_OR_KEYWORD and key not in config:
                if not hasattr(self, key):
                    raise NotImplementedError(
                        f"Layer {type(self).__name__} keeps no argument {key!r} and must override `get_config`."
                    )
                config[key] = getattr(self, key)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new layer, not built, of the configuration that `get_config` gave."""
        return cls(**config)

    def __deepcopy__(self, memo: Any) -> Layer:
        result = type(self).__new__(type(self))
        memo[id(self)] = result
        for key, value in vars(self).items():
            setattr(result, key, value if key in _SHARED_BY_COPIES else copy.deepcopy(value, memo))
        return result


def _once(values: Iterable[T]) -> list[T]:
    return list({id(value): value for value in values}.values())


def _variables_of(variable: Any) -> list[Any]:
    """A variable, or the parts of a partitioned one."""
    return [variable] if isinstance(variable, Variable) or not hasattr(variable, "__iter__") else list(variable)


def _shapes(tensors: Any) -> Any:
    if not isinstance(tensors, (list, tuple, dict)):
        return tuple(tensors.shape.as_list())
    return nest.map_structure(lambda t: tuple(t.shape.as_list()), tensors)
