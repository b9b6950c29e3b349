"""Recurrent units with stacks: time of a training step, beside an LSTM of as many units.

    python -m benchmarks.stacks

prints, for each number of units, the milliseconds of a step of a sequence in training, of an
LSTM, of stacks and of lists, and their ratios to the LSTM. Without the noise of `StackRNN`.
"""

import time

from benchmarks.timing import medians, training_step

UNITS = 40, 100
BATCH, STEPS, FEATURES, STACKS, ROUNDS = 10, 80, 4, 10, 30


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
        shape = BATCH, STEPS, FEATURES
        timed = {
            name: training_step(cell, shape, time.process_time)
            for name, cell in cells.items()
        }
        seconds = medians(timed, ROUNDS)
        for name, value in seconds.items():
            ratio = value / seconds["LSTM"]
            print(
                f"| {units} | {name} | {1e3 * value / STEPS:.4f} | {ratio:.2f} |", flush=True
            )


if __name__ == "__main__":
    main()
