"""SavedModels, served by a process without keras_memory."""

import numpy as np
import pytest
from crossing import every_entry, inputs_file, outputs_in
from table import TABLE

from keras_memory.testing import same

SERVE = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "keras_memory":
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
from pathlib import Path
import numpy as np, tensorflow as tf

folder, answers = Path(sys.argv[1]), {}
given = {which: dict(np.load(folder / f"{which}.npz")) for which in ("inputs", "longer")}
for path in (folder / "models").iterdir():
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    for which, inputs in given.items():
        arrays = {k.split("/")[1]: inputs[k] for k in inputs if k.split("/")[0] == path.name}
        outputs = serve(**{name: tf.constant(array) for name, array in arrays.items()})
        for i, name in enumerate(sorted(outputs)):
            answers[f"{path.name}/{which}/{i}"] = np.asarray(outputs[name])
assert "keras_memory" not in sys.modules
np.savez(folder / "answers.npz", **answers)
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.only("tensorflow", because="it writes SavedModels"),
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory, children):
    folder = tmp_path_factory.mktemp("saved_models")
    inputs_file(folder / "inputs.npz")
    inputs_file(folder / "longer.npz", batch=2, longer=True)
    for entry in TABLE:
        path = folder / "models" / entry.name
        entry.model.export(path, format="tf_saved_model", verbose=False)
    children.run(SERVE, folder)
    return dict(np.load(folder / "answers.npz"))


@every_entry
def test_saved_model_without_the_package(entry, exported):
    found = outputs_in(exported, f"{entry.name}/inputs")
    same([array.astype("float32") for array in found], entry.expected, atol=1e-5)


@every_entry
def test_saved_model_of_other_sizes(entry, exported):
    expected = entry.answer(entry.model, entry.arrays(batch=2, longer=True))
    found = outputs_in(exported, f"{entry.name}/longer")
    same([array.astype("float32") for array in found], expected, atol=1e-5)
