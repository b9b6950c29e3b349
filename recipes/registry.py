"""Every recipe by name; importing this imports none of them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..zoo.saving.names import did_you_mean

if TYPE_CHECKING:
    from .running.recipe import Recipe

# A recipe's name is that of its module: its wing, its class, and what it shows.
RECIPES = {
    "associative_recall": (
        "machines",
        "AssociativeRecall",
        "A neural Turing machine finds what came after an item (Graves et al., 2014)",
    ),
    "autoencoder_mnist": (
        "associative",
        "AutoencoderMNIST",
        "An autoencoder completes digits of which half is hidden (Vincent et al., 2008)",
    ),
    "bam_letters": (
        "associative",
        "BAMLetters",
        "A bidirectional memory recalls either letter of a pair by the other (Kosko, 1988)",
    ),
    "characters_from_file": (
        "recurrent",
        "CharactersFromFile",
        "Sparse attentive backtracking predicts characters of a text of your own",
    ),
    "dense_memory_mnist": (
        "associative",
        "DenseMemoryMNIST",
        "A dense associative memory classifies digits (Krotov & Hopfield, 2016)",
    ),
    "dmn_babi": (
        "memory_networks",
        "DMNBabi",
        "A dynamic memory network passes over a story several times (Kumar et al., 2015)",
    ),
    "documents_from_file": (
        "attention",
        "DocumentsFromFile",
        "Attention over words and sentences classifies documents of your own, out of files",
    ),
    "dyck_language": (
        "machines",
        "DyckLanguage",
        "A neural stack closes nested brackets, ten times as deep as in training",
    ),
    "dynamic_ngrams": (
        "machines",
        "DynamicNGrams",
        "A neural Turing machine learns to count, and to predict (Graves et al., 2014)",
    ),
    "entnet_babi": (
        "memory_networks",
        "EntNetBabi",
        "A recurrent entity network keeps track of a story (Henaff et al., 2016)",
    ),
    "entnet_babi_world": (
        "memory_networks",
        "EntNetBabiWorld",
        "A recurrent entity network keeps track of a simulated world: no download",
    ),
    "graph_traversal": (
        "machines",
        "GraphTraversal",
        "A differentiable neural computer finds its way in a graph (Graves et al., 2016)",
    ),
    "handwriting_window": (
        "recurrent",
        "HandwritingWindow",
        "A window moves along the letters of a word as it is written (Graves, 2013)",
    ),
    "hierarchical_attention_imdb": (
        "attention",
        "HierarchicalAttentionIMDB",
        "Attention over words and sentences classifies film reviews (Yang et al., 2016)",
    ),
    "hopfield_bit_pattern": (
        "associative",
        "HopfieldBitPattern",
        "A Hopfield network finds a signal among bit patterns (Ramsauer et al., 2020)",
    ),
    "hopfield_capacity": (
        "associative",
        "HopfieldCapacity",
        "The capacity of Hopfield networks, compared with theory (Amit et al., 1985)",
    ),
    "hopfield_latch_sequence": (
        "associative",
        "HopfieldLatchSequence",
        "A Hopfield network classifies sequences by their first item (Ramsauer et al., 2020)",
    ),
    "hopfield_mil": (
        "associative",
        "HopfieldMIL",
        "Hopfield pooling finds tigers, foxes and elephants (Ramsauer et al., 2020)",
    ),
    "hopfield_mnist": (
        "associative",
        "HopfieldMNIST",
        "A continuous Hopfield network recalls digits from halves (Ramsauer et al., 2020)",
    ),
    "hopfield_mnist_bags": (
        "associative",
        "HopfieldMNISTBags",
        "A Hopfield network finds the nine in a bag of digits (Ilse et al., 2018)",
    ),
    "key_value_lookup": (
        "memory_networks",
        "KeyValueLookup",
        "Attention learns to look up a value by its key: every score, every selection",
    ),
    "key_value_recall": (
        "machines",
        "KeyValueRecall",
        "A differentiable neural computer looks up either way (Csordás & Schmidhuber, 2019)",
    ),
    "knowledge_base_questions": (
        "memory_networks",
        "KnowledgeBaseQuestions",
        "A key-value memory network answers out of a knowledge base (Miller et al., 2016)",
    ),
    "kvmemnn_babi": (
        "memory_networks",
        "KVMemNNBabi",
        "A key-value memory network finds keys, reads their values (Miller et al., 2016)",
    ),
    "kvmemnn_babi_world": (
        "memory_networks",
        "KVMemNNBabiWorld",
        "A key-value memory network reads about a simulated world: no download",
    ),
    "memn2n_babi": (
        "memory_networks",
        "MemN2NBabi",
        "A memory network answers questions about stories (Sukhbaatar et al., 2015)",
    ),
    "memn2n_babi_world": (
        "memory_networks",
        "MemN2NBabiWorld",
        "A memory network answers questions about a simulated world: no download",
    ),
    "memn2n_ptb": (
        "memory_networks",
        "MemN2NPTB",
        "A memory network predicts the next word of a text (Sukhbaatar et al., 2015)",
    ),
    "memnn_babi": (
        "memory_networks",
        "MemNNBabi",
        "A memory network chooses the facts that support an answer (Weston et al., 2015)",
    ),
    "memnn_babi_world": (
        "memory_networks",
        "MemNNBabiWorld",
        "A memory network chooses supporting facts in a simulated world: no download",
    ),
    "neural_transduction": (
        "machines",
        "NeuralTransduction",
        "Stacks, queues and deques rewrite sequences (Grefenstette et al., 2015)",
    ),
    "ntm_copy": (
        "machines",
        "NTMCopy",
        "A neural Turing machine learns to copy sequences (Graves et al., 2014)",
    ),
    "pairs_from_file": (
        "attention",
        "PairsFromFile",
        "An encoder-decoder with attention translates texts of your own, out of a file",
    ),
    "patterns_from_file": (
        "associative",
        "PatternsFromFile",
        "A continuous Hopfield network recalls images of your own from halves",
    ),
    "pointer_convex_hull": (
        "pointing",
        "PointerConvexHull",
        "A pointer network finds the convex hull of points (Vinyals et al., 2015)",
    ),
    "pointer_delaunay": (
        "pointing",
        "PointerDelaunay",
        "A pointer network triangulates points (Vinyals et al., 2015)",
    ),
    "pointer_sort": (
        "pointing",
        "PointerSort",
        "A pointer network sorts numbers (Vinyals et al., 2016)",
    ),
    "pointer_tsp": (
        "pointing",
        "PointerTSP",
        "A pointer network finds short tours through cities (Vinyals et al., 2015)",
    ),
    "pointers_from_file": (
        "pointing",
        "PointersFromFile",
        "A pointer network answers with the points of your own, out of a file",
    ),
    "pos_tagging_ewt": (
        "recurrent",
        "PosTaggingEWT",
        "An LSTM in each direction finds parts of speech by words and letters",
    ),
    "priority_sort": (
        "machines",
        "PrioritySort",
        "A neural Turing machine sorts vectors by their priorities (Graves et al., 2014)",
    ),
    "repeat_copy": (
        "machines",
        "RepeatCopy",
        "A neural Turing machine copies as often as it is to (Graves et al., 2014)",
    ),
    "reused_copy": (
        "machines",
        "ReusedCopy",
        "A differentiable neural computer copies with slots it frees (Graves et al., 2016)",
    ),
    "rl_tapes": (
        "machines",
        "RLTapes",
        "A machine that acts learns to move its heads (Zaremba & Sutskever, 2015)",
    ),
    "sab_adding": (
        "recurrent",
        "SABAdding",
        "Sparse attentive backtracking adds two numbers far apart (Ke et al., 2018)",
    ),
    "sab_char_ptb": (
        "recurrent",
        "SABCharPTB",
        "Sparse attentive backtracking predicts characters of a newspaper (Ke et al., 2018)",
    ),
    "sab_char_text8": (
        "recurrent",
        "SABCharText8",
        "Sparse attentive backtracking predicts characters of Wikipedia (Ke et al., 2018)",
    ),
    "sab_cifar10": (
        "recurrent",
        "SABCIFAR10",
        "Sparse attentive backtracking classifies photos pixel by pixel (Ke et al., 2018)",
    ),
    "sab_copy": (
        "recurrent",
        "SABCopy",
        "Sparse attentive backtracking copies symbols over a long blank (Ke et al., 2018)",
    ),
    "sab_permuted_mnist": (
        "recurrent",
        "SABPermutedMNIST",
        "Sparse attentive backtracking classifies pixel-permuted digits (Ke et al., 2018)",
    ),
    "seq2seq_attention": (
        "attention",
        "Seq2SeqAttention",
        "An encoder-decoder with attention rewrites dates (Bahdanau et al., 2014)",
    ),
    "sequence_gates": (
        "recurrent",
        "SequenceGates",
        "The gates of an LSTM open and close: adding up, storing, forgetting",
    ),
    "sequences_from_file": (
        "recurrent",
        "SequencesFromFile",
        "Sparse attentive backtracking classifies long sequences of your own",
    ),
    "sets_from_file": (
        "associative",
        "SetsFromFile",
        "A Hopfield network finds the labels of bags of your own, out of a file",
    ),
    "slot_filling_atis": (
        "recurrent",
        "SlotFillingATIS",
        "Recurrent networks find the slots of requests of air travel (Mesnil et al., 2015)",
    ),
    "slot_filling_world": (
        "recurrent",
        "SlotFillingWorld",
        "Recurrent networks find the slots of requests out of a grammar: no download",
    ),
    "stack_addition": (
        "machines",
        "StackAddition",
        "Recurrent units with stacks add binary numbers (Joulin & Mikolov, 2015)",
    ),
    "stack_counting": (
        "machines",
        "StackCounting",
        "Recurrent units with stacks learn to count (Joulin & Mikolov, 2015)",
    ),
    "stack_memorization": (
        "machines",
        "StackMemorization",
        "Recurrent units with stacks repeat a word backwards (Joulin & Mikolov, 2015)",
    ),
    "stories_from_file": (
        "memory_networks",
        "StoriesFromFile",
        "A memory network answers questions about stories of your own, out of a file",
    ),
    "tags_from_file": (
        "recurrent",
        "TagsFromFile",
        "A recurrent network tags the words of sentences of your own, out of a file",
    ),
    "ut_babi": (
        "memory_networks",
        "UTBabi",
        "A universal transformer reads stories until it halts (Dehghani et al., 2018)",
    ),
    "ut_babi_world": (
        "memory_networks",
        "UTBabiWorld",
        "A universal transformer reads about a simulated world: no download",
    ),
}

POINTS = {"points": "0.1,0.1 0.9,0.2 0.5,0.9 0.5,0.4"}
STORY = {
    "story": "Mary got the milk. Mary went to the kitchen.",
    "question": "Where is the milk?",
}
TEXT = {"text": "the company plans to "}

# What a recipe's `answer` takes, and an example of each; the other recipes take nothing.
QUESTIONS = {
    "associative_recall": {
        "items": "101010,110011,000111,011011,000000,100110,111000,010101,001100",
        "queried": "2",
    },
    "bam_letters": {"letter": "S"},
    "characters_from_file": TEXT,
    "dmn_babi": STORY,
    "documents_from_file": {"text": "A great cast, wasted on a dull story."},
    "dyck_language": {"brackets": "([{}<>]{"},
    "entnet_babi": STORY,
    "entnet_babi_world": STORY,
    "handwriting_window": {"text": "handwriting"},
    "hierarchical_attention_imdb": {"review": "A great cast, wasted on a dull story."},
    "key_value_recall": {"pairs": "101010=110011,000111=011011", "key": "000111"},
    "knowledge_base_questions": {
        "facts": "Metropolis directed_by Fritz_Lang. Metropolis written_by Thea_von_Harbou.",
        "question": "Who wrote Metropolis?",
    },
    "kvmemnn_babi": STORY,
    "kvmemnn_babi_world": STORY,
    "memn2n_babi": STORY,
    "memn2n_babi_world": STORY,
    "memnn_babi": STORY,
    "memnn_babi_world": STORY,
    "neural_transduction": {"symbols": "7 1 30 12 4 4 90 128"},
    "ntm_copy": {"bits": "10110010,00001111"},
    "pairs_from_file": {"text": "3 mei 1979"},
    "patterns_from_file": {"cue": "half.png"},
    "pointer_convex_hull": POINTS,
    "pointer_delaunay": POINTS,
    "pointer_sort": {"points": "0.7 0.1 0.4"},
    "pointer_tsp": POINTS,
    "pointers_from_file": POINTS,
    "pos_tagging_ewt": {"sentence": "I don't like the new glorptastic phone."},
    "repeat_copy": {"bits": "10110010,00001111", "repeats": "3"},
    "reused_copy": {"bits": "101010,110011,000111,011011,000000,100110"},
    "rl_tapes": {"symbols": "7 1 30 12"},
    "sab_char_ptb": TEXT,
    "sab_char_text8": TEXT,
    "seq2seq_attention": {"date": "the third of May, 1979"},
    "sequence_gates": {"steps": "+0.5 0.9 +0.2 ? reset +0.3 0.8 ?"},
    "sequences_from_file": {"sequence": "0.31 0.86 0.07 0.52"},
    "sets_from_file": {"items": "0.1,0.9,0.3 0.2,0.8,0.4"},
    "slot_filling_atis": {"sentence": "show flights from boston to denver on monday morning"},
    "slot_filling_world": {"sentence": "show me trains to belaton from lininburg on monday"},
    "stack_addition": {"word": "1011+110="},
    "stack_counting": {"word": "aaabbc"},
    "stack_memorization": {"word": "122212="},
    "stories_from_file": STORY,
    "tags_from_file": {"sentence": "a ticket from Oslo to Bergen"},
    "ut_babi": STORY,
    "ut_babi_world": STORY,
}


def names() -> list[str]:
    """The names of all recipes, sorted.

    Example:

    >>> names()[0]
    'associative_recall'
    """
    return sorted(RECIPES)


def summary(name: str) -> str:
    """One line on what a recipe shows."""
    return RECIPES[name][2]


def recipe_class(name: str) -> type[Recipe]:
    """The class of a recipe.

    Raises:
        ValueError: There is no such recipe.
    """
    if name not in RECIPES:
        raise ValueError(
            f"Expected the name of a recipe ({', '.join(names())}). Received: {name!r}"
            f"{did_you_mean(name, RECIPES)}"
        )
    wing, class_name, _ = RECIPES[name]
    module = importlib.import_module(f".{wing}.{name}", __package__)
    return getattr(module, class_name)


def get(name: str, **overrides: Any) -> Recipe:
    """A recipe, with fields changed from their defaults.

    Args:
        name: A name out of `names()`.
        **overrides: Values for its fields. Text is parsed, as on the command line.

    Raises:
        ValueError: The recipe or a field is unknown, or a value does not fit.

    Example:

    >>> get("ntm_copy", memory_slots=256).memory_slots
    256
    """
    return recipe_class(name).of(**overrides)
