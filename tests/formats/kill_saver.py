"""Kills processes that save checkpoints, at random moments: `kill_saver.py FOLDER KILLS SEED`.

Each child goes on from the folder's newest checkpoint: it saves variables that all hold the number of the save, and
tells when a save is done. After each kill the newest checkpoint must be there, be whole, and be none older than the
last that was told of. How a child saves changes: each time under a new name, under one name, from two devices.
"""

import os
import random
import signal
import sys
import time

import numpy as np

import undertow as tf
from undertow.kernels.registry import load

SIZES = {"a": [400, 500], "b": [3], "c": [100, 700]}
WAYS = ("new names", "one name", "two devices")


def save_until_killed(folder, way, told):
    tf.reset_default_graph()
    for i, (name, shape) in enumerate(SIZES.items()):
        with tf.device(f"/cpu:{i % 2}" if way == "two devices" else None):
            tf.get_variable(name, shape)
    value = tf.placeholder(tf.float32, [])
    sets = [v.assign(tf.fill(v.shape, value)) for v in tf.global_variables()]
    saver = tf.train.Saver(sharded=way == "two devices", max_to_keep=2)
    newest = tf.train.latest_checkpoint(folder)
    number = 0 if newest is None else number_in(newest)
    with tf.Session() as session:
        session.run(sets, {value: number})
        os.write(told, b"0\n")  # from now on it may be killed
        while True:
            number += 1
            session.run(sets, {value: number})
            saver.save(session, os.path.join(folder, way.replace(" ", "_")), None if way == "one name" else number)
            os.write(told, b"%d\n" % number)


def number_in(prefix):
    """What all elements of all variables of a checkpoint are."""
    reader = tf.train.NewCheckpointReader(prefix)
    assert reader.get_variable_to_shape_map() == SIZES, prefix
    found = np.unique(np.concatenate([reader.get_tensor(name).ravel() for name in SIZES]))
    assert len(found) == 1, f"{prefix} mixes saves: {found}"
    return int(found[0])


def main(folder, kills, seed):
    load()  # once, for all the children
    chance, done, saves = random.Random(seed), 0, 0
    for kill in range(kills):
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            save_until_killed(folder, chance.choice(WAYS), write)
        os.close(write)
        with os.fdopen(read) as told:
            assert told.readline() == "0\n", "the child did not come to saving"
            time.sleep(chance.uniform(0, 0.3))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            numbers = [int(line) for line in told if line.endswith("\n")]
        done = max([done, *numbers])
        saves += len(numbers)
        newest = tf.train.latest_checkpoint(folder)
        if done:
            assert newest is not None, f"kill {kill}: no checkpoint is named"
            assert number_in(newest) >= done, f"kill {kill}: {newest} is of {number_in(newest)}, {done} was done"
    print(f"{kills} kills during {saves} saves: none lost, none broken")


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
