"""`tf.spectral`: Fourier and cosine transforms.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/spectral
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.spectral": "dct fft fft2d fft3d idct ifft ifft2d ifft3d irfft irfft2d irfft3d rfft rfft2d rfft3d",
}

__getattr__, __dir__ = _lazy(__name__, "tf.spectral", _NAMES)
del _lazy
