"""Recurrent units with stacks: time of a training step, beside an LSTM of as many units.

    python -m benchmarks.stacks

prints, for each number of units, the milliseconds of a step of a sequence in training, of an
LSTM, of stacks and of lists, and their ratios to the LSTM. Without the noise of `StackRNN`.
"""

import time

import numpy as np

from benchmarks.timing import medians

UNITS = 40, 100
BATCH, STEPS, FEATURES, STACKS, ROUNDS = 10, 80, 4, 10, 30


def timed(cell):
    """A function that trains one step, and returns its processor time in seconds."""
    import keras

    from keras_memory import layers

    inputs = keras.Input((STEPS, FEATURES), batch_size=BATCH)
    outputs = layers.MemoryRNN(cell, return_sequences=True)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(FEATURES)(outputs))
    model.compile("sgd", "mse", jit_compile=keras.backend.backend() != "torch")
    sequences = np.random.default_rng(0).random((BATCH, STEPS, FEATURES), dtype="float32")
    model.train_on_batch(sequences, sequences)

    def once():
        started = time.process_time()
        model.train_on_batch(sequences, sequences)
        return time.process_time() - started

    return once


def main():
    import keras

    from keras_memory import layers

    print("| units | model | ms for each step of the sequence | LSTMs |")
    print("| ---: | --- | ---: | ---: |")
    for units in UNITS:
        cells = {
            "LSTM": keras.layers.LSTMCell(units),
            **{
                f"{STACKS} {kind}s": layers.StackRNNCell(units, STACKS, structure=kind)
                for kind in ("stack", "list")
            },
        }
        seconds = medians({name: timed(cell) for name, cell in cells.items()}, ROUNDS)
        for name, value in seconds.items():
            ratio = value / seconds["LSTM"]
            print(
                f"| {units} | {name} | {1e3 * value / STEPS:.4f} | {ratio:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
