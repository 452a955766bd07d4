"""Grids of images, and of those that were got wrong."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from undertow.inspect import plot_errors, plot_images


def drawn(figure):
    return [ax for ax in figure.axes if ax.images]


def captions(figure):
    return [ax.get_title() for ax in drawn(figure)]


def numbered(count, side=4):
    """Images [N, side, side] whose pixels are the image's number."""
    return np.ones((count, side, side), np.uint8) * np.arange(count, dtype=np.uint8)[:, None, None]


@pytest.mark.parametrize(("count", "cells"), [(1, 1), (2, 2), (5, 6), (9, 9), (10, 12)])
def test_any_number_of_images_makes_a_nearly_square_grid(count, cells):
    figure = plot_images(numbered(count))
    assert len(drawn(figure)) == count and len(figure.axes) == cells


def test_no_images_make_a_figure_without_any():
    assert not drawn(plot_images(np.zeros((0, 784))))


def test_a_grid_may_be_asked_for():
    figure = plot_images(numbered(6), grid=(1, 6))
    assert len({round(ax.get_subplotspec().get_position(figure).y0, 3) for ax in drawn(figure)}) == 1


def test_a_grid_without_room_is_an_error():
    with pytest.raises(ValueError, match="a grid of 2 x 2 has no room for 5 pictures"):
        plot_images(numbered(5), grid=(2, 2))


@pytest.mark.parametrize(
    ("shape", "image_shape", "picture"),
    [
        ((2, 784), None, (28, 28)),
        ((2, 12), (3, 4), (3, 4)),
        ((2, 36), (3, 4, 3), (3, 4, 3)),
        ((2, 5, 7), None, (5, 7)),
        ((2, 5, 7, 1), None, (5, 7)),
        ((2, 5, 7, 3), None, (5, 7, 3)),
        ((2, 5, 7, 4), None, (5, 7, 4)),
    ],
)
def test_flat_gray_and_colour_images_are_drawn(shape, image_shape, picture):
    figure = plot_images(np.zeros(shape), image_shape=image_shape)
    assert drawn(figure)[0].images[0].get_array().shape == picture


@pytest.mark.parametrize(
    ("shape", "image_shape", "message"),
    [
        ((2, 12), None, "flat images of 12 values are not square"),
        ((2, 12), (5, 5), r"images of 12 values cannot have image_shape \[5, 5\]"),
        ((2, 3, 4), (5, 5), r"images of 12 values cannot have image_shape \[5, 5\]"),
        ((2, 5, 5, 2), None, r"images must be .* got \[2, 5, 5, 2\]"),
        ((784,), None, r"images must be .* got \[784\]"),
    ],
)
def test_images_that_cannot_be_drawn_are_an_error(shape, image_shape, message):
    with pytest.raises(ValueError, match=message):
        plot_images(np.zeros(shape), image_shape=image_shape)


def test_all_images_share_one_scale_of_brightness():
    def ends(images):
        return {image.images[0].get_clim() for image in drawn(plot_images(images))}

    assert ends(numbered(3)) == {(0, 255)}
    assert ends(numbered(3) / 3) == {(0, 1)}
    assert ends(numbered(3) - 1.5) == {(-1.5, 0.5)}


def test_the_true_class_stands_above_each_image():
    assert captions(plot_images(numbered(3), [7, 0, 2])) == ["true 7", "true 0", "true 2"]


def test_one_hot_labels_are_taken_too():
    assert captions(plot_images(numbered(2), np.eye(10)[[4, 9]])) == ["true 4", "true 9"]


def test_a_wrong_prediction_stands_in_red():
    figure = plot_images(numbered(2), [7, 0], [7, 6])
    assert captions(figure) == ["true 7, pred. 7", "true 0, pred. 6"]
    right, wrong = (ax.title.get_color() for ax in drawn(figure))
    assert wrong == "#b3261e" != right


def test_long_class_names_stand_on_two_lines():
    figure = plot_images(numbered(1), [1], [0], class_names=["ankle boot", "sandal"])
    assert captions(figure) == ["true sandal\npred. ankle boot"]


def test_a_class_without_a_name_is_an_error():
    with pytest.raises(ValueError, match="class 2 has no name: there are 2 class_names"):
        plot_images(numbered(1), [2], class_names=["a", "b"])


def test_as_many_labels_as_images_are_needed():
    with pytest.raises(ValueError, match="3 images cannot have 2 predictions"):
        plot_images(numbered(3), [0, 1, 2], [0, 1])


def test_given_axes_are_drawn_on_and_those_left_over_are_hidden():
    figure = Figure()
    axes = figure.subplots(2, 2)
    assert plot_images(numbered(3), axes=axes) is figure
    assert [len(ax.images) for ax in axes.flat] == [1, 1, 1, 0]
    assert not axes[1, 1].axison


def test_too_few_axes_are_an_error():
    with pytest.raises(ValueError, match="3 pictures need 3 axes, got 1"):
        plot_images(numbered(3), axes=Figure().subplots())


def test_pyplot_does_not_learn_of_the_figure():
    before = plt.get_fignums()
    plot_images(numbered(1))
    assert plt.get_fignums() == before


def test_the_errors_are_images_whose_prediction_is_wrong():
    labels = np.arange(10)
    predictions = labels.copy()
    predictions[[2, 5, 8]] = [3, 6, 9]
    figure = plot_errors(numbered(10), labels, predictions)
    assert captions(figure) == ["true 2, pred. 3", "true 5, pred. 6", "true 8, pred. 9"]
    assert [ax.images[0].get_array()[0, 0] for ax in drawn(figure)] == [2, 5, 8]
    assert figure.get_suptitle() == "3 of 10 wrong"


def test_a_seed_chooses_the_same_errors_and_leaves_numpys_generator_alone():
    labels = np.arange(50)
    np.random.seed(1)
    state = np.random.get_state()[1].copy()
    chosen = [captions(plot_errors(numbered(50), labels, labels + 1, count=4, seed=seed)) for seed in (1, 1, 2)]
    assert chosen[0] == chosen[1] != chosen[2] and len(chosen[0]) == 4
    np.testing.assert_array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("given", [False, True])
def test_the_figure_says_so_where_nothing_is_wrong(given):
    axes = Figure().subplots(1, 2) if given else None
    figure = plot_errors(numbered(4), [0, 1, 2, 3], [0, 1, 2, 3], axes=axes)
    assert figure.axes[0].texts[0].get_text() == "All 4 predictions are right"
    assert not any(ax.axison for ax in figure.axes)


def test_errors_need_labels_and_predictions_for_all_images():
    with pytest.raises(ValueError, match="4 images, 4 labels and 3 predictions do not match"):
        plot_errors(numbered(4), [0, 1, 2, 3], [0, 1, 2])
