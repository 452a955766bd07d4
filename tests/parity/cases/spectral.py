"""Fourier and cosine transforms, and what tf.signal makes of them."""

import numpy as np
from harness import case


def _values(shape=(2, 5, 6, 7), seed=0, dtype="float32"):
    return np.random.RandomState(seed).normal(size=shape).astype(dtype)


def _complex(shape=(2, 5, 6, 7), dtype="complex64"):
    return (_values(shape) + 1j * _values(shape, 1)).astype(dtype)


@case(rtol=1e-4, atol=1e-4)
def transforms_of_complex_numbers(tf):
    names = ("fft", "fft2d", "fft3d", "ifft", "ifft2d", "ifft3d")
    return {
        f"{name}/{dtype}": getattr(tf, name)(tf.constant(_complex(dtype=dtype)))
        for name in names
        for dtype in ("complex64", "complex128")
    }


@case(rtol=1e-4, atol=1e-4)
def transforms_of_real_numbers(tf):
    real, spectra = tf.constant(_values((2, 3, 4, 6))), tf.constant(_complex((2, 3, 4, 5)))
    return {
        "rfft": [tf.spectral.rfft(real), tf.spectral.rfft2d(real), tf.spectral.rfft3d(real)],
        "irfft": [tf.spectral.irfft(spectra), tf.spectral.irfft2d(spectra), tf.spectral.irfft3d(spectra)],
    }


@case(rtol=1e-4, atol=1e-4)
def transforms_of_other_lengths(tf):
    real, spectra = tf.constant(_values((2, 4, 6))), tf.constant(_complex((2, 4, 5)))
    return {
        "rfft": [tf.spectral.rfft(real, [n]) for n in (3, 5, 8)] + [tf.spectral.rfft2d(real, [3, 9])],
        "irfft": [tf.spectral.irfft(spectra, [n]) for n in (4, 7, 8)] + [tf.spectral.irfft2d(spectra, [4, 6])],
    }


@case(rtol=1e-4, atol=1e-4)
def gradients_of_transforms(tf):
    x, z = tf.constant(_values((3, 4, 6))), tf.constant(_complex((3, 4, 6)))
    result = {}
    for name in ("rfft", "rfft2d"):
        y = getattr(tf.spectral, name)(x)
        result[name] = tf.gradients(tf.abs(y) ** 2 * _values((3, 4, 4), 5), x)
    for name in ("irfft", "irfft2d"):
        y = getattr(tf.spectral, name)(z[..., :4])
        result[name] = tf.gradients(y * _values((3, 4, 6), 5), z)
    for name in ("fft", "ifft2d", "fft3d"):
        result[name] = tf.gradients(tf.abs(getattr(tf, name)(z)) ** 2, z)
    return result


@case(rtol=1e-4, atol=1e-4)
def cosine_transforms(tf):
    x = tf.constant(_values((3, 6)))
    return {
        f"{name}/{kind}/{norm}": getattr(tf.signal, name)(x, type=kind, norm=norm)
        for name in ("dct", "idct")
        for kind in (1, 2, 3, 4)
        for norm in (None, "ortho")
        if (kind, norm) != (1, "ortho")
    } | {"n": [tf.signal.dct(x, n=n) for n in (4, 9)]}


@case(rtol=1e-4, atol=1e-5)
def windows_and_frames(tf):
    x = tf.constant(_values((2, 11)))
    return {
        "windows": [
            getattr(tf.signal, name)(n, periodic)
            for name in ("hann_window", "hamming_window")
            for n in (1, 4, 7)
            for periodic in (True, False)
        ],
        "frames": [
            tf.signal.frame(x, 4, 3),
            tf.signal.frame(x, 4, 3, pad_end=True, pad_value=2.0),
            tf.signal.frame(x, 2, 1, axis=0),
        ],
        "added": [tf.signal.overlap_and_add(tf.constant(_values((2, 3, 5))), step) for step in (1, 2, 5, 7)],
        "shifted": [tf.signal.fftshift(x), tf.signal.ifftshift(x, axes=1)],
    }


@case(rtol=1e-3, atol=1e-4)
def spectra_of_frames(tf):
    x = tf.constant(_values((2, 40)))
    spectra = tf.signal.stft(x, 8, 4)
    window = tf.signal.inverse_stft_window_fn(4)
    mel = tf.signal.linear_to_mel_weight_matrix(5, 17, 8000, 80.0, 3800.0)
    return {
        "stft": [spectra, tf.signal.stft(x, 7, 3, fft_length=16, pad_end=True, window_fn=None)],
        "back": [tf.signal.inverse_stft(spectra, 8, 4, window_fn=window), tf.signal.inverse_stft(spectra, 6, 4)],
        "mel": [mel, tf.signal.mfccs_from_log_mel_spectrograms(tf.constant(_values((2, 3, 10))))],
        "gradient": tf.gradients(tf.abs(spectra), x),
    }
