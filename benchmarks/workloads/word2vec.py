"""Word2vec's skip-gram: 50,000 words of 128 numbers, batch 128, 64 sampled classes, gradient descent."""

from __future__ import annotations

WORDS, SIZE, BATCH, SAMPLED = 50_000, 128, 128, 64
RATE = 1.0


def batch():
    import numpy as np

    random = np.random.RandomState(0)
    return random.randint(0, WORDS, BATCH), random.randint(0, WORDS, (BATCH, 1))


def tensorflow_1(tf):
    words = tf.placeholder(tf.int64, [None])
    context = tf.placeholder(tf.int64, [None, 1])
    embeddings = tf.get_variable("embeddings", [WORDS, SIZE], initializer=tf.random_uniform_initializer(-1, 1))
    weights = tf.get_variable("weights", [WORDS, SIZE], initializer=tf.truncated_normal_initializer(stddev=0.1))
    biases = tf.get_variable("biases", [WORDS], initializer=tf.zeros_initializer())
    embedded = tf.nn.embedding_lookup(embeddings, words)
    losses = tf.nn.sampled_softmax_loss(weights, biases, context, embedded, SAMPLED, WORDS)
    train = tf.train.GradientDescentOptimizer(RATE).minimize(tf.reduce_mean(losses))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    inputs, labels = batch()
    return lambda: session.run(train, {words: inputs, context: labels})


def pytorch():
    import math

    import torch
    from torch import nn

    embeddings, weights = nn.Embedding(WORDS, SIZE, sparse=True), nn.Embedding(WORDS, SIZE, sparse=True)
    biases = nn.Embedding(WORDS, 1, sparse=True)
    optimizer = torch.optim.SGD([p for table in (embeddings, weights, biases) for p in table.parameters()], RATE)
    inputs, labels = batch()

    def log_expected(classes: torch.Tensor, tries: int) -> torch.Tensor:
        share = torch.log((classes + 2.0) / (classes + 1.0)) / math.log(WORDS + 1)
        return torch.log(-torch.expm1(tries * torch.log1p(-share)))

    def sample() -> tuple[torch.Tensor, int]:
        """Classes without repeats, by Zipf's law, and how many tries that took."""
        found: dict[int, None] = {}
        tries = 0
        while len(found) < SAMPLED:
            for drawn in (torch.exp(torch.rand(SAMPLED) * math.log(WORDS + 1)).long() - 1).tolist():
                tries += 1
                found[min(drawn, WORDS - 1)] = None
                if len(found) == SAMPLED:
                    break
        return torch.tensor(list(found)), tries

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        words, context = torch.from_numpy(inputs), torch.from_numpy(labels)[:, 0]
        sampled, tries = sample()
        embedded = embeddings(words)
        own = (embedded * weights(context)).sum(1) + biases(context)[:, 0] - log_expected(context, tries)
        others = embedded @ weights(sampled).T + biases(sampled)[:, 0] - log_expected(sampled, tries)
        others = others.masked_fill(context[:, None] == sampled, -1e37)
        logits = torch.cat([own[:, None], others], 1)
        nn.functional.cross_entropy(logits, torch.zeros(BATCH, dtype=torch.long)).backward()
        optimizer.step()

    return step
