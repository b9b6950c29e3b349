"""The study of `hopfield_mnist_bags`: images shifted, and not."""

from .sets_beyond import bags_of_digits
from .sets_study import set_study

STUDY = set_study(
    data="mnist 3.0.1 (TFDS), in bags drawn with a fixed seed",
    parts={
        "pooling": [{"seed": seed} for seed in range(3)],
        "pooling, images where they are": [{"shift": 0.0, "seed": seed} for seed in range(3)],
    },
    published={
        "accuracy": (0.92, "read off a plot in the notebook of Ramsauer et al., 50 bags")
    },
    targets={"accuracy": ("≥", 0.92)},
    chosen_by="accuracy on the validation split after the last epoch",
    rank=lambda recipe, run: -run.history[-1]["val_accuracy"],
    beyond=bags_of_digits,
)
