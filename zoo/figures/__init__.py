"""Pictures of what a model does and of how it learned, as matplotlib figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "attention": ["attention_map", "read_story", "shaded_document"],
        "capacity": [
            "overlap_against_load",
            "basin_against_load",
            "patterns_held",
            "dense_capacity",
        ],
        "curves": ["learning_curves", "bars_by_task"],
        "machines": ["memory_tape"],
        "points": ["pointed_out", "length_against_gap"],
        "recall": ["recall_strip", "energy_curves", "image_grid"],
        "reminders": ["reminder_map"],
        "sets": ["weighed_images"],
    },
)
