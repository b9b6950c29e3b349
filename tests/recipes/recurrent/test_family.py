"""Networks that attend to their past states learn small instances of long tasks."""

import math
from types import SimpleNamespace

import keras
import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from keras_memory import recipes, zoo
from keras_memory.recipes.datasets.text8 import text8_dataset_builder as text8
from keras_memory.recipes.recurrent import characters as character_models
from keras_memory.recipes.recurrent import sab_cifar10, sab_copy_beyond, sab_permuted_mnist
from keras_memory.recipes.recurrent.characters import CharacterRecipe
from keras_memory.recipes.recurrent.family import METHODS
from keras_memory.recipes.running.beyond import beyond
from keras_memory.recipes.running.run import Run
from keras_memory.recipes.running.trainer import Trainer

pytestmark = pytest.mark.long

SMALL = {
    "jit_compile": False,
    "units": 24,
    "k_top": 3,
    "k_trunc": 5,
    "k_att": 2,
    "epochs": 1,
    "batch_size": 32,
    "learning_rate": 1e-2,
}
COPY = SMALL | {
    "k_att": 1,
    "blanks": 5,
    "train_examples": 2_000,
    "length": (5,),
    "test_sequences": 200,
}
ADDING = SMALL | {"terms": 10, "train_examples": 2_000, "length": (10, 12)}
TEXT = SMALL | {"length": 30, "test_length": 30, "validation_pieces": 4}
PIXELS = SMALL | {"stride": 4}
FIELDS = {
    "sab_adding": ADDING,
    "sab_char_ptb": TEXT,
    "sab_char_text8": TEXT,
    "sab_cifar10": PIXELS,
    "sab_copy": COPY,
    "sab_permuted_mnist": PIXELS,
}
SENTENCE = "the cat saw the old dog"


@pytest.fixture
def texts(monkeypatch, tmp_path):
    """One sentence repeated, in the place of the Penn Treebank and of text8."""
    folder = tmp_path / "manual" / "ptb"
    folder.mkdir(parents=True)
    for name, size in (("train", 100), ("valid", 20), ("test", 20)):
        (folder / f"ptb.{name}.txt").write_text(f" {SENTENCE} \n" * size)
    sizes = {"train": 2_400, "validation": 480, "test": 480}
    (folder.parent / "text8").write_text(f"{SENTENCE} " * 140)
    monkeypatch.setattr(text8, "SIZES", sizes)
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(folder.parent))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def images(monkeypatch):
    """Noise in the place of photographs and digits, brighter above or below."""

    def load_public(name, split):
        random = np.random.default_rng(len(split))
        label = random.integers(0, 2, 300)
        shape = {"mnist": (300, 28, 28, 1), "cifar10": (300, 32, 32, 3)}[name]
        image = random.integers(0, 100, shape)
        is_below = np.arange(shape[1]) >= shape[1] // 2
        image += 150 * (is_below == label[:, None])[..., None, None]
        return {"image": image.astype("uint8"), "label": label, "more": label}

    for module in (sab_cifar10, sab_permuted_mnist):
        monkeypatch.setattr(module, "load_public", load_public)


def trained(name, **fields):
    recipe = recipes.get(name, **{**FIELDS[name], **fields})
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=recipe.epochs, verbose=0)
    return recipe, model


def test_it_copies():
    """A guess is right one time in eight."""
    recipe, model = trained("sab_copy", blanks=2, length=(2,), steps_per_epoch=220)
    assert recipe.evaluate(model)["accuracy_length_2"] > 0.2
    assert set(recipe.figures(model)) == {"reminders"}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_trains_and_is_tested_at_other_lengths(method):
    recipe, model = trained(
        "sab_copy", method=method, steps_per_epoch=3, length="5,9", test_sequences=20
    )
    metrics = recipe.evaluate(model)
    assert {name for name in metrics if name.startswith("accuracy")} == {
        "accuracy_length_5",
        "accuracy_length_9",
    }
    assert all(0 <= metrics[f"accuracy_length_{blanks}"] <= 1 for blanks in (5, 9))
    # No better than chance yet, by the last ten steps alone.
    assert 1.5 < metrics["cross_entropy_last_ten_length_9"] < 4
    assert bool(recipe.figures(model)) == (method in ("sab", "self_attention"))


def test_it_can_be_as_the_authors_program(tmp_path):
    recipe = recipes.get("sab_copy", **COPY, numbers=True, score="separate")
    assert not recipe.study.is_candidate
    inputs, targets, _ = recipe.to_batch(recipe.illustration())
    assert inputs["vectors"].shape == (1, recipe.steps, 1)
    np.testing.assert_array_equal(inputs["vectors"][0, :10, 0], targets[0, -10:])
    answer = [str(symbol) for symbol in targets.numpy()[0, -10:]]
    assert recipe.written(inputs) == [*answer, *[" "] * 4, "9", *[" "] * 10]
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train").take(3), verbose=0)
    assert set(recipe.evaluate(model)) >= {"accuracy_length_5", "cross_entropy_length_5"}
    model.save(tmp_path / "model.keras")
    weights = zoo.load(tmp_path / "model.keras").trace(inputs)["weights"]
    np.testing.assert_allclose(weights, model.trace(inputs)["weights"], rtol=1e-4)


def test_each_sequence_has_blanks_of_its_own():
    fields = {"blanks": 9, "shortest_blanks": 3, "train_examples": 500}
    recipe = recipes.get("sab_copy", **{**COPY, **fields})
    examples = recipe.examples("train")
    assert set(examples["blanks"]) == set(range(3, 10))
    inputs, targets, weights = keras.tree.map_structure(np.asarray, recipe.to_batch(examples))
    expected = {"symbols": inputs["symbols"], "targets": targets, "weights": weights}
    for symbols, blanks, *found in zip(*examples.values(), *expected.values(), strict=True):
        before, blank, after = [0] * (blanks + 10), [0] * (blanks - 1), 9 - blanks
        padding, answer = [0] * after, [0] * 10
        np.testing.assert_array_equal(found[0], [*symbols, *blank, 9, *answer, *padding])
        np.testing.assert_array_equal(found[1], [*before, *symbols, *padding])
        np.testing.assert_array_equal(found[2], [1] * (blanks + 20) + padding)
    np.testing.assert_array_equal(inputs["length"], examples["blanks"] + 20)
    assert recipe.illustration()["blanks"] == [9], "plotted without padding"


def test_one_number_of_blanks_is_all_that_there_is():
    """And symbols are those of the paper's data, whatever the blanks."""
    one, several = (
        recipes.get("sab_copy", **COPY, shortest_blanks=n).examples("test") for n in (5, 2)
    )
    assert set(one["blanks"]) == {5}
    np.testing.assert_array_equal(one["symbols"], several["symbols"])


def test_padding_does_not_count(rng):
    """Sequences of one length have the loss and accuracy that they have without padding."""
    padded = recipes.get("sab_copy", **{**COPY, "shortest_blanks": 2, "blanks": 6})
    plain = padded.replace(shortest_blanks=3, blanks=3)
    examples = {"symbols": rng.integers(1, 9, (8, 10)), "blanks": np.full(8, 3)}
    model = padded.seeded_model()
    of_padded, of_plain = (
        model.evaluate(*tensors[:2], sample_weight=tensors[2], batch_size=8, verbose=0)
        for tensors in (recipe.to_batch(examples) for recipe in (padded, plain))
    )
    np.testing.assert_allclose(of_padded, of_plain, rtol=1e-5)


def test_the_task_is_solved_by_so_many_answers():
    (solved,) = recipes.get("sab_copy", solved=0.9).callbacks([])
    solved.set_model(SimpleNamespace(stop_training=False))
    for accuracy, stops in ((0.5, False), (0.89, False), (0.9, True)):
        solved.on_epoch_end(0, {"val_accuracy": accuracy})
        assert solved.model.stop_training == stops


def test_training_stops_when_the_task_is_solved(tmp_path):
    """And one that was killed afterwards is not trained any further."""
    fields = {"method": "full_bptt", "steps_per_epoch": 30, "epochs": 4, "solved": 0.001}
    recipe = recipes.get("sab_copy", **{**COPY, **fields})
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert len(run.history) < 4
    assert run.history[-1]["val_accuracy"] >= 0.001
    (tmp_path / "run" / "metrics.json").unlink()
    again = recipe.fit(tmp_path / "run", resume=True, verbose=0)
    assert again.history == run.history
    assert again.metrics == run.metrics


def test_a_study_says_when_the_task_was_solved_and_on_what():
    recipe = recipes.get("sab_copy", steps_per_epoch=250, batch_size=64)
    epochs = (0.5, "jax on gpu"), (0.99, "tensorflow on cpu"), (1.0, "torch on cpu")
    history = [
        {"val_accuracy": accuracy, "seconds": 90.0, "device": device}
        for accuracy, device in epochs
    ]
    metrics = {"accuracy_length_100": 0.98, "cross_entropy_length_100": 0.01}
    runs = [
        SimpleNamespace(recipe=recipe, history=history[:end], metrics=metrics)
        for end in (3, 1)
    ]
    row = {
        "seed": 0,
        "accuracy_length_100": 0.98,
        "sequences until 99 % (validation)": "32,000",
        "minutes until then": 3.0,
        "sequences": "48,000",
        "device": "jax on gpu, then tensorflow on cpu",
    }
    unsolved = row | {
        "sequences until 99 % (validation)": "never",
        "minutes until then": "-",
        "sequences": "16,000",
        "device": "jax on gpu",
    }
    assert recipe.study.rows(runs) == [row, unsolved]
    del runs[1].history[0]["device"]  # as of an earlier version
    assert recipe.study.rows(runs)[1] == unsolved | {"device": "-"}


@pytest.fixture(scope="module")
def adding():
    """A recipe and its model, which has learned to add; not to be changed."""
    return trained("sab_adding", steps_per_epoch=300)


def test_it_adds(adding):
    """To say 1 has an error of 1/6."""
    recipe, model = adding
    metrics = recipe.evaluate(model)
    assert metrics["mean_squared_error_length_10"] < 0.02
    assert metrics["mean_squared_error_length_12"] < 0.08
    assert set(recipe.figures(model)) == {"reminders"}


def test_the_marked_numbers_are_those_to_add():
    recipe = recipes.get("sab_adding", **ADDING)
    inputs, sums = recipe.to_batch(recipe.examples("test"))
    values, marks = np.moveaxis(inputs["vectors"].numpy(), -1, 0)
    assert set(inputs["length"].numpy()) == {10}
    np.testing.assert_array_equal(marks.sum(axis=1), 2)
    np.testing.assert_allclose((values * marks).sum(axis=1), sums[:, 0], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "method"), [("sab_char_ptb", "sab"), ("sab_char_text8", "truncated_bptt")]
)
def test_it_learns_what_comes_next(name, method, texts):
    """By their frequencies, the characters have about 3.3 bits."""
    recipe, model = trained(name, method=method, steps_per_epoch=150)
    metrics = recipe.evaluate(model)
    assert metrics["bits_per_character"] < 0.6
    assert metrics["validation_bits_per_character"] < 0.6
    text = recipe.answer(model, text="the cat saw")["text"]
    assert len(text) == len("the cat saw") + 100
    assert text.startswith("the cat saw the old")
    assert set(recipe.figures(model)) == ({"reminders"} if method == "sab" else set())


def test_pieces_follow_each_other(texts):
    recipe = recipes.get("sab_char_ptb", **TEXT).replace(length=20, test_length=30)
    alphabet = np.array(list(recipe.builder.alphabet))
    for split, length, pieces in (
        ("train", 20, 119),
        ("validation", 30, 4),
        ("test", 30, 15),
    ):
        inputs, targets = recipe.to_batch(recipe.examples(split))
        before, after = ("".join(alphabet[np.ravel(x)]) for x in (inputs["symbols"], targets))
        assert inputs["symbols"].shape == (pieces, length)
        text = f"{SENTENCE}\n" * 100
        assert before == text[: pieces * length]
        assert after == text[1 : pieces * length + 1]


def test_bits_are_those_of_every_piece(texts, monkeypatch):
    """Of a network that says of every character how often it comes, and of its preset's."""
    monkeypatch.setattr(CharacterRecipe, "evaluation_batch_size", 4)  # of 15 pieces
    recipe = recipes.get("sab_char_ptb", **TEXT, method="truncated_bptt")
    model = recipe.model()
    logits = np.random.default_rng(0).normal(size=50).astype("float32")
    model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
    model.get_layer("output").bias.assign(logits)
    losses = np.log(np.exp(logits).sum()) - logits
    expected = {
        f"{name}bits_per_character": losses[recipe.examples(split)["next"]].mean()
        / math.log(2)
        for split, name in (("test", ""), ("validation", "validation_"))
    }
    for restored in (model, loaded_anew(model)):
        assert recipe.evaluate(restored) == pytest.approx(expected, rel=1e-4)


def loaded_anew(model):
    """As it is compiled by default, and with other metrics than a recipe's."""
    anew = type(model).from_config(model.get_config())
    anew.set_weights(model.get_weights())
    return anew


@pytest.mark.parametrize(("text", "received"), [("", "''"), ("The cat", "'The cat'")])
def test_only_texts_of_its_characters_are_continued(text, received, texts):
    recipe = recipes.get("sab_char_text8", **TEXT)
    with pytest.raises(ValueError, match=f"Expected a text of .*Received: {received}"):
        recipe.answer(recipe.model(), text=text)


def test_a_text_is_continued_that_is_too_short_to_store_a_state(monkeypatch):
    monkeypatch.setattr(character_models, "CONTINUED", 3)
    recipe = recipes.get("sab_char_text8", **TEXT).replace(k_att=30)
    assert len(recipe.answer(recipe.model(), text="so")["text"]) == 5


def test_a_text_has_a_piece(texts):
    recipe = recipes.get("sab_char_text8", **TEXT).replace(test_length=480)
    with pytest.raises(ValueError, match="at most 479 .* test .*Received: 480"):
        recipe.examples("test")


@pytest.mark.parametrize(
    ("name", "method", "steps"),
    [("sab_permuted_mnist", "full_bptt", 150), ("sab_cifar10", "sab", 30)],
)
def test_it_classifies_images(name, method, steps, images):
    """Guessing is right one time in two."""
    recipe, model = trained(name, method=method, steps_per_epoch=steps)
    assert recipe.evaluate(model)["accuracy_of_every_4th_pixel"] > 0.9
    assert set(recipe.figures(model)) == ({"reminders"} if method == "sab" else set())


def test_pixels_are_shown_in_their_order(images):
    recipe = recipes.get("sab_cifar10", stride=2)
    inputs, labels = recipe.to_batch({k: v[:5] for k, v in recipe.examples("test").items()})
    image = recipe.examples("test")["image"][:5]
    expected = image[:, ::2, ::2].reshape(5, 256, 3) / 255
    np.testing.assert_allclose(inputs["vectors"], expected, rtol=1e-6)
    assert inputs["length"].numpy().tolist() == [256] * 5
    np.testing.assert_array_equal(labels, recipe.examples("test")["label"][:5])


def test_every_run_permutes_alike():
    places = recipes.get("sab_permuted_mnist", seed=1).order
    np.testing.assert_array_equal(places, recipes.get("sab_permuted_mnist", seed=2).order)
    np.testing.assert_array_equal(np.sort(places), np.arange(784))
    assert (np.diff(places) == 1).sum() < 10
    order = recipes.get("sab_permuted_mnist", stride=2).order
    np.testing.assert_array_equal(
        np.sort(order), np.arange(784).reshape(28, 28)[::2, ::2].ravel()
    )


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_tuned_is_a_recipe(name):
    for method in METHODS:
        recipe = recipes.get(name, method=method)
        sampled = recipe.search_space(keras_tuner.HyperParameters())
        changed = recipe.replace(**sampled)
        assert {field: getattr(changed, field) for field in sampled} == sampled
        assert changed == recipe, "its own first"
        assert ("k_att" in sampled) == (method == "sab")
        assert ("k_trunc" in sampled) == (method in ("sab", "truncated_bptt"))


def test_what_is_tuned_fits_short_sequences():
    hp = keras_tuner.HyperParameters()
    recipe = recipes.get("sab_adding", terms=6)
    recipe.search_space(hp)
    assert max(hp.space[-1].values) == 5
    assert recipe.lengths_in_tests == (6,)


def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    fields = {"epochs": 2, "steps_per_epoch": 4, "length": ()}
    recipe = recipes.get("sab_adding", **{**ADDING, **fields})
    monkeypatch.setattr(type(recipe), "figures", lambda self, model: {})
    trainer = Trainer()  # compiles once for the three

    def train(name, resume=False):
        run = Run.start(recipe, tmp_path / name, resume)
        return run.train(verbose=0, trainer=trainer)

    class Killed(Exception):
        pass

    class Kill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise Killed

    straight = train("straight")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(type(recipe), "callbacks", lambda self, history: [Kill()])
        train("killed")
    resumed = train("killed", resume=True)
    assert [row["val_loss"] for row in resumed.history] == [
        row["val_loss"] for row in straight.history
    ]
    assert resumed.metrics == straight.metrics
    for mine, other in zip(
        *(r.model.get_weights() for r in (resumed, straight)), strict=True
    ):
        np.testing.assert_array_equal(mine, other)


def test_a_trained_model_is_served(adding, tmp_path):
    """Of any number of sequences, and of any length."""
    recipe, model = adding
    folder = recipe.export(model, tmp_path / "saved")
    serve = tf.saved_model.load(str(folder)).signatures["serving_default"]
    for terms in (10, 13):
        inputs, _ = recipe.to_batch(recipe.replace(terms=terms).examples("test"))
        inputs = {name: array[: terms - 3] for name, array in inputs.items()}
        (served,) = serve(**inputs).values()
        np.testing.assert_allclose(served, model.predict_on_batch(inputs), atol=1e-5)
        assert np.ptp(served) > 1e-3


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"k_top": -1}, "k_top: .* greater than or equal to 0. Received: -1"),
        ({"k_trunc": 0}, "k_trunc: .* greater than 0. Received: 0"),
        ({"k_att": 0}, "k_att: .* greater than 0. Received: 0"),
        ({"k_att": 5_000}, "Expected k_att of at most .*, the steps .*Received: 5000"),
        ({"method": "x"}, "method: .*'sab'.*Received: 'x'"),
        ({"clip_norm": "inf"}, "clip_norm: .* finite number. Received: 'inf'"),
    ],
)
def test_wrong_numbers(name, fields, message):
    with pytest.raises(ValueError, match=message):
        recipes.get(name, **fields)


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("sab_copy", {"blanks": 0}, "blanks: .* greater than 0"),
        ("sab_copy", {"shortest_blanks": 101}, "at most blanks, 100. Received: 101"),
        ("sab_copy", {"shortest_blanks": 4, "k_att": 25}, "at most 24.* Received: 25"),
        ("sab_adding", {"terms": 1}, "terms: .* greater than or equal to 2. Received: 1"),
        ("sab_adding", {"length": "200,1"}, "length: .* greater than or equal to 2"),
        ("sab_adding", {"length": 9, "k_att": 10}, "at most 9.* Received: 10"),
        ("sab_copy", {"length": 5, "k_att": 26}, "at most 25.* Received: 26"),
        ("sab_char_ptb", {"test_length": 9}, "at most 9.* Received: 10"),
        ("sab_char_ptb", {"length": 0}, "length: .* greater than 0"),
        ("sab_char_text8", {"test_length": 0}, "test_length: .* greater than 0"),
        ("sab_cifar10", {"stride": 5}, "stride: .* less than or equal to 4"),
        ("sab_permuted_mnist", {"stride": 4, "k_att": 50}, "at most 49.* Received: 50"),
    ],
)
def test_wrong_fields(name, fields, message):
    with pytest.raises(ValueError, match=message):
        recipes.get(name, **fields)


@pytest.mark.parametrize(
    ("name", "fields", "published"),
    [
        ("sab_adding", {}, {"mean_squared_error_length_200": 2e-6}),
        ("sab_adding", {"k_trunc": 3}, {}),
        ("sab_copy", {"k_trunc": 3}, {}),
        ("sab_copy", {"numbers": True}, {}),
        ("sab_copy", {"k_trunc": 1, "k_top": 1}, {"accuracy_length_100": 0.579}),
        (
            "sab_copy",  # with a T for each sequence, beside what 100 blanks have
            {"k_trunc": 1, "k_top": 1, "blanks": 80, "shortest_blanks": 20},
            {"accuracy_length_100": 0.579},
        ),
        (
            "sab_adding",
            {"terms": 400, "method": "full_bptt"},
            {"mean_squared_error_length_400": 1.6e-7},
        ),
        (
            "sab_char_ptb",
            {"method": "truncated_bptt", "k_trunc": 5},
            {"bits_per_character": 1.44},
        ),
        ("sab_char_text8", {"k_trunc": 3}, {"bits_per_character": "1.44 to 1.47"}),
        ("sab_cifar10", {}, {"accuracy": 0.645}),
        ("sab_cifar10", {"stride": 2}, {}),
        ("sab_permuted_mnist", {"method": "full_bptt"}, {"accuracy": 0.903}),
    ],
)
def test_published_figures_are_those_of_the_method(name, fields, published):
    found = recipes.get(name, **fields).published
    assert {metric: figure for metric, (figure, _) in found.items()} == published


def test_the_preset_answers_after_blanks_of_any_length():
    """Longer than in its training, multiples of k_att or not."""
    recipe = recipes.get("sab_copy", length=(100, 103, 402), test_sequences=10)
    model = zoo.from_preset("sab_copy")
    metrics = recipe.evaluate(model)
    assert min(metrics[f"accuracy_length_{blanks}"] for blanks in recipe.length) >= 0.99
    examples = {name: array[:8] for name, array in recipe.examples("test").items()}
    inputs, *_ = recipe.to_batch(examples)
    retrieved = model.trace(inputs)["retrieved"]
    retrieved_at_first = retrieved[:, recipe.blanks + 11 :, 0]
    assert np.mean(retrieved_at_first < 10) > 0.5, "it answers by the states of the symbols"


def test_beyond_the_papers_test(monkeypatch):
    for name, value in {"BLANKS": (2, 5), "FEWER": (1,), "SEQUENCES": 6}.items():
        monkeypatch.setattr(sab_copy_beyond, name, value)
    recipe = recipes.get("sab_copy", **COPY)
    answers = []

    def some_right(recipe, blanks, model, symbols):
        answers.append((blanks, symbols))
        is_right = np.ones((6, 10), bool)
        is_right[0, 2:blanks] = False
        return None, None, is_right

    monkeypatch.setattr(type(recipe), "answers", some_right)
    row = {"symbols right": 1.0, "sequences right": 1.0, "sequences": 6, "target": "≥ 0.99"}
    wrong = {**row, "symbols right": 57 / 60, "sequences right": 5 / 6}
    assert beyond(recipe, None) == [
        {"condition": "2 blanks", **row, "reached": "yes"},
        {"condition": "5 blanks", **wrong, "reached": "no"},
        {"condition": "1 blanks", **row, "target": "", "reached": ""},
    ]
    (_, two), (blanks, five), _ = answers
    assert blanks == 5
    assert set(np.ravel([two, five])) == set(range(1, 9))
    assert (two != five).any()
