"""Taggers: sentences a second, trained and tagged, beside a tagger of Keras's LSTM alone.

    python -m benchmarks.tagging

prints for each encoder how many sentences of 20 words it is trained on in a second and how
many it tags, in batches of 32 from numbers of words, and the time of both in that of an
embedding, a `keras.layers.LSTM` and a dense layer of the same sizes, which sees padding, as
ours does not, unless it is masked.
"""

import time

import numpy as np

from benchmarks.timing import medians

BATCH, WORDS, LETTERS, ROUNDS = 32, 20, 12, 30
VOCABULARY, TAGS, DIM, UNITS = 1000, 30, 100, 128
ALONE = "Keras's LSTM"
MODELS = {
    "elman": {"encoder": "elman"},
    "jordan": {"encoder": "jordan"},
    "gru": {"encoder": "gru"},
    "lstm": {"encoder": "lstm"},
    "bidirectional": {},
    "bidirectional, letters": {"letters": LETTERS},
    "bidirectional, letters, random field": {"letters": LETTERS, "crf": True},
    "self-attention": {"encoder": "self_attention"},
}


def baseline(mask_zero=False):
    import keras

    model = keras.Sequential(
        [
            keras.layers.Embedding(1 + VOCABULARY, DIM, mask_zero=mask_zero),
            keras.layers.Dropout(0.5),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(TAGS),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=keras.backend.backend() != "torch")
    return model


def tagger(arguments):
    from keras_memory import zoo

    words = [f"w{n}" for n in range(VOCABULARY)]
    tags = [f"t{n}" for n in range(TAGS)]
    return zoo.SequenceTagger(words, tags, units=UNITS, embedding_dim=DIM, **arguments)


def steps(model, inputs, targets):
    """Functions that train and that tag a batch, and return the seconds that it took."""

    def timed(function):
        def once():
            started = time.perf_counter()
            function()
            return time.perf_counter() - started

        once()  # which compiles
        return once

    return (
        timed(lambda: model.train_on_batch(inputs, targets)),
        timed(lambda: model.predict_on_batch(inputs)),
    )


def main():
    random = np.random.default_rng(0)
    numbers = {
        "words": random.integers(2, VOCABULARY, (BATCH, WORDS)).astype("int32"),
        "letters": random.integers(2, 30, (BATCH, WORDS, LETTERS)).astype("int32"),
        "tags": random.integers(0, TAGS, (BATCH, WORDS)).astype("int32"),
    }
    timed = {
        name: steps(baseline(mask_zero), numbers["words"], numbers["tags"])
        for name, mask_zero in ((ALONE, False), (f"{ALONE}, masked", True))
    }
    for name, arguments in MODELS.items():
        model = tagger(arguments)
        inputs = {key: numbers[key] for key in model.input}
        timed[name] = steps(model, inputs, {"tags": numbers["tags"]})
    trained = medians({name: pair[0] for name, pair in timed.items()}, ROUNDS)
    tagged = medians({name: pair[1] for name, pair in timed.items()}, ROUNDS)
    print("| encoder | trained a second | tagged a second | training | tagging |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in timed:
        cells = [f"{BATCH / seconds[name]:,.0f}" for seconds in (trained, tagged)]
        for seconds in (trained, tagged):
            cells.append(f"{seconds[name] / seconds[ALONE]:.2f}")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
