"""Runs cells in real IPython and tells what commands received and what was shown.

Reads a JSON list of {"setup", "cell", "variables"} from standard input; prints a JSON
list of {"calls", "files", "shown"}. Commands are the recorders that the test put on
the path: each appends its arguments and its input to the file $UNSPILL_RECORD.
"""

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile

from IPython.core.interactiveshell import InteractiveShell


def fresh_shell():
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    shell.history_manager.enabled = False
    recorded = []

    def record(line):
        recorded.append(line)

    shell.register_magic_function(record, "line")
    return shell, recorded


def run(case):
    # The same path each time, so that two runs can be compared.
    home = os.path.join(tempfile.gettempdir(), f"unspill-{os.getpid()}")
    os.mkdir(home)
    record = os.path.join(home, "record")
    for name in case["clear"]:
        os.environ.pop(name, None)
    os.environ.update(case["variables"], HOME=home, UNSPILL_RECORD=record)
    os.chdir(home)
    shell, lines = fresh_shell()
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        if case["setup"]:
            shell.run_cell(case["setup"])
        shell.run_cell(case["cell"])
    calls = []
    if os.path.exists(record):
        with open(record) as file:
            calls = [json.loads(line) for line in file]
        os.remove(record)
    files = {}
    for folder, _, names in os.walk(home):
        for name in names:
            path = os.path.join(folder, name)
            if "/.ipython/" in path:
                continue
            with open(path) as file:
                files[os.path.relpath(path, home)] = file.read()
    namespace = {
        name: str(shell.user_ns[name]) for name in case["read"] if name in shell.user_ns
    }
    os.chdir("/")
    shutil.rmtree(home)
    return {"calls": calls, "files": files, "lines": lines, "read": namespace, "shown": shown.getvalue()}


def main():
    cases = json.load(sys.stdin)
    real = sys.stdout
    results = [run(case) for case in cases]
    json.dump(results, real)


main()
