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
