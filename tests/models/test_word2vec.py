"""Skip-gram word vectors as programs write them: noise-contrastive estimation, and the nearest by cosine."""

import numpy as np

import undertow as tf

GROUPS = [["cat", "dog", "cow"], ["one", "two", "six"], ["red", "tan", "sky"]]
WORDS = [word for group in GROUPS for word in group]


def pairs(random, size):
    """Words and their contexts: words of one group occur together."""
    groups = random.randint(0, 3, size)
    inside = random.randint(0, 3, (2, size))
    return groups * 3 + inside[0], (groups * 3 + inside[1])[:, np.newaxis]


def test_words_that_occur_together_come_to_be_nearest():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(2)
        words, contexts = tf.placeholder(tf.int32, [64]), tf.placeholder(tf.int32, [64, 1])
        embeddings = tf.Variable(tf.random_uniform([len(WORDS), 8], -1.0, 1.0))
        weights = tf.Variable(tf.truncated_normal([len(WORDS), 8], stddev=8**-0.5))
        biases = tf.Variable(tf.zeros([len(WORDS)]))
        looked_up = tf.nn.embedding_lookup(embeddings, words)
        loss = tf.reduce_mean(
            tf.nn.nce_loss(
                weights=weights, biases=biases, labels=contexts, inputs=looked_up, num_sampled=5, num_classes=len(WORDS)
            )
        )
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        normalized = embeddings / tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
        similarity = tf.matmul(normalized, normalized, transpose_b=True)
        session.run(tf.global_variables_initializer())
        random, losses = np.random.RandomState(0), []
        for _ in range(500):
            some, around = pairs(random, 64)
            losses.append(session.run([loss, train], {words: some, contexts: around})[0])
        nearest = session.run(tf.nn.top_k(similarity, 3)).indices
    assert np.mean(losses[-50:]) < 0.6 * np.mean(losses[:10])
    for word, others in enumerate(nearest):
        assert {WORDS[i] for i in others} == set(GROUPS[word // 3])
