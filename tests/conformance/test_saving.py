"""`.keras` files, loaded in a fresh process.

The classes of the zoo are registered when they are first touched.
"""

from pathlib import Path

import numpy as np
import pytest
from crossing import every_entry, inputs_file, outputs_in
from table import TABLE

from keras_memory.testing import same

LOAD = """
import sys
from pathlib import Path
import keras, numpy as np
from keras_memory import layers, zoo

folder = Path(sys.argv[1])
public = [getattr(zoo, name) for name in zoo.__all__]
OWN = "MemoryCell", "Score", "Selection"  # whose classes are the table's
inputs, answers = dict(np.load(folder / "inputs.npz")), {}
for file in sorted(folder.glob("*.keras"), key=lambda file: file.stem in OWN):
    if file.stem in OWN:
        sys.path.insert(0, sys.argv[2])
        import table
    try:
        model = keras.saving.load_model(file)
        arrays = {k.split("/")[1]: inputs[k] for k in inputs if k.split("/")[0] == file.stem}
        arrays = arrays if isinstance(model.input, dict) else next(iter(arrays.values()))
        outputs = keras.tree.flatten(model(arrays))
        for i, output in enumerate(outputs):
            answers[f"{file.stem}/{i}"] = keras.ops.convert_to_numpy(output)
    except Exception as error:
        answers[f"{file.stem}/error"] = str(error)
np.savez(folder / "answers.npz", **answers)
"""


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory, children, backend):
    folder = tmp_path_factory.mktemp("keras_files")
    inputs_file(folder / "inputs.npz")
    for entry in TABLE:
        entry.model.save(folder / f"{entry.name}.keras")
    children.run(LOAD, folder, Path(__file__).parent, backend=backend)
    return dict(np.load(folder / "answers.npz"))


@every_entry
def test_keras_file_in_a_fresh_process(entry, reloaded):
    same(outputs_in(reloaded, entry.name), entry.expected)
