"""The first convolution and its max-pool as one kernel: what the two of them give, and the same gradients."""

import numpy as np
import pytest

import undertow as tf
from undertow.kernels import conv_pool
from undertow.runtime import passes


@pytest.fixture(autouse=True)
def however_small(monkeypatch):
    """Small images go through oneDNN too; how often they did."""
    used = []
    pool = conv_pool._POOL
    monkeypatch.setattr(conv_pool, "LARGE", 0)
    monkeypatch.setattr(conv_pool, "_POOL", lambda *arguments: used.append(1) or pool(*arguments))
    return used


def run(image, filters=6, window=3, pool=2, stride=2, padding="SAME", bias=True, second=False, fuse=True, by=None):
    """The pooled, its gradients by filter and bias and, if wanted, those of a gradient's square."""
    random = np.random.RandomState(1)
    with pytest.MonkeyPatch.context() as patch, tf.Graph().as_default(), tf.Session() as s:
        if not fuse:
            patch.setattr(passes, "ENABLED", [])
        x = tf.placeholder(tf.float32, [None, *image.shape[1:]])
        k = tf.constant(random.randn(window, window, image.shape[3], filters), tf.float32)
        b = tf.constant(random.randn(filters), tf.float32)
        y = tf.nn.conv2d(x, k, [1, 1, 1, 1], padding)
        if bias:
            y = tf.nn.bias_add(y, b)
        y = tf.nn.max_pool(tf.nn.relu(y), [1, pool, pool, 1], [1, stride, stride, 1], padding)
        by = {"filter": [k, b] if bias else [k], "image": [x, k], "bias": [b]}[by or "filter"]
        wanted = tf.gradients(tf.reduce_sum(tf.sin(y)), by)
        if second:
            wanted += tf.gradients(tf.reduce_sum(tf.square(wanted[0])), by)
        return [s.run(y, {x: image}), *s.run(wanted, {x: image})]


def images(batch, size, depth):
    return np.random.RandomState(0).randn(batch, *size, depth)


CASES = {
    "a bias": (images(3, (8, 8), 1), {}),
    "no bias": (images(3, (8, 8), 3), {"bias": False}),
    "filters that fill vectors": (images(2, (8, 6), 2), {"filters": 16}),
    "one image": (images(1, (8, 6), 1), {"window": 5}),
    "no image": (images(0, (8, 6), 1), {}),
    "odd sizes": (images(2, (7, 9), 1), {}),
    "odd sizes cut off": (images(2, (8, 9), 1), {"padding": "VALID"}),
    "windows that overlap": (images(2, (8, 9), 3), {"pool": 3}),
    "windows that leave out": (images(2, (9, 9), 1), {"stride": 3}),
    "a filter of even size": (images(2, (8, 8), 1), {"window": 4, "padding": "VALID"}),
    "a gradient of the gradient": (images(2, (8, 8), 1), {"second": True}),
    "a gradient by the image": (images(2, (8, 8), 1), {"by": "image", "second": True}),
    "a gradient by the bias alone": (images(2, (8, 8), 1), {"by": "bias"}),
    "ties everywhere": (np.zeros([2, 8, 8, 1]), {}),
    "ties of a few": (np.sign(images(2, (8, 8), 1)), {"window": 1}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_gives_what_both_give(name, however_small):
    image, how = CASES[name]
    found = run(image, **how)
    assert however_small
    expected = run(image, **how, fuse=False)
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * np.abs(b).max(initial=0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_what_is_not_finite_is_not_lost(bad, however_small):
    image = images(2, (8, 8), 1)
    image[0, 3, 4] = bad
    found, expected = run(image), run(image, fuse=False)
    assert not however_small
    np.testing.assert_array_equal(found[0], expected[0])


def network(filters, fetched=(), spoil=None):
    """Two layers and what they give, without gradients; the kinds of the steps."""
    random = np.random.RandomState(1)
    with tf.Graph().as_default(), tf.Session() as s:
        net = x = tf.placeholder(tf.float32, [None, 12, 12, 1])
        relus = []
        for i, (window, depth) in enumerate(((3, filters), (5, 20))):
            kernel = random.randn(window, window, net.shape[3].value, depth)
            if i == spoil:
                kernel[0, 1, 0, 2] = np.nan
            net = tf.nn.conv2d(net, tf.constant(kernel, tf.float32), [1, 1, 1, 1], "SAME")
            net = tf.nn.max_pool(net + tf.constant(random.randn(depth), tf.float32), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
            net = tf.nn.relu(net)
            relus.append(net)
        found = s.run([net, *(relus[i] for i in fetched)], {x: images(3, (12, 12), 1)})
        return found, [step.kind for plan in s._plans.values() for step in plan.steps]


@pytest.mark.parametrize(("filters", "fetched", "layers"), [(6, (), 2), (16, (), 2), (6, (0,), 1), (17, (), 0)])
def test_without_gradients_layers_of_few_filters_stay_in_that_layout(filters, fetched, layers, monkeypatch):
    found, kinds = network(filters, fetched)
    monkeypatch.setattr(passes, "ENABLED", [])
    expected, _ = network(filters, fetched)
    merged = [kind.count("MaxPool") for kind in kinds if "+MaxPool" in kind]
    assert merged == ([layers] if layers else [])
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * np.abs(b).max())


@pytest.mark.parametrize("layer", [0, 1])
def test_a_filter_that_is_not_finite_in_any_of_them_shows(layer, however_small):
    (found,), _ = network(6, spoil=layer)
    assert np.isnan(found).any()
    assert not however_small


def test_wide_images_and_strides_are_left_alone(however_small):
    with tf.Graph().as_default(), tf.Session() as s:
        for depth, stride in ((4, 1), (1, 2)):
            x = tf.ones([2, 8, 8, depth])
            y = tf.nn.conv2d(x, tf.ones([3, 3, depth, 2]), [1, stride, stride, 1], "SAME")
            s.run(tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"))
    assert not however_small
