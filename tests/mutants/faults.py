"""Faults that a test must catch: what each puts in place of what, and where it may show."""

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str
    text: str  # stands in the file exactly once
    replacement: str
    tests: tuple


FAULTS = [
    Fault(
        "sign of the circular shift",
        "layers/machines/addressing.py",
        "shift[..., reach + move, None]",
        "shift[..., reach - move, None]",
        ("tests/layers/machines/test_addressing.py",),
    ),
    Fault(
        "attention drops its mask",
        "layers/attention/attention.py",
        "weights = self.selection(scores, mask=mask, training=training)",
        "weights = self.selection(scores, mask=None, training=training)",
        ("tests/layers/attention/test_attention.py",),
    ),
    Fault(
        "soft-max over queries, not keys",
        "layers/attention/selections.py",
        "return ops.softmax(scores / self.temperature, axis=-1)",
        "return ops.softmax(scores / self.temperature, axis=-2)",
        ("tests/layers/attention/test_selections.py",),
    ),
    Fault(
        "truncation one step late",
        "layers/recurrent/backtracking.py",
        "% self.k_trunc == 0)",
        "% self.k_trunc == 1)",
        ("tests/layers/recurrent/test_backtracking.py",),
    ),
    Fault(
        "key strength β ignored",
        "layers/machines/addressing.py",
        "scores = widen(strength) * scores",
        "scores = ops.ones_like(widen(strength)) * scores",
        ("tests/layers/machines/test_addressing.py",),
    ),
    Fault(
        "temperature of TopKSoftmax ignored",
        "layers/attention/selections.py",
        "ops.softmax(largest / self.temperature, axis=-1)",
        "ops.softmax(largest, axis=-1)",
        ("tests/layers/attention/test_selections.py",),
    ),
    Fault(
        "B is not A_1 in MemN2N's adjacent tying",
        "zoo/memory_networks/tying.py",
        "question=lambda question: embedding(question)[:, 0],",
        "question=lambda question: embedding(question)[:, 1],",
        ("tests/zoo/memory_networks/test_memn2n.py",),
    ),
    Fault(
        "a pointer drops its mask",
        "layers/pointing/pointer.py",
        "mask_scores(widen(self.score.compare(query, prepared)), mask)",
        "mask_scores(widen(self.score.compare(query, prepared)), None)",
        ("tests/layers/pointing/test_pointer.py",),
    ),
    Fault(
        "sign of the energy",
        "layers/associative/hopfield_memory.py",
        "return -ops.sum(states * fields, axis=-1)",
        "return ops.sum(states * fields, axis=-1)",
        ("tests/layers/associative/test_hopfield_memory.py",),
    ),
    Fault(
        "sharpening skipped",
        "layers/machines/addressing.py",
        "weights = sharpen_weights(weights, widen(sharpness))",
        "weights = weights + 0 * widen(sharpness)",
        ("tests/layers/machines/test_addressing.py",),
    ),
    Fault(
        "heads add before they erase",
        "layers/machines/memory.py",
        "    for head in range(weights.shape[1]):",
        "    memory = memory + ops.einsum('bhn,bhm->bnm', weights, add)\n"
        "    add = 0 * add\n"
        "    for head in range(weights.shape[1]):",
        ("tests/layers/machines/test_memory.py",),
    ),
    Fault(
        "top k + 1",
        "layers/attention/selections.py",
        "kth_largest(scores, self.k)",
        "kth_largest(scores, self.k + 1)",
        ("tests/layers/attention/test_selections.py",),
    ),
    Fault(
        "a learned initial memory is not used",
        "layers/machines/ntm.py",
        "self.memory_bias if learned else INITIAL_MEMORY_VALUE",
        "INITIAL_MEMORY_VALUE",
        ("tests/layers/machines/test_ntm.py",),
    ),
]
