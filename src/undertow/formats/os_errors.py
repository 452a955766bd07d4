"""The operating system's errors as TensorFlow's."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from undertow.graph import errors

_BY_ERRNO: dict[int, type[errors.OpError]] = {
    errno.ENOENT: errors.NotFoundError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EDQUOT: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
}


@contextmanager
def os_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Inside, an `OSError` becomes the `tf.errors` class of its kind, and names its file (else `path`)."""
    try:
        yield
    except OSError as error:
        kind = _BY_ERRNO.get(error.errno or 0, errors.UnknownError)
        raise kind(None, None, f"{error.filename or os.fspath(path)}; {error.strerror or error}") from error
