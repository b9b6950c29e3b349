"""The end-to-end memory network as a language model."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.validation import check_positive
from ..checked_model import CheckedModel
from .tying import Hop, hop_by_hop, sgd_of_sum


@keras.saving.register_keras_serializable(package="keras_memory")
class MemN2NLanguageModel(CheckedModel):
    """End-to-end memory network as a language model: the last words are the memory.

    u_1 = (0.1, 0.1, ...);  u_{k+1} = f(H u_k + Σ_i w_i c_i),  w = softmax(u_k · m_i);
    logits = W u_{K+1}

    with m_i = A x_i + T_A(i), c_i = C x_i + T_C(i), one A, C and H for all hops, and f linear
    in one half of its entries and max(0, x) in the other.

    Takes numbers of words from 1 on, `(batch, words)`, 0 for padding before the first; it
    gives logits `(batch, vocabulary_size)`, whose first is of word 1.

    Args:
        vocabulary_size: How many words there are.
        dim: d, width of a vector.
        hops: K, how often it reads the memory.
        memory_size: How many words have ages of their own; older ones have that of the
            oldest.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    text = np.random.default_rng(0).integers(1, 50, (64, 21))  # words by number, from 1
    model = zoo.MemN2NLanguageModel(vocabulary_size=50, dim=16, hops=2)
    model.fit(text[:, :-1], text[:, -1] - 1)
    ```

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 5.
    """

    needs_steps = True
    layouts = {"embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary_size: int,
        dim: int = 150,
        hops: int = 6,
        memory_size: int = 100,
        name: str = "memn2n_language_model",
    ) -> None:
        sizes = {
            "vocabulary_size": vocabulary_size,
            "dim": dim,
            "hops": hops,
            "memory_size": memory_size,
        }
        for argument, size in sizes.items():
            check_positive(argument, size)
        normal = keras.initializers.RandomNormal(stddev=0.05)
        words = keras.Input((None,), dtype="int32", name="words")
        is_word = ops.not_equal(words, 0)
        embedding = layers.SentenceEmbedding(
            vocabulary_size,
            dim,
            tables=2,
            encoding="bag_of_words",
            max_ages=memory_size,
            embeddings_initializer=normal,
            name="embedding",
        )
        memories = embedding(words[..., None], layers.SentenceAges(name="ages")(is_word))
        hop = layers.MemoryHop(
            mapped=True,
            activation=half_relu,
            kernel_initializer=normal.clone(),
            name="hop",
        )
        first = 0.1 + ops.zeros_like(memories[:, 0, 0])
        state, attention = hop_by_hop(first, memories, [Hop(hop, 0, 1)] * hops, is_word)
        logits = keras.layers.Dense(
            vocabulary_size,
            use_bias=False,
            kernel_initializer=normal.clone(),
            name="read_out",
        )(state)
        super().__init__(words, logits, name=name)
        self._with_attention = keras.Model(words, [logits, attention])
        self.arguments = {**sizes, "name": name}
        self.compile_default(
            sgd_of_sum(0.01, batch_size=128, global_clipnorm=50.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )

    @property
    def ids_below(self) -> Mapping[str, int]:
        return {"words": 1 + self.arguments["vocabulary_size"]}

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The weights of each hop, `weights`, `(batch, hops, words)`; and the `logits`."""
        logits, weights = self._with_attention(inputs, training=False)
        return {"weights": weights, "logits": logits}


@keras.saving.register_keras_serializable(package="keras_memory")
def half_relu(x: Any) -> Any:
    """x in the first half of its entries, max(0, x) in the others."""
    half = x.shape[-1] // 2
    return ops.concatenate([x[..., :half], ops.relu(x[..., half:])], axis=-1)
