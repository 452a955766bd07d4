"""With `tf.set_random_seed(1)` the article's network starts from the weights that TensorFlow 1.15.5 itself gives it.

The numbers were read off TensorFlow 1.15.5 on Python 3.7. (2.x derives seeds in another way, and starts elsewhere.)
"""

import hashlib

import undertow as tf

KERNELS = {  # sha256 of the float32 bytes, its first 16 digits
    "layer_conv1/kernel:0": "abf0f404e98c02bf",
    "layer_conv2/kernel:0": "23f878e72557e935",
    "layer_fc1/kernel:0": "d223f4e0066d93ac",
    "layer_fc2/kernel:0": "e512138a16bb23fb",
}


def test_the_articles_initial_weights_are_tensorflow_1s_bit_for_bit():
    with tf.Graph().as_default(), tf.Session() as s:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 784], name="x")
        y_true = tf.placeholder(tf.float32, [None, 10], name="y_true")
        net = tf.reshape(x, [-1, 28, 28, 1])
        tf.argmax(y_true, axis=1)
        for name, filters in (("layer_conv1", 16), ("layer_conv2", 36)):
            net = tf.layers.conv2d(net, filters, 5, padding="same", activation=tf.nn.relu, name=name)
            net = tf.layers.max_pooling2d(net, 2, (2, 2), padding="same")
        net = tf.contrib.layers.flatten(net)
        net = tf.layers.dense(net, 128, activation=tf.nn.relu, name="layer_fc1")
        tf.layers.dense(net, 10, name="layer_fc2")
        s.run(tf.global_variables_initializer())
        found = {v.name: s.run(v) for v in tf.trainable_variables() if "kernel" in v.name}
    assert {name: hashlib.sha256(w.tobytes()).hexdigest()[:16] for name, w in found.items()} == KERNELS
