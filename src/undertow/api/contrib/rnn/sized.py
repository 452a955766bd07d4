"""What most cells say of their sizes: `num_units` for the output and for each part of the state."""

from __future__ import annotations

from ...rnn.lstm import LSTMStateTuple


class OneSize:
    """State and output are one tensor [batch, num_units]."""

    _num_units: int

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units


class LSTMSizes:
    """An LSTM's state; its output has been through a linear layer if there is a `num_proj`."""

    _num_units: int
    _num_proj: int | None = None

    @property
    def state_size(self) -> LSTMStateTuple:
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> int:
        return self._num_proj or self._num_units
