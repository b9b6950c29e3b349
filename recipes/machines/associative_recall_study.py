"""The study of `associative_recall`: seeds of each machine."""

from .family_study import machine_study

FIGURES = "Graves et al. 2014, section 4.3 and figures 10 and 11"
# A controller without a state cannot join an item to the one before, which this machine,
# without moves from slot to slot, has to.
WITH_A_STATE = {"controller": "lstm", "controller_units": 100, "learning_rate": 3e-4}

STUDY = machine_study(
    # No other machine has solved it so far.
    is_candidate=lambda recipe: recipe.machine == "ntm",
    preset="associative_recall",
    data="associative_recall 1.0.0 (generated)",
    parts={
        "NTM, feed-forward controller": [{"seed": seed} for seed in range(5)],
        "SAM, LSTM controller": [
            {
                "machine": "sam",
                **WITH_A_STATE,
                "batch_size": 4,
                "steps_per_epoch": 500,
                "seed": 0,
            }
        ],
    },
    published={
        "wrong_bits_items_6": ("about 0", FIGURES),
        "wrong_bits_items_12": ("nearly perfect", FIGURES),
    },
    targets={"wrong_bits_items_6": ("≤", 0.1), "wrong_bits_items_12": ("≤", 0.5)},
)
