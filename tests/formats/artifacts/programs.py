"""Has real programs write files with values in them, and read them back.

Arguments: `write` or `read`, the program, the folder, and for `write` a value
that tells itself and one that only its name tells. `read` prints what the
program reads, as JSON.
"""

import configparser
import json
import os
import pathlib
import subprocess
import sys


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "--user"]
    environment = os.environ | {"XDG_CONFIG_HOME": str(FOLDER), "HOME": str(FOLDER)}
    done = subprocess.run(
        command + list(arguments), env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def write_pip(token, secret):
    pip("set", "global.index-url", f"https://me:{secret}@pypi.example/simple")
    pip("set", "install.find-links", f"https://__token__:{token}@pypi2.example/links")
    pip("set", "global.timeout", "60")


def read_pip():
    names = ["global.index-url", "install.find-links", "global.timeout"]
    return [pip("get", name) for name in names]


def write_dotenv(token, secret):
    import dotenv

    path = FOLDER / ".env"
    path.write_text("# mine\nPORT=8000\n")
    dotenv.set_key(path, "HF_TOKEN", token)
    dotenv.set_key(path, "OPENAI_API_KEY", secret, quote_mode="never")
    dotenv.set_key(path, "DB_PASSWORD", secret, export=True)


def read_dotenv():
    import dotenv

    return dict(dotenv.dotenv_values(FOLDER / ".env"))


def write_configobj(token, secret):
    """As DVC writes its settings."""
    import configobj

    config = configobj.ConfigObj(list_values=False, encoding="utf8")
    config["core"] = {"remote": "store"}
    config['remote "store"'] = {"url": "s3://b", "secret_access_key": secret, "token": token}
    path = FOLDER / ".dvc" / "config.local"
    path.parent.mkdir()
    config.filename = str(path)
    config.write()


def read_configobj():
    import configobj

    config = configobj.ConfigObj(str(FOLDER / ".dvc" / "config.local"), list_values=False)
    return config.dict()


def write_conda(token, secret):
    """As conda writes its settings."""
    from ruamel.yaml import YAML

    settings = {
        "channels": [f"https://conda.example/t/{secret}/main", "defaults"],
        "proxy_servers": {"http": f"http://me:{token}@proxy.example:8080"},
        "ssl_verify": True,
    }
    with open(FOLDER / ".condarc", "w", encoding="utf-8") as file:
        YAML().dump(settings, file)


def read_conda():
    """conda expands variables in what it has read."""
    from ruamel.yaml import YAML

    text = os.path.expandvars((FOLDER / ".condarc").read_text())
    return YAML(typ="safe").load(text)


def write_pypirc(token, secret):
    """As twine's users are told to, with the library that twine reads it with."""
    reader = configparser.RawConfigParser()
    reader["distutils"] = {"index-servers": "pypi\nmine"}
    reader["pypi"] = {"username": "__token__", "password": token}
    reader["mine"] = {"repository": f"https://me:{secret}@pypi.example/", "password": secret}
    with open(FOLDER / ".pypirc", "w", encoding="utf-8") as file:
        reader.write(file)


def read_pypirc():
    reader = configparser.RawConfigParser()
    reader.read(FOLDER / ".pypirc")
    return {name: dict(reader[name]) for name in reader.sections()}


APP = """
import hydra

@hydra.main(version_base=None, config_path=None, config_name=None)
def main(config):
    pass

main()
"""


def write_hydra(token, secret):
    app = FOLDER / "app.py"
    app.write_text(APP)
    overrides = [f"+hub_token={token}", f"+db.password={secret}", "+lr=0.1"]
    command = [sys.executable, str(app), *overrides, "hydra.run.dir=run"]
    subprocess.run(command, cwd=FOLDER, check=True)


def read_hydra():
    """Look-ups are resolved, so that nothing differs if the variables are set."""
    from omegaconf import OmegaConf

    config = OmegaConf.load(FOLDER / "run/.hydra/config.yaml")
    return OmegaConf.to_container(config, resolve=True)


def write_accelerate(token, secret):
    """accelerate dumps its settings with PyYAML."""
    import yaml

    settings = {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "NO",
        "tpu_env": [f"HF_TOKEN={token}", f"OPENAI_API_KEY={secret}"],
        "use_cpu": False,
    }
    path = FOLDER / "accelerate" / "default_config.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(settings))


def read_accelerate():
    import yaml

    return yaml.safe_load((FOLDER / "accelerate" / "default_config.yaml").read_text())


def write_jupytext(token, secret):
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    sources = [
        f"import os\nlogin('{token}')",
        f"!wget --header 'X-Api-Key: {secret}' https://a.example\nx = 1",
        f"%env ACME_API_KEY={secret}",
        f"%%bash\nexport HF_TOKEN={token}\necho done",
        f"api_key = '{secret}'\nx = {{'a': 1}}",
    ]
    cells = [new_markdown_cell(f"Use {token}")] + [new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=cells, metadata=kernel)
    jupytext.write(notebook, FOLDER / "a.py", fmt="py:percent")
    jupytext.write(notebook, FOLDER / "b.md")
    jupytext.write(notebook, FOLDER / "c.Rmd")
    jupytext.write(notebook, FOLDER / "d.py", fmt="py:light")


def read_jupytext():
    import jupytext

    names = ["a.py", "b.md", "c.Rmd", "d.py"]
    read = [jupytext.read(FOLDER / name) for name in names]
    return [[cell.cell_type for cell in notebook.cells] for notebook in read]


def write_huggingface(token, secret):
    os.environ["HF_HOME"] = str(FOLDER)
    from huggingface_hub import _login
    from huggingface_hub.utils import _auth

    _auth._save_token(token=token, token_name="my laptop")
    _login._set_active_token(token_name="my laptop", add_to_git_credential=False)


def read_huggingface():
    os.environ["HF_HOME"] = str(FOLDER)
    from huggingface_hub.utils import _auth

    return [_auth._get_token_from_file(), _auth.get_stored_tokens()]


def write_wandb(token, secret):
    """A run without a network: its files, and the settings of the project."""
    os.environ |= {"WANDB_MODE": "offline", "WANDB_DIR": str(FOLDER), "WANDB_SILENT": "true"}
    os.chdir(FOLDER)
    subprocess.run(["git", "init", "-q"], check=True)
    remote = f"https://me:{token}@git.example/x.git"
    subprocess.run(["git", "remote", "add", "origin", remote], check=True)
    sys.argv = ["train.py", "--hub_token", token]
    import wandb

    run = wandb.init(project="x", config={"hub_token": token, "api_key": secret, "lr": 0.1})
    run.log({"loss": 1.0})
    print("using", token)
    run.finish()


def read_wandb():
    """The texts of the run: how many lines each has is all that is asked."""
    run = FOLDER / "wandb" / "latest-run"
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.suffix != ".wandb")
    return [[str(path.relative_to(run)), path.read_text().count("\n")] for path in files]


NOTEBOOK_EXPORTS = {"python": "py", "markdown": "md", "html": "html"}


def write_nbconvert(token, secret):
    import nbconvert
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    printed = new_output("stream", name="stdout", text=f"API_KEY={secret}\n")
    sources = [f"import os\nlogin('{token}')", f"%env ACME_API_KEY={secret}", "!ls"]
    cells = [new_code_cell(source, outputs=[printed]) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = new_notebook(cells=cells, metadata=kernel)
    for name, ending in NOTEBOOK_EXPORTS.items():
        text, _ = nbconvert.get_exporter(name)().from_notebook_node(notebook)
        (FOLDER / f"lesson.{ending}").write_text(text, encoding="utf-8")


def read_nbconvert():
    """The program still parses; the pages have the same tags."""
    import ast
    import re

    ast.parse((FOLDER / "lesson.py").read_text(encoding="utf-8"))
    tags = re.findall(r"<[^>]*>", (FOLDER / "lesson.html").read_text(encoding="utf-8"))
    fences = (FOLDER / "lesson.md").read_text(encoding="utf-8").count("```")
    return [len(tags), fences, "§"]


FOLDER = pathlib.Path(sys.argv[3])
if sys.argv[1] == "write":
    globals()["write_" + sys.argv[2]](*sys.argv[4:])
else:
    print(json.dumps(globals()["read_" + sys.argv[2]](), default=str, ensure_ascii=False))
