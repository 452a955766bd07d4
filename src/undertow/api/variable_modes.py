"""What a variable is told of devices that each have a copy of it, and what follows for its training.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/VariableSynchronization and …/VariableAggregation
"""

from __future__ import annotations

import enum


class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are brought together; here there is one copy."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How copies of a variable on several devices are brought together; here there is one copy."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3


def trainable_or_default(
    trainable: bool | None, synchronization: VariableSynchronization, aggregation: VariableAggregation, name: str | None
) -> bool:
    """Whether a variable is trainable; `ValueError` for combinations that contradict."""
    for value, kind in ((synchronization, VariableSynchronization), (aggregation, VariableAggregation)):
        if value is not None and not isinstance(value, kind):
            raise ValueError(f"Invalid variable {kind.__name__[8:].lower()} mode: {value} for variable: {name}")
    if synchronization == VariableSynchronization.ON_READ:
        if trainable:
            raise ValueError(
                "Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable variables. "
                "You have specified trainable=True and synchronization=VariableSynchronization.ON_READ."
            )
        return False
    return True if trainable is None else trainable
