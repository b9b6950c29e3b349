"""The first step of training, and that of validation, report that they are compiled."""

from collections.abc import Mapping
from typing import Any

import keras

from .progress import COMPILES, if_slow


class FirstStep(keras.callbacks.Callback):
    """Reports what is waited for, where a first step takes longer than a user is patient."""

    def __init__(self) -> None:
        super().__init__()
        self._reported = set()
        self._waiting = None

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._wait("training")

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._arrived()

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._wait("validation")

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._arrived()

    def _wait(self, what):
        if what not in self._reported:
            self._reported.add(what)
            self._waiting = if_slow(COMPILES.format(what))
            self._waiting.__enter__()

    def _arrived(self):
        if self._waiting is not None:
            self._waiting.__exit__(None, None, None)
            self._waiting = None
