import pytest


@pytest.fixture(scope="class", autouse=True)
def few_examples(request):
    """Of TFDS's own checks: `EXAMPLES` of each split, as to write them is slow."""
    few = getattr(request.cls, "EXAMPLES", None)
    with pytest.MonkeyPatch.context() as patch:
        if few:
            builder = request.cls.DATASET_CLASS
            whole = builder._generate_examples
            patch.setattr(
                builder,
                "_generate_examples",
                lambda self, stream, size: whole(self, stream, min(size, few)),
            )
        yield
