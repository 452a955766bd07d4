"""`tf.signal`: transforms, windows, frames and mel scales.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/signal
"""

from .names import lazy as _lazy

_NAMES = {
    "ops.signal": (
        "frame hamming_window hann_window inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix "
        "mfccs_from_log_mel_spectrograms overlap_and_add stft"
    ),
    "ops.spectral": (
        "dct fft fft2d fft3d fftshift idct ifft ifft2d ifft3d ifftshift irfft irfft2d irfft3d rfft rfft2d rfft3d"
    ),
}

__getattr__, __dir__ = _lazy(__name__, "tf.signal", _NAMES)
del _lazy
