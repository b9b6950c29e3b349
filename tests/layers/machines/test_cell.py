"""What every memory cell has, shown on a small one."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import MemoryCell, MemoryRNN, NTMCell

BATCH, STEPS, FEATURES = 3, 5, 4


@keras.saving.register_keras_serializable(package="tests")
class Table(MemoryCell):
    """A matrix that decays and gains the outer product of what it is given; a count."""

    def __init__(self, rows=2, **kwargs):
        super().__init__(**kwargs)
        self.rows = rows
        self.output_size = FEATURES

    @property
    def state_shapes(self):
        return {"count": (), "table": (self.rows, FEATURES)}

    def build(self, input_shape):
        self.first = self.add_weight(shape=(self.rows, FEATURES), name="first")
        self.address = self.add_weight(shape=(input_shape[-1], self.rows), name="address")

    def initial_state(self):
        return {"table": self.first}

    def step(self, inputs, state, training=None):
        weights = ops.softmax(ops.matmul(inputs, self.address))  # w_t
        table = 0.5 * state["table"] + weights[:, :, None] * inputs[:, None]  # M_t
        read = ops.einsum("bn,bnm->bm", weights, table)  # r_t
        return read, {"count": state["count"] + 1, "table": table}

    def get_config(self):
        return {**super().get_config(), "rows": self.rows}


@keras.saving.register_keras_serializable(package="tests")
class History(MemoryCell):
    """Keeps all that it is given, and gives the sum: a state as long as the sequence."""

    output_size = FEATURES
    state_shapes = {"position": (), "stored": (None, FEATURES)}

    def step(self, inputs, state, training=None):
        rows = ops.arange(ops.shape(state["stored"])[1], dtype=state["position"].dtype)
        is_here = ops.cast(rows == state["position"][:, None], inputs.dtype)
        stored = state["stored"] + is_here[..., None] * inputs[:, None]
        return ops.sum(stored, axis=1), {"position": state["position"] + 1, "stored": stored}


@pytest.fixture
def sequences(rng):
    return rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def built(cell, rng):
    cell.build((None, FEATURES))
    cell.set_weights([rng.normal(size=w.shape) for w in cell.get_weights()])
    return cell


def naive(cell, sequence):
    """Reads and tables of one sequence, in NumPy."""
    table, address = (np.asarray(w, "float64") for w in (cell.first, cell.address))
    reads, tables = [], []
    for x in sequence:
        weights = np.exp(x @ address) / np.exp(x @ address).sum()
        table = 0.5 * table + np.outer(weights, x)
        reads.append(weights @ table)
        tables.append(table)
    return np.array(reads), np.array(tables)


def assert_same(found, expected, **tolerance):
    for one, other in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(
            *map(ops.convert_to_numpy, (one, other)), **{"atol": 1e-6, **tolerance}
        )


def test_names_and_sizes():
    cell = Table(rows=3)
    assert cell.state_names == ["count", "table"]
    assert cell.state_size == [1, 3 * FEATURES]
    assert History().state_size == [1, None]


def test_pack_is_the_inverse_of_unpack(rng):
    cell = Table(rows=3)
    flat = [rng.normal(size=(BATCH, n)).astype("float32") for n in cell.state_size]
    state = cell.unpack(flat)
    assert {k: tuple(v.shape) for k, v in state.items()} == {
        "count": (BATCH,),
        "table": (BATCH, 3, FEATURES),
    }
    assert_same(cell.pack(dict(reversed(state.items()))), flat)


def test_states_of_other_names_are_refused():
    cell = Table(name="table")
    with pytest.raises(ValueError, match=r"of count, table for table\. Received: count"):
        cell.pack({"count": np.zeros(BATCH)})


def test_what_a_subclass_writes():
    with pytest.raises(NotImplementedError, match="state_shapes of MemoryCell"):
        _ = MemoryCell().state_size
    with pytest.raises(NotImplementedError, match="step of MemoryCell"):
        MemoryCell().step(None, {})


def test_equals_numpy(rng, sequences):
    cell = built(Table(), rng)
    outputs, count, table = MemoryRNN(cell, return_sequences=True, return_state=True)(
        sequences
    )
    for b in range(BATCH):
        reads, tables = naive(cell, sequences[b])
        np.testing.assert_allclose(outputs[b], reads, atol=1e-5)
        np.testing.assert_allclose(table[b], tables[-1].ravel(), atol=1e-5)
    np.testing.assert_array_equal(count, np.full((BATCH, 1), STEPS))


def test_trace_has_the_states_of_every_step(rng, sequences):
    cell = built(Table(), rng)
    outputs, trace = cell.trace(sequences)
    assert list(trace) == cell.state_names
    assert_same(outputs, MemoryRNN(cell, return_sequences=True)(sequences))
    states = cell.get_initial_state(BATCH)
    for t in range(STEPS):
        output, states = cell(sequences[:, t], states)
        assert_same(outputs[:, t], output)
        assert_same([trace[n][:, t] for n in trace], list(cell.unpack(states).values()))


def test_trace_builds_the_cell(sequences):
    cell = Table()
    outputs, _ = cell.trace(sequences)
    assert tuple(outputs.shape) == (BATCH, STEPS, FEATURES)


def test_stream_by_name(rng, sequences):
    cell = built(Table(), rng)
    state = cell.by_name(cell.get_initial_state(BATCH))
    assert {name: tuple(value.shape) for name, value in state.items()} == {
        "count": (BATCH, 1),
        "table": (BATCH, 2 * FEATURES),
    }


def test_initial_state(rng):
    cell = built(Table(), rng)
    count, table = cell.get_initial_state(BATCH)
    np.testing.assert_array_equal(count, np.zeros((BATCH, 1)))
    first = np.ravel(ops.convert_to_numpy(cell.first))
    np.testing.assert_array_equal(table, np.tile(first, (BATCH, 1)))


def test_the_learned_initial_state_learns(rng, sequences):
    rnn = MemoryRNN(built(Table(), rng))
    model = keras.Sequential([keras.Input((STEPS, FEATURES)), rnn])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = ops.convert_to_numpy(rnn.cell.first)
    model.fit(sequences, np.zeros((BATCH, FEATURES)), verbose=0)
    assert np.all(ops.convert_to_numpy(rnn.cell.first) != before)


def test_a_state_as_long_as_the_sequence(rng, sequences):
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), MemoryRNN(History(), return_sequences=True)]
    )
    for steps in (STEPS, 2):
        found = model.predict(sequences[:, :steps], verbose=0)
        np.testing.assert_allclose(found, sequences[:, :steps].cumsum(axis=1), atol=1e-5)
    _, trace = History().trace(sequences)
    assert tuple(trace["stored"].shape) == (BATCH, STEPS, STEPS, FEATURES)
    np.testing.assert_allclose(trace["stored"][:, -1], sequences, atol=1e-6)


def test_a_state_as_long_as_the_sequence_needs_its_steps():
    with pytest.raises(ValueError, match="steps, for state 'stored' as long as the sequence"):
        History().get_initial_state(BATCH)
    _, stored = History().get_initial_state(BATCH, steps=7)
    assert tuple(stored.shape) == (BATCH, 7 * FEATURES)


def test_half_precision_computes_wide(rng, sequences):
    cell = built(Table(dtype="mixed_float16"), rng)
    state = cell.unpack(cell.get_initial_state(BATCH))
    assert {keras.backend.standardize_dtype(v.dtype) for v in state.values()} == {"float32"}
    output, states = cell(sequences[:, 0], cell.get_initial_state(BATCH))
    dtypes = {keras.backend.standardize_dtype(v.dtype) for v in [output, *states]}
    assert dtypes == {"float16"}


@pytest.mark.only(
    "tensorflow", "torch", because="Keras's loop on JAX takes no mask of states of two widths"
)
def test_masked_steps_change_nothing(rng, sequences):
    rnn = MemoryRNN(built(Table(), rng))
    mask = np.arange(STEPS) < np.array([[5], [3], [1]])
    spoilt = np.where(mask[..., None], sequences, 1e3).astype("float32")
    found = rnn(spoilt, mask=mask)
    for b, length in enumerate((5, 3, 1)):
        assert_same(found[b], rnn(sequences[b : b + 1, :length])[0], atol=1e-5)


def test_config_round_trip(rng, sequences, tmp_path):
    rnn = MemoryRNN(built(Table(rows=3), rng), name="memory")
    model = keras.Sequential([keras.Input((None, FEATURES)), rnn])
    model.save(tmp_path / "table.keras")
    again = keras.saving.load_model(tmp_path / "table.keras")
    assert again.layers[0].cell.get_config() == rnn.cell.get_config()
    assert_same(again(sequences), model(sequences))


def test_symbolic_shapes():
    cell = Table()
    inputs = keras.KerasTensor((None, FEATURES))
    states = [keras.KerasTensor((None, size)) for size in cell.state_size]
    output, new = cell(inputs, states)
    assert output.shape == (None, FEATURES)
    assert [state.shape for state in new] == [(None, 1), (None, 2 * FEATURES)]


def test_compiled_and_with_gradients(rng, sequences, compiled, gradients):
    rnn = MemoryRNN(built(Table(), rng))
    rnn.build((BATCH, STEPS, FEATURES))
    assert_same(compiled(lambda x: rnn(x))(sequences), rnn(sequences))
    found = gradients(lambda x: rnn(x) ** 2, sequences)[0]
    direction, h = rng.normal(size=sequences.shape).astype("float32"), 1e-2
    above, below = (
        np.sum(ops.convert_to_numpy(rnn(sequences + s * h * direction)) ** 2) for s in (1, -1)
    )
    np.testing.assert_allclose(
        np.sum(found * direction), (above - below) / (2 * h), rtol=1e-2
    )


class TestStateful:
    def stateful(self, cell, rng):
        rnn = MemoryRNN(cell, stateful=True, return_sequences=True)
        rnn.build((BATCH, STEPS, FEATURES))
        rnn.set_weights([rng.normal(size=w.shape) for w in rnn.get_weights()])
        return rnn

    def test_goes_on(self, rng, sequences):
        rnn = self.stateful(Table(), rng)
        first, second = rnn(sequences[:, :2]), rnn(sequences[:, 2:])
        whole = MemoryRNN(rnn.cell, return_sequences=True)(sequences)
        assert_same(ops.concatenate([first, second], axis=1), whole)

    @pytest.mark.parametrize("initial_memory", ["constant", "learned"])
    def test_second_pass_equals_the_first(self, initial_memory, rng, sequences):
        cell = NTMCell(keras.layers.LSTMCell(4), 6, 3, initial_memory=initial_memory)
        rnn = self.stateful(cell, rng)
        first = ops.convert_to_numpy(rnn(sequences))
        assert not np.allclose(ops.convert_to_numpy(rnn(sequences)), first, atol=1e-4)
        rnn.reset_state()
        assert_same(rnn.states, cell.get_initial_state(BATCH))
        assert_same(rnn(sequences), first)
        whole = MemoryRNN(cell, return_sequences=True)(sequences)
        assert_same(first, whole)

    def test_starts_from_weights_that_were_loaded(self, rng, sequences, tmp_path):
        rnn = self.stateful(Table(), rng)
        model = keras.Sequential([keras.Input((STEPS, FEATURES), batch_size=BATCH), rnn])
        model.save(tmp_path / "stateful.keras")
        again = keras.saving.load_model(tmp_path / "stateful.keras")
        assert_same(again(sequences), model(sequences))

    def test_a_plain_cell_starts_from_zeros_again(self, rng, sequences):
        rnn = self.stateful(keras.layers.GRUCell(4), rng)
        first = ops.convert_to_numpy(rnn(sequences))
        rnn(sequences)
        rnn.reset_state()
        assert_same(rnn(sequences), first)
