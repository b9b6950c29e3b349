"""Files of questions: answered line by line; a mistake names file and line."""

import json
import re

import pytest

from keras_memory import zoo
from keras_memory.recipes.command_line.question_files import answer_file
from keras_memory.recipes.running.loading import find, recipe_of

QUESTIONS = {"bits": "1010", "repeats": "3"}
GOOD = '{"bits": "1", "repeats": 1}\n'


def reversed_bits(questions):
    return [reversed_one(**question) for question in questions]


def reversed_one(bits, repeats):
    if set(bits) - {"0", "1"}:
        raise ValueError(f"Expected bits. Received: {bits!r}")
    return {"reversed": bits[::-1], "repeats": repeats, "cost": float("nan")}


@pytest.fixture
def answers(tmp_path):
    """`answers(text)`: the answers to a file of this text."""

    def answered(content):
        path, out = tmp_path / "in.jsonl", tmp_path / "answers" / "out.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        answer_file(str(path), out, QUESTIONS, reversed_bits)
        return [json.loads(line) for line in out.read_text().splitlines()]

    return answered


def test_a_line_each(answers):
    lines = '\ufeff{"bits": "110", "repeats": 2}\n\n{"repeats": "3", "bits": "01"}'
    assert answers(lines) == [
        {"reversed": "011", "repeats": "2", "cost": None},
        {"reversed": "10", "repeats": "3", "cost": None},
    ]
    assert answers("") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"bits": "1", "repeats": 1}\n{"bits": "1"}', "in.jsonl, line 2: Expected {.*bits"),
        (
            '{"bits": "1", "repeats": 1}\n\n{"bits": "x", "repeats": 1}',
            "line 3: Expected bits",
        ),
        ("110", "line 1: Expected .* Received: 110"),
        ('["bits"]', 'Received: \\["bits"\\]'),
        ('{"bits": "1", "repeats": 1', "Received: {"),
        ("[" * 100_000, r"line 1: Expected {.*Received: \[\["),
        (GOOD + r'{"bits": "\ud800", "repeats": 1}', "line 2: Expected {"),
        (b'{"bits": "\xff\xfe", "repeats": 1}', "line 1: Expected {"),
    ],
)
def test_a_mistake_names_its_line_and_nothing_is_written(answers, tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        answers(content)
    folder = tmp_path / "answers"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_list_of_sentences_is_a_text(tmp_path):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"bits": ["1 0", "11"], "repeats": [[1, 2], [3]]}')
    answer_file(str(path), out, QUESTIONS, list)
    assert json.loads(out.read_text()) == {"bits": "1 0\n11", "repeats": "[[1, 2], [3]]"}


def test_a_preset_answers_a_file_and_standard_input(run, mistake, tmp_path):
    line = json.dumps({"bits": "10110010,00001111"}) + "\n"
    (tmp_path / "in.jsonl").write_text(2 * line)
    out = tmp_path / "out.jsonl"
    completed = run("predict", "ntm_copy", "--file", tmp_path / "in.jsonl", "--out", out)
    assert completed.exit_code == 0, completed.output
    first, second = map(json.loads, out.read_text().splitlines())
    assert first == second
    assert first["wrong_bits"] == 0
    streamed = run("predict", "ntm_copy", "--file", "-", input=line)
    assert json.loads(streamed.stdout) == first


MANY = {
    "memn2n_babi_world": [
        {"story": "John took the apple. John went to the office.", "question": question}
        for question in ("Where is John?", "Where is the apple?")
    ]
    + [{"story": "Mary moved to the garden.", "question": "Where is Mary?"}],
    "slot_filling_world": [
        {"sentence": text} for text in ("trains to lininburg", "show me trains from belaton")
    ],
    "seq2seq_attention": [
        {"date": text} for text in ("3 May 2020", "the third of May, 1979")
    ],
}


@pytest.mark.parametrize("name", MANY)
def test_many_questions_at_once_are_answered_as_each(name):
    recipe, model = recipe_of(find(name)), zoo.from_preset(name)
    together = recipe.answers(model, MANY[name])
    for question, found in zip(MANY[name], together, strict=True):
        alone = recipe.answer(model, **question)
        assert found.keys() == alone.keys()
        for key, value in found.items():
            is_text = isinstance(value, str)
            assert alone[key] == (value if is_text else pytest.approx(value, abs=1e-5))


def test_of_many_at_once_the_wrong_one_is_named(mistake, tmp_path):
    story = json.dumps(MANY["memn2n_babi_world"][0])
    wrong = json.dumps({"story": "", "question": "Zork?"})
    (tmp_path / "in.jsonl").write_text(f"{story}\n{story}\n{wrong}\n{story}\n")
    message = mistake("predict", "memn2n_babi_world", "--file", tmp_path / "in.jsonl")
    assert "in.jsonl, line 3: Expected words that the model knows" in message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ntm_copy", "--file", "missing.jsonl"], "Expected a file.*missing.jsonl"),
        (["ntm_copy", "--out", "answers.jsonl"], "Expected --file beside --out"),
        (["ntm_copy", "--file", "-", "--bits", "1"], "Expected --file alone"),
        (["sab_copy", "--file", "-"], "takes questions"),
    ],
)
def test_bad_options(mistake, words, message):
    assert re.search(message, mistake("predict", *words))
