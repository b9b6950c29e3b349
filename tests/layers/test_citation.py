import re

import keras
import pytest

import keras_memory
from keras_memory import layers, zoo
from keras_memory.layers.citation import citation, entries, papers_of

CLASSES = {
    name: thing
    for face in (layers, zoo)
    for name in face.__all__
    if isinstance(thing := getattr(face, name), type)
}
SITES = ("https://arxiv.org", "https://doi.org", "https://aclanthology.org")
# What comes from no paper; its parts may.
OWN = {
    "ArgMax",
    "AssociativeModel",
    "ItemWise",
    "LastStepsAccuracy",
    "LearnedFirst",
    "MemoryCell",
    "MemoryMachine",
    "MemoryRNN",
    "PretrainedModel",
    "Score",
    "Selection",
    "Softmax",
    "TagError",
    "TracedCell",
    "WrongBitsPerSequence",
}


def keys(text):
    return re.findall(r"^@\w+{(\w+),$", text, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_public_class_names_papers_that_are_known(name):
    links = papers_of(CLASSES[name])
    assert bool(links) == (name not in OWN)
    for link in links:
        assert link in entries() or not link.startswith(SITES), link


def test_entries_are_whole_and_of_use():
    text = "\n\n".join(entries().values()) + "\n"
    assert len(set(keys(text))) == len(entries()) == text.count("@")
    named = {link for cls in CLASSES.values() for link in papers_of(cls)}
    assert set(entries()) <= named
    for link, entry in entries().items():
        for field in ("title", "author", "year"):
            assert re.search(rf"^  {field} = {{.+}},$", entry, re.MULTILINE), entry
        number = re.search(r"eprint = {(.*)}|doi = {(.*)}", entry)
        assert number is None or link.endswith(number[1] or number[2])
        year = re.search(r"year = {(\d{4})}", entry)[1]
        assert year in re.search(r"{(\w+),", entry)[1]


def test_exactly_the_layers_of_a_model():
    query, value = keras.Input((3, 4)), keras.Input((5, 4))
    hidden = keras.layers.Dense(4)(query)
    read = layers.GaussianWindowAttention()(hidden, value)
    model = keras.Model([query, value], read)
    assert keys(keras_memory.citation(model)) == ["graves2013generating"]
    assert citation(keras.layers.Dense(3)) == ""


def test_parts_of_parts():
    """The cell of a recurrent layer, its addressing and its score."""
    cell = layers.NTMCell(keras.layers.LSTMCell(4), 5, 3)
    assert keys(citation(layers.MemoryRNN(cell))) == [
        "graves2014neural",
        "collier2018implementing",
    ]
    backtracking = layers.SparseAttentiveBacktracking(keras.layers.LSTMCell(4))
    assert set(keys(citation(backtracking))) == {"ke2018sparse", "bahdanau2015neural"}


def test_subclasses_and_classes():
    class Mine(layers.LocalAttention):
        """As in [a paper](https://example.org)."""

    ours = ["luong2015effective", "vaswani2017attention"]
    assert keys(citation(Mine(reach=2))) == ours
    assert keys(citation(layers.LocalAttention)) == ["luong2015effective"]
    assert keys(citation(layers.ReinforceLoss)) == ["williams1992simple"]
