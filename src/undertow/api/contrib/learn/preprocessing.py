"""`tf.contrib.learn.preprocessing`: documents to rows of word ids.

A vocabulary is saved as JSON where TensorFlow pickles it: a file that is read back can be wrong, never dangerous.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/contrib/learn/preprocessing
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ....formats.whole import write_whole
from ....graph.errors import DataLossError, UnimplementedError

Tokenizer = Callable[[Iterable[str]], Iterable[Iterable[str]]]

# A run of capitals stands alone (HTTPServer is HTTP, Server), and so does a capitalized word before a capital.
_WORD = re.compile(
    r"""
    [A-Z]{2,} (?! [a-z])
  | [A-Z][a-z]+ (?= [A-Z])
  | [\w'-]+
    """,
    re.VERBOSE,
)


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Each document's words: letters, digits, underscores, hyphens and apostrophes that stand together."""
    return map(_WORD.findall, iterator)


_TOKENIZERS: dict[str, Any] = {"words": tokenizer, "list": list}  # those that a saved file can name


class CategoricalVocabulary:
    """Ids of categories, from 1 on in the order they are first met; 0 is the unknown one.

    Args:
      unknown_token: what stands for id 0.
      support_reverse: whether `reverse` is possible.
    """

    def __init__(self, unknown_token: Hashable = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._ids: dict[Hashable, int] = {unknown_token: 0}
        self._counts: dict[Hashable, int] = {}
        self._frozen = False

    def __len__(self) -> int:
        """How many ids there are, the unknown one's included."""
        return len(self._ids)

    def freeze(self, freeze: bool = True) -> None:
        """From now on a new category gets id 0, or with `freeze=False` an id of its own again."""
        self._frozen = freeze

    def get(self, category: Hashable) -> int:
        """The id of `category`, a new one if it is new and the vocabulary is not frozen."""
        if not self._frozen:
            self._ids.setdefault(category, len(self._ids))
        return self._ids.get(category, 0)

    def add(self, category: Hashable, count: int = 1) -> None:
        """Count `category` as seen `count` times more; one that has no id and gets none is left out."""
        if self.get(category) > 0:
            self._counts[category] = self._counts.get(category, 0) + count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keep what was counted more often than `min_frequency`, and less often than `max_frequency` if that is > 0.

        The ids are given anew: the most frequent is 1, and of equally frequent ones the alphabet's first comes first.
        """
        kept = [
            category
            for category, count in sorted(self._counts.items(), key=_by_count_and_alphabet)
            if count > min_frequency and (max_frequency <= 0 or count < max_frequency)
        ]
        self._counts = {category: self._counts[category] for category in kept}
        self._ids = {self._unknown_token: 0, **{category: i for i, category in enumerate(kept, start=1)}}

    def reverse(self, class_id: int) -> Hashable:
        """The category whose id is `class_id`.

        Raises:
          ValueError: the vocabulary was made with `support_reverse=False`.
          IndexError: there is no such id.
        """
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        if not 0 <= class_id < len(self):
            raise IndexError(f"the vocabulary has ids 0 to {len(self) - 1}, not {class_id}")
        return next(itertools.islice(self._ids, int(class_id), None))  # a dict keeps the order of the ids

    def _to_json(self) -> dict[str, Any]:
        return {
            "categories": list(self._ids),
            "counts": [self._counts.get(category, 0) for category in self._ids],
            "support_reverse": self._support_reverse,
            "frozen": self._frozen,
        }

    @classmethod
    def _from_json(cls, saved: dict[str, Any]) -> CategoricalVocabulary:
        unknown, *known = saved["categories"]
        vocabulary = cls(unknown, bool(saved["support_reverse"]))
        for category in known:
            vocabulary.get(category)
        for category, count in zip(known, saved["counts"][1:], strict=True):
            if count:
                vocabulary.add(category, int(count))
        vocabulary.freeze(bool(saved["frozen"]))
        return vocabulary


def _by_count_and_alphabet(item: tuple[Any, int]) -> tuple[int, bool, Any]:
    category, count = item
    return -count, isinstance(category, (str, bytes)), category  # numbers go before words


class VocabularyProcessor:
    """Documents as rows of `max_document_length` int64 word ids, cut or filled up with 0.

    Args:
      max_document_length: the length of a row.
      min_frequency: words seen this often or less are unknown (0 keeps all).
      vocabulary: a `CategoricalVocabulary` to use and add to.
      tokenizer_fn: takes documents and gives each one's words; `tokenizer` if None.
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Tokenizer | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learn the words of `raw_documents`, and no others from then on."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents: Iterable[str], unused_y: Any = None) -> Iterator[np.ndarray]:
        """Learn the words of `raw_documents`, then give their rows."""
        documents = list(raw_documents)
        self.fit(documents)
        return self.transform(documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[np.ndarray]:
        """Give a row of word ids for each document."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for i, word in enumerate(itertools.islice(words, self.max_document_length)):
                row[i] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """Give each row's words, joined by spaces."""
        for ids in documents:
            yield " ".join(str(self.vocabulary_.reverse(class_id)) for class_id in ids)

    def save(self, filename: str) -> None:
        """Write the vocabulary to `filename`, as JSON.

        Raises:
          UnimplementedError: the tokenizer is the program's own function (TensorFlow pickles it), or a word is of a
            type that JSON has not.
        """
        name = next((name for name, known in _TOKENIZERS.items() if known is self._tokenizer), None)
        if name is None:
            raise UnimplementedError(
                None, None, "VocabularyProcessor.save with a tokenizer_fn other than `list` is not built"
            )
        saved = {
            "format": "undertow.VocabularyProcessor",
            "max_document_length": int(self.max_document_length),
            "min_frequency": int(self.min_frequency),
            "tokenizer": name,
            "vocabulary": self.vocabulary_._to_json(),
        }
        try:
            text = json.dumps(saved, ensure_ascii=False)
        except TypeError as error:
            raise UnimplementedError(None, None, f"{filename}: the vocabulary is not written: {error}") from None
        write_whole(filename, text.encode("utf-8", "surrogatepass"))

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """What `save` wrote to `filename`.

        Raises:
          DataLossError: the file is not one of ours; TensorFlow's own are pickles, which are never read.
        """
        data = Path(filename).read_bytes()
        try:
            saved = json.loads(data.decode("utf-8", "surrogatepass"))
            vocabulary = CategoricalVocabulary._from_json(saved["vocabulary"])
            return cls(
                int(saved["max_document_length"]),
                int(saved["min_frequency"]),
                vocabulary,
                _TOKENIZERS[saved["tokenizer"]],
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            kind = "a pickle of TensorFlow's: make it again" if data[:1] == b"\x80" else "no VocabularyProcessor's file"
            raise DataLossError(None, None, f"{filename} is {kind}") from None


class ByteProcessor:
    """Documents as rows of `max_document_length` UTF-8 bytes, cut or filled up with 0."""

    def __init__(self, max_document_length: int) -> None:
        self.max_document_length = max_document_length

    def fit(self, x: Any) -> ByteProcessor:
        """There is nothing to learn."""
        return self

    def fit_transform(self, x: Iterable[str | bytes]) -> Iterator[np.ndarray]:
        """The same as `transform`."""
        return self.transform(x)

    def transform(self, x: Iterable[str | bytes]) -> Iterator[np.ndarray]:
        """Give a row of uint8 for each document."""
        for document in x:
            data = document.encode() if isinstance(document, str) else document
            row = np.frombuffer(data[: self.max_document_length], np.uint8)
            yield np.pad(row, (0, self.max_document_length - len(row)))

    def reverse(self, x: Iterable[np.ndarray]) -> Iterator[str]:
        """Give each row's text up to the zeros; a character that was cut in the middle is left out."""
        for row in x:
            yield np.asarray(row, np.uint8).tobytes().rstrip(b"\0").decode("utf-8", "ignore")
