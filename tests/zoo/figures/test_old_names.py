import numpy as np
import pytest

from keras_memory.zoo import figures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("patterns_held", "patterns_recalled"),
        ("pointed_out", "pointer_predictions"),
        ("read_story", "story_attention"),
        ("reminder_map", "retrieval_map"),
        ("shaded_document", "document_attention"),
        ("weighed_images", "image_attention"),
    ],
)
def test_old_names_warn(old, new):
    with pytest.warns(DeprecationWarning, match=f"{old} is now called {new}"):
        assert getattr(figures, old) is getattr(figures, new)
    assert old not in figures.__all__


@pytest.mark.parametrize(
    ("function", "argument", "curves"),
    [
        ("dense_capacity", "capacity", {3: {50: 100.0, 100: 440.0}}),
        ("patterns_recalled", "recalled", {"trained": {2: 2.0, 4: 3.0}}),
    ],
)
def test_the_old_name_of_an_argument_warns(function, argument, curves):
    draw = getattr(figures, function)
    with pytest.warns(DeprecationWarning, match=rf"held=.* is now {function}\({argument}="):
        old = draw(held=curves)
    found, expected = (
        [line.get_xydata() for line in figure.axes[0].lines]
        for figure in (old, draw(**{argument: curves}))
    )
    np.testing.assert_array_equal(found, expected)
    with (
        pytest.warns(DeprecationWarning, match="held"),
        pytest.raises(TypeError, match=f"multiple values .*{argument}"),
    ):
        draw(curves, held=curves)
