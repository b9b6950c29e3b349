import pytest
from typer.testing import CliRunner

from keras_memory.recipes.command_line import commands


@pytest.fixture
def run():
    """Run a command in this process; its exit code, standard output and error."""

    def invoke(*words, **options):
        return CliRunner().invoke(commands.app, [str(word) for word in words], **options)

    return invoke


@pytest.fixture
def mistake(run):
    """`mistake(words...)`: the one line that says what is wrong."""

    def invoke(*words):
        completed = run(*words)
        assert completed.exit_code == 2, completed.output
        (line,) = completed.stderr.splitlines()
        return line

    return invoke
