"""Graph traversal: the edges of a random graph, then a way through it; where does it lead?"""

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config

DIGITS = 10  # of a base, one-hot
OUT = 3  # edges from a node, at most


class Builder(EpisodeBuilder):
    """The edges of a graph of so many `nodes`, in a random order, and a way of `edges` edges.

    An edge is a triple (source, label, destination). Nodes have different labels of two
    digits, edges of a node different labels of one, all of them one-hot; so there are up to
    100 nodes. Channels are source (20), label (10), destination (20), and one that is 1 in
    the question, which shows the first source and the labels, one a step; then the answer
    is the nodes that the way leads to, one a step.

        step     0      ...   e      e + 1    e + 2   e + 3    two edges
        input    3 a 7        3 a ?  ? b ?
        target                                7       2
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(2 * DIGITS, nodes=(3, 10), edges=(1, 4), train_examples=200_000),
        episode_config(2 * DIGITS, nodes=(3, 10), edges=(1, 4)),
        *(episode_config(2 * DIGITS, nodes=nodes, edges=4) for nodes in (10, 15, 20)),
    ]
    homepage = "https://doi.org/10.1038/nature20101"
    seed = 2016_1021

    @staticmethod
    def channels(bits):
        return 2 * bits + DIGITS + 1

    def episode(self, random, nodes, edges):
        labels = random.choice(DIGITS**2, nodes, replace=False)
        graph = [_edges_of(random, node, nodes) for node in range(nodes)]
        triples = [(s, e, d) for s, ways in enumerate(graph) for e, d in ways.items()]
        random.shuffle(triples)
        node = start = random.integers(nodes)
        way = []
        for _ in range(edges):
            way.append(random.choice(list(graph[node])))
            node = graph[node][way[-1]]
        labelled = [(labels[s], e, labels[d]) for s, e, d in triples]
        return self.layout(labelled, labels[start], way)

    def layout(self, triples, start, way):
        """`(inputs, targets, counts)` of labelled edges and the labels of a way.

        Args:
            triples: `(source, edge, destination)` of each edge.
            start: Where the way begins.
            way: The labels of its edges.
        """
        inputs, targets, counts = self.empty(len(triples) + 2 * len(way))
        follow = {(source, edge): destination for source, edge, destination in triples}
        for step, triple in enumerate(triples):
            inputs[step] = _triple(*triple)
        node = start
        for step, edge in enumerate(way, len(triples)):
            inputs[step] = _triple(start if step == len(triples) else None, edge, None)
            node = follow[node, edge]
            targets[step + len(way)] = _node(node)
        counts[-len(way) :] = 1
        return inputs, targets, counts


def _edges_of(random, node, nodes):
    """From the labels of a node's edges to where they lead, to other nodes."""
    count = random.integers(1, min(OUT, nodes - 1) + 1)
    others = np.delete(np.arange(nodes), node)
    ends = random.choice(others, count, replace=False)
    labels = random.choice(DIGITS, count, replace=False)
    return dict(zip(labels.tolist(), ends.tolist(), strict=True))


def _triple(source, edge, destination):
    is_question = destination is None
    ends = [np.zeros(2 * DIGITS) if n is None else _node(n) for n in (source, destination)]
    return [*ends[0], *np.eye(DIGITS)[edge], *ends[1], is_question]


def _node(label):
    return np.concatenate([np.eye(DIGITS)[label // DIGITS], np.eye(DIGITS)[label % DIGITS]])
