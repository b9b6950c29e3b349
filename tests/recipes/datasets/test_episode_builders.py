"""Episodes of the algorithmic tasks: each answer found again from its inputs."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets.episodes import episode_config

# A small configuration of each, and a sum over its test split: other numbers mean another
# version, as prepared data and trained presets depend on them.
SMALL = {
    "repeat_copy": (3, {"length": (1, 4), "repeats": (1, 3), "pulses": 0}),
    "associative_recall": (4, {"items": (2, 5)}),
    "dyck_words": (3, {"depth": (1, 4)}),
    "dynamic_ngrams": (1, {"steps": 40}),
    "priority_sort": (3, {"vectors": 5, "sorted": 4}),
    "reused_copy": (3, {"length": (1, 3), "blocks": (1, 4)}),
    "key_value_recall": (3, {"pairs": (2, 5), "two_way": 1}),
    "graph_traversal": (20, {"nodes": (3, 6), "edges": (1, 4)}),
}
SUMS = {
    "repeat_copy": 924.479,
    "associative_recall": 20_072,
    "dyck_words": 3_380,
    "dynamic_ngrams": 26_444,
    "priority_sort": 1790.421,
    "reused_copy": 4_539,
    "key_value_recall": 5_753,
    "graph_traversal": 17_426,
}


def builder_module(name):
    return importlib.import_module(
        f"keras_memory.recipes.datasets.{name}.{name}_dataset_builder"
    )


def episodes(name, count=60, stream=2, tmp="/tmp", **changes):
    bits, sizes = SMALL[name]
    config, cls = episode_config(bits, **{**sizes, **changes}), builder_module(name).Builder
    is_registered = config.name in {known.name for known in cls.BUILDER_CONFIGS}
    builder = cls(config=config.name if is_registered else config, data_dir=tmp)
    return [example for _, example in builder._generate_examples(stream, count)]


@pytest.mark.parametrize("name", SMALL)
def test_the_streams_are_those_of_this_version(name, tmp_path):
    arrays = episodes(name, tmp=tmp_path)
    total = sum(
        float((e["inputs"].T * np.arange(1, len(e["inputs"]) + 1)).sum()) + e["targets"].sum()
        for e in arrays
    )
    assert total == pytest.approx(SUMS[name], rel=1e-6)


@pytest.mark.parametrize("name", SMALL)
def test_there_is_no_target_where_nothing_counts(name, tmp_path):
    for episode in episodes(name, tmp=tmp_path):
        assert not episode["targets"][episode["counts"] == 0].any()
        assert episode["counts"].any()
    sizes = {n: {e[n] for e in episodes(name, 200, tmp=tmp_path)} for n in SMALL[name][1]}
    for size, ends in SMALL[name][1].items():
        least, most = ends if isinstance(ends, tuple) else (ends, ends)
        assert sizes[size] == set(range(least, most + 1))


@pytest.mark.parametrize("pulses", [0, 1])
def test_repeat_copy(tmp_path, pulses):
    numbers = set()
    for e in episodes("repeat_copy", tmp=tmp_path, pulses=pulses):
        length, repeats = e["length"], e["repeats"]
        (delimiter,) = np.flatnonzero(e["inputs"][:, 3])
        assert delimiter == length
        stored = e["inputs"][:length, :3]
        answer = e["targets"][e["counts"] == 1]
        np.testing.assert_array_equal(answer[:-1, :3], np.concatenate([stored] * repeats))
        assert answer[:, 3].tolist() == [0] * (length * repeats) + [1]
        number = e["inputs"][length + 1 : length + 1 + (repeats if pulses else 1), 4]
        numbers |= {(repeats, float(number.sum()))}
    expected = {1: 1, 2: 2, 3: 3} if pulses else {r: (r - 5.5) / 8.25**0.5 for r in (1, 2, 3)}
    assert dict(numbers) == pytest.approx(expected)


def test_associative_recall(tmp_path):
    for e in episodes("associative_recall", tmp=tmp_path):
        steps = e["inputs"][:, :4].tolist()
        starts, ends = (np.flatnonzero(e["inputs"][:, channel]) for channel in (4, 5))
        assert len(starts) == e["items"]
        items = [steps[start + 1 : start + 4] for start in starts]
        question = steps[ends[0] + 1 : ends[1]]
        assert len(question) == 3
        answer = e["targets"][e["counts"] == 1].tolist()
        assert (question, answer) in list(zip(items, items[1:], strict=False))
        assert ends[1] == len(steps) - 4


def test_dyck_words(tmp_path):
    for e in episodes("dyck_words", tmp=tmp_path):
        stack, deepest = [], 0
        for step, bracket in enumerate(e["inputs"]):
            assert bracket.sum() == 1
            kind = int(bracket.argmax())
            if kind < 3:
                assert not step or not e["counts"][step - 1]
                stack.append(kind)
            else:
                assert e["counts"][step - 1]
                assert e["targets"][step - 1].tolist() == [k == kind - 3 for k in range(3)]
                assert stack.pop() == kind - 3
            deepest = max(deepest, len(stack))
        assert not stack
        assert deepest == e["depth"]


def test_dynamic_ngrams(tmp_path):
    module = builder_module("dynamic_ngrams")
    found = episodes("dynamic_ngrams", 2_000, tmp=tmp_path, steps=200)
    bits = np.array([e["targets"][:, 0] for e in found])
    np.testing.assert_array_equal(bits[:, :-1], [e["inputs"][1:, 0] for e in found])
    costs = module.optimal_bits(bits)
    # Of all 200 bits: 132.98 with a standard deviation of 7.8 a sequence.
    assert costs.mean() == pytest.approx(132.98, abs=4 * 36 / np.sqrt(len(costs)))
    # By the definition, one sequence, bit by bit.
    table, cost, one = {}, 0.0, bits[0].tolist()
    for t, bit in enumerate(one):
        seen = table.setdefault(tuple(one[t - 5 : t]), [0.5, 0.5]) if t >= 5 else [1, 1]
        cost -= np.log2(seen[bit] / sum(seen))
        if t >= 5:
            seen[bit] += 1
    assert costs[0] == pytest.approx(cost)


def test_priority_sort(tmp_path):
    for e in episodes("priority_sort", tmp=tmp_path):
        stored = e["inputs"][:5]
        assert (np.abs(stored[:, 3]) <= 1).all()
        by_hand = sorted(stored.tolist(), key=lambda vector: vector[3], reverse=True)[:4]
        np.testing.assert_array_equal(e["targets"][5:], np.array(by_hand)[:, :3])


def test_reused_copy(tmp_path):
    for e in episodes("reused_copy", tmp=tmp_path):
        memory, answers = [], []
        for inputs, target, counts in zip(
            e["inputs"], e["targets"], e["counts"], strict=True
        ):
            if counts:
                answers.append((memory.pop(0), target.tolist()))
            elif not inputs[3]:
                memory.append(inputs[:3].tolist())
        assert not memory
        assert len(answers) == e["length"] * e["blocks"]
        assert all(answer == stored for stored, answer in answers)


def test_key_value_recall(tmp_path):
    sides = set()
    for e in episodes("key_value_recall", tmp=tmp_path):
        pairs = e["pairs"]
        key, value = e["inputs"][:pairs, :3].tolist(), e["inputs"][:pairs, 3:6].tolist()
        assert len({tuple(k) for k in key}) == len({tuple(v) for v in value}) == pairs
        assert e["inputs"][:, 6].tolist() == [0] * pairs + [1] + [0] * pairs
        for step in range(pairs + 1, 2 * pairs + 1):
            by_value = int(e["inputs"][step, 8])
            assert e["inputs"][step, 7] == 1 - by_value
            stored = e["inputs"][step, 3 * by_value : 3 * by_value + 3].tolist()
            assert not e["inputs"][step, 3 - 3 * by_value : 6 - 3 * by_value].any()
            table = dict(zip(map(tuple, value), key, strict=True))
            if not by_value:
                table = dict(zip(map(tuple, key), value, strict=True))
            assert e["targets"][step].tolist() == table[tuple(stored)]
            sides.add(by_value)
    assert sides == {0, 1}
    one_way = episodes("key_value_recall", tmp=tmp_path, two_way=0)
    assert not any(e["inputs"][:, 8].any() for e in one_way)


def test_graph_traversal(tmp_path):
    def node(one_hot):
        if not one_hot.any():
            return None
        assert one_hot.sum() == 2
        return int(one_hot[:10].argmax() * 10 + one_hot[10:].argmax())

    for e in episodes("graph_traversal", tmp=tmp_path):
        graph, answer, at = {}, [], None
        for inputs, target, counts in zip(
            e["inputs"], e["targets"], e["counts"], strict=True
        ):
            source, label = node(inputs[:20]), int(inputs[20:30].argmax())
            if counts:
                assert not inputs.any()
                assert node(target) == answer.pop(0)
            elif inputs[50]:
                assert node(inputs[30:50]) is None
                at = graph[at if source is None else source, label]
                answer.append(at)
            else:
                graph[source, label] = node(inputs[30:50])
        assert len({source for source, _ in graph}) == e["nodes"]
        assert all(source != end for (source, _), end in graph.items())
        assert not answer


class OfEpisodes:
    """TFDS's own checks of a builder, on one of its configurations."""

    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    SKIP_CHECKSUMS = True

    @classmethod
    def of(cls, name, config):
        module = builder_module(name)
        attributes = {
            "DATASET_CLASS": module.Builder,
            "BUILDER_CONFIG_NAMES_TO_TEST": [config],
            "EXAMPLE_DIR": str(Path(module.__file__).parent),
        }
        return type(name, (OfEpisodes, tfds.testing.DatasetBuilderTestCase), attributes)


RepeatCopyTest = OfEpisodes.of("repeat_copy", "bits_8_length_20_repeats_1_to_10_pulses_0")
AssociativeRecallTest = OfEpisodes.of("associative_recall", "bits_6_items_6")
DynamicNGramsTest = OfEpisodes.of("dynamic_ngrams", "bits_1_steps_200")
PrioritySortTest = OfEpisodes.of("priority_sort", "bits_8_vectors_20_sorted_16")
ReusedCopyTest = OfEpisodes.of("reused_copy", "bits_6_length_5_blocks_10")
KeyValueRecallTest = OfEpisodes.of("key_value_recall", "bits_6_pairs_16_two_way_0")
GraphTraversalTest = OfEpisodes.of("graph_traversal", "bits_20_nodes_10_edges_4")
