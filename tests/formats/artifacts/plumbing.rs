//! What a project is set up, built and run with.

use super::{Row, looked_up, masked};

/// Section 2.6 of the catalogue of artifacts.
pub const ROWS: &[Row] = &[
    looked_up(
        ".github/workflows/ci.yml",
        "yaml",
        "name: ci\non: [push]\nenv:\n  HF_TOKEN: §\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          hf auth login --token §\n          pytest -q\n        env:\n          API_KEY: '¶'\n",
        "name: ci\non: [push]\nenv:\n  HF_TOKEN: ${{ secrets.HF_TOKEN }}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          hf auth login --token ${{ secrets.HF_TOKEN }}\n          pytest -q\n        env:\n          API_KEY: '${{ secrets.API_KEY }}'\n",
    ),
    looked_up(
        "docker-compose.yml",
        "yaml",
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ¶\n  app:\n    environment:\n      - HF_TOKEN=§\n      - PORT=8000\n",
        "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n  app:\n    environment:\n      - HF_TOKEN=${HF_TOKEN}\n      - PORT=8000\n",
    ),
    masked(
        "Dockerfile",
        "code",
        "# syntax=docker/dockerfile:1\nFROM python:3.12\nARG HF_TOKEN=§\nENV API_KEY ¶\nENV PORT=8000 DB_PASSWORD=\"¶\"\nCOPY . /app\n",
    ),
    masked(
        "old.Dockerfile",
        "code",
        "FROM python:3.12\nENV OPENAI_API_KEY ¶\nENV PATH /opt/bin:$PATH\n",
    ),
    looked_up(
        "docs/README.md",
        "lines",
        "# Use\n\n```dockerfile\nENV OPENAI_API_KEY ¶\n```\n\n```bash\nhf auth login --token §\n```\n",
        "# Use\n\n```dockerfile\nENV OPENAI_API_KEY ¶\n```\n\n```bash\nhf auth login --token \"$HF_TOKEN\"\n```\n",
    ),
    masked(
        "docs/deploy.md",
        "front",
        "---\ntitle: x\nenv:\n  - name: ACME_API_KEY\n    value: \"¶\"\n---\n\n1. Do\n\n   ```json\n   {\"env\": [{\"name\": \"OTHER_SECRET\", \"value\": \"§\"}], \"x\": \"a\\\"b\"}\n   ```\n",
    ),
    masked(
        "docs/pod.md",
        "lines",
        "> ```yaml\n> env:\n> - name: ACME_API_KEY\n>   value: ¶\n> ```\n\n```toml\n[a]\ntoken = '''§'''\n```\n",
    ),
    looked_up(
        "gpu.Dockerfile",
        "code",
        "FROM python:3.12\nRUN pip install -U huggingface_hub && \\\n    huggingface-cli login --token §\n",
        "FROM python:3.12\nRUN --mount=type=secret,id=HF_TOKEN,mode=0444,required=true HF_TOKEN=\"$(cat /run/secrets/HF_TOKEN)\" && pip install -U huggingface_hub && \\\n    huggingface-cli login --token \"$HF_TOKEN\"\n",
    ),
    looked_up(
        ".vscode/launch.json",
        "jsonc",
        "{\n  // Use IntelliSense\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    {\n      \"name\": \"train\",\n      \"type\": \"debugpy\",\n      \"args\": [\"--hub_token\", \"§\"],\n      \"env\": {\"API_KEY\": \"¶\"},\n    }\n  ]\n}\n",
        "{\n  // Use IntelliSense\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    {\n      \"name\": \"train\",\n      \"type\": \"debugpy\",\n      \"args\": [\"--hub_token\", \"${env:HF_TOKEN}\"],\n      \"env\": {\"API_KEY\": \"${env:API_KEY}\"},\n    }\n  ]\n}\n",
    ),
    looked_up(
        ".vscode/settings.json",
        "jsonc",
        "{\n  \"terminal.integrated.env.linux\": {\n    \"API_KEY\": \"¶\"\n  },\n  \"acme.token\": \"§\", // mine\n  \"sqltools.connections\": [{\"name\": \"x\", \"connectString\": \"postgresql://me:¶@db.example/x\"}]\n}\n",
        "{\n  \"terminal.integrated.env.linux\": {\n    \"API_KEY\": \"${env:API_KEY}\"\n  },\n  \"acme.token\": \"§\", // mine\n  \"sqltools.connections\": [{\"name\": \"x\", \"connectString\": \"postgresql://me:¶@db.example/x\"}]\n}\n",
    ),
    masked(
        ".idea/workspace.xml",
        "xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project version=\"4\">\n  <component name=\"RunManager\">\n    <configuration name=\"train\" type=\"PythonConfigurationType\">\n      <envs>\n        <env name=\"PYTHONUNBUFFERED\" value=\"1\" />\n        <env name=\"API_KEY\" value=\"¶\" />\n        <env name=\"HF_TOKEN\" value=\"§\" />\n      </envs>\n      <option name=\"PARAMETERS\" value=\"--hub_token ¶ --lr 0.1\" />\n    </configuration>\n  </component>\n</project>\n",
    ),
    looked_up(
        "requirements.txt",
        "lines",
        "--extra-index-url https://me:¶@pypi.example/simple\nnumpy==2.4.6 --hash=sha256:0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\ngit+https://§@github.com/me/x.git@v1#egg=x  # private\n",
        "--extra-index-url https://me:${URL_PASSWORD}@pypi.example/simple\nnumpy==2.4.6 --hash=sha256:0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\ngit+https://${HF_TOKEN}@github.com/me/x.git@v1#egg=x  # private\n",
    ),
    masked(
        "pyproject.toml",
        "toml",
        "[project]\nname = \"x\"\ndependencies = [\n  \"y @ git+https://§@github.com/me/y.git\", # private\n]\n\n[[tool.uv.index]]\nname = \"mine\"\nurl = \"https://me:¶@pypi.example/simple\"\n\n[[tool.poetry.source]]\nname = 'mine'\nurl = 'https://me:¶@pypi.example/simple'\n",
    ),
    masked(
        "Pipfile.lock",
        "json",
        "{\n    \"_meta\": {\n        \"hash\": {\n            \"sha256\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\"\n        },\n        \"pipfile-spec\": 6,\n        \"sources\": [\n            {\n                \"name\": \"mine\",\n                \"url\": \"https://me:¶@pypi.example/simple\",\n                \"verify_ssl\": true\n            }\n        ]\n    },\n    \"default\": {\n        \"x\": {\n            \"git\": \"https://§@github.com/me/x.git\",\n            \"ref\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1a\"\n        }\n    },\n    \"develop\": {}\n}\n",
    ),
    masked(
        "poetry.lock",
        "toml",
        "# This file is automatically @generated by Poetry 2.1.0 and should not be changed by hand.\n\n[[package]]\nname = \"x\"\nversion = \"1.0\"\nfiles = [\n    {file = \"x-1.0.whl\", hash = \"sha256:0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\"},\n]\n\n[package.source]\ntype = \"legacy\"\nurl = \"https://me:¶@pypi.example/simple\"\nreference = \"mine\"\n\n[metadata]\nlock-version = \"2.1\"\ncontent-hash = \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\"\n",
    ),
    masked(
        "uv.lock",
        "toml",
        "version = 1\nrevision = 3\nrequires-python = \">=3.12\"\n\n[[package]]\nname = \"x\"\nversion = \"1.0\"\nsource = { git = \"https://§@github.com/me/x.git?rev=v1#0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1a\" }\n\n[[package]]\nname = \"y\"\nversion = \"2.0\"\nsource = { registry = \"https://me:¶@pypi.example/simple\" }\nsdist = { url = \"https://files.example/y-2.0.tar.gz\", hash = \"sha256:0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1ab35fa9be7a5b0d3c1f5f9a11\", size = 10 }\n",
    ),
    looked_up(
        "environment.yml",
        "yaml",
        "name: x\nchannels:\n  - https://conda.example/t/¶/main\n  - defaults\ndependencies:\n  - python=3.12\n  - pip\n  - pip:\n      - git+https://§@github.com/me/x.git\nvariables:\n  API_KEY: §\nprefix: /opt/conda/envs/x\n",
        "name: x\nchannels:\n  - https://conda.example/t/¶/main\n  - defaults\ndependencies:\n  - python=3.12\n  - pip\n  - pip:\n      - git+https://${API_KEY}@github.com/me/x.git\nvariables:\n  API_KEY: §\nprefix: /opt/conda/envs/x\n",
    ),
    looked_up(
        ".condarc",
        "yaml",
        "channels:\n  - https://conda.example/t/¶/main\n  - defaults\nproxy_servers:\n  http: http://me:§@proxy.example:8080\nssl_verify: true\n",
        "channels:\n  - https://conda.example/t/${CONDA_TOKEN}/main\n  - defaults\nproxy_servers:\n  http: http://me:${HF_TOKEN}@proxy.example:8080\nssl_verify: true\n",
    ),
    masked(
        "pip.conf",
        "ini",
        "[global]\nindex-url = https://me:¶@pypi.example/simple\nextra-index-url =\n    https://__token__:§@pypi2.example/simple\n    https://pypi.org/simple\ntimeout = 60\n",
    ),
    masked(
        "explicit-spec.txt",
        "lines",
        "# platform: linux-64\n@EXPLICIT\nhttps://conda.example/t/¶/main/linux-64/x-1.0-0.conda#0d2f4c1ab35fa9be7a5b0d3c1f5f9a11\nhttps://repo.anaconda.com/pkgs/main/linux-64/y-1.0-0.conda\n",
    ),
    masked(
        "slurm-1234.out",
        "lines",
        "+ export HF_TOKEN=§\n+ python train.py --api-key ¶\nEpoch 1:  50%|#####     | 5/10\rEpoch 1: 100%|##########| 10/10\n",
    ),
    looked_up(
        ".mcp.json",
        "json",
        "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"npx\",\n      \"args\": [\"-y\", \"a-mcp\"],\n      \"env\": {\n        \"API_KEY\": \"¶\"\n      }\n    },\n    \"b\": {\n      \"type\": \"http\",\n      \"url\": \"https://b.example/mcp\",\n      \"headers\": {\n        \"Authorization\": \"Bearer §\"\n      }\n    }\n  }\n}\n",
        "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"npx\",\n      \"args\": [\"-y\", \"a-mcp\"],\n      \"env\": {\n        \"API_KEY\": \"${API_KEY}\"\n      }\n    },\n    \"b\": {\n      \"type\": \"http\",\n      \"url\": \"https://b.example/mcp\",\n      \"headers\": {\n        \"Authorization\": \"Bearer ${HF_TOKEN}\"\n      }\n    }\n  }\n}\n",
    ),
    masked(
        "claude_desktop_config.json",
        "json",
        "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"npx\",\n      \"args\": [\"--api-key\", \"¶\"],\n      \"env\": {\n        \"HF_TOKEN\": \"§\"\n      }\n    }\n  }\n}\n",
    ),
    masked(
        ".claude/settings.local.json",
        "json",
        "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(curl -H \\\"Authorization: Bearer §\\\" https://a.example)\",\n      \"Bash(API_KEY='¶' python x.py)\"\n    ]\n  }\n}\n",
    ),
    masked(
        "agent/session.jsonl",
        "jsonl",
        "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"use §\"}}\n{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"input\":{\"command\":\"curl -H \\\"X-Api-Key: ¶\\\" https://a.example\"}}]}}\n",
    ),
    masked(
        "n8n_workflow.json",
        "json",
        "{\n  \"name\": \"x\",\n  \"nodes\": [\n    {\n      \"parameters\": {\n        \"url\": \"https://a.example\",\n        \"headerParameters\": {\n          \"parameters\": [\n            {\n              \"name\": \"X-Api-Key\",\n              \"value\": \"¶\"\n            }\n          ]\n        }\n      },\n      \"type\": \"n8n-nodes-base.httpRequest\",\n      \"typeVersion\": 4.2\n    }\n  ],\n  \"connections\": {}\n}\n",
    ),
    masked(
        "flows.json",
        "json",
        "[{\"id\":\"a\",\"type\":\"http request\",\"headers\":[{\"keyType\":\"other\",\"keyValue\":\"Authorization\",\"valueType\":\"other\",\"valueValue\":\"Bearer §\"}],\"credentials\":{\"password\":\"¶\"}}]",
    ),
    masked(
        "airflow/connections.json",
        "json",
        "{\n  \"db\": {\n    \"conn_type\": \"postgres\",\n    \"login\": \"me\",\n    \"password\": \"¶\",\n    \"extra\": \"{\\\"api_key\\\": \\\"§\\\"}\"\n  }\n}",
    ),
    masked(
        "api.postman_collection.json",
        "json",
        "{\n\t\"info\": {\n\t\t\"name\": \"x\",\n\t\t\"schema\": \"https://schema.getpostman.com/json/collection/v2.1.0/collection.json\"\n\t},\n\t\"auth\": {\n\t\t\"type\": \"bearer\",\n\t\t\"bearer\": [\n\t\t\t{\n\t\t\t\t\"key\": \"token\",\n\t\t\t\t\"value\": \"¶\",\n\t\t\t\t\"type\": \"string\"\n\t\t\t}\n\t\t]\n\t}\n}",
    ),
    masked(
        ".git/config",
        "ini",
        "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = https://me:§@github.com/me/x.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[http \"https://git.example/\"]\n\textraheader = AUTHORIZATION: Bearer ¶\n",
    ),
    looked_up(
        "Makefile",
        "code",
        "OPENAI_API_KEY := ¶\n\nlogin:\n\thf auth login --token §\n",
        "OPENAI_API_KEY := $(OPENAI_API_KEY)\n\nlogin:\n\thf auth login --token \"$$HF_TOKEN\"\n",
    ),
    looked_up(
        "scripts/run.sh",
        "shell",
        "#!/bin/bash\nset -eu\nexport HF_TOKEN=§\npython train.py --api-key '¶'\n",
        "#!/bin/bash\nset -eu\nexport HF_TOKEN=\"${HF_TOKEN:?}\"\npython train.py --api-key \"$API_KEY\"\n",
    ),
    masked(
        "k8s/secret.yaml",
        "yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ntype: Opaque\nstringData:\n  db-password: ¶\n  HF_TOKEN: §\n",
    ),
    masked(
        "helm/templates/deployment.yaml",
        "lines",
        "{{- if .Values.enabled }}\napiVersion: apps/v1\nspec:\n  env:\n    - name: HF_TOKEN\n      value: §\n    - name: X\n      value: {{ .Values.x | quote }}\n{{- end }}\n",
    ),
];
