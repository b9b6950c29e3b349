"""The recipe that evaluates and plots a model which no recipe has trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import registry

if TYPE_CHECKING:
    from .recipe import Recipe

# What a model must be for a recipe of long spans: its task, and its input and output units.
OF_LONG_SPANS = {
    ("regression", 2, 1): "sab_adding",
    ("labelling", 10, 9): "sab_copy",
    ("labelling", 27, 27): "sab_char_text8",
    ("labelling", 50, 50): "sab_char_ptb",
    ("classification", 1, 10): "sab_permuted_mnist",
    ("classification", 3, 10): "sab_cifar10",
}
OF_POINTERS = {
    ("permutation", 1): "pointer_sort",
    ("permutation", 2): "pointer_tsp",
    ("simple_polygon", 2): "pointer_convex_hull",
    ("triangles", 2): "pointer_delaunay",
}
# By input and output units of a memory machine; copying, of any bits, is the NTM's.
OF_EPISODES = {
    (1, 1): "dynamic_ngrams",
    (7, 6): "reused_copy",
    (8, 6): "associative_recall",
    (9, 8): "priority_sort",
    (10, 9): "repeat_copy",
    (15, 6): "key_value_recall",
    (51, 20): "graph_traversal",
}
# By how many symbols a machine with stacks takes.
OF_WORDS = {
    2: ("stack_counting", {"language": "an_bn"}),
    3: ("stack_counting", {}),
    4: ("stack_counting", {"language": "an_bn_cn_dn"}),
    5: ("stack_addition", {}),
}
# A task that a structure solves; what a model was trained on is not in it.
TASK_OF_STRUCTURE = {
    "stack": "reversal",
    "queue": "copy",
    "deque": "reversal",
    "lstm": "copy",
}
COPIED = {(7, 6), (9, 8)}
OF_SETS = {230: "hopfield_mil", 28: "hopfield_mnist_bags", 8: "hopfield_bit_pattern"}
# From the arguments of a model of a class to its recipe, and fields of other names there.
OF_CLASSES = {
    "Autoencoder": lambda a: ("autoencoder_mnist", {}),
    "BidirectionalAssociativeMemory": lambda a: ("bam_letters", {}),
    "ContinuousHopfieldNetwork": lambda a: ("hopfield_mnist", {"patterns": a["capacity"]}),
    "DNC": lambda a: _of_episodes(a, "dnc"),
    "DenseMemoryClassifier": lambda a: ("dense_memory_mnist", {}),
    "DynamicMemoryNetwork": lambda a: (
        "dmn_babi",
        {n: a[n] for n in ("variant", "supports", "passes")},
    ),
    "EncoderDecoder": lambda a: ("seq2seq_attention", {}),
    "EntityNetwork": lambda a: ("entnet_babi_world", {}),
    "HandwritingRNN": lambda a: ("handwriting_window", {}),
    "HierarchicalAttention": lambda a: ("hierarchical_attention_imdb", {}),
    "HopfieldNetwork": lambda a: ("hopfield_capacity", {}),
    "KeyValueMemory": lambda a: ("key_value_lookup", {}),
    "KeyValueMemoryNetwork": lambda a: (
        ("knowledge_base_questions", {"hashed": a["common"] is not None})
        if a["keys"] == "fact"
        else ("kvmemnn_babi_world", {"memory_size": a["max_ages"]})
    ),
    "MemN2N": lambda a: ("memn2n_babi_world", {}),
    "MemN2NLanguageModel": lambda a: ("memn2n_ptb", {}),
    "MemoryMachine": lambda a: _of_brackets(a),
    "MemoryTransducer": lambda a: (
        "neural_transduction",
        {"task": TASK_OF_STRUCTURE[a["structure"]], "symbols": a["source_symbols"]},
    ),
    "NTM": lambda a: _of_ntm(a),
    "PointerNetwork": lambda a: (
        "pointers_from_file" if a.get("scale") else OF_POINTERS[a["rule"], a["dim"]],
        {},
    ),
    "RecurrentNetwork": lambda a: ("sequence_gates", {}),
    "SAM": lambda a: _of_episodes(a, "sam"),
    "SequenceTagger": lambda a: (
        "slot_filling_world" if "O" in a["tags"] else "pos_tagging_ewt",
        {},
    ),
    "SetClassifier": lambda a: (
        ("sets_from_file", {}) if a.get("labels") else _of_sets(a["item_shape"][0])
    ),
    "StackRNN": lambda a: _of_words(a),
    "SupportedMemoryNetwork": lambda a: ("memnn_babi_world", {}),
    "UniversalTransformer": lambda a: ("ut_babi_world", {}),
    "TapeMachine": lambda a: (
        "rl_tapes",
        {"task": "forward_reverse" if a["memory_moves"] else "copy"},
    ),
    "SparseAttentiveRNN": lambda a: (
        OF_LONG_SPANS[a["task"], a["input_units"], a["output_units"]],
        {},
    ),
}


def recipe_of(config: Mapping[str, Any]) -> Recipe:
    """The recipe for a model, with the fields that are arguments of the model.

    Args:
        config: The model's, as a preset has it: `registered_name`, and its arguments as
            `config`.

    Raises:
        ValueError: No recipe is for such a model.
    """
    name, arguments = config["registered_name"].rpartition(">")[2], config["config"]
    try:
        recipe, fields = OF_CLASSES[name](arguments)
    except (KeyError, IndexError, TypeError):
        raise ValueError(
            f"Expected a model that a recipe is for ({', '.join(OF_CLASSES)}, of its sizes). "
            f"Received: {name}; zoo.from_preset loads it"
        ) from None
    known = registry.recipe_class(recipe).__pydantic_fields__
    same = {k: v for k, v in arguments.items() if k in known and _is_plain(v)}
    return registry.get(recipe, **{**same, **fields})


def _of_ntm(arguments):
    sizes = arguments["input_units"], arguments["output_units"]
    if sizes in OF_EPISODES and sizes not in COPIED:
        return _of_episodes(arguments, "ntm")
    return "ntm_copy", {"bits": arguments["output_units"]}


def _of_episodes(arguments, machine):
    sizes = arguments["input_units"], arguments["output_units"]
    return OF_EPISODES[sizes], {"machine": machine}


def _of_brackets(arguments):
    """Of a machine with a stack: brackets open and close, of as many kinds as outputs."""
    kinds, cell = arguments["output_units"], arguments["cell"]["class_name"]
    if cell != "StructuredMemoryCell" or arguments["input_units"] != 2 * kinds:
        raise KeyError(cell)
    return "dyck_language", {"kinds": kinds}


def _of_sets(size):
    if size in OF_SETS:
        return OF_SETS[size], {}
    return "hopfield_latch_sequence", {"characters": size}


def _is_plain(value):
    """Whether a recipe has such a field: a number or a name, or several, and no layer."""
    several = value if isinstance(value, list) and value else [value]
    return all(isinstance(one, (int, float, str)) for one in several)


def _of_words(arguments):
    recipe, fields = OF_WORDS[arguments["symbols"]]
    return recipe, {**fields, "machine": arguments["structure"]}
