"""Shape rules are looked for family by family, and no further than needed."""

import subprocess
import sys


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_training_program_imports_only_the_families_it_uses():
    code = (
        "import sys, undertow as tf\n"
        "x = tf.placeholder(tf.float32, [None, 4])\n"
        "net = tf.nn.dropout(tf.layers.dense(x, 2), 0.5)\n"
        "rows = tf.nn.embedding_lookup(tf.Variable(tf.zeros([9, 4])), [1, 2])\n"
        "tf.train.AdamOptimizer().minimize(tf.reduce_mean(net) + tf.reduce_mean(rows) + tf.nn.l2_loss(net))\n"
        "tf.train.Saver()\n"
        "print([f for f in ('ragged_tensor', 'quantize', 'string') if f'undertow.ops.{f}' in sys.modules])"
    )
    assert run(code) == "[]\n"


def test_a_rule_is_found_in_whichever_family_it_is():
    code = (
        "from undertow.ops.rules import rule_for\n"
        "print([rule_for(t) is not None for t in ('SaveV2', 'RaggedRange', 'ApplyAdam', 'NoSuchOp', 'Abs')])"
    )
    assert run(code) == "[True, True, True, False, True]\n"
