"""Runs cells before and after a rewrite and tells where they differ.

Reads a JSON list of cases from stdin, writes a JSON list of complaints.
A case has `name`, `before` and `after` (lists of cells), `secrets` (variable
to value), `masked` (whether a mask may stand where a value stood), `fails`
(the original raises), `quiet` (the original displays the value, and what it
became must not) and `magic` (IPython is needed to read it).
"""
import ast
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import types
import warnings

TransformerManager = DollarFormatter = None


def need_ipython():
    """Imports IPython, which takes a while, when a case has magics."""
    global TransformerManager, DollarFormatter
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.utils.text import DollarFormatter


class Recorder:
    """Takes any call, attribute, item, and remembers what it was given."""

    def __init__(self, path, log):
        self.__dict__.update(_path=path, _log=log)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Recorder(f"{self._path}.{name}", self._log)

    def __setattr__(self, name, value):
        self._log.append((f"{self._path}.{name} =", repr(value)))

    def __setitem__(self, key, value):
        self._log.append((f"{self._path}[]", repr(key), repr(value)))

    def __getitem__(self, key):
        self._log.append((f"{self._path}[...]", repr(key)))
        return Recorder(f"{self._path}[]", self._log)

    def __call__(self, *args, **kwargs):
        decorated = args and isinstance(args[0], (types.FunctionType, type))
        if decorated:
            self._log.append((self._path, args[0].__name__))
            return args[0]
        self._log.append((self._path, repr(args), repr(sorted(kwargs.items()))))
        return Recorder(f"{self._path}()", self._log)

    def __repr__(self):
        return f"<{self._path}>"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __iter__(self):
        return iter(())


STUBS = """login wandb openai OpenAI cohere requests f g obj logger HfFolder display
spark genai deepl comet_ml neptune rf Roboflow ngrok boto3 create_engine px smtplib
AutoModel load_dataset model TrainingArguments HuggingFaceHub SecretStr st conn deco
notify warn_user subprocess_run Client plain""".split()


class Shell:
    """As much of IPython's shell as rewritten lines reach."""

    def __init__(self, log, names):
        self.log, self.names = log, names

    def expand(self, line):
        try:
            return DollarFormatter().vformat(line, args=[], kwargs=self.names)
        except Exception:
            return line

    def run_line_magic(self, magic, line, **_):
        if magic in ("time", "timeit", "prun"):
            return exec(line, self.names)
        line = self.expand(line)
        if magic in ("env", "set_env"):
            name, value = line.split("=" if "=" in line else None, 1)
            os.environ[name.strip()] = value.strip()
            return None
        if magic in ("sx", "system"):
            return self.shell(line)
        if magic == "sql":
            line = os.path.expandvars(line)
        self.log.append((f"%{magic}", line))

    def magic(self, line):
        return self.run_line_magic(*line.split(" ", 1))

    def run_cell_magic(self, magic, line, body):
        self.log.append((f"%%{magic}", self.expand(line)))
        exec(compile(body, "<cell>", "exec"), self.names)

    def system(self, line):
        print(self.shell(self.expand(line)))

    def getoutput(self, line):
        return self.shell(self.expand(line))

    def shell(self, line):
        """What programs a shell would start, with which words; starts none."""
        handler = """command_not_found_handle() { printf '<%s>' "$@" >> "$log"; }\n"""
        with tempfile.NamedTemporaryFile("r") as started:
            environ = {**os.environ, "PATH": "/nowhere", "log": started.name}
            made = subprocess.run(["/bin/bash", "-c", handler + line], env=environ, capture_output=True, text=True)
            self.log.append(("!", started.read()))
        return made.stdout


def modules(secrets):
    """Stand-ins for what the styles import."""
    def module(name, **members):
        made = types.ModuleType(name)
        made.__dict__.update(members)
        return made

    class SecretsClient:
        def get_secret(self, name):
            return secrets[name]

    userdata = types.SimpleNamespace(get=lambda name: secrets[name])
    colab = module("google.colab", userdata=userdata)
    return {
        "google": module("google", colab=colab),
        "google.colab": colab,
        "kaggle_secrets": module("kaggle_secrets", UserSecretsClient=SecretsClient),
        "dotenv": module("dotenv", load_dotenv=lambda: True),
        "getpass": module("getpass", getpass=lambda prompt: secrets[prompt[:-2]]),
    }


def run(cells, secrets):
    """What running the cells does, as data."""
    log, printed = [], io.StringIO()
    names = {name: Recorder(name, log) for name in STUBS}
    names["__name__"] = "__main__"
    shell = Shell(log, names)
    names["get_ipython"] = lambda: shell
    stubs = set(names)
    environ = dict(os.environ)
    os.environ.update(secrets)
    system, os.system = os.system, lambda line: log.append(("os.system", line))
    # os.environ itself calls it too, with bytes.
    putenv, os.putenv = os.putenv, lambda *given: isinstance(given[0], str) and log.append(("os.putenv", given))
    loaded = dict(sys.modules)
    sys.modules.update(modules(secrets))
    error = None
    logging.getLogger().handlers.clear()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            for cell in cells:
                one(cell, names)
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
    changed = {name: os.environ.get(name) for name in {*os.environ, *environ} if os.environ.get(name) != environ.get(name)}
    os.system, os.putenv = system, putenv
    os.environ.clear()
    os.environ.update(environ)
    for name in set(sys.modules) - set(loaded):
        del sys.modules[name]
    sys.modules.update(loaded)
    plain = {
        name: show(value)
        for name, value in names.items()
        if name not in {*stubs, "userdata", "UserSecretsClient"} and not name.startswith("_") and isplain(value)
    }
    return {"calls": log, "printed": printed.getvalue(), "globals": plain, "environ": changed, "error": error}


def isplain(value):
    return not isinstance(value, (types.ModuleType, types.FunctionType, Recorder)) and (
        "os.environ" not in repr(type(value)) and type(value) is not type(os.environ)
    )


def show(value):
    if isinstance(value, type):
        return {key: repr(item) for key, item in vars(value).items() if not key.startswith("__") and not callable(item)}
    if type(value).__module__ == "__main__" or isinstance(value, types.SimpleNamespace):
        return repr(sorted(vars(value).items()))
    return repr(value) if not callable(value) else ""


def one(cell, names):
    """Runs a cell and displays its last expression, as IPython does."""
    if TransformerManager:
        cell = TransformerManager().transform_cell(cell)
    tree = ast.parse(cell)
    last = None
    quiet = cell.rstrip().splitlines()[-1:] and cell.rstrip().splitlines()[-1].split("#")[0].rstrip().endswith(";")
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, "<cell>", "exec"), names)
    if last is not None:
        value = eval(compile(last, "<cell>", "eval"), names)
        if value is not None and not quiet:
            print(repr(value))


def complaints(case):
    secrets = case["secrets"]

    def hide(text):
        for variable, value in secrets.items():
            text = text.replace(value, f"REDACTED_{variable}")
        return text

    before, after = run(case["before"], secrets), run(case["after"], secrets)
    if before["error"] and not case["fails"]:
        yield f"the original fails: {before['error']}"
    for value in secrets.values():
        if value in after["printed"]:
            yield "it prints the secret"
    for part in before:
        old, new = json.dumps(before[part], sort_keys=True), json.dumps(after[part], sort_keys=True)
        if case["masked"] or part in ("printed", "error"):
            old, new = hide(old), hide(new)
        if old != new and not (case["quiet"] and part == "printed"):
            yield f"{part}: {old} became {new}"


def main():
    warnings.simplefilter("ignore")
    out = []
    cases = json.load(sys.stdin)
    if any(case["magic"] for case in cases):
        need_ipython()
    for case in cases:
        out += [f"{case['name']}: {complaint}" for complaint in complaints(case)]
    json.dump(out, sys.stdout)


main()
