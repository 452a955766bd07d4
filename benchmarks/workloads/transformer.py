"""A transformer of four layers, 256 wide, 4 heads, that predicts the next of 1,000 tokens; 16 rows of 64, Adam."""

from __future__ import annotations

BATCH, LENGTH, WIDTH, HEADS, INSIDE, LAYERS, TOKENS = 16, 64, 256, 4, 1024, 4, 1000


def batch():
    import numpy as np

    tokens = np.random.RandomState(0).randint(0, TOKENS, (BATCH, LENGTH + 1))
    return tokens[:, :-1].copy(), tokens[:, 1:].copy()


def tensorflow_1(tf):
    x = tf.placeholder(tf.int64, [None, LENGTH])
    y = tf.placeholder(tf.int64, [None, LENGTH])

    def norm(net, name):
        with tf.variable_scope(name):
            scale = tf.get_variable("scale", [WIDTH], initializer=tf.ones_initializer())
            shift = tf.get_variable("shift", [WIDTH], initializer=tf.zeros_initializer())
        mean = tf.reduce_mean(net, axis=-1, keepdims=True)
        variance = tf.reduce_mean(tf.square(net - mean), axis=-1, keepdims=True)
        return (net - mean) * tf.rsqrt(variance + 1e-5) * scale + shift

    def attend(net):
        parts = tf.split(tf.layers.dense(net, 3 * WIDTH, name="qkv"), 3, axis=2)
        heads = [tf.transpose(tf.reshape(p, [-1, LENGTH, HEADS, WIDTH // HEADS]), [0, 2, 1, 3]) for p in parts]
        scores = tf.matmul(heads[0], heads[1], transpose_b=True) * (WIDTH // HEADS) ** -0.5
        mask = tf.linalg.band_part(tf.ones([LENGTH, LENGTH]), -1, 0)
        shares = tf.nn.softmax(scores * mask - 1e10 * (1 - mask))
        merged = tf.reshape(tf.transpose(tf.matmul(shares, heads[2]), [0, 2, 1, 3]), [-1, LENGTH, WIDTH])
        return tf.layers.dense(merged, WIDTH, name="merge")

    net = tf.nn.embedding_lookup(tf.get_variable("tokens", [TOKENS, WIDTH]), x)
    net += tf.get_variable("positions", [LENGTH, WIDTH])
    for layer in range(LAYERS):
        with tf.variable_scope(f"layer_{layer}"):
            net += attend(norm(net, "before_attention"))
            inside = tf.layers.dense(norm(net, "before_inside"), INSIDE, activation=tf.nn.relu, name="inside")
            net += tf.layers.dense(inside, WIDTH, name="out")
    logits = tf.layers.dense(norm(net, "last"), TOKENS, name="head")
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(1e-4).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    tokens, following = batch()
    return lambda: session.run(train, {x: tokens, y: following})


def pytorch():
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before_attention, self.before_inside = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.qkv, self.merge = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.inside, self.out = nn.Linear(WIDTH, INSIDE), nn.Linear(INSIDE, WIDTH)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            parts = self.qkv(self.before_attention(x)).view(-1, LENGTH, 3, HEADS, WIDTH // HEADS)
            query, key, value = parts.permute(2, 0, 3, 1, 4)
            merged = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.merge(merged.transpose(1, 2).reshape(-1, LENGTH, WIDTH))
            return x + self.out(torch.relu(self.inside(self.before_inside(x))))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.positions = nn.Embedding(TOKENS, WIDTH), nn.Parameter(torch.randn(LENGTH, WIDTH))
            self.layers = nn.Sequential(*(Layer() for _ in range(LAYERS)))
            self.last, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, TOKENS)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.last(self.layers(self.tokens(x) + self.positions)))

    model = Model()
    adam = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
    tokens, following = batch()

    def step() -> None:
        adam.zero_grad(set_to_none=True)
        logits = model(torch.from_numpy(tokens))
        nn.functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(following).flatten()).backward()
        adam.step()

    return step
