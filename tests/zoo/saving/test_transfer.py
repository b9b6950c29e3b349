"""Weights from another model: what both know is copied by its name."""

import re

import numpy as np
import pytest
from keras import ops

from keras_memory import zoo

OLD, NEW = ["a", "b", "c"], ["b", "x", "c", "a"]


def story_model(make, **arguments):
    return lambda words: make(words, dim=4, **arguments)


def tagger(words):
    return zoo.SequenceTagger(
        words, [*words, "o"], ["i", *words], units=3, embedding_dim=4, letters=2, crf=True
    )


MODELS = {
    "adjacent": story_model(zoo.MemN2N, memory_size=3),
    "layer_wise": story_model(zoo.MemN2N, memory_size=3, tying="layer_wise"),
    "entities": story_model(zoo.EntityNetwork, slots=2, max_words=3),
    "universal": story_model(zoo.UniversalTransformer, num_heads=2, max_steps=2),
    "dmn": story_model(zoo.DynamicMemoryNetwork, passes=1, variant="dmn"),
    "dmn_plus": story_model(zoo.DynamicMemoryNetwork, passes=1),
    "supported": story_model(zoo.SupportedMemoryNetwork, buckets=5),
    "key_value": story_model(zoo.KeyValueMemoryNetwork, max_ages=2),
    "tagger": tagger,
    "documents": lambda words: zoo.HierarchicalAttention(
        words, [*words, "o"], sentences=2, words=3, embedding_dim=4, units=2
    ),
    "sets": lambda words: zoo.SetClassifier(
        3, len(words), num_heads=1, key_dim=2, labels=words
    ),
    "classes": lambda words: zoo.SparseAttentiveRNN(
        3, len(words), "classification", units=2, labels=words
    ),
    **{
        f"characters_{dim}": lambda words, dim=dim: zoo.SparseAttentiveRNN(
            len(words),
            len(words),
            symbols=True,
            embedding_units=dim,
            units=2,
            labels=words,
        )
        for dim in (0, 3)
    },
    "pairs": lambda words: zoo.EncoderDecoder(
        "".join(words), "o" + "".join(words), embedding_dim=4, units=2
    ),
}


def names_of(model, weight):
    for pattern, names in model.entry_names.items():
        if re.fullmatch(pattern, weight.path):
            return names
    return (None,) * len(weight.shape)


def array(weight):
    return ops.convert_to_numpy(weight)


@pytest.mark.parametrize("name", MODELS)
def test_names_are_as_many_as_entries(name):
    model = MODELS[name](NEW)
    found = 0
    for weight in model.weights:
        for size, names in zip(weight.shape, names_of(model, weight), strict=True):
            assert names is None or len(names) == size
            found += names is not None
    assert found


@pytest.mark.parametrize("name", MODELS)
def test_each_entry_is_where_its_name_is(name):
    source, target = MODELS[name](OLD), MODELS[name](NEW)
    before = [array(weight).copy() for weight in target.weights]
    target.copy_weights_from(source)
    for old, new, unchanged in zip(source.weights, target.weights, before, strict=True):
        old_names, new_names = names_of(source, old), names_of(target, new)
        old, new = array(old), array(new)
        for place in np.ndindex(new.shape):
            from_old = [
                index if names is None else _number(old_names[axis], names[index])
                for axis, (index, names) in enumerate(zip(place, new_names, strict=True))
            ]
            expected = unchanged[place] if None in from_old else old[tuple(from_old)]
            assert new[place] == expected


def _number(names, name):
    return list(names).index(name) if name in names else None


def test_the_same_answers_with_words_in_another_order():
    source = zoo.MemN2N(["garden", "the", "milk", "is", "where"], dim=8, memory_size=4)
    target = zoo.MemN2N(["where", "milk", "a", "the", "garden", "is"], dim=8, memory_size=4)
    target.copy_weights_from(source)
    stories, questions = ["The milk is the garden."], ["Where is the milk?"]
    found = [model.answer(stories, questions) for model in (source, target)]
    np.testing.assert_allclose(*(array(each["attention"]) for each in found), rtol=1e-5)
    old, new = (array(each["probabilities"])[0] for each in found)
    np.testing.assert_allclose(old[1] / old[0], new[3] / new[4], rtol=1e-4)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (lambda: zoo.MemN2N(OLD, dim=5), r"sizes of memn2n, dim=5.* Received: dim=4"),
        (lambda: zoo.MemN2N(OLD, dim=4, hops=2), r"hops=2.* Received: hops=3"),
        (lambda: zoo.NTM(3, 2), r"model of MemN2N.* Received: one of NTM"),
    ],
)
def test_another_model_is_refused(source, message):
    target = zoo.MemN2N(NEW, dim=4)
    before = [array(weight).copy() for weight in target.weights]
    with pytest.raises(ValueError, match=message):
        target.copy_weights_from(source())
    for weight, unchanged in zip(target.weights, before, strict=True):
        np.testing.assert_array_equal(array(weight), unchanged)


@pytest.mark.parametrize("name", ["classes", "documents", "pairs", "sets"])
def test_a_model_that_was_loaded_is_as_one_that_was_made(name, tmp_path):
    """Its layers that were arguments have weights of other paths."""
    source, targets = MODELS[name](OLD), [MODELS[name](NEW) for _ in range(2)]
    source.save_to_preset(tmp_path / "preset")
    targets[1].set_weights(targets[0].get_weights())
    targets[0].copy_weights_from(source)
    targets[1].copy_weights_from(zoo.from_preset(tmp_path / "preset"))
    for made, loaded in zip(*(target.get_weights() for target in targets), strict=True):
        np.testing.assert_array_equal(made, loaded)
