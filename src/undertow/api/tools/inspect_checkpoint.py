"""`tensorflow.python.tools.inspect_checkpoint`: what is in a checkpoint, printed."""

from __future__ import annotations

import re
from math import prod

from ...graph.errors import OpError
from ..train.checkpoint_utils import CheckpointReader
from .flags import run_with_flags


def print_tensors_in_checkpoint_file(
    file_name: str,
    tensor_name: str,
    all_tensors: bool,
    all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:
    """Print the tensor `tensor_name`, or all of them, their names, or (by default) their names, types and shapes.

    At the end the number of elements is told, without tensors whose names have `count_exclude_pattern` in them. What is
    wrong with the checkpoint is printed, too.
    """
    try:
        reader = CheckpointReader(file_name)
        shapes = reader.get_variable_to_shape_map()
        if all_tensors or all_tensor_names:
            for name in sorted(shapes):
                print("tensor_name: ", name)
                if all_tensors:
                    print(reader.get_tensor(name))
        elif tensor_name:
            print("tensor_name: ", tensor_name)
            print(reader.get_tensor(tensor_name))
        else:
            print(reader.debug_string().decode())
        kept = [n for n in shapes if not count_exclude_pattern or not re.search(count_exclude_pattern, n)]
        print(f"# Total number of params: {sum(prod(shapes[name]) for name in kept)}")
    except OpError as error:
        print(error.message)


if __name__ == "__main__":
    run_with_flags(print_tensors_in_checkpoint_file)
