"""Starts a Jupyter Server on 127.0.0.1 and saves notebooks through its contents
API as JupyterLab does: many at a time, again and again.

Arguments: folder, notebooks, saves of each, seed. The tokens are read from
standard input, one a line. Prints one JSON line at the end: the mark of each
notebook's last save, and what went wrong.
"""

import asyncio
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def start(folder, port, token):
    home = os.path.join(folder, "..", "jupyter-home")
    os.makedirs(home, exist_ok=True)
    environment = {**os.environ, "HOME": home, "JUPYTER_PLATFORM_DIRS": "1"}
    return subprocess.Popen(
        [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
            f"--ServerApp.root_dir={folder}", "--ServerApp.log_level=ERROR",
        ],
        env=environment, stdout=subprocess.DEVNULL, stderr=open(log(folder), "wb"),
    )


def log(folder):
    # A file, and no pipe: nobody reads it before the end.
    return os.path.join(folder, "..", "jupyter.log")


class Client:
    def __init__(self, port, token):
        self.base = f"http://127.0.0.1:{port}/api/"
        self.token = token
        # A proxy of this machine has nothing to do with it.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header("Authorization", f"token {self.token}")
        request.add_header("Content-Type", "application/json")
        with self.opener.open(request, timeout=60) as answer:
            return json.loads(answer.read())


def notebook(mark, token):
    source = f'login("{token}")\nmark = "{mark}"' if token else f'mark = "{mark}"'
    text = [f"line {number} of what was printed\n" for number in range(60)]
    output = {"output_type": "stream", "name": "stdout", "text": text}
    cell = {
        "cell_type": "code", "id": "one", "execution_count": 1, "metadata": {},
        "outputs": [output], "source": source,
    }
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


async def edit(client, name, saves, tokens, seed, problems):
    dice = random.Random(seed)
    mark = ""
    for number in range(saves):
        mark = f"{name} {number}"
        token = dice.choice(tokens) if dice.random() < 0.6 else None
        body = {"type": "notebook", "format": "json", "content": notebook(mark, token)}
        path = f"contents/{name}.ipynb"
        try:
            # Before each save JupyterLab asks what is on disk.
            if number:
                await asyncio.to_thread(client.call, "GET", path + "?content=0&hash=1")
            await asyncio.to_thread(client.call, "PUT", path, body)
            if number % 7 == 3:
                await asyncio.to_thread(client.call, "POST", path + "/checkpoints")
        except urllib.error.HTTPError as error:
            problems.append(f"{mark}: {error.code} {error.read()[:200]!r}")
        except OSError as error:
            problems.append(f"{mark}: {error}")
        await asyncio.sleep(dice.choice([0, 0.01, 0.1, 0.13, 0.2, 0.4]))
    return name, mark


async def main():
    folder, notebooks, saves, seed = sys.argv[1], *map(int, sys.argv[2:5])
    tokens = sys.stdin.read().split()
    port, token = free_port(), secrets.token_hex(16)
    server = start(folder, port, token)
    client, problems = Client(port, token), []
    try:
        for _ in range(600):
            try:
                client.call("GET", "status")
                break
            except OSError:
                if server.poll() is not None:
                    sys.exit(open(log(folder)).read())
                await asyncio.sleep(0.1)
        edits = [
            edit(client, f"n{index}", saves, tokens[index::notebooks], seed + index, problems)
            for index in range(notebooks)
        ]
        last = dict(await asyncio.gather(*edits))
    finally:
        server.terminate()
        server.wait(30)
    print(json.dumps({"last": last, "problems": problems}))


asyncio.run(main())
