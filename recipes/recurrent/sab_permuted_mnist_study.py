"""The study of `sab_permuted_mnist`: every method, the paper's."""

from .family_study import every_method
from .pixels_study import pixel_study

STUDY = pixel_study(
    data="mnist 3.0.1 (TFDS), pixels in an order drawn with a fixed seed",
    # Of every second pixel: half an hour a run on one core at most. A step of
    # self-attention takes seconds.
    parts=every_method(
        {"stride": 2, "epochs": 11, "steps_per_epoch": 275}, truncations=(20,)
    ),
    accuracies={
        ("full_bptt",): 0.903,
        ("sab", 20, 5): 0.898,
        ("sab", 20, 10): 0.909,
        ("sab", 50, 10): 0.942,
    },
)
