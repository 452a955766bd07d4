"""How cuDNN's networks are saved: as the kernels and biases of cells, which any machine can run.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/cudnn_rnn/CudnnLSTMSaveable
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....graph.operation import Operation, Tensor
from ....ops import state
from ....ops.array import identity
from ...train.saveable import SaveableObject, SaveSpec
from ...variable_scope import get_variable_scope
from . import converters


class CudnnOpaqueParamsSaveable(SaveableObject):
    """Saves the variable `opaque_params` of a network of these sizes under the names of its cells' variables.

    Those are in the variable scope `scope`, else in the one at hand.
    """

    _converter: type[converters.CudnnParamsFormatConverter]
    _cell = "basic_rnn_cell"
    _parts: tuple[str, ...] = ("",)  # what has a kernel and a bias, by its prefix

    def __init__(
        self, opaque_params: Any, num_layers: int, num_units: int, input_size: int, input_mode: str = "linear_input",
        direction: str = "unidirectional", scope: Any = None, name: str = "cudnn_rnn_saveable",
    ) -> None:  # fmt: skip
        self._variable = opaque_params
        self._format = self._converter(
            num_layers, num_units, input_size, input_mode=input_mode, direction=direction
        )  # fmt: skip
        within = get_variable_scope() if scope is None else scope
        outer = getattr(within, "name", within)
        prefix = f"{outer}/" if outer else ""
        cells = [prefix + path for path in _paths(num_layers, direction, self._cell)]
        kernels, biases = self._format.opaque_to_tf_canonical(opaque_params)
        names = [f"{cell}/{part}{kind}" for kind in ("kernel", "bias") for cell in cells for part in self._parts]
        specs = [SaveSpec(tensor, "", name) for tensor, name in zip([*kernels, *biases], names)]
        super().__init__(identity(opaque_params), specs, name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Operation | Tensor:
        """Make the vector of the cells' variables again."""
        params = self._format.tf_canonical_to_opaque(restored_tensors)
        return state.assign(self._variable, params, validate_shape=False)


def _paths(layers: int, direction: str, cell: str) -> list[str]:
    if direction == "unidirectional":
        return [f"rnn/multi_rnn_cell/cell_{layer}/{cell}" for layer in range(layers)]
    return [
        f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn/{way}/{cell}"
        for layer in range(layers) for way in ("fw", "bw")
    ]  # fmt: skip


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
    """As `CudnnCompatibleLSTMCell` saves its weights."""

    _converter, _cell = converters.CudnnParamsFormatConverterLSTM, "cudnn_compatible_lstm_cell"


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
    """As `CudnnCompatibleGRUCell` saves its weights."""

    _converter, _cell = converters.CudnnParamsFormatConverterGRU, "cudnn_compatible_gru_cell"
    _parts = "gates/", "candidate/input_projection/", "candidate/hidden_projection/"


class CudnnRNNTanhSaveable(CudnnOpaqueParamsSaveable):
    """As `tf.nn.rnn_cell.BasicRNNCell` saves its weights."""

    _converter = converters.CudnnParamsFormatConverterTanh


class CudnnRNNReluSaveable(CudnnOpaqueParamsSaveable):
    """As `tf.nn.rnn_cell.BasicRNNCell` saves its weights."""

    _converter = converters.CudnnParamsFormatConverterRelu
