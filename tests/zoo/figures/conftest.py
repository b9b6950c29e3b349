import io

import pytest


@pytest.fixture(scope="session")
def png():
    """`png(figure)`: the bytes of its picture."""

    def write(figure):
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return file.getvalue()

    return write
