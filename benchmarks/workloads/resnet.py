"""ResNet-20 (He et al. 2015) with batch norm on 32 x 32 images, batch 64: three stages of three blocks, momentum."""

from __future__ import annotations

BATCH, SIZE, CLASSES = 64, 32, 10
STAGES = (16, 32, 64)
BLOCKS = 3
DECAY = 0.9


def batch():
    import numpy as np

    random = np.random.RandomState(0)
    return random.rand(BATCH, SIZE, SIZE, 3).astype("float32"), random.randint(0, CLASSES, BATCH)


def tensorflow_1(tf):
    x = tf.placeholder(tf.float32, [None, SIZE, SIZE, 3])
    y = tf.placeholder(tf.int64, [None])

    def conv(net, filters, size, stride):
        net = tf.layers.conv2d(net, filters, size, stride, padding="same", use_bias=False)
        return tf.layers.batch_normalization(net, momentum=DECAY, training=True)

    net = tf.nn.relu(conv(x, STAGES[0], 3, 1))
    for stage, filters in enumerate(STAGES):
        for block in range(BLOCKS):
            stride = 2 if stage and not block else 1
            short = net if stride == 1 else conv(net, filters, 1, stride)
            net = tf.nn.relu(conv(net, filters, 3, stride))
            net = tf.nn.relu(conv(net, filters, 3, 1) + short)
    logits = tf.layers.dense(tf.reduce_mean(net, [1, 2]), CLASSES)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    images, labels = batch()
    return lambda: session.run(train, {x: images, y: labels})


def pytorch():
    import torch
    from torch import nn

    def conv(channels: int, filters: int, size: int, stride: int) -> nn.Module:
        convolution = nn.Conv2d(channels, filters, size, stride, padding=size // 2, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(filters, eps=1e-3, momentum=1 - DECAY))

    class Block(nn.Module):
        def __init__(self, channels: int, filters: int, stride: int) -> None:
            super().__init__()
            self.first, self.second = conv(channels, filters, 3, stride), conv(filters, filters, 3, 1)
            self.short = nn.Identity() if stride == 1 else conv(channels, filters, 1, stride)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.second(torch.relu(self.first(x))) + self.short(x))

    layers: list[nn.Module] = [conv(3, STAGES[0], 3, 1), nn.ReLU()]
    channels = STAGES[0]
    for stage, filters in enumerate(STAGES):
        for block in range(BLOCKS):
            layers.append(Block(channels, filters, 2 if stage and not block else 1))
            channels = filters
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]
    model = nn.Sequential(*layers).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, fused=True)
    loss_function = nn.CrossEntropyLoss()
    images, labels = batch()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss_function(model(torch.from_numpy(images).permute(0, 3, 1, 2)), torch.from_numpy(labels)).backward()
        optimizer.step()

    return step
