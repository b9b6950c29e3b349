"""Runs scripts in processes of their own that start at once: forks of a process which has
imported what takes seconds, and has computed nothing.

`python fork_server.py MODULE...` imports the modules, then takes orders, a line of JSON each,
and answers each with a line; see `Children` in conftest.py, which gives them.
"""

import importlib
import json
import os
import sys
import traceback


def run(script, arguments, folder, environment, output, errors):
    """Never returns: the process ends as that of `python -c script arguments` would."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for stream, path in ((1, output), (2, errors)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    sys.argv = ["-c", *arguments]
    code = 0
    try:
        exec(compile(script, "<child>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else end.code is not None
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve():
    for line in sys.stdin:
        order = json.loads(line)
        if "script" in order:
            answer = os.fork() or run(**order)
        else:  # wait for the child with this number
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    for module in sys.argv[1:]:
        importlib.import_module(module)
    serve()
