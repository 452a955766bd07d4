"""The confusion matrix, counted and drawn."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from undertow.inspect import confusion_matrix, plot_confusion_matrix


def texts(figure):
    return {text.get_text(): text for text in figure.axes[0].texts}


def test_a_row_is_a_true_class_and_a_column_a_predicted_one():
    # 0 -> 0, 0 -> 2, 1 -> 1, 2 -> 0, 2 -> 0
    matrix = confusion_matrix([0, 0, 1, 2, 2], [0, 2, 1, 0, 0])
    assert matrix.tolist() == [[1, 0, 1], [0, 1, 0], [2, 0, 0]]
    assert matrix.dtype == np.int64


def test_one_hot_labels_and_scores_count_as_their_highest_column():
    labels, scores = np.eye(3)[[0, 1]], np.array([[0.1, 0.7, 0.2], [0.2, 0.5, 0.3]])
    assert confusion_matrix(labels, scores).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_classes_that_were_not_seen_are_counted_when_asked_for():
    assert confusion_matrix([0], [0], num_classes=2).tolist() == [[1, 0], [0, 0]]


def test_no_examples_make_an_empty_matrix():
    assert confusion_matrix([], []).shape == (0, 0)
    assert confusion_matrix([], [], num_classes=2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("labels", "predictions", "classes", "message"),
    [
        ([0, 1], [0], None, "2 labels cannot be compared with 1 predictions"),
        ([0, 3], [0, 1], 3, "class 3 was seen, but num_classes is 3"),
        ([0, -1], [0, 1], None, "labels must not be negative, got -1"),
        ([0, 1], [0.5, 1], None, "predictions must be whole numbers, got float64"),
        (np.zeros((1, 2, 2)), [0], None, "labels must be integers .*rank 3"),
    ],
)
def test_what_cannot_be_compared_is_a_value_error(labels, predictions, classes, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(labels, predictions, classes)


def test_a_cell_shows_its_count_and_its_share_of_the_true_class():
    figure = plot_confusion_matrix([0, 0, 0, 0, 1], [0, 0, 0, 1, 1])
    assert isinstance(figure, Figure)
    assert set(texts(figure)) == {"3\n75.0%", "1\n25.0%", "0", "1\n100.0%"}
    assert figure.axes[0].get_title() == "4 of 5 right (80.0%)"


def test_a_class_without_examples_is_drawn():
    figure = plot_confusion_matrix([0, 2], [0, 2])
    assert [text.get_text() for text in figure.axes[0].texts].count("0") == 7


def test_numbers_are_white_on_dark_cells_and_black_on_light_ones():
    labels = [0] * 100 + [1]
    predictions = [0] * 99 + [1] + [1]
    shown = texts(plot_confusion_matrix(labels, predictions))
    assert shown["99\n99.0%"].get_color() == "white"
    assert shown["1\n1.0%"].get_color() == "black"


@pytest.mark.parametrize("cmap", ["Blues", "viridis", "gray", "magma"])
def test_every_number_has_a_contrast_of_at_least_three(cmap):
    labels = np.repeat(np.arange(3), 100)
    predictions = np.array([0] * 100 + [0] * 50 + [1] * 50 + [0] * 8 + [2] * 92)
    figure = plot_confusion_matrix(labels, predictions, cmap=cmap)
    (image,) = figure.axes[0].images

    def luminance(colour):  # relative luminance, as WCAG 2 defines it
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for text in figure.axes[0].texts:
        if "%" in text.get_text():
            column, row = text.get_position()
            cell = image.to_rgba(image.get_array()[int(row), int(column)])
            high, low = sorted([luminance(cell), luminance(text.get_color())], reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 3


def test_class_names_stand_at_both_axes():
    ax = plot_confusion_matrix([0, 1], [0, 1], class_names=["sandal", "ankle boot", "bag"]).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["sandal", "ankle boot", "bag"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["sandal", "ankle boot", "bag"]


def test_more_classes_than_names_are_an_error():
    with pytest.raises(ValueError, match="class 2 was seen, but num_classes is 2"):
        plot_confusion_matrix([0, 2], [0, 2], class_names=["a", "b"])


def test_a_matrix_of_nothing_cannot_be_drawn():
    with pytest.raises(ValueError, match="there are no labels"):
        plot_confusion_matrix([], [])


def test_many_classes_show_counts_only_and_very_many_only_colours():
    assert "1" in texts(plot_confusion_matrix(np.arange(20), np.arange(20)))
    assert not texts(plot_confusion_matrix(np.arange(50), np.arange(50)))


def test_given_axes_are_drawn_on():
    figure = Figure()
    _, right = figure.subplots(1, 2)
    assert plot_confusion_matrix([0, 1], [1, 1], ax=right, title="mine") is figure
    assert right.get_title() == "mine" and right.images
