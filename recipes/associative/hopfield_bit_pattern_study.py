"""The study of `hopfield_bit_pattern`: every reading."""

from ..datasets.bit_patterns import Builder
from .sets_beyond import bit_patterns
from .sets_study import is_pooling, set_study

STUDY = set_study(
    data=f"bit_patterns {Builder.VERSION} (generated)",
    parts={
        **{
            reading: [{"reading": reading, "seed": seed} for seed in range(3)]
            for reading in ("pooling", "association", "lookup")
        },
        "pooling of the bits themselves": [
            {"embedding_units": 0, "seed": seed} for seed in range(3)
        ],
    },
    published={
        "accuracy": (0.84, "read off a plot in the authors' notebook: pooling, 512 bags")
    },
    targets={"accuracy": ("≥", 0.84)},
    is_candidate=lambda recipe: is_pooling(recipe) and recipe.embedding_units > 0,
    beyond=bit_patterns,
)
