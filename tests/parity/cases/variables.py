"""`tf.get_variable`, `tf.variable_scope`: names, nodes, sharing. `api/variable_scope.py`, `api/variable_store.py`."""

from harness import case


def _v(tf, name="v", shape=(2,), **options):
    return tf.get_variable(name, shape, initializer=tf.ones_initializer(), **options)


@case(nodes=True)
def a_variable_made_from_values(tf):
    return [
        tf.get_variable("tensor", initializer=tf.constant([1.0, 2.0])),
        tf.get_variable("list", initializer=[3, 4]),
        tf.get_variable("function", initializer=lambda: tf.zeros([2, 2])),
        tf.get_variable("of_its_shape", [2], initializer=lambda shape, dtype: tf.fill(shape, 7.0)),
    ]


@case(nodes=True)
def scopes_prefix_variables_and_open_name_scopes(tf):
    made = []
    with tf.name_scope("names"):
        with tf.variable_scope("a"):
            made += [_v(tf), tf.add(1.0, 2.0, name="op")]
            with tf.variable_scope("b"):
                made += [_v(tf), tf.add(1.0, 2.0, name="op")]
        with tf.variable_scope("a", reuse=True):
            made += [_v(tf), tf.add(1.0, 2.0, name="op")]
    return made


@case(nodes=True)
def a_scope_entered_again(tf):
    with tf.variable_scope("out"):
        with tf.variable_scope("a") as a:
            made = [_v(tf)]
    with tf.variable_scope("elsewhere"):
        with tf.variable_scope(a):
            made += [_v(tf, "w"), tf.add(1.0, 2.0, name="op")]
            with tf.variable_scope("inner"):
                made += [_v(tf, "w"), tf.add(1.0, 2.0, name="op")]
        with tf.variable_scope(a, reuse=True), tf.name_scope(a.original_name_scope):
            made += [_v(tf), tf.add(1.0, 2.0, name="op")]
        with tf.variable_scope(a, auxiliary_name_scope=False):
            made += [_v(tf, "x"), tf.add(1.0, 2.0, name="op")]
    return made


@case(nodes=True)
def default_names_are_made_unique(tf):
    made = []
    for _ in range(2):
        with tf.variable_scope(None, "d"):
            made += [_v(tf), tf.add(1.0, 2.0, name="op")]
            for _ in range(2):
                with tf.variable_scope(None, "e"):
                    made.append(_v(tf))
    with tf.variable_scope("d", reuse=True), tf.variable_scope(None, "e"):
        made.append(_v(tf))
    with tf.variable_scope("named", default_name="d"):
        made.append(_v(tf))
    return made


@case(nodes=True)
def the_empty_name(tf):
    made = []
    with tf.name_scope("n"):
        with tf.variable_scope(""):
            made += [_v(tf), tf.add(1.0, 2.0, name="op")]
        with tf.variable_scope("a"), tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
            made += [_v(tf), _v(tf), tf.add(1.0, 2.0, name="op")]
    return made


@case(nodes=True)
def initializers_stand_outside_control_dependencies_and_loops(tf):
    with tf.control_dependencies([tf.constant(1.0, name="c")]), tf.name_scope("n"), tf.variable_scope("s"):
        return [tf.get_variable("v", [3], initializer=tf.random_normal_initializer(seed=1))]


@case
def a_custom_getter_changes_what_is_got(tf):
    def outer(getter, name, *args, **kwargs):
        return getter(name, *args, **kwargs) * 10.0

    def inner(getter, *args, **kwargs):
        return getter(*args, **kwargs) + 1.0

    with tf.variable_scope("a", custom_getter=outer), tf.variable_scope("b", custom_getter=inner):
        return [_v(tf), _v(tf, "w", custom_getter=lambda getter, *args, **kwargs: getter(*args, **kwargs))]


@case
def names_in_collections(tf):
    with tf.variable_scope("a") as scope:
        _v(tf)
        _v(tf, "fixed", trainable=False)
        tf.get_local_variable("local", [1], initializer=tf.ones_initializer())
        _v(tf, "own", collections=["mine", tf.GraphKeys.GLOBAL_VARIABLES])
    _v(tf, "outside")
    with tf.variable_scope("a/b"):
        _v(tf)
    lists = {
        "global": tf.global_variables(),
        "trainable": tf.trainable_variables(),
        "local": tf.local_variables(),
        "mine": tf.get_collection("mine"),
        "of_scope": scope.global_variables(),
        "trainable_of_scope": scope.trainable_variables(),
    }
    return {k: tf.constant([v.name for v in vs] or [""]) for k, vs in lists.items()}


@case(nodes=True)
def a_partitioned_variable(tf):
    def iota(shape, dtype=None, partition_info=None):
        return tf.fill(shape, float(partition_info.var_offset[0]))

    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(3)):
        v = tf.get_variable("v", [7, 2], initializer=iota)
        w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0, 3.0]))
        one = tf.get_variable("one", [4], initializer=iota, partitioner=tf.fixed_size_partitioner(1))
    with tf.variable_scope("s", reuse=True):
        again = tf.get_variable("v", [7, 2])
    specs = tf.constant([p._get_save_slice_info().spec for p in list(v) + list(w) + list(one)])
    return [tf.convert_to_tensor(v), tf.identity(w), tf.identity(one), tf.identity(again), list(v), specs]


@case
def assigning_to_a_partitioned_variable(tf):
    v = tf.get_variable("v", [5, 2], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(2))
    value = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 10.0]])
    yield v.assign(value), None
    yield v.assign_add(value), None
    yield v.assign_sub([tf.ones([3, 2]), tf.ones([2, 2])]), None


@case
def partitioned_variables_by_the_older_function(tf):
    made = tf.create_partitioned_variables([3, 5], [1, 2], tf.constant([[float(i) for i in range(5)]] * 3))
    return {v.name.replace(":", "_"): v for v in made}
