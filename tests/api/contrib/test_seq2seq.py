"""tf.contrib.seq2seq: names, static shapes, what is refused, and a model that learns to copy."""

import numpy as np
import pytest

import undertow as tf

seq2seq = tf.contrib.seq2seq
cells = tf.nn.rnn_cell
X = np.ones([2, 4, 3], np.float32)
MEMORY = np.ones([2, 5, 6], np.float32)
TABLE = np.ones([7, 3], np.float32)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def training(**options):
    cell = cells.GRUCell(3)
    helper = seq2seq.TrainingHelper(tf.constant(X), [4, 2])
    return seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32)), **options)


def wrapper(*args, **options):
    return seq2seq.AttentionWrapper(cells.GRUCell(3), *args, **options)


def luong():
    return seq2seq.LuongAttention(3, MEMORY)


def beams(initial_state=None, tokens=(1, 1), end=2, width=2, **options):
    state = tf.zeros([4, 3]) if initial_state is None else initial_state
    return seq2seq.BeamSearchDecoder(cells.GRUCell(3), TABLE, tokens, end, state, width, **options)


# Names and shapes


def test_variables_are_named_as_in_old_checkpoints():
    with tf.variable_scope("net"):
        mechanism = seq2seq.BahdanauAttention(4, MEMORY, normalize=True)
        cell = wrapper(mechanism, attention_layer_size=3)
        helper = seq2seq.TrainingHelper(X, [4, 2])
        decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), tf.layers.Dense(7, name="words"))
        seq2seq.dynamic_decode(decoder)
    assert [v.name for v in tf.trainable_variables()] == [
        "net/memory_layer/kernel:0",
        "net/decoder/attention_wrapper/gru_cell/gates/kernel:0",
        "net/decoder/attention_wrapper/gru_cell/gates/bias:0",
        "net/decoder/attention_wrapper/gru_cell/candidate/kernel:0",
        "net/decoder/attention_wrapper/gru_cell/candidate/bias:0",
        "net/decoder/attention_wrapper/bahdanau_attention/query_layer/kernel:0",
        "net/decoder/attention_wrapper/bahdanau_attention/attention_v:0",
        "net/decoder/attention_wrapper/bahdanau_attention/attention_g:0",
        "net/decoder/attention_wrapper/bahdanau_attention/attention_b:0",
        "net/decoder/attention_wrapper/attention_layer/kernel:0",
        "net/decoder/words/kernel:0",
        "net/decoder/words/bias:0",
    ]


def test_outputs_are_named_and_shaped_as_in_tensorflow():
    outputs, state, lengths = training()
    assert (outputs.rnn_output.name, outputs.sample_id.name) == ("decoder/transpose:0", "decoder/transpose_1:0")
    assert outputs.rnn_output.shape.as_list() == [2, None, 3]
    assert outputs.sample_id.shape.as_list() == [2, None]
    assert state.shape.as_list() == [2, 3]
    assert (lengths.shape.as_list(), lengths.dtype) == ([2], tf.int32)


def test_a_beam_search_tells_its_shapes():
    outputs, state, lengths = seq2seq.dynamic_decode(
        beams(output_layer=tf.layers.Dense(7)), maximum_iterations=3, output_time_major=True
    )
    assert outputs.predicted_ids.shape.as_list() == [None, 2, 2]
    assert outputs.beam_search_decoder_output.scores.shape.as_list() == [None, 2, 2]
    assert (state.lengths.dtype, state.log_probs.shape.as_list()) == (tf.int64, [2, 2])
    assert lengths.shape.as_list() == [2, 2]
    assert state.accumulated_attention_probs == ()


def test_sizes_of_a_wrapper_are_those_of_its_parts():
    both = wrapper([luong(), luong()], alignment_history=True)
    assert both.output_size == 12
    assert both.state_size.alignments == (5, 5)
    assert both.state_size.alignment_history == (5, 5)
    assert wrapper(luong(), attention_layer=tf.layers.Dense(9)).output_size == 9
    assert wrapper(luong(), output_attention=False).output_size == 3


def test_clone_replaces_parts_of_the_same_shape():
    state = wrapper(luong()).zero_state(2, tf.float32)
    unknown = tf.placeholder(tf.float32)
    assert state.clone(cell_state=unknown).cell_state.shape.as_list() == [2, 3]
    with pytest.raises(ValueError, match=r"Invalid shape for tensor .*, expected \[2 3\], got \(3, 3\)"):
        state.clone(cell_state=tf.ones([3, 3]))
    with pytest.raises(ValueError, match="unexpected field names"):
        state.clone(nothing=1)


def test_arrays_of_known_sizes_are_not_reordered_and_a_warning_says_so(caplog):
    cell = wrapper(seq2seq.LuongAttention(3, seq2seq.tile_batch(tf.constant(MEMORY), 2)), alignment_history=True)
    decoder = seq2seq.BeamSearchDecoder(cell, TABLE, [1, 1], 2, cell.zero_state(4, tf.float32), 2, tf.layers.Dense(7))
    _, state, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=3)
    assert isinstance(state.cell_state.alignment_history, tf.TensorArray)
    assert "expects elements to be reshapable to (2, 2, ?)" in caplog.text


# What is refused


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: seq2seq.BasicDecoder("x", None, None), TypeError, "'cell' .x. is not an RNNCell"),
        (lambda: seq2seq.BasicDecoder(cells.GRUCell(3), "h", None), TypeError, "helper must be a Helper"),
        (lambda: beams(output_layer=len), TypeError, "output_layer must be a Layer"),
        (lambda: seq2seq.dynamic_decode("x"), TypeError, "Expected decoder to be type Decoder"),
        (lambda: training(maximum_iterations=[3]), ValueError, "maximum_iterations must be a scalar"),
        (lambda: training(maximum_iterations=3.5), TypeError, "Expected int32, got 3.5"),
        (lambda: seq2seq.TrainingHelper(X, 4), ValueError, "Expected sequence_length to be a vector"),
        (lambda: seq2seq.GreedyEmbeddingHelper(TABLE, 1, 2), ValueError, "start_tokens must be a vector"),
        (lambda: seq2seq.GreedyEmbeddingHelper(TABLE, [1], [2]), ValueError, "end_token must be a scalar"),
        (
            lambda: seq2seq.SampleEmbeddingHelper(TABLE, [1], 2).sample(0, (1, 2), None),
            TypeError,
            "Expected outputs to be a single Tensor",
        ),
        (
            lambda: seq2seq.ScheduledOutputTrainingHelper(X, [4, 2], [[0.5]]),
            ValueError,
            "sampling_probability must be either a scalar or a vector",
        ),
        (lambda: seq2seq.CustomHelper(None, None, None).batch_size, ValueError, "before initialize was called"),
        (lambda: seq2seq.Helper(), TypeError, "abstract"),
        (lambda: seq2seq.Decoder(), TypeError, "abstract"),
        (
            lambda: seq2seq.LuongAttention(4, tf.placeholder(tf.float32, [2, 5, None])),
            ValueError,
            "fully defined inner dims",
        ),
        (lambda: luong()(tf.ones([2, 4]), None), ValueError, "has units: 4.*have units: 3"),
        (lambda: seq2seq.monotonic_attention([[1.0]], [[1.0]], "x"), ValueError, "'recursive', 'parallel', or 'hard'"),
        (lambda: wrapper("x"), TypeError, "must be an AttentionMechanism or list"),
        (lambda: wrapper([3]), TypeError, "must contain only instances of AttentionMechanism"),
        (lambda: wrapper(luong(), [3, 4]), ValueError, "exactly one integer per attention_mechanism, saw: 2 vs 1"),
        (lambda: wrapper(luong(), 3, attention_layer=tf.layers.Dense(3)), ValueError, "Only one of"),
        (lambda: wrapper(luong(), cell_input_fn=3), TypeError, "cell_input_fn must be callable"),
        (lambda: wrapper(luong())(tf.ones([2, 3]), tf.ones([2, 3])), TypeError, "instance of AttentionWrapperState"),
        (
            lambda: wrapper(luong()).zero_state(3, tf.float32),
            tf.errors.InvalidArgumentError,
            "Non-matching batch sizes between the memory .encoder output. and the requested batch size",
        ),
        (
            lambda: wrapper(luong(), initial_cell_state=tf.ones([3, 3])),
            tf.errors.InvalidArgumentError,
            "Non-matching batch sizes between the memory .encoder output. and initial_cell_state",
        ),
        (lambda: beams(tokens=1), ValueError, "start_tokens must be a vector"),
        (lambda: beams(tf.zeros([4])), ValueError, "Unexpected behavior when reshaping between beam width and batch"),
        (lambda: beams(tf.placeholder(tf.float32)), ValueError, "to have known rank"),
        (
            lambda: seq2seq.dynamic_decode(beams(coverage_penalty_weight=0.5)),
            ValueError,
            "coverage_penalty_weight must be 0.0 if no cell is attentional",
        ),
        (lambda: seq2seq.tile_batch(3, 2), ValueError, "t must have statically known rank"),
        (
            lambda: seq2seq.sequence_loss(tf.zeros([6, 5]), tf.zeros([2, 3]), tf.zeros([2, 3])),
            ValueError,
            "Logits must be a .batch_size x sequence_length x logits. tensor",
        ),
        (
            lambda: seq2seq.sequence_loss(
                tf.zeros([2, 3, 5]), tf.zeros([2, 3]), tf.zeros([2, 3]), sum_over_timesteps=True
            ),
            ValueError,
            "average_across_timesteps and sum_over_timesteps cannot be set to True",
        ),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_a_batch_that_does_not_fit_the_memory_is_told_where_it_runs():
    memory = tf.placeholder(tf.float32, [None, 5, 6])
    cell = wrapper(seq2seq.LuongAttention(3, memory))
    output, _ = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(output, {memory: MEMORY})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Are you using the BeamSearchDecoder"):
            session.run(output, {memory: np.ones([3, 5, 6])})


def test_a_row_of_length_zero_is_told_where_it_runs():
    lengths = tf.placeholder(tf.int32, [None])
    mechanism = seq2seq.LuongAttention(3, MEMORY, lengths)
    alignments, _ = mechanism(tf.ones([2, 3]), None)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(alignments, {lengths: [5, 1]})[1].tolist() == [1, 0, 0, 0, 0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="must greater than zero"):
            session.run(alignments, {lengths: [5, 0]})


# A mechanism of a program's own, and the old private names


def test_a_mechanism_may_be_derived_from_the_old_private_base():
    from undertow.compat.seq2seq_names import _maybe_mask_score, _prepare_memory

    class Dot(seq2seq.BahdanauAttention):
        def __call__(self, query, state):
            with tf.variable_scope(None, "dot", [query]):
                score = tf.reduce_sum(self.keys * tf.expand_dims(self.query_layer(query), 1), 2)
            alignments = self._probability_fn(score, state)
            return alignments, alignments + state

    mechanism = Dot(num_units=3, memory=MEMORY, memory_sequence_length=[5, 2], probability_fn=tf.nn.sigmoid)
    cell = wrapper(mechanism)
    _, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(state.alignments)
    assert (found[0] > 0).all()
    assert found[1, 2:].tolist() == [0, 0, 0]
    with pytest.raises(tf.errors.UnimplementedError, match="memory_mask"):
        _prepare_memory(MEMORY, memory_mask=[[True]])
    with pytest.raises(tf.errors.UnimplementedError, match="memory_mask"):
        _maybe_mask_score(MEMORY, memory_mask=[[True]])


def test_the_old_private_paths_lead_to_the_same_objects():
    from undertow.compat import old_paths

    base = "contrib.seq2seq.python.ops"
    for path, name in [
        ("attention_wrapper", "AttentionWrapper"),
        ("basic_decoder", "BasicDecoder"),
        ("beam_search_decoder", "tile_batch"),
        ("beam_search_ops", "gather_tree"),
        ("decoder", "dynamic_decode"),
        ("helper", "TrainingHelper"),
        ("loss", "sequence_loss"),
    ]:
        assert getattr(old_paths.old_module(f"{base}.{path}"), name) is getattr(seq2seq, name)
    private = old_paths.old_module(f"{base}.attention_wrapper")
    assert issubclass(seq2seq.LuongAttention, private._BaseAttentionMechanism)
    assert callable(old_paths.old_module(f"{base}.beam_search_decoder").gather_tree_from_array)
    assert callable(old_paths.old_module(f"{base}.helper")._unstack_ta)
    assert callable(old_paths.old_module(f"{base}.decoder")._create_zero_outputs)


# Beams


def test_scores_are_log_probabilities_over_the_length_penalty():
    from undertow.compat.seq2seq_names import _get_scores, _length_penalty

    penalty = _length_penalty(tf.constant([1, 7]), 2.0)  # ((5 + 1) / 6) ** 2 = 1, ((5 + 7) / 6) ** 2 = 4
    scores = _get_scores(
        log_probs=tf.constant([[[-8.0, -4.0]]]),
        sequence_lengths=tf.constant([[[1, 7]]]),
        length_penalty_weight=2.0,
        coverage_penalty_weight=0.5,
        finished=tf.constant([[True]]),
        accumulated_attention_probs=tf.constant([[[np.exp(-2.0), 3.0, 0.0]]]),  # logs: -2, of 1 at most, not looked at
    )
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(penalty), [1, 4])
        np.testing.assert_allclose(session.run(scores), [[[-8 - 1, -1 - 1]]], rtol=1e-6)
    assert _length_penalty(tf.constant([1, 7]), 0.0) == 1.0
    with pytest.raises(ValueError, match="only if coverage penalty is disabled"):
        _get_scores(tf.zeros([1, 1, 2]), tf.ones([1, 1, 2]), 0.0, 0.5, tf.constant([[True]]), None)


def test_finished_beams_can_only_go_on_with_the_end():
    from undertow.compat.seq2seq_names import _mask_probs

    probs = tf.constant([[[-1.0, -2.0], [-3.0, -4.0]]])
    masked = _mask_probs(probs, tf.constant(1), tf.constant([[True, False]]))
    with tf.Session() as session:
        lowest = np.finfo(np.float32).min
        assert session.run(masked).tolist() == [[[lowest, 0.0], [-3.0, -4.0]]]


def test_beams_of_arrays_are_followed_back():
    from undertow.compat.seq2seq_names import gather_tree_from_array

    # Three steps of two beams; at the last step the beams have changed places, so what came before does too.
    held = tf.constant([[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]])
    parents = tf.constant([[[0, 0]], [[0, 1]], [[1, 0]]])
    with tf.Session() as session:
        found = session.run(gather_tree_from_array(held, parents, tf.constant([[3, 3]])))
    assert found.tolist() == [[[2.0, 1.0]], [[4.0, 3.0]], [[5.0, 6.0]]]


def test_the_beam_search_of_a_table_of_words_is_that_of_an_exhaustive_search():
    """A cell whose logits depend on the last word alone: the best of all sequences can be found by trying them."""
    words, end, steps = 4, 0, 4
    table = np.log(np.array([[1, 1, 1, 1], [2, 1, 6, 3], [4, 2, 1, 3], [3, 5, 4, 1]], np.float64))
    table -= np.log(np.exp(table).sum(1, keepdims=True))

    class Words(cells.RNNCell):
        state_size, output_size = 1, words

        def call(self, inputs, state):
            return tf.matmul(inputs, tf.constant(table, tf.float32)), state

    decoder = seq2seq.BeamSearchDecoder(Words(), np.eye(words, dtype=np.float32), [1], end, tf.zeros([64, 1]), 64)
    outputs, state, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=steps)
    with tf.Session() as session:
        found, log_probs = session.run([outputs.predicted_ids, state.log_probs])

    def all_from(word, left):
        if left == 0:
            return [((), 0.0)]
        found = [((end,) * left, table[word, end])]
        for following in range(1, words):
            found += [((following, *rest), table[word, following] + p) for rest, p in all_from(following, left - 1)]
        return found

    best = sorted(all_from(1, steps), key=lambda pair: -pair[1])[:5]
    np.testing.assert_allclose(log_probs[0, :5], [p for _, p in best], rtol=1e-5)
    assert [tuple(row) for row in found[0].T[:5]] == [sequence for sequence, _ in best]


# End to end


@pytest.mark.parametrize("mechanism", ["LuongAttention", "BahdanauAttention"])
def test_a_model_learns_to_copy_and_the_beam_search_reads_it_out(mechanism):
    """Encoder, attention, training with given inputs; then greedy and beam inference by the same variables."""
    words, length, batch, units, width, start, end = 8, 3, 32, 48, 3, 0, 1
    tf.set_random_seed(1)
    source = tf.placeholder(tf.int32, [None, length])
    table = tf.get_variable("table", [words, 16])
    outputs, state = tf.nn.dynamic_rnn(cells.GRUCell(units), tf.nn.embedding_lookup(table, source), dtype=tf.float32)
    layer = tf.layers.Dense(words, name="words")
    n = tf.shape(source)[0]

    def attending(memory, state, rows):
        made = getattr(seq2seq, mechanism)(units, memory)
        cell = seq2seq.AttentionWrapper(cells.GRUCell(units), made, attention_layer_size=units)
        return cell, cell.zero_state(rows, tf.float32).clone(cell_state=state)

    starts, ends = tf.fill([n, 1], start), tf.fill([n, 1], end)
    given, wanted = tf.concat([starts, source], 1), tf.concat([source, ends], 1)
    with tf.variable_scope("decode"):
        cell, first = attending(outputs, state, n)
        helper = seq2seq.TrainingHelper(tf.nn.embedding_lookup(table, given), tf.fill([n], length + 1))
        decoded, _, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, first, layer))
        loss = seq2seq.sequence_loss(decoded.rnn_output, wanted, tf.ones([n, length + 1]))
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    with tf.variable_scope("decode", reuse=True):
        cell, first = attending(outputs, state, n)
        helper = seq2seq.GreedyEmbeddingHelper(table, tf.fill([n], start), end)
        decoder = seq2seq.BasicDecoder(cell, helper, first, layer)
        greedy, _, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=length + 3)
    with tf.variable_scope("decode", reuse=True):
        cell, first = attending(seq2seq.tile_batch(outputs, width), seq2seq.tile_batch(state, width), n * width)
        decoder = seq2seq.BeamSearchDecoder(cell, table, tf.fill([n], start), end, first, width, layer)
        searched, _, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=length + 3)
    random = np.random.RandomState(3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(120):
            session.run(train, {source: random.randint(2, words, [batch, length])})
        x = random.randint(2, words, [50, length])
        best, beam, ends_at = session.run([greedy.sample_id, searched.predicted_ids, lengths], {source: x})
    assert len(tf.trainable_variables()) == len({v.name for v in tf.trainable_variables()})
    right = (best[:, :length] == x).all(1) & (ends_at == length + 1)
    assert right.mean() > 0.9
    assert (beam[:, :length, 0] == x).all(1).mean() > 0.9
    assert (beam[:, :, 0] != beam[:, :, 1]).any(1).all()  # the second best is another
