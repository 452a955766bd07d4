"""`tf.gfile`: files and folders.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/gfile
"""

from .names import lazy as _lazy

_NAMES = {
    "api.file_io": (
        "Copy=copy DeleteRecursively=delete_recursively Exists=file_exists FastGFile GFile Glob=get_matching_files "
        "IsDirectory=is_directory ListDirectory=list_directory MakeDirs=recursive_create_dir MkDir=create_dir "
        "Open=GFile Remove=delete_file Rename=rename Stat=stat Walk=walk"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.gfile", _NAMES)
del _lazy
