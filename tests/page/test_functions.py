"""The page's runtime computes what Keras did: the recorded example of each function."""

import numpy as np
import pytest

from keras_memory.page import building

pytestmark = pytest.mark.browser

RUN = """async ([name, run, inputs]) => {
    const { Model } = await import("./lib/models.js");
    return new Model(name).run(run, inputs);
}"""


@pytest.fixture(scope="module")
def page(tab):
    with tab("letters") as page:
        yield page


@pytest.mark.parametrize("name", building.models())
def test_the_page_computes_the_recorded_outputs(page, described, name):
    functions = {key: value for key, value in described(name).items() if key != "model"}
    assert "trace" in functions
    for run, function in functions.items():
        example = function["example"]
        found = page.evaluate(RUN, [name, run, example["inputs"]])
        assert found.keys() == example["outputs"].keys()
        for key, expected in example["outputs"].items():
            np.testing.assert_allclose(found[key], expected, atol=1e-4, err_msg=key)
