"""`keras-memory tune` as one process, as a chief or as a worker, and its table of trials."""

import contextlib

import typer

from ...zoo.saving.tables import number_text
from . import terminal


def tuned(recipe, search, workers, chief, worker, as_json):
    """The best recipe that a search found; `None` of a worker, which does not know it.

    Args:
        recipe: The recipe.
        search: How many trials, the directory and the algorithm.
        workers: How many processes of this machine train, if more than this one.
        chief: The address of the chief.
        worker: The name of this worker.
        as_json: Whether standard output is for JSON alone.
    """
    from ..running import parallel_tuning
    from ..running.tuning import best_recipe

    if not (workers or chief or worker):
        chief, worker = parallel_tuning.from_environment()
    if worker is not None:
        if workers or not chief:
            raise ValueError(
                "Expected --chief HOST:PORT beside --worker, and no --workers. Received: "
                f"--worker {worker}"
            )
        return parallel_tuning.work(recipe, *search, worker, chief)
    if workers or chief:
        with Trials() as trials:
            tuner = parallel_tuning.search(recipe, *search, workers, chief, trials)
    else:
        tuner = recipe.tuner(*search)
        tuner.search(verbose=0 if as_json else "auto")
    return best_recipe(tuner)


class Trials(contextlib.ExitStack):
    """All trials of a search in one table, on standard error.

    In a terminal the table is always that of now; elsewhere a line comes when a trial begins
    or ends, and the table at the end.
    """

    def __init__(self):
        super().__init__()
        self._rows, self._lines = [], set()

    def __enter__(self):
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        self._live = Live(console=console) if console.is_terminal else None
        if self._live:
            self.enter_context(self._live)
        self.callback(self._end, console)
        return super().__enter__()

    def __call__(self, rows):
        self._rows = rows
        if self._live:
            self._live.update(terminal.table(*_cells(rows)))
            return
        for row in rows:
            line = " ".join(f"{k}={_text(v)}" for k, v in row.items() if v not in (None, ""))
            if line not in self._lines:
                self._lines.add(line)
                typer.echo(line, err=True)

    def _end(self, console):
        if self._rows and not self._live:
            console.print(terminal.table(*_cells(self._rows)))


def _cells(rows):
    """The columns of all rows, and the rows as texts."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return columns, [[_text(row.get(column)) for column in columns] for row in rows]


def _text(value):
    return "" if value is None else number_text(value)
