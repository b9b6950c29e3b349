import pytest


@pytest.fixture(scope="class", autouse=True)
def examples_to_check(request):
    """Of TFDS's own checks: `EXAMPLES` of each split, as to write them is slow."""
    limit = getattr(request.cls, "EXAMPLES", None)
    with pytest.MonkeyPatch.context() as patch:
        if limit:
            builder = request.cls.DATASET_CLASS
            whole = builder._generate_examples
            patch.setattr(
                builder,
                "_generate_examples",
                lambda self, stream, size: whole(self, stream, min(size, limit)),
            )
        yield
