"""Neural stacks, queues and deques by length: time of a training step.

    python -m benchmarks.structures

prints, for each structure and length of a sequence, the milliseconds of a training step, in
all and for each step of the sequence, beside an LSTM of the same width; and the power of the
length by which the time of the deque grows.
"""

import numpy as np

from benchmarks.timing import least, training_step

LENGTHS = 32, 64, 128, 256
BATCH, FEATURES, UNITS, WIDTH = 16, 16, 64, 64
ROUNDS = 10


def cells():
    """A function of nothing to a cell, by name."""
    import keras

    from keras_memory import layers

    def structured(structure):
        return lambda: layers.StructuredMemoryCell(
            keras.layers.LSTMCell(UNITS), structure(WIDTH)
        )

    return {
        "LSTM": lambda: keras.layers.LSTMCell(UNITS),
        "stack": structured(layers.NeuralStack),
        "queue": structured(layers.NeuralQueue),
        "deque": structured(layers.NeuralDeQue),
    }


def main():
    print("| structure | length | a training step | for each step of the sequence |")
    print("| --- | ---: | ---: | ---: |")
    found = {}
    for name, make in cells().items():
        for length in LENGTHS:
            once = training_step(make(), (BATCH, length, FEATURES))
            whole = found[name, length] = 1e3 * least(once, ROUNDS)
            print(
                f"| {name} | {length} | {whole:.1f} ms | {whole / length:.3f} ms |",
                flush=True,
            )
    times = [found["deque", length] for length in LENGTHS]
    power = np.polyfit(np.log(LENGTHS), np.log(times), 1)[0]
    print(f"the deque grows as the length to the power of {power:.2f}")


if __name__ == "__main__":
    main()
