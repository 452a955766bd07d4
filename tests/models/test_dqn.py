"""A deep Q-network as programs write it: a target network that is copied from time to time."""

import numpy as np

import undertow as tf

STATES, ACTIONS, DISCOUNT = 5, 2, 0.9


def network(state, scope):
    with tf.variable_scope(scope):
        hidden = tf.layers.dense(tf.one_hot(state, STATES), 24, tf.nn.tanh)
        return tf.layers.dense(hidden, ACTIONS)


def corridor(state, action):
    """Action 1 goes right, 0 left; the reward is 1 at the right end, where it ends."""
    after = np.clip(state + 2 * action - 1, 0, STATES - 1)
    return after, (after == STATES - 1).astype(np.float32)


def test_the_target_stands_still_until_it_is_copied_and_the_values_come_to_be_the_discounted_rewards():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        state, after = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, [None])
        action, reward = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None])
        values, target = network(state, "online"), network(after, "target")
        online, standing = (tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope) for scope in ("online", "target"))
        copy = tf.group(*[tf.assign(t, o) for t, o in zip(standing, online, strict=True)], name="copy")
        wanted = tf.stop_gradient(reward + DISCOUNT * (1.0 - reward) * tf.reduce_max(target, axis=1))
        chosen = tf.gather_nd(values, tf.stack([tf.range(tf.shape(action)[0]), action], axis=1))
        loss = tf.losses.huber_loss(wanted, chosen)
        train = tf.train.RMSPropOptimizer(0.005).minimize(loss, var_list=online)
        session.run(tf.global_variables_initializer())
        session.run(copy)
        random = np.random.RandomState(0)
        for step in range(1200):
            before, choice = random.randint(0, STATES - 1, 32), random.randint(0, ACTIONS, 32)
            landed, got = corridor(before, choice)
            session.run(train, {state: before, action: choice, reward: got, after: landed})
            if step == 0:
                mine, theirs = session.run([online, standing])
                assert not np.array_equal(mine[0], theirs[0])
            if step % 50 == 49:
                session.run(copy)
                mine, theirs = session.run([online, standing])
                assert all(map(np.array_equal, mine, theirs))
        found = session.run(values, {state: range(STATES - 1)})
    # One step from the end it is worth 1, two steps 0.9 …; going left costs two steps.
    np.testing.assert_allclose(found[:, 1], DISCOUNT ** np.array([3, 2, 1, 0]), atol=0.1)
    assert (found[:, 1] > found[:, 0]).all()
