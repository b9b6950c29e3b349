"""What every layer and model here promises: a function each, which takes a `Case`."""

import copy
import inspect
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from ..layers.layer import Layer
from . import backends
from .backends import argument
from .case import Case

Promise = Callable[[Case], None]

# By name; each has the `tags` that a case must have for it to apply.
PROMISES: dict[str, Promise] = {}


def promise(*tags: str) -> Callable[[Promise], Promise]:
    def register(function):
        function.tags = frozenset(tags)
        PROMISES[function.__name__] = function
        return function

    return register


def same(
    found: Sequence[ArrayLike],
    expected: Sequence[ArrayLike],
    atol: float = 1e-6,
    rtol: float = 1e-7,
) -> None:
    """Two lists of outputs agree.

    Raises:
        AssertionError: They do not.

    Example:

    >>> same([[1.0, 2.0]], [[1.0, 2.0 + 1e-8]])
    """
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=atol, rtol=rtol)


# Configurations.


@promise()
def config_round_trip(case: Case) -> None:
    """Of a layer that is built, whose parts then carry their shapes in the config."""
    layer = case.layer(case.model)
    config = layer.get_config()
    before = copy.deepcopy(config)
    again = type(layer).from_config(config)
    assert config == before, "from_config changed its argument"
    again = case.around(again)
    again.set_weights(case.weights)
    same(case.answer(again, case.arrays()), case.expected, atol=0, rtol=0)


@promise()
def config_round_trip_before_building(case: Case) -> None:
    """It is JSON, it is the same afterwards, and makes a layer of the same answers."""
    layer = case.make()
    config = layer.get_config()
    assert layer.get_config() == config
    assert json.loads(json.dumps(config)) == config
    again = type(layer).from_config(copy.deepcopy(config))
    assert again.get_config() == config
    again = case.around(again)
    again.set_weights(case.weights)
    same(case.answer(again, case.arrays()), case.expected, atol=0, rtol=0)


@promise()
def saving(case: Case) -> None:
    """A `.keras` file gives the model back."""
    same(case.answer(_reloaded(case.model), case.arrays()), case.expected)


@promise()
def frozen_stays_frozen(case: Case) -> None:
    """Before it is built or after: saved and cloned, no weight of it is trained."""
    early = case.make()
    early.trainable = False
    early = case.around(early)
    late = case.build()
    case.layer(late).trainable = False
    for model in (early, late):
        for again in (model, _reloaded(model), keras.models.clone_model(model)):
            assert again.trainable_variables == []
    again = type(case.make()).from_config(case.layer(late).get_config())
    assert case.around(again).trainable_variables == []


@promise()
def policy_stays(case: Case) -> None:
    """What was made under a policy has it after a reload under another."""
    weights = case.weights
    with backends.policy("mixed_bfloat16"):
        model = case.build(weights)
    again = _reloaded(model)
    assert case.layer(again).dtype_policy == case.layer(model).dtype_policy
    same(case.answer(again, case.arrays()), case.answer(model, case.arrays()))


def _reloaded(model):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return keras.saving.load_model(path)


# What a layer says before it runs.


@promise()
def symbolic_is_real(case: Case) -> None:
    """Symbolic outputs have the shapes and dtypes of real ones, in half precision, too.

    Each is a tensor of its own: of one that comes twice, a functional model makes one output.
    """
    for name in ("float32", "mixed_bfloat16"):
        with backends.policy(name):
            layer = case.layer(case.build())
        arrays = case.arrays()
        symbols = {n: keras.KerasTensor(a.shape, str(a.dtype)) for n, a in arrays.items()}
        if isinstance(layer, keras.Model):
            symbols, arrays = (argument(layer, inputs) for inputs in (symbols, arrays))
            found, expected = layer(symbols), layer(arrays)
        else:
            found, expected = layer(**symbols), layer(**_tensors(arrays))
            if not getattr(layer.compute_output_shape, "_is_default", False):  # Keras's
                assert _shapes(_output_shape(layer, arrays)) == _shapes(expected)
        assert _shapes(found) == _shapes(expected)
        assert len(set(map(id, keras.tree.flatten(found)))) == len(keras.tree.flatten(found))
        dtypes = [
            [keras.backend.standardize_dtype(t.dtype) for t in keras.tree.flatten(outputs)]
            for outputs in (found, expected)
        ]
        assert dtypes[0] == dtypes[1]


@promise()
def wrong_width_is_refused(case: Case) -> None:
    """By a layer that is built: what was expected, what was received."""
    layer = case.layer(case.model)
    if not isinstance(layer, Layer):
        return  # Keras checks the inputs of functional models, and of its own layers
    for name in layer.built_widths():
        _check_that_one_more_is_refused(layer, case.arrays(), name)


@promise()
def wrong_mask_is_refused(case: Case) -> None:
    """Of more keys, items or steps than there are: what was expected, what was received."""
    layer = case.layer(case.model)
    if not isinstance(layer, Layer):
        return
    _, *others = case.inputs
    for name in [name for name in others if name.endswith("mask")]:
        _check_that_one_more_is_refused(layer, case.arrays(), name)


def _check_that_one_more_is_refused(layer, arrays, name):
    """In the last axis of an argument: what was expected, what was received."""
    arrays[name] = np.concatenate([arrays[name], arrays[name][..., :1]], axis=-1)
    try:
        layer(**arrays)
    except ValueError as error:
        assert re.search("Expected .*Received: .*", str(error)), error
    else:
        raise AssertionError(f"{name} of a wrong last axis was taken")


@promise()
def integers_are_numbers(case: Case) -> None:
    """Integers, of any width, in the place of floats: as the floats that they are."""
    layer, arrays = case.layer(case.model), case.arrays()
    if not isinstance(layer, Layer):
        return
    for dtype in ("int32", "uint8"):
        whole = {
            name: np.round(np.abs(array) if dtype == "uint8" else array)
            for name, array in arrays.items()
            if array.dtype.kind == "f" and name not in case.ranges
        }
        integers = {name: array.astype(dtype) for name, array in whole.items()}
        expected = keras.tree.flatten(layer(**{**arrays, **whole}))
        found = keras.tree.flatten(layer(**{**arrays, **integers}))
        same(*([ops.convert_to_numpy(x) for x in outputs] for outputs in (found, expected)))


def _output_shape(layer, arrays):
    """`compute_output_shape`, of the first shape and of whatever others it takes."""
    parameters = inspect.signature(layer.compute_output_shape).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    shapes = {f"{name}_shape": array.shape for name, array in arrays.items()}
    first, *others = shapes
    named = {n: shapes[n] for n in others if takes_all or n in parameters}
    return layer.compute_output_shape(shapes[first], **named)


def _shapes(outputs):
    """Of tensors, or of shapes: tuples of integers."""
    if isinstance(outputs, tuple) and all(isinstance(size, int) for size in outputs):
        return [outputs]
    if hasattr(outputs, "shape"):
        return [tuple(outputs.shape)]
    outputs = outputs.values() if isinstance(outputs, dict) else outputs
    return [shape for output in outputs for shape in _shapes(output)]


# Numbers.


@promise()
def batch_of_one(case: Case) -> None:
    arrays = {name: array[-1:] for name, array in case.arrays().items()}
    same(case.answer(case.model, arrays), [found[-1:] for found in case.expected])


@promise()
def other_sizes(case: Case) -> None:
    """What was called with some sizes of its dynamic axes takes others, as a fresh one."""
    arrays = case.arrays(batch=2, longer=True)
    fresh = case.build(case.weights)
    same(case.answer(case.model, arrays), case.answer(fresh, arrays))


@promise()
def same_seed_same_numbers(case: Case) -> None:
    """In training, too; and where weights are sampled, others by another seed."""

    def trained(seed):
        model = case.build(seed=seed)
        keras.utils.set_random_seed(seed)  # on PyTorch, Keras drops out by a global generator
        return model, case.answer(model, case.arrays(), training=True)

    (one, expected), (_, again) = trained(8), trained(8)
    same(again, expected, atol=0, rtol=0)
    weights = map(ops.convert_to_numpy, one.trainable_weights)
    if any(weight.size and np.ptp(weight) > 0 for weight in weights):  # sampled
        _, found = trained(9)
        assert any(not np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def _weighted_sum(outputs):
    """A loss: the sum of the outputs, each number with a weight of its own."""
    total = ops.zeros(())
    for output in outputs:
        if "float" in keras.backend.standardize_dtype(output.dtype):
            flat = ops.reshape(output, (-1,))
            amounts = ops.sin(ops.cumsum(ops.ones_like(flat)))
            total += ops.cast(ops.sum(flat * amounts), total.dtype)
    return total


@promise()
def xla(case: Case) -> None:
    """Compiled by XLA, answers and gradients are the same."""
    (found, ours), (expected, theirs) = (
        backends.gradients(case.model, case.arrays(), _weighted_sum, compiled)
        for compiled in (True, False)
    )
    for a, b in zip((*found, *ours), (*expected, *theirs), strict=True):
        # Compiled or not, a gradient that is 0 may be absent.
        a, b = (0 if x is None else ops.convert_to_numpy(x).astype("float32") for x in (a, b))
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-4)


def _half(case, policy, tolerance):
    weights, expected = case.weights, case.expected  # of float32: before the policy is set
    with backends.policy(policy):
        model = case.build(weights)
        assert case.layer(model).compute_dtype == policy.removeprefix("mixed_")
        answer = case.answer(model, case.arrays())
    for ours, theirs in zip(answer, expected, strict=True):
        scale = max(1, np.abs(theirs).max())
        np.testing.assert_allclose(ours / scale, theirs / scale, atol=tolerance)


@promise()
def half_precision_bfloat16(case: Case) -> None:
    _half(case, "mixed_bfloat16", 6e-2)


@promise()
def half_precision_float16(case: Case) -> None:
    _half(case, "mixed_float16", 1e-2)


# Gradients.


@promise()
def gradients_arrive(case: Case) -> None:
    """Of some weight or input at least."""
    _, found = backends.gradients(case.model, case.arrays(), _weighted_sum)
    assert any(g is not None and np.any(ops.convert_to_numpy(g)) for g in found)


@promise()
def gradients_by_finite_differences(case: Case) -> None:
    """Along a random direction in the space of all weights and inputs."""
    with backends.double_precision():
        model, rng = case.build(case.weights), np.random.default_rng(4)
        arrays = case.arrays()
        points = {
            name: array.astype("float64")
            for name, array in arrays.items()
            if array.dtype.kind == "f"
        }
        weights = [ops.convert_to_numpy(weight) for weight in model.trainable_variables]
        input_directions = {n: rng.normal(size=x.shape) for n, x in points.items()}
        weight_directions = [rng.normal(size=weight.shape) for weight in weights]

        def loss(outputs):
            total = ops.zeros(())
            for output in outputs:
                if "float" in keras.backend.standardize_dtype(output.dtype):
                    unmasked = ops.where(output > -1e6, output, 0)
                    total += ops.sum(ops.square(unmasked + 1))
            return total

        def moved(step):
            for variable, weight, direction in zip(
                model.trainable_variables, weights, weight_directions, strict=True
            ):
                variable.assign(weight + step * direction)
            shifted = {n: points[n] + step * input_directions[n] for n in points}
            return {**arrays, **shifted}

        def value(step):
            outputs = model(backends.argument(model, _tensors(moved(step))))
            return float(loss(keras.tree.flatten(outputs)))

        _, found = backends.gradients(model, moved(0.0), loss)
        directions = [*input_directions.values(), *weight_directions]
        slope = sum(
            float(np.sum(ops.convert_to_numpy(gradient) * direction))
            for gradient, direction in zip(found, directions, strict=True)
            if gradient is not None
        )
        step = 1e-5
        difference = (value(step) - value(-step)) / (2 * step)
        np.testing.assert_allclose(slope, difference, rtol=1e-5, atol=1e-7)


def _tensors(arrays):
    return {name: ops.convert_to_tensor(array) for name, array in arrays.items()}


# What the zeros are of that a memory, a key or a sequence may hold.
ZEROS = ("query", "key", "value", "scores", "memory", "sequences", "inputs")


def _finite_at_zero(case, weights):
    model = case.build(weights)
    arrays = {
        name: array * array.dtype.type(name not in ZEROS)
        for name, array in case.arrays().items()
    }
    squares = lambda outputs: sum(  # noqa: E731
        ops.sum(ops.square(ops.cast(output, keras.config.floatx()) + 1)) for output in outputs
    )
    outputs, found = backends.gradients(model, arrays, squares)
    for array in (*outputs, *found):
        assert array is None or np.all(np.isfinite(ops.convert_to_numpy(array)))


@promise()
def no_nan_at_zero(case: Case) -> None:
    """Memory, keys and sequences of zeros: outputs and gradients are finite."""
    _finite_at_zero(case, case.weights)


@promise()
def no_nan_with_weights_of_zero(case: Case) -> None:
    """All that, and a learned memory of zeros, too."""
    _finite_at_zero(case, [0 * weight for weight in case.weights])


@promise("any_input")
def large_numbers_are_finite(case: Case) -> None:
    """Of 1e20: neither outputs nor gradients are NaN or infinite."""
    squares = lambda outputs: sum(ops.mean(ops.tanh(output)) for output in outputs)  # noqa: E731
    arrays = {
        name: 1e20 * array if array.dtype.kind == "f" and name not in case.ranges else array
        for name, array in case.arrays().items()
    }
    outputs, found = backends.gradients(case.model, arrays, squares)
    assert all(np.all(np.isfinite(ops.convert_to_numpy(output))) for output in outputs)
    assert not any(g is not None and np.any(np.isnan(ops.convert_to_numpy(g))) for g in found)


@promise("any_input")
def nothing_is_answered_or_refused(case: Case) -> None:
    """A batch of 0, and axes of 0, of keys, items or steps: an answer, or a clear refusal."""
    _answered_or_refused(case, case.arrays(batch=0))
    dynamic = {s for given in case.inputs.values() for s in given if isinstance(s, str)}
    for axis in sorted(dynamic):
        _answered_or_refused(case, case.arrays(without=axis))


def _answered_or_refused(case, arrays):
    layer = case.layer(case.model)
    try:
        outputs = layer(**arrays) if not isinstance(layer, keras.Model) else None
        outputs = layer(argument(layer, arrays)) if outputs is None else outputs
        for output in keras.tree.flatten(outputs):
            assert np.all(np.isfinite(ops.convert_to_numpy(ops.cast(output, "float32"))))
    except ValueError as error:
        assert re.search("Expected .*Received: .*", str(error)), error


# Masks.


@promise("masks")
def masked_keys_do_not_matter(case: Case) -> None:
    """More keys, slots or items, of NaN, that the mask leaves out: answers and gradients."""
    for mask in case.masks:
        axis = case.inputs[mask][-1]
        padded = {
            name: _padded(name == mask, array, [size == axis for size in case.inputs[name]])
            for name, array in case.arrays().items()
        }
        expected, ours = backends.gradients(case.model, case.arrays(), _sum_of_sines)
        found, theirs = backends.gradients(case.model, padded, _sum_of_sines)
        for a, b in zip(_wide(found), _wide(expected), strict=True):
            within = tuple(slice(size) for size in b.shape)
            np.testing.assert_allclose(a[within], b, atol=1e-6)
            a[within] = 0
            assert np.all(a <= 0), "masked keys have weight 0, or a logit far below 0"
        for a, b in zip(_wide(theirs), _wide(ours), strict=True):
            within = tuple(slice(size) for size in b.shape)
            np.testing.assert_allclose(a[within], b, atol=1e-5)
            a[within] = 0
            assert np.all(a == 0), "what is masked has no gradient"


def _padded(is_mask, array, is_longer):
    """Three more along some axes: `False` in a mask, NaN or a large number elsewhere."""
    garbage = np.nan if array.dtype.kind == "f" else 0 if is_mask else 3
    widths = [(0, 0), *((0, 3 * longer) for longer in is_longer)]
    return np.pad(array, widths, constant_values=garbage)


def _sum_of_sines(outputs):
    """A loss to which no masked output adds anything but a constant."""
    total = ops.zeros(())
    for output in outputs:
        if "float" in keras.backend.standardize_dtype(output.dtype):
            total += ops.sum(ops.sin(ops.where(output > -1e6, output, 0)))
    return total


def _wide(tensors):
    return [ops.convert_to_numpy(t).astype("float32") for t in tensors if t is not None]


def _all_masked(case):
    arrays = case.arrays()
    masks = {mask: np.zeros_like(arrays[mask]) for mask in case.masks}
    return arrays, case.answer(case.model, {**arrays, **masks})


@promise("masks")
def all_masked_is_finite(case: Case) -> None:
    _, found = _all_masked(case)
    assert all(np.all(np.isfinite(output)) for output in found)


@promise("masks")
def all_masked_reads_nothing(case: Case) -> None:
    """Where there is nothing to attend to, the output is zeros, or what it says it is."""
    arrays, found = _all_masked(case)
    unread = case.unread or (lambda layer, arrays, output: np.zeros_like(output))
    same(found, [unread(case.layer(case.model), arrays, output) for output in found])


@promise("causal")
def later_steps_do_not_matter(case: Case) -> None:
    """So padding at the end leaves the answers before it as they were."""
    arrays = case.arrays()
    padded = {
        name: np.pad(
            array,
            [(0, 0), (0, 2), *((0, 0) for _ in array.shape[2:])],
            constant_values=9,
        )
        for name, array in arrays.items()
    }
    found = case.answer(case.model, padded)
    same(
        [ours[:, : len(e[0])] for ours, e in zip(found, case.expected, strict=True)],
        case.expected,
    )


@promise("recurrent")
def masked_steps_do_not_matter(case: Case) -> None:
    """A sequence that ends with masked steps leaves the state of its last real one."""
    layer = case.layer(case.model)
    (sequences,) = case.arrays().values()
    rows, steps = sequences.shape[:2]
    lengths = np.linspace(steps, 1, rows).astype(int)
    mask = np.arange(steps)[None] < lengths[:, None]
    garbage = np.where(mask[..., None], sequences, np.nan).astype("float32")
    found = ops.convert_to_numpy(layer(garbage, mask=mask))
    for row, steps in enumerate(lengths):
        expected = ops.convert_to_numpy(layer(sequences[row : row + 1, :steps]))[0]
        np.testing.assert_allclose(found[row, :steps], expected, atol=1e-6)
        np.testing.assert_allclose(found[row, -1], expected[-1], atol=1e-6)


# Attention.


@promise("attention_scores")
def attention_scores_everywhere(case: Case) -> None:
    """Eager, in a functional model, after a `.keras` reload, and (on TensorFlow) exported."""
    layer, symbols = case.make(), case.symbols()
    outputs = layer(**symbols, return_attention_scores=True)
    model = keras.Model(symbols, dict(zip(("read", "weights"), outputs, strict=True)))
    model.set_weights(case.weights)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        model.save(folder / "model.keras")
        forms = [model, keras.saving.load_model(folder / "model.keras")]
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            model.export(folder / "saved", format="tf_saved_model", verbose=False)
            exported = tf.saved_model.load(str(folder / "saved"))
            serve = exported.signatures["serving_default"]
            forms.append(lambda arrays: serve(**arrays))
        for arrays in (case.arrays(), case.arrays(batch=2, longer=True)):
            arrays = _tensors(arrays)
            expected = layer(**arrays, return_attention_scores=True)
            for form in forms:
                found = form(arrays)
                same(_wide([found["read"], found["weights"]]), _wide(expected))


@promise("score")
def score_compares_what_it_prepared(case: Case) -> None:
    """`score(query, key)` is `compare(query, prepare(key))`, which `Attention` computes."""
    layer, arrays = case.layer(case.model), _tensors(case.arrays())
    found = layer.compare(arrays["query"], layer.prepare(arrays["key"]))
    same([ops.convert_to_numpy(found)], case.expected)


def applicable(case: Case) -> dict[str, Promise]:
    """The promises that apply to a case, by name.

    Example:

    >>> score, shapes = keras_memory.layers.DotScore, {"query": (3, 4), "key": (5, 4)}
    >>> "saving" in applicable(Case("dot", score, score, shapes))
    True
    """
    return {name: check for name, check in PROMISES.items() if check.tags <= case.tags}
