"""tf.image: resizing, cropping, colors, boxes and measures."""

import numpy as np
from harness import case

RESIZERS = ("resize_bilinear", "resize_nearest_neighbor", "resize_bicubic", "resize_area")
SIZES = ([3, 5], [7, 9], [5, 7], [1, 1], [11, 2])


def _pixels(shape=(2, 5, 7, 3), seed=0, dtype="float32"):
    values = np.random.RandomState(seed).uniform(size=shape)
    return values.astype(dtype) if dtype.startswith("float") else (values * 200).astype(dtype)


@case(rtol=2e-5, atol=2e-6)
def sizes(tf):
    return {
        f"{name}/{size}/{align}": getattr(tf.image, name)(_pixels(), size, align_corners=align)
        for name in RESIZERS
        for size in SIZES
        for align in (False, True)
    }


@case(rtol=2e-5, atol=2e-6)
def sizes_of_other_dtypes(tf):
    return {
        f"{name}/{dtype}": getattr(tf.image, name)(_pixels((1, 4, 5, 1), 1, dtype), [3, 7])
        for name in RESIZERS
        for dtype in ("uint8", "int8", "int16", "uint16", "int32", "int64", "float16", "float64")
    }


@case(rtol=2e-5, atol=2e-6)
def sizes_with_half_pixel_centers(tf):
    return {
        f"{name}/{size}": getattr(tf.image, name)(_pixels(), size, half_pixel_centers=True)
        for name in RESIZERS[:3]
        for size in SIZES
    }


@case(rtol=2e-5, atol=2e-6)
def gradients_of_resizing(tf):
    result = {}
    for dtype in ("float32", "float64"):
        for name in RESIZERS[:3]:
            for size in SIZES:
                for align in (False, True):
                    x = tf.constant(_pixels((1, 5, 7, 2), 2, dtype))
                    y = getattr(tf.image, name)(x, size, align_corners=align)
                    weights = tf.cast(_pixels((1, *size, 2), 3), y.dtype)
                    result[f"{dtype}/{name}/{size}/{align}"] = tf.gradients(y * weights, x)
    return result


@case(nodes=True)
def resize_images(tf):
    x = tf.constant(_pixels())
    methods = [getattr(tf.image.ResizeMethod, name) for name in ("BILINEAR", "NEAREST_NEIGHBOR", "AREA")]
    return [
        [tf.image.resize_images(x, [4, 6], method) for method in methods],
        tf.image.resize_images(x, [4, 6], align_corners=True),
        tf.image.resize_images(x[0], [8, 3]),
        tf.image.resize_images(tf.constant(_pixels(dtype="uint8")), [5, 7]),
    ]


@case
def resize_keeping_the_ratio(tf):
    x, unknown = tf.constant(_pixels()), tf.placeholder(tf.float32, [None, None, None, 3])
    size = tf.placeholder(tf.int32, [2])
    fetches = [
        tf.image.resize_images(x, [4, 4], preserve_aspect_ratio=True),
        tf.image.resize_images(x[0], [20, 15], preserve_aspect_ratio=True),
        tf.image.resize_images(unknown, size, preserve_aspect_ratio=True),
        tf.image.resize_image_with_pad(x, 9, 8),
        tf.image.resize_image_with_pad(x[0], 4, 9, method=1),
        tf.image.resize_image_with_pad(unknown, 6, 4),
    ]
    return fetches, {unknown: _pixels(), size: [3, 9]}


@case(nodes=True)
def turned_and_mirrored(tf):
    x, one = tf.constant(_pixels()), tf.constant(_pixels((3, 4, 2), 4, "uint8"))
    return [[tf.image.flip_left_right(t), tf.image.flip_up_down(t), tf.image.transpose_image(t)] for t in (x, one)]


@case
def turned_by_quarters(tf):
    x, one = tf.constant(_pixels()), tf.constant(_pixels((3, 4, 2), 4, "uint8"))
    return [[tf.image.rot90(t, k) for k in (0, 1, 2, 3, 5)] for t in (x, one)]


@case
def cropped_and_padded(tf):
    x, one = tf.constant(_pixels()), tf.constant(_pixels((5, 6, 1), 4, "uint8"))
    unknown, side = tf.placeholder(tf.float32, [None] * 4), tf.placeholder(tf.int32, [])
    fetches = [
        tf.image.central_crop(x, 0.5),
        tf.image.central_crop(one, 0.37),
        tf.image.central_crop(unknown, 0.7),
        tf.image.crop_to_bounding_box(x, 1, 2, 3, 4),
        tf.image.crop_to_bounding_box(one, 0, 1, side, 4),
        tf.image.pad_to_bounding_box(x, 1, 2, 8, 11),
        tf.image.pad_to_bounding_box(one, side, 0, 9, 9),
        tf.image.resize_image_with_crop_or_pad(x, 3, 10),
        tf.image.resize_image_with_crop_or_pad(one, 8, 3),
        tf.image.resize_image_with_crop_or_pad(unknown, 4, 4),
        tf.image.resize_image_with_crop_or_pad(x, side, 9),
        tf.gradients(tf.image.resize_image_with_crop_or_pad(x, 3, 10), x),
    ]
    return fetches, {unknown: _pixels(), side: 2}


@case(rtol=1e-5, atol=1e-6)
def brightness_and_gamma(tf):
    x, one = tf.constant(_pixels()), tf.constant(_pixels((3, 4, 3), 4, "uint8"))
    return [[tf.image.adjust_brightness(t, 0.2), tf.image.adjust_gamma(t, 0.6, 1.5)] for t in (x, one)]


@case(nodes=True, rtol=2e-5, atol=2e-6)
def contrast_hue_and_saturation(tf):
    result = []
    for t in (tf.constant(_pixels()), tf.constant(_pixels((3, 4, 3), 4, "float64"))):
        result += [tf.image.adjust_contrast(t, 1.7), tf.image.adjust_hue(t, -0.3), tf.image.adjust_saturation(t, 0.4)]
    return result


@case(rtol=2e-5, atol=2e-6)
def hues_all_around(tf):
    x = _pixels((6, 6, 3), 5)
    x[0, 0], x[0, 1], x[0, 2], x[1, 0] = 0, 1, [0.5, 0.5, 0.2], [0.2, 0.2, 0.2]
    hsv = tf.image.rgb_to_hsv(x)
    return {
        "hsv": hsv,
        "rgb": tf.image.hsv_to_rgb(hsv),
        "hues": [tf.image.adjust_hue(x, d) for d in (-1.0, -0.4, 0.1, 0.5, 0.9)],
        "saturations": [tf.image.adjust_saturation(x, f) for f in (0.0, 0.5, 3.0)],
    }


@case(rtol=1e-5, atol=1e-6)
def random_changes_with_seeds(tf):
    tf.set_random_seed(3)
    x = tf.constant(_pixels())
    return [
        tf.image.random_brightness(x, 0.4, seed=1),
        tf.image.random_contrast(x, 0.2, 1.4, seed=2),
        tf.image.random_hue(x, 0.4, seed=3),
        tf.image.random_saturation(x, 0.2, 1.4, seed=4),
        [tf.image.random_flip_left_right(x[0], seed=i) for i in range(4)],
        tf.image.random_flip_up_down(x, seed=6),
        tf.random_crop(x[0], [2, 3, 3], seed=7),
    ]


@case(nodes=True, rtol=1e-5, atol=1e-6)
def color_spaces(tf):
    x = tf.constant(_pixels())
    names = ("rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb", "rgb_to_grayscale")
    return [getattr(tf.image, name)(x) for name in names]


@case
def gray(tf):
    return [
        tf.image.rgb_to_grayscale(tf.constant(_pixels((4, 5, 3), 1, "uint8"))),
        tf.image.grayscale_to_rgb(tf.constant(_pixels((4, 5, 1), 1, "uint8"))),
        tf.image.grayscale_to_rgb(tf.constant(_pixels((2, 4, 5, 1)))),
    ]


@case(nodes=True)
def image_dtypes(tf):
    pairs = [("uint8", "float32"), ("float32", "uint8"), ("uint8", "int16"), ("int16", "uint8"), ("float32", "float64")]
    pairs += [("int32", "float32"), ("float32", "float32")]
    return [tf.image.convert_image_dtype(tf.constant(_pixels((3, 4), 1, a)), b) for a, b in pairs]


@case
def saturated_dtypes(tf):
    return [
        tf.image.convert_image_dtype(tf.constant(_pixels((3, 4)) * 3 - 1), "uint8", saturate=True),
        tf.image.convert_image_dtype(tf.constant(_pixels((3, 4), 1, "int16") - 100), "uint8", saturate=True),
    ]


@case(rtol=2e-5, atol=2e-6)
def standardized(tf):
    x = tf.constant(_pixels())
    y = tf.image.per_image_standardization(x)
    return [y, tf.gradients(y * _pixels(seed=9), x), tf.image.per_image_standardization(tf.ones([3, 3, 1]))]


# Measures


@case(rtol=1e-5, atol=1e-5)
def variation_and_edges(tf):
    x = tf.constant(_pixels())
    return [tf.image.total_variation(x), tf.image.sobel_edges(x), tf.image.image_gradients(x)]


@case(rtol=1e-4, atol=1e-5)
def how_images_differ(tf):
    a, b = tf.constant(_pixels((2, 24, 26, 3), 1)), tf.constant(_pixels((2, 24, 26, 3), 2) * 0.5 + 0.2)
    near = a * 0.9 + 0.1 * b
    scales = tf.image.ssim_multiscale(a, near, 1.0, (0.4, 0.6))
    similarity = tf.image.ssim(a, near, 1.0)
    bytes1, bytes2 = (tf.constant(_pixels((16, 16, 3), seed, "uint8")) for seed in (1, 2))
    return {
        "psnr": [tf.image.psnr(a, b, 1.0), tf.image.psnr(bytes1, bytes2, 255), tf.image.psnr(a, a, 1.0)],
        "ssim": [similarity, tf.gradients(similarity, a), tf.image.ssim(bytes1, bytes2, 255, filter_size=7)],
        "scales": [scales, tf.gradients(scales, a)],
    }


# Boxes

BOXES = np.array(
    [[0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [-0.3, 0.1, 1.2, 0.7], [0.5, 0.5, 0.5, 0.5]], "float32"
)
CLUSTERS = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]], "float32"
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], "float32")


@case(nodes=True, rtol=1e-5, atol=1e-5)
def crops_of_boxes(tf):
    return [
        tf.image.crop_and_resize(tf.constant(_pixels()), BOXES, [0, 1, 1, 0, 1], [4, 3]),
        tf.image.crop_and_resize(tf.constant(_pixels()), BOXES, [0, 1, 1, 0, 1], [1, 2], extrapolation_value=0.5),
        tf.image.crop_and_resize(tf.constant(_pixels(dtype="uint8")), BOXES, [0, 1, 1, 0, 1], [3, 3], method="nearest"),
    ]


@case(rtol=1e-4, atol=1e-5)
def gradients_of_crops(tf):
    x, boxes = tf.constant(_pixels()), tf.constant(BOXES)
    y = tf.image.crop_and_resize(x, boxes, [0, 1, 1, 0, 1], [4, 3]) * _pixels((5, 4, 3, 3), 8)
    return tf.gradients(y, [x, boxes])


@case(nodes=True)
def drawn_boxes(tf):
    boxes = np.tile(BOXES[None], (2, 1, 1))
    return [tf.image.draw_bounding_boxes(tf.constant(_pixels((2, 9, 11, channels))), boxes) for channels in (1, 3, 4)]


@case(nodes=True, rtol=1e-5)
def suppressed(tf):
    return [
        tf.image.non_max_suppression(CLUSTERS, SCORES, 3),
        tf.image.non_max_suppression(CLUSTERS, SCORES, 30, 0.9, score_threshold=0.4),
        tf.image.non_max_suppression_with_scores(CLUSTERS, SCORES, 6, 0.5),
        tf.image.non_max_suppression_with_scores(CLUSTERS, SCORES, 6, 1.0, 0.2, soft_nms_sigma=0.3),
        tf.image.non_max_suppression_overlaps(_pixels((6, 6)), SCORES, 4, 0.5),
    ]


@case(rtol=1e-5)
def suppressed_by_class(tf):
    boxes = np.tile(CLUSTERS[None, :, None] / 100, (2, 1, 1, 1))
    return [
        tf.image.combined_non_max_suppression(boxes, _pixels((2, 6, 3), 6), 3, 5, pad_per_class=pad)
        for pad in (False, True)
    ]


@case
def glimpses(tf):
    return [
        tf.image.extract_glimpse(_pixels((2, 9, 11, 2)), [3, 4], [[0.1, -0.2], [0.0, 0.3]], normalized=normalized)
        for normalized in (True, False)
    ]
