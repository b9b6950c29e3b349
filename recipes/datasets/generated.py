"""What builders share whose examples are sampled at random."""

HELD_OUT_EXAMPLES = 1_000
SPLITS = "train", "validation", "test"


def split_generators(generate, train, held_out=HELD_OUT_EXAMPLES):
    """Splits of so many examples, each from a stream of random numbers of its own.

    Args:
        generate: From the number of the stream, that of the split among SPLITS, and how many
            examples are wanted, to the examples.
        train: Examples for training; without any, there is no such split.
        held_out: Examples for validation, and for testing.
    """
    sizes = dict(zip(SPLITS, (train, held_out, held_out), strict=True))
    return {
        split: generate(stream, size)
        for stream, (split, size) in enumerate(sizes.items())
        if size
    }
