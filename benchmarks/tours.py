"""How far the tours of the data set are from the shortest: `python -m benchmarks.tours`.

Up to 20 cities they are compared with exact ones, above with searches of two seconds.
"""

import argparse

import fast_tsp
import numpy as np

from keras_memory.recipes.datasets.travelling_salesman import (
    travelling_salesman_dataset_builder as builder,
)


def length(points, way):
    corners = points[np.asarray(way)]
    return np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1).sum()


def best(points):
    """A tour that is exact, or searched for two seconds."""
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    whole = np.rint(distances * builder.FARTHEST / distances.max()).astype(int).tolist()
    if len(points) <= 20:
        return fast_tsp.solve_tsp_exact(whole)
    return fast_tsp.find_tour(whole, 2.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tours", type=int, default=50, help="of each number of cities")
    arguments = parser.parse_args()
    print("| cities | longer on average | at most | tours that are longer |")
    print("| ---: | ---: | ---: | ---: |")
    for n in (5, 10, 15, 16, 18, 20, 50, 100):
        random = np.random.default_rng((2, n))
        gaps = []
        for _ in range(arguments.tours):
            points = random.random((n, 2))
            ours, optimum = (length(points, f(points)) for f in (builder.tour, best))
            gaps.append(100 * max(0.0, ours / optimum - 1))
        longer = np.sum(np.array(gaps) > 1e-3)
        print(f"| {n} | {np.mean(gaps):.4f} % | {max(gaps):.2f} % | {longer} |", flush=True)


if __name__ == "__main__":
    main()
