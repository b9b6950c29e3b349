"""The study of `stack_addition`: seeds of stacks, and the baselines."""

from .stack_family_study import seeds, stack_study

STUDY = stack_study(
    parts={
        "Stacks": seeds(3),
        "LSTM": seeds(1, machine="lstm"),
        "Lists": seeds(1, machine="list"),
    },
    is_candidate=lambda recipe: recipe.machine == "stack",
    note="The paper has a plot alone, of restarted seeds.",
    targets={"accuracy": ("≥", 0.95)},
)
