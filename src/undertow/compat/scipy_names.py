"""What SciPy removed: the picture functions of `scipy.misc`, through Pillow, and the module of its ARPACK."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from undertow.compat.after_import import after_import
from undertow.compat.removed import put_back

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

_FILTERS = {name: name.upper() for name in ("nearest", "lanczos", "bilinear", "bicubic")} | {"cubic": "BICUBIC"}


def install() -> None:
    """Serve them once SciPy is imported. Where `scipy.misc` itself is gone, `python_names` makes the module."""
    after_import("scipy.misc", serve_misc)
    after_import("scipy.ndimage", lambda module: put_back("scipy", module, {"imread": lambda: imread}))
    after_import(_EIGEN, lambda module: setattr(module, "__path__", []))  # so that it may have `arpack`


def serve_misc(module: ModuleType) -> None:
    """Let `module`, which is `scipy.misc`, answer for its removed names."""
    functions = (bytescale, fromimage, imread, imresize, imrotate, imsave, toimage)
    names: dict[str, Callable[[], Any]] = {f.__name__: lambda f=f: f for f in functions}  # type: ignore[misc]
    names |= {name: lambda name=name: _special(name) for name in ("comb", "factorial", "logsumexp")}  # type: ignore[misc]
    put_back("scipy", module, names)


_EIGEN = "scipy.sparse.linalg.eigen"
GONE = ("scipy.misc", _EIGEN, f"{_EIGEN}.arpack")  # whole modules


def serve(module: ModuleType) -> None:
    """Let `module`, one of those in GONE, answer for what it had."""
    if module.__name__ == "scipy.misc":
        serve_misc(module)
        return
    import scipy.sparse.linalg as linalg

    module.__path__ = []
    names = ("ArpackError", "ArpackNoConvergence", "eigs", "eigsh", "svds")
    put_back("scipy", module, {name: lambda name=name: getattr(linalg, name) for name in names})  # type: ignore[misc]


def _special(name: str) -> Any:
    import scipy.special

    return getattr(scipy.special, name)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """Read the picture file `name` into an array [height, width] or [height, width, channels]."""
    from PIL import Image

    with Image.open(name) as image:
        return fromimage(image, flatten=flatten, mode=mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Write the array [height, width] or [height, width, channels] to the picture file `name`."""
    toimage(arr, channel_axis=2).save(name, format=format)


def fromimage(im: Image, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """The pixels of a Pillow image, first made `mode`; `flatten` makes them one grey float32 channel."""
    import numpy as np

    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    elif im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return np.array(im)


def bytescale(data: Any, cmin: Any = None, cmax: Any = None, high: int = 255, low: int = 0) -> np.ndarray:
    """`data` stretched so that `cmin` (its least) becomes `low` and `cmax` (its greatest) `high`, as uint8.

    What is uint8 already stays as it is.
    """
    import numpy as np

    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    if cmax < cmin:
        raise ValueError("`cmax` should be larger than `cmin`.")
    stretched = (data * 1.0 - cmin) * (high - low) / ((cmax - cmin) or 1) + low
    return (stretched.clip(low, high) + 0.5).astype(np.uint8)


def toimage(
    arr: Any,
    high: int = 255,
    low: int = 0,
    cmin: Any = None,
    cmax: Any = None,
    mode: str | None = None,
    channel_axis: int | None = None,
) -> Image:
    """A Pillow image of the array: [height, width], or three axes of which one holds 3 or 4 channels.

    Raises:
      ValueError: the array has another shape.
    """
    import numpy as np
    from PIL import Image

    arr = np.asarray(arr)
    if arr.ndim == 2 and mode == "F":
        return Image.fromarray(arr.astype(np.float32))
    pixels = bytescale(arr, cmin, cmax, high, low)
    if arr.ndim == 2:
        image = Image.fromarray(pixels)
    else:
        axis = _channel_axis(arr.shape) if channel_axis is None else channel_axis
        if arr.ndim != 3 or axis is None or arr.shape[axis] not in (3, 4):
            raise ValueError(f"an array of shape {arr.shape} is not a picture: two axes, or three with 3 or 4 channels")
        image = Image.fromarray(np.ascontiguousarray(np.moveaxis(pixels, axis, 2)))
    return image if mode is None or mode == image.mode else image.convert(mode)


def _channel_axis(shape: tuple[int, ...]) -> int | None:
    return next((shape.index(channels) for channels in (3, 4) if channels in shape), None)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """The picture `arr` at `size`: a percentage (int), a fraction (float) or (height, width)."""
    from PIL import Image

    image = toimage(arr, mode=mode)
    if isinstance(size, tuple | list) or hasattr(size, "__len__"):
        height, width = (int(n) for n in size)
    else:
        share = size if isinstance(size, float) else size / 100.0
        width, height = (int(n * share) for n in image.size)
    return fromimage(image.resize((width, height), resample=Image.Resampling[_FILTERS[interp]]))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> np.ndarray:
    """The picture `arr` turned counter-clockwise by `angle` degrees about its centre, its size unchanged."""
    from PIL import Image

    resample = Image.Resampling[_FILTERS[interp]]
    return fromimage(toimage(arr).rotate(angle, resample=resample))
