"""`tf.contrib.learn.preprocessing`: documents to rows of word ids."""

import json
import pickle

import numpy as np
import pytest

import undertow as tf

text = tf.contrib.learn.preprocessing


def rows(documents):
    return [row.tolist() for row in documents]


def test_words_keep_hyphens_and_apostrophes_and_split_at_a_capital_inside():
    documents = ["it's a well-made, b_2", "a - c", "HTTPServer myName HelloWorld", "фыв 你好"]
    assert list(text.tokenizer(documents)) == [
        ["it's", "a", "well-made", "b_2"],
        ["a", "-", "c"],
        ["HTTP", "Server", "myName", "Hello", "World"],
        ["фыв", "你好"],
    ]


def test_words_get_ids_as_they_come_and_rows_are_cut_or_filled_with_zeros():
    processor = text.VocabularyProcessor(4)
    assert rows(processor.fit_transform(["b a", "a b c d e"])) == [[1, 2, 0, 0], [2, 1, 3, 4]]
    assert len(processor.vocabulary_) == 6
    assert rows(processor.transform(["e new a"])) == [[5, 0, 2, 0]]
    assert next(processor.transform(["a"])).dtype == np.int64


def test_words_no_more_frequent_than_min_frequency_are_unknown_and_the_rest_is_sorted_by_frequency():
    processor = text.VocabularyProcessor(4, min_frequency=1)
    documents = ["c a b b", "a b c", "c once"]  # c and b 3 times, a twice
    assert rows(processor.fit_transform(documents)) == [[2, 3, 1, 1], [3, 1, 2, 0], [2, 0, 0, 0]]
    assert [processor.vocabulary_.reverse(i) for i in range(4)] == ["<UNK>", "b", "c", "a"]


def test_a_vocabulary_counts_only_what_it_may_hold():
    vocabulary = text.CategoricalVocabulary()
    for word, count in {"c": 5, "a": 10, "b": 5, "d": 12}.items():
        vocabulary.add(word, count)
    vocabulary.trim(7, 11)
    vocabulary.freeze()
    assert [vocabulary.get(word) for word in "abcd"] == [1, 0, 0, 0]
    assert len(vocabulary) == 2


def test_reverse_is_refused_where_it_was_not_asked_for():
    with pytest.raises(ValueError, match="support_reverse"):
        text.CategoricalVocabulary(support_reverse=False).reverse(0)


def test_a_restored_processor_gives_the_same_rows_and_the_file_is_json(tmp_path):
    file = str(tmp_path / "vocab")
    processor = text.VocabularyProcessor(4, min_frequency=1)
    documents = ["a b c", "a\nb\nc", "a, b - c"]
    before = rows(processor.fit_transform(documents))
    processor.save(file)
    restored = text.VocabularyProcessor.restore(file)
    assert rows(restored.transform(documents)) == before == [[1, 2, 3, 0], [1, 2, 3, 0], [1, 2, 0, 3]]
    assert list(restored.reverse(before[:1])) == ["a b c <UNK>"]
    with open(file, encoding="utf-8") as saved:
        assert json.load(saved)["vocabulary"]["categories"] == ["<UNK>", "a", "b", "c"]


def test_a_pickle_is_never_read(tmp_path):
    file = tmp_path / "vocab"
    file.write_bytes(pickle.dumps({"max_document_length": 4}))
    with pytest.raises(tf.errors.DataLossError, match="a pickle of TensorFlow's"):
        text.VocabularyProcessor.restore(str(file))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"vocabulary": {"categories": []}}', "[" * 100_000])
def test_a_damaged_file_is_named(tmp_path, content):
    file = tmp_path / "vocab"
    file.write_text(content)
    with pytest.raises(tf.errors.DataLossError, match="vocab is no VocabularyProcessor's file"):
        text.VocabularyProcessor.restore(str(file))


def test_a_tokenizer_of_the_programs_own_is_used_but_not_saved(tmp_path):
    processor = text.VocabularyProcessor(3, tokenizer_fn=lambda documents: (d.split("|") for d in documents))
    assert rows(processor.fit_transform(["a b|c"])) == [[1, 2, 0]]
    with pytest.raises(tf.errors.UnimplementedError, match="tokenizer_fn"):
        processor.save(str(tmp_path / "vocab"))
    assert not (tmp_path / "vocab").exists()


def test_a_given_vocabulary_is_used_and_list_makes_a_word_of_each_character(tmp_path):
    vocabulary = text.CategoricalVocabulary()
    vocabulary.get("A")
    vocabulary.get("B")
    vocabulary.freeze()
    processor = text.VocabularyProcessor(4, vocabulary=vocabulary, tokenizer_fn=list)
    assert rows(processor.fit_transform(["ABC", "CBABAF"])) == [[1, 2, 0, 0], [0, 2, 1, 2]]
    processor.save(str(tmp_path / "vocab"))
    assert rows(text.VocabularyProcessor.restore(str(tmp_path / "vocab")).transform(["BA"])) == [[2, 1, 0, 0]]


def test_bytes_are_rows_of_utf_8():
    processor = text.ByteProcessor(8)
    made = list(processor.fit_transform(["abc", "фыва", b"abc", "12345678901234567890"]))
    assert made[0].tolist() == [97, 98, 99, 0, 0, 0, 0, 0]
    assert list(processor.reverse(made)) == ["abc", "фыва", "abc", "12345678"]
