"""Stands for a command: notes its name, arguments, input and what it finds in the environment."""

import json
import os
import sys

WATCHED = ("HF_TOKEN", "API")
piped = "" if sys.stdin.isatty() or os.environ.get("UNSPILL_NO_INPUT") else sys.stdin.read()
call = {
    "name": os.path.basename(sys.argv[1]),
    "arguments": sys.argv[2:],
    "input": piped,
    "environment": {name: os.environ.get(name) for name in WATCHED},
}
with open(os.environ["UNSPILL_RECORD"], "a") as file:
    file.write(json.dumps(call) + "\n")
