"""What takes long is reported, at the shell and in a notebook."""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds, after which a user may want to know what is waited for
COMPILES = (
    "waiting for the first step of {}, which is compiled: up to two minutes with XLA, once; "
    "with jit_compile=false a few seconds, but steps are slower then"
)


def tell(message: str) -> None:
    """Log a message; where nobody listens, as in a notebook, write it to standard error."""
    if log.isEnabledFor(logging.INFO) and log.hasHandlers():
        log.info(message)
    else:
        print(message, file=sys.stderr, flush=True)


@contextlib.contextmanager
def if_slow(message: str) -> Iterator[None]:
    """Report what takes longer than PATIENCE, while it does."""
    timer = threading.Timer(PATIENCE, tell, [message])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def errors_alone(*names: str) -> Iterator[None]:
    """Of these loggers, errors alone: what else they report is not for a user of recipes."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
