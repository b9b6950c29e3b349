"""What `keras-memory predict` asks a model: `--bits 1010`, as the recipe names it."""

import shlex


def expected_questions(recipe):
    questions = recipe.questions.items()
    return " ".join(f"--{name} {shlex.quote(form)}" for name, form in questions)


def questions_of(recipe, words):
    """`--bits 1010` as `{"bits": "1010"}`, for the questions that the recipe takes."""
    words = [
        part
        for word in words
        for part in (word.split("=", 1) if word.startswith("--") else [word])
    ]
    names, values = words[::2], words[1::2]
    known = {f"--{name}" for name in recipe.questions}
    if len(names) != len(values) or set(names) != known:
        received = " ".join(words) or "nothing"
        expected = expected_questions(recipe) or f"no question, as {recipe.name} takes none"
        raise ValueError(f"Expected {expected}. Received: {received}")
    return {name[2:]: value for name, value in zip(names, values, strict=True)}
