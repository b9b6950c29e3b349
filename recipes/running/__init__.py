"""What runs a recipe: training, checkpoints, tuning, export, studies."""
