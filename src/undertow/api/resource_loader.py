"""`tf.resource_loader`: files that lie beside the program.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/resource_loader
"""

from __future__ import annotations

import os
import sys
from typing import Any


def get_data_files_path() -> str:
    """The folder of the file that calls this."""
    return os.path.dirname(sys._getframe(1).f_code.co_filename)


def get_path_to_datafile(path: Any) -> str:
    """The path of a file that is told relative to the file that calls this."""
    return os.path.join(os.path.dirname(sys._getframe(1).f_code.co_filename), path)


def readahead_file_path(path: Any, readahead: str = "128M") -> Any:
    """`path`: nothing is read ahead."""
    return path
