"""The article's network: its graph node for node, its numbers from the same weights."""

import numpy as np
from harness import case

SHAPES = {
    "layer_conv1": ((5, 5, 1, 16), 0.2),
    "layer_conv2": ((5, 5, 16, 36), 0.05),
    "layer_fc1": ((1764, 128), 0.03),
    "layer_fc2": ((128, 10), 0.1),
}


def network(tf, dtype="float32", initializers=None):
    """Placeholders, layers and what the program holds; `initializers` by layer name, else the layers' own."""
    given = initializers or {}
    dtype = getattr(tf, dtype)
    x = tf.placeholder(dtype, shape=[None, 784], name="x")
    x_image = tf.reshape(x, [-1, 28, 28, 1])
    y_true = tf.placeholder(dtype, shape=[None, 10], name="y_true")
    y_true_cls = tf.argmax(y_true, axis=1)
    net = x_image
    held = {}
    for name, filters in (("layer_conv1", 16), ("layer_conv2", 36)):
        net = tf.layers.conv2d(
            inputs=net, filters=filters, kernel_size=5, padding="same", activation=tf.nn.relu, name=name,
            kernel_initializer=given.get(name),
        )  # fmt: skip
        held[name] = net
        net = tf.layers.max_pooling2d(inputs=net, pool_size=2, strides=(2, 2), padding="same")
    net = tf.layers.flatten(net)
    net = tf.layers.dense(
        inputs=net, units=128, activation=tf.nn.relu, name="layer_fc1", kernel_initializer=given.get("layer_fc1")
    )
    logits = tf.layers.dense(inputs=net, units=10, name="layer_fc2", kernel_initializer=given.get("layer_fc2"))
    held.update(x=x, y_true=y_true, y_true_cls=y_true_cls, logits=logits)
    held["y_pred"] = tf.nn.softmax(logits)
    held["y_pred_cls"] = tf.argmax(held["y_pred"], axis=1)
    held["cross_entropy"] = tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=y_true)
    held["cost"] = tf.reduce_mean(held["cross_entropy"])
    return held


def weights(tf):
    random = np.random.RandomState(1)
    return {
        name: tf.constant_initializer((random.randn(*shape) * scale).astype(np.float64))
        for name, (shape, scale) in SHAPES.items()
    }


def batches(count, dtype="float32"):
    random = np.random.RandomState(2)
    for _ in range(count):
        yield random.rand(8, 784).astype(dtype), np.eye(10, dtype=dtype)[random.randint(0, 10, 8)]


@case(nodes=True)
def every_node_from_the_placeholders_to_the_loss(tf):
    network(tf)
    return {}


@case
def every_tensor_and_variable_the_program_holds_is_named_alike(tf):
    held = network(tf)
    held["optimizer"] = tf.train.AdamOptimizer(learning_rate=1e-4).minimize(held["cost"])
    held["correct"] = tf.equal(held["y_pred_cls"], held["y_true_cls"])
    held["accuracy"] = tf.reduce_mean(tf.cast(held["correct"], tf.float32))
    names = [f"{key} {value.name} {getattr(value, 'op', value).type}" for key, value in held.items()]
    variables = [str(v) for v in tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)]
    return {"held": tf.constant(names), "variables": tf.constant(variables)}


def thinned(tensors):
    """Of the one large matrix every 49th row: golden files are kept small."""
    return [t[::49] if t.shape[0] == 1764 else t for t in tensors]


def _logits_and_gradients(tf, dtype):
    held = network(tf, dtype, weights(tf))
    gradients = tf.gradients(held["cost"], tf.trainable_variables())
    images, labels = next(batches(1, dtype))
    fetches = {k: held[k] for k in ("logits", "cost", "y_pred_cls")}
    fetches["gradients"] = thinned(gradients)
    return fetches, {held["x"]: images, held["y_true"]: labels}


@case
def logits_and_gradients_in_float32(tf):
    return _logits_and_gradients(tf, "float32")


@case(rtol=1e-10)
def logits_and_gradients_in_float64(tf):
    return _logits_and_gradients(tf, "float64")


@case(rtol=1e-4, atol=1e-4)
def weights_after_100_steps_of_adam(tf):
    held = network(tf, initializers=weights(tf))
    train = tf.train.AdamOptimizer(learning_rate=1e-4).minimize(held["cost"])
    for images, labels in batches(100):
        feeds = {held["x"]: images, held["y_true"]: labels}
        yield {"step": train.name}, feeds
    yield {"weights": thinned([v.value() for v in tf.trainable_variables()]), "cost": held["cost"]}, feeds
