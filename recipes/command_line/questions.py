"""What `keras-memory predict` takes for a model: `--bits 1010`, as its recipe names it."""

import shlex

import typer
from typer.core import TyperCommand

from ...zoo.saving.names import did_you_mean
from ...zoo.saving.presets import Preset
from .. import registry


def options_of(questions):
    """An example of each question, as it is typed."""
    return " ".join(f"--{name} {shlex.quote(form)}" for name, form in questions.items())


def command_for(model, questions):
    return f"keras-memory predict {shlex.quote(str(model))} {options_of(questions)}"


def questions_of(questions, words):
    """`--bits 1010` as `{"bits": "1010"}`.

    Args:
        questions: Those that the recipe takes, and an example of each.
        words: What was typed.

    Raises:
        ValueError: They are other questions.
    """
    words = [
        part
        for word in words
        for part in (word.split("=", 1) if word.startswith("--") else [word])
    ]
    names, values = words[::2], words[1::2]
    known = [f"--{name}" for name in questions]
    if len(names) != len(values) or set(names) != set(known):
        expected = options_of(questions) or "no question, as this model takes none"
        received = " ".join(words) or "nothing"
        wrong = next((name for name in names if name not in known), "")
        hint = did_you_mean(wrong, known) if wrong else ""
        raise ValueError(f"Expected {expected}. Received: {received}{hint}")
    return {name[2:]: value for name, value in zip(names, values, strict=True)}


def known_questions(name):
    """Of a recipe or a preset, without TensorFlow; `None` of whatever else there is."""
    if preset := Preset.find(name):
        name = preset.metadata.get("recipe")
    return registry.QUESTIONS.get(name, {}) if name in registry.RECIPES else None


class Unloaded:
    """A model that is loaded when it is first used: questions are checked before that.

    Args:
        load: Gives the model; called once, if at all.
    """

    def __init__(self, load):
        self._load = load
        self._model = None

    def _loaded(self):
        if self._model is None:
            self._model = self._load()
        return self._model

    def __getattr__(self, name):
        return getattr(self._loaded(), name)

    def __call__(self, *args, **kwargs):
        return self._loaded()(*args, **kwargs)


class PredictCommand(TyperCommand):
    """Its help names the questions: of the model that is typed, or of all."""

    def parse_args(self, ctx, args):
        ctx.meta[__name__] = list(args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx, formatter):
        super().format_help(ctx, formatter)
        typed = [word for word in ctx.meta[__name__] if not word.startswith("-")]
        questions = known_questions(typed[0]) if typed else None
        if questions:
            typer.echo(command_for(typed[0], questions))
        elif questions == {}:
            typer.echo(f"{typed[0]} takes no questions.")
        else:
            typer.echo("Questions, by the recipe of the model:")
            width = max(map(len, registry.QUESTIONS))
            for name, taken in registry.QUESTIONS.items():
                typer.echo(f"  {name:<{width}}  {options_of(taken)}")
