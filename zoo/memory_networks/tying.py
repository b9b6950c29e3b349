"""How a memory network ties its tables, and how it reads a memory hop by hop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
from keras import ops

from ... import layers


class Hop(NamedTuple):
    """One read of the memory: its layer, and which of the tables are its A and its C."""

    layer: layers.MemoryHop
    key_table: int  # A_k
    value_table: int  # C_k


@dataclass(frozen=True)
class Tying:
    """The embeddings of a memory network, of which some are one and the same.

    Args:
        embedding: From sentences to their vectors in each table, all A_k and C_k.
        question: B, from a question to the state u_1.
        hops: Which tables each hop reads.
        read_out: W, from the state u_{K+1} to logits.
    """

    embedding: layers.SentenceEmbedding
    question: Callable[[Any], Any]
    hops: list[Hop]
    read_out: Callable[[Any], Any]


def adjacent_tying(
    hops: int,
    new_hop: Callable[..., keras.layers.Layer],
    sentences: Mapping[str, Any],
    max_ages: int | None,
) -> Tying:
    """A_{k+1} = C_k, B = A_1 and Wᵀ = C_K: one table more than there are hops."""
    embedding = layers.SentenceEmbedding(
        **sentences, tables=hops + 1, max_ages=max_ages, name="embedding"
    )
    return Tying(
        embedding,
        question=lambda question: embedding(question)[:, 0],  # B = A_1
        hops=[Hop(new_hop(name=f"hop_{k + 1}"), k, k + 1) for k in range(hops)],
        read_out=lambda state: embedding(state, reverse=True),  # Wᵀ = C_K
    )


def layer_wise_tying(
    hops: int,
    new_hop: Callable[..., keras.layers.Layer],
    sentences: Mapping[str, Any],
    max_ages: int | None,
) -> Tying:
    """One A, one C and one H for all hops; B and W are tables of their own."""
    return Tying(
        layers.SentenceEmbedding(**sentences, tables=2, max_ages=max_ages, name="embedding"),
        question=layers.SentenceEmbedding(**sentences, name="question_embedding"),  # B
        hops=[Hop(new_hop(mapped=True, name="hop"), 0, 1)] * hops,
        read_out=keras.layers.Dense(  # W
            sentences["vocabulary_size"],
            use_bias=False,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="read_out",
        ),
    )


TYINGS = {"adjacent": adjacent_tying, "layer_wise": layer_wise_tying}


def hop_by_hop(
    state: Any, memories: Any, hops: Sequence[Hop], mask: Any = None
) -> tuple[Any, Any]:
    """The state after all hops, and the weights of each, `(batch, hops, slots)`.

    Args:
        state: u_1, `(batch, dim)`.
        memories: The vector of each slot in each table, `(batch, slots, tables, dim)`.
        hops: A list of `Hop`.
        mask: Which slots are filled, `(batch, slots)`.
    """
    attention = []
    # Taken apart once: each slice would have a gradient of the size of the whole.
    tables = ops.unstack(memories, axis=2)
    for hop in hops:
        state, weights = hop.layer(
            state,
            tables[hop.value_table],  # c
            tables[hop.key_table],  # m
            value_mask=mask,
            return_attention_scores=True,
        )
        attention.append(weights)
    return state, ops.stack(attention, axis=1)


def sgd_of_sum(
    learning_rate: float,
    batch_size: int,
    clipnorm: float | None = None,
    global_clipnorm: float | None = None,
) -> keras.optimizers.Optimizer:
    """Gradient descent on a loss that is summed over the batch, as in the paper.

    Keras's losses are the mean over the batch: the learning rate is multiplied by
    `batch_size`, and norms are divided by it.

    Args:
        learning_rate: Of the summed loss.
        batch_size: Examples in a batch.
        clipnorm: The norm to which the gradient of each table is clipped by itself.
        global_clipnorm: The norm to which all gradients are clipped together.
    """
    return keras.optimizers.SGD(
        learning_rate * batch_size,
        clipnorm=clipnorm and clipnorm / batch_size,
        global_clipnorm=global_clipnorm and global_clipnorm / batch_size,
    )
