"""tf.image: static shapes, and what it refuses. Its values are in `tests/parity/cases/image.py`."""

import numpy as np
import pytest

import undertow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def _image(shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape)


def test_resized_shapes_are_known_as_far_as_the_size_is():
    size = tf.placeholder(tf.int32, [2])
    assert tf.image.resize_images(_image([None, 4, 6, 3]), [2, 3]).shape.as_list() == [None, 2, 3, 3]
    assert tf.image.resize_images(_image([4, 6, 3]), size).shape.as_list() == [None, None, 3]
    assert tf.image.resize_bilinear(_image([1, 4, 6, 3]), tf.stack([2, size[0]])).shape.as_list() == [1, 2, None, 3]
    kept = tf.image.resize_images(_image([4, 8, 3]), [3, 4], preserve_aspect_ratio=True)
    assert kept.shape.as_list() == [2, 4, 3]


def test_an_image_of_its_size_already_keeps_its_dtype():
    assert tf.image.resize_images(_image([4, 6, 3], tf.uint8), [4, 6]).dtype == tf.uint8
    assert tf.image.resize_images(_image([4, 6, 3], tf.uint8), [4, 7]).dtype == tf.float32
    assert tf.image.resize_images(_image([4, 6, 3], tf.uint8), [4, 7], method=1).dtype == tf.uint8


@pytest.mark.parametrize(
    ("image", "size", "message"),
    [
        (None, [2, 3], "'images' contains no shape"),
        ([4, 6], [2, 3], "'images' must have either 3 or 4 dimensions"),
        ([4, 6, 3], [2], "'size' must be a 1-D Tensor of 2 elements: new_height, new_width"),
        ([4, 6, 3], [2, 3.5], "'size' must be a 1-D int32 Tensor"),
    ],
)
def test_what_cannot_be_resized_is_told(image, size, message):
    with pytest.raises(ValueError, match=message):
        tf.image.resize_images(_image(image), size)


def test_sizes_are_checked_before_they_are_believed():
    size = tf.placeholder(tf.int32, [2])
    small = tf.image.resize_bilinear(np.ones([1, 1, 1, 2], np.float32), size)
    with tf.Session() as session:
        for wanted, message in (([0, 2], "output dimensions must be positive"), ([2**30, 2**30], "too large")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=message):
                session.run(small, {size: wanted})


def test_an_image_of_unknown_rank_is_one_image():
    x = _image(None)
    for function in (tf.image.flip_left_right, tf.image.random_flip_up_down, tf.image.rot90, tf.image.transpose_image):
        assert function(x).shape.as_list() == [None, None, None]


def test_crops_know_their_shape():
    side = tf.placeholder(tf.int32, [])
    assert tf.image.crop_to_bounding_box(_image([None] * 4), 0, 0, 2, 3).shape.as_list() == [None, 2, 3, None]
    assert tf.image.pad_to_bounding_box(_image([4, 6, 3]), 0, 0, side, 9).shape.as_list() == [None, 9, 3]
    assert tf.image.resize_image_with_crop_or_pad(_image(None), 2, 3).shape.as_list() == [2, 3, None]
    assert tf.image.central_crop(_image([2, 5, None, 3]), 0.5).shape.as_list() == [2, 3, None, 3]


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((-1, 0, 2, 2), "offset_height must be >= 0"),
        ((0, -1, 2, 2), "offset_width must be >= 0"),
        ((0, 0, 0, 2), "target_height must be > 0"),
        ((3, 0, 2, 2), "height must be >= target \\+ offset"),
        ((0, 5, 2, 2), "width must be >= target \\+ offset"),
    ],
)
def test_a_box_must_lie_in_the_image(box, message):
    with pytest.raises(ValueError, match=message):
        tf.image.crop_to_bounding_box(_image([4, 6, 3]), *box)
    boxes = [tf.placeholder(tf.int32, []) for _ in box]
    cropped = tf.image.crop_to_bounding_box(np.ones([4, 6, 3], np.float32), *boxes)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(cropped, dict(zip(boxes, box)))


def test_an_image_without_pixels_is_refused():
    with pytest.raises(ValueError, match=r"all dims of 'image\.shape' must be > 0"):
        tf.image.flip_up_down(_image([64, 0, 3]))
    with pytest.raises(ValueError, match="must be at least three-dimensional"):
        tf.image.flip_up_down(_image([None, None]))


def test_fractions_factors_and_gammas_have_their_range():
    x = _image([4, 6, 3])
    for fraction in (0.0, 1.01):
        with pytest.raises(ValueError, match=r"central_fraction must be within \(0, 1\]"):
            tf.image.central_crop(x, fraction)
    with pytest.raises(ValueError, match="Gamma should be a non-negative real number"):
        tf.image.adjust_gamma(x, -1)
    with pytest.raises(ValueError, match="upper must be > lower"):
        tf.image.random_contrast(x, 1.0, 0.5)
    with pytest.raises(ValueError, match=r"max_delta must be <= 0\.5"):
        tf.image.random_hue(x, 0.6)


def test_standardization_keeps_the_dtype():
    for dtype in (tf.uint8, tf.float16, tf.float32):
        assert tf.image.per_image_standardization(_image([4, 6, 3], dtype)).dtype == dtype


def test_hue_wants_three_channels():
    with pytest.raises(ValueError, match="Dimension must be 3 but is 4"):
        tf.image.adjust_hue(_image([4, 6, 4]), 0.1)


# Boxes


def test_a_distorted_box_covers_its_share_of_one_that_is_given():
    tf.set_random_seed(1)
    begin, size, box = tf.image.sample_distorted_bounding_box(
        [40, 50, 3], [[[0.2, 0.2, 0.6, 0.6]]], min_object_covered=0.5, area_range=[0.1, 0.8]
    )
    assert (begin.shape.as_list(), size.shape.as_list(), box.shape.as_list()) == ([3], [3], [1, 1, 4])
    with tf.Session() as session:
        for _ in range(50):
            b, s, ((found,),) = session.run([begin, size, box])
            top, left, bottom, right = found * [40, 50, 40, 50]
            np.testing.assert_allclose([top, left, bottom - top, right - left], [b[0], b[1], s[0], s[1]], atol=1e-4)
            high, wide = min(bottom, 24) - max(top, 8), min(right, 30) - max(left, 10)
            assert high * wide >= 0.5 * 16 * 20 - 1e-3
            assert s[2] == -1
            whole = list(found) == [0, 0, 1, 1]
            assert whole or (0.1 * 2000 <= s[0] * s[1] <= 0.8 * 2000 and 0.7 < s[1] / s[0] < 1.4)


def test_a_distorted_box_needs_one_unless_the_image_may_stand_for_it():
    nothing = np.zeros([1, 0, 4], np.float32)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="No bounding boxes provided as input"):
            session.run(tf.image.sample_distorted_bounding_box([4, 4, 3], nothing))
        tf.image.sample_distorted_bounding_box([4, 4, 3], nothing, use_image_if_no_bounding_boxes=True)


def test_suppression_checks_what_it_is_given():
    box = [[0.0, 0.0, 1.0, 1.0]]
    for boxes, scores, message in (
        (box[0], [0.9], "Shape must be rank 2 but is rank 1"),
        ([[0.0, 0.0, 1.0]], [0.9], "Dimension must be 4 but is 3"),
        (box, [0.9, 0.7], "Dimensions must be equal, but are 1 and 2"),
    ):
        with pytest.raises(ValueError, match=message):
            tf.image.non_max_suppression(boxes, scores, 3)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=r"must be in \[0, 1\]"):
        session.run(tf.image.non_max_suppression(box, [0.9], 3, 1.5))


def test_a_crop_of_an_image_that_is_not_there_is_out_of_range():
    crop = tf.image.crop_and_resize(np.ones([1, 2, 2, 1], np.float32), [[0.0, 0.0, 1.0, 1.0]], [3], [2, 2])
    with tf.Session() as session, pytest.raises(tf.errors.OutOfRangeError, match="box_index has values outside"):
        session.run(crop)


# Files


def test_decoded_shapes_know_the_channels():
    contents = tf.placeholder(tf.string, [])
    assert tf.image.decode_png(contents, channels=3).shape.as_list() == [None, None, 3]
    assert tf.image.decode_gif(contents).shape.as_list() == [None, None, None, 3]
    assert tf.image.decode_image(contents).shape.ndims is None
    assert tf.image.encode_png(_image([2, 3, 4, 3], tf.uint8)).shape.as_list() == [2]


def test_sixteen_bits_come_back():
    pixels = np.random.RandomState(0).randint(0, 65536, [5, 7, 4]).astype(np.uint16)
    back = tf.image.decode_png(tf.image.encode_png(pixels), dtype=tf.uint16)
    with tf.Session() as session:
        assert (session.run(back) == pixels).all()


def test_a_smooth_image_is_a_small_file():
    ramp = np.add.outer(np.arange(200), np.arange(256)).astype(np.uint8)[..., None]
    with tf.Session() as session:
        assert len(session.run(tf.image.encode_png(ramp))) < 1000


@pytest.mark.parametrize("damage", [b"", b"no image", b"\x89PNG\r\n\x1a\nabc", b"\xff\xd8\xffabc", b"GIF89a", b"BM12"])
def test_a_broken_file_is_an_error_of_the_op(damage):
    image = tf.image.decode_image(damage)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
        session.run(image)


def test_an_animation_is_decoded_by_its_own_op_only():
    with tf.Session() as session:
        jpeg = session.run(tf.image.encode_jpeg(np.zeros([4, 6, 3], np.uint8)))
        assert session.run(tf.image.decode_gif(jpeg)).shape == (1, 4, 6, 3)
        assert session.run(tf.image.is_jpeg(jpeg))
        assert session.run(tf.image.extract_jpeg_shape(jpeg)).tolist() == [4, 6, 3]


def test_truncated_files_are_not_recovered():
    image = tf.image.decode_jpeg(b"\xff\xd8\xff", try_recover_truncated=True)
    with tf.Session() as session, pytest.raises(tf.errors.UnimplementedError, match="try_recover_truncated"):
        session.run(image)
