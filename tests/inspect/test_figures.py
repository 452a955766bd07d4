"""What all pictures share: nothing is cut off, files are whole, matplotlib waits until it is needed."""

import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import undertow.inspect
from undertow.inspect import (
    plot_confusion_matrix,
    plot_errors,
    plot_filters,
    plot_images,
    plot_outputs,
    save_figure,
)

NAMES = ["T-shirt/top", "ankle boot", "sandal"]
LABELS = np.array([0, 1, 2, 1])

PICTURES = {
    "images": lambda: plot_images(np.zeros((9, 784)), np.arange(9), title="Nine images"),
    "named images": lambda: plot_images(np.zeros((4, 784)), LABELS, LABELS[::-1], class_names=NAMES),
    "tall images": lambda: plot_images(np.zeros((4, 40, 10)), LABELS, LABELS[::-1]),
    "wide images": lambda: plot_images(np.zeros((4, 10, 40)), LABELS, LABELS[::-1], title="Wide"),
    "errors": lambda: plot_errors(np.zeros((4, 784)), LABELS, LABELS[::-1]),
    "no errors": lambda: plot_errors(np.zeros((4, 784)), LABELS, LABELS),
    "confusion of numbers": lambda: plot_confusion_matrix(np.arange(10), np.arange(10)),
    "confusion of names": lambda: plot_confusion_matrix(LABELS, LABELS, class_names=NAMES),
    "confusion of two": lambda: plot_confusion_matrix([0, 1], [0, 1]),
    "one filter": lambda: plot_filters(np.ones((3, 3, 1, 1))),
    "filters": lambda: plot_filters(np.ones((5, 5, 16, 36))),
    "outputs": lambda: plot_outputs(np.ones((1, 14, 14, 16)), title="a long title " * 5),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_no_text_is_cut_and_no_titles_overlap(picture):
    figure = PICTURES[picture]()
    drawing = FigureCanvasAgg(figure)
    drawing.draw()
    renderer, canvas = drawing.get_renderer(), figure.bbox
    for ax in figure.axes:
        if ax.axison or ax.texts:
            box = ax.get_tightbbox(renderer)
            assert canvas.x0 - 1 <= box.x0 and box.x1 <= canvas.x1 + 1, f"{box} leaves {canvas}"
            assert canvas.y0 - 1 <= box.y0 and box.y1 <= canvas.y1 + 1, f"{box} leaves {canvas}"
    above = [text.get_window_extent(renderer) for text in figure.texts]
    assert all(canvas.x0 <= box.x0 and box.x1 <= canvas.x1 for box in above)
    titles = above + [ax.title.get_window_extent(renderer) for ax in figure.axes if ax.get_title()]
    for n, one in enumerate(titles):
        assert not any(one.overlaps(other) for other in titles[n + 1 :])


def test_a_saved_picture_is_there_whole_and_alone(tmp_path):
    save_figure(plot_images(np.zeros((1, 784))), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG") and os.listdir(tmp_path) == ["a.png"]


def test_the_name_says_the_format(tmp_path):
    save_figure(plot_images(np.zeros((1, 784))), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_an_unknown_format_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="xyz"):
        save_figure(plot_images(np.zeros((1, 784))), tmp_path / "a.xyz")
    assert not os.listdir(tmp_path)


def test_matplotlib_waits_for_the_first_picture():
    code = "import sys, undertow.inspect; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_every_name_that_is_listed_is_there():
    assert all(callable(getattr(undertow.inspect, name)) for name in undertow.inspect.__all__)
    assert not set(undertow.inspect.__all__) - set(dir(undertow.inspect))
    with pytest.raises(AttributeError, match=r"undertow\.inspect' has no attribute 'nothing'"):
        undertow.inspect.nothing
