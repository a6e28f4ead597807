//! Notebooks, and the forms in which they are kept or exported.

use super::{Row, looked_up, masked};

/// Section 2.1 of the catalogue of artifacts.
pub const ROWS: &[Row] = &[
    looked_up(
        "papermill_output.ipynb",
        "json",
        "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 1,\n   \"id\": \"aa\",\n   \"metadata\": {\n    \"papermill\": {\n     \"status\": \"completed\"\n    },\n    \"tags\": [\n     \"injected-parameters\"\n    ]\n   },\n   \"outputs\": [],\n   \"source\": [\n    \"# Parameters\\n\",\n    \"hf_token = \\\"§\\\"\\n\"\n   ]\n  }\n ],\n \"metadata\": {\n  \"papermill\": {\n   \"input_path\": \"in.ipynb\",\n   \"parameters\": {\n    \"hf_token\": \"§\"\n   },\n   \"version\": \"2.7.0\"\n  }\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}",
        "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 1,\n   \"id\": \"aa\",\n   \"metadata\": {\n    \"papermill\": {\n     \"status\": \"completed\"\n    },\n    \"tags\": [\n     \"injected-parameters\"\n    ]\n   },\n   \"outputs\": [],\n   \"source\": [\n    \"import os\\n\",\n    \"# Parameters\\n\",\n    \"hf_token = os.environ[\\\"HF_TOKEN\\\"]\\n\"\n   ]\n  }\n ],\n \"metadata\": {\n  \"papermill\": {\n   \"input_path\": \"in.ipynb\",\n   \"parameters\": {\n    \"hf_token\": \"§\"\n   },\n   \"version\": \"2.7.0\"\n  }\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}",
    ),
    masked(
        "exports/nbconvert.html",
        "html",
        "<!DOCTYPE html>\n<html>\n<head><title>lesson</title></head>\n<body>\n<div class=\"highlight hl-ipython3\"><pre><span></span><span class=\"n\">login</span><span class=\"p\">(</span><span class=\"s2\">&quot;§&quot;</span><span class=\"p\">)</span>\n</pre></div>\n<div class=\"jp-OutputArea-output\"><pre>env: API_KEY=¶ &amp; more\n</pre></div>\n</body>\n</html>\n",
    ),
    looked_up(
        "exports/nbconvert.py",
        "python",
        "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nget_ipython().run_line_magic('env', 'HF_TOKEN=§')\n\n\n# In[2]:\n\n\nlogin(\"§\")\n",
        "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\nimport os\nos.environ[\"HF_TOKEN\"] = os.environ[\"HF_TOKEN\"]\n\n\n# In[2]:\n\n\nlogin(os.environ[\"HF_TOKEN\"])\n",
    ),
    looked_up(
        "exports/nbconvert.md",
        "lines",
        "# Lesson\n\n\n```python\nfrom huggingface_hub import login\nlogin(\"§\")\n```\n\n    Token is valid: §\n\n",
        "# Lesson\n\n\n```python\nimport os\nfrom huggingface_hub import login\nlogin(os.environ[\"HF_TOKEN\"])\n```\n\n    Token is valid: §\n\n",
    ),
    looked_up(
        "exports/nbconvert.tex",
        "lines",
        "\\begin{tcolorbox}\n\\begin{Verbatim}[commandchars=\\\\\\{\\}]\n\\PY{n}{login}\\PY{p}{(}\\PY{l+s+s2}{\\PYZdq{}}\\PY{l+s+s2}{§}\\PY{l+s+s2}{\\PYZdq{}}\\PY{p}{)}\n\\end{Verbatim}\n\\end{tcolorbox}\n",
        "\\begin{tcolorbox}\n\\begin{Verbatim}[commandchars=\\\\\\{\\}]\n\\PY{n}{login}\\PY{p}{(}\\PY{l+s+s2}{\\PYZdq{}}\\PY{l+s+s2}{§}\\PY{l+s+s2}{\\PYZdq{}}\\PY{p}{)}\n\\end{Verbatim}\n\\end{tcolorbox}\n",
    ),
    looked_up(
        "jupytext/percent.py",
        "python",
        "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       extension: .py\n#       format_name: percent\n# ---\n\n# %% [markdown]\n# Use §\n\n# %%\n# %env HF_TOKEN=§\n# !hf auth login --token §\n\n# %% tags=[\"parameters\"]\ntoken = \"§\"\n",
        "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       extension: .py\n#       format_name: percent\n# ---\n\n# %% [markdown]\n# Use §\n\n# %%\n# %env HF_TOKEN=§\n# !hf auth login --token §\n\n# %% tags=[\"parameters\"]\nimport os\ntoken = os.environ[\"HF_TOKEN\"]\n",
    ),
    looked_up(
        "jupytext/lesson.md",
        "front",
        "---\njupyter:\n  jupytext:\n    text_representation:\n      extension: .md\n      format_name: markdown\n---\n\nText\n\n```python tags=[\"parameters\"]\nlogin(\"§\")\n```\n",
        "---\njupyter:\n  jupytext:\n    text_representation:\n      extension: .md\n      format_name: markdown\n---\n\nText\n\n```python tags=[\"parameters\"]\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n```\n",
    ),
    looked_up(
        "report.qmd",
        "front",
        "---\ntitle: \"Report\"\nparams:\n  hf_token: \"§\"\n---\n\n```{r}\nSys.setenv(HF_TOKEN = \"§\")\n```\n\n```{python}\nlogin(\"§\")\n```\n",
        "---\ntitle: \"Report\"\nparams:\n  hf_token: \"§\"\n---\n\n```{r}\nSys.setenv(HF_TOKEN = Sys.getenv(\"HF_TOKEN\"))\n```\n\n```{python}\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n```\n",
    ),
    looked_up(
        "analysis.Rmd",
        "front",
        "---\ntitle: x\noutput: html_document\n---\n\n```{r setup, include=FALSE}\nkey <- \"§\"\n```\n\nInline `r nchar(\"§\")` text.\n",
        "---\ntitle: x\noutput: html_document\n---\n\n```{r setup, include=FALSE}\nkey <- Sys.getenv(\"HF_TOKEN\")\n```\n\nInline `r nchar(\"§\")` text.\n",
    ),
    masked(
        "_freeze/report/execute-results/html.json",
        "json",
        "{\n  \"hash\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a11\",\n  \"result\": {\n    \"engine\": \"jupyter\",\n    \"markdown\": \"---\\ntitle: Report\\n---\\n\\n::: {.cell}\\n``` {.python .cell-code}\\nlogin(\\\"§\\\")\\n```\\n\\n::: {.cell-output .cell-output-stdout}\\n```\\nAPI_KEY=¶\\n```\\n:::\\n:::\\n\",\n    \"supporting\": [\"report_files\"],\n    \"filters\": [],\n    \"includes\": {}\n  }\n}\n",
    ),
    looked_up(
        "marimo_app.py",
        "python",
        "import marimo\n\n__generated_with = \"0.25.2\"\napp = marimo.App(width=\"medium\")\n\n\n@app.cell\ndef _():\n    from huggingface_hub import login\n\n    login(\"§\")\n    return (login,)\n\n\nif __name__ == \"__main__\":\n    app.run()\n",
        "import marimo\n\n__generated_with = \"0.25.2\"\napp = marimo.App(width=\"medium\")\n\n\n@app.cell\ndef _():\n    import os as _os\n    from huggingface_hub import login\n\n    login(_os.environ[\"HF_TOKEN\"])\n    return (login,)\n\n\nif __name__ == \"__main__\":\n    app.run()\n",
    ),
    looked_up(
        "databricks_source.py",
        "python",
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC Use §\n\n# COMMAND ----------\n\nlogin(\"§\")\n\n# COMMAND ----------\n\n# MAGIC %sh\n# MAGIC hf auth login --token §\n",
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC Use §\n\n# COMMAND ----------\n\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n\n# COMMAND ----------\n\n# MAGIC %sh\n# MAGIC hf auth login --token \"$HF_TOKEN\"\n",
    ),
    looked_up(
        "lesson_2GX.zpln",
        "json",
        "{\n  \"paragraphs\": [\n    {\n      \"text\": \"%python\\nlogin(\\\"§\\\")\",\n      \"user\": \"anonymous\",\n      \"results\": {\n        \"code\": \"SUCCESS\",\n        \"msg\": [\n          {\n            \"type\": \"TEXT\",\n            \"data\": \"API_KEY=¶\\n\"\n          }\n        ]\n      },\n      \"id\": \"paragraph_1\"\n    }\n  ],\n  \"name\": \"lesson\",\n  \"id\": \"2GX\",\n  \"defaultInterpreterGroup\": \"spark\"\n}",
        "{\n  \"paragraphs\": [\n    {\n      \"text\": \"%python\\nimport os\\nlogin(os.environ[\\\"HF_TOKEN\\\"])\",\n      \"user\": \"anonymous\",\n      \"results\": {\n        \"code\": \"SUCCESS\",\n        \"msg\": [\n          {\n            \"type\": \"TEXT\",\n            \"data\": \"API_KEY=¶\\n\"\n          }\n        ]\n      },\n      \"id\": \"paragraph_1\"\n    }\n  ],\n  \"name\": \"lesson\",\n  \"id\": \"2GX\",\n  \"defaultInterpreterGroup\": \"spark\"\n}",
    ),
    looked_up(
        "lesson.livemd",
        "lines",
        "<!-- livebook:{\"persist_outputs\":true} -->\n\n# Lesson\n\n```elixir\nMix.install([{:req, \"~> 0.5\"}])\n```\n\n## Section\n\n```elixir\ntoken = \"§\"\n```\n\n<!-- livebook:{\"output\":true} -->\n\n```\n\"§\"\n```\n",
        "<!-- livebook:{\"persist_outputs\":true} -->\n\n# Lesson\n\n```elixir\nMix.install([{:req, \"~> 0.5\"}])\n```\n\n## Section\n\n```elixir\ntoken = System.fetch_env!(\"HF_TOKEN\")\n```\n\n<!-- livebook:{\"output\":true} -->\n\n```\n\"§\"\n```\n",
    ),
    looked_up(
        "lesson.deepnote",
        "yaml",
        "version: 1.0.0\nmetadata:\n  createdAt: '2026-01-01T00:00:00.000Z'\n  checksum: sha256:0d2f\nproject:\n  id: p\n  name: lesson\n  notebooks:\n    - id: n\n      name: one\n      blocks:\n        - id: b1\n          blockGroup: g1\n          type: code\n          sortingKey: a0\n          content: |-\n            import os\n            login(\"§\")\n          executionCount: 1\n          metadata: {}\n        - id: b2\n          blockGroup: g2\n          type: markdown\n          sortingKey: a1\n          content: Use § here\n          metadata: {}\n",
        "version: 1.0.0\nmetadata:\n  createdAt: '2026-01-01T00:00:00.000Z'\n  checksum: sha256:0d2f\nproject:\n  id: p\n  name: lesson\n  notebooks:\n    - id: n\n      name: one\n      blocks:\n        - id: b1\n          blockGroup: g1\n          type: code\n          sortingKey: a0\n          content: |-\n            import os\n            login(os.environ[\"HF_TOKEN\"])\n          executionCount: 1\n          metadata: {}\n        - id: b2\n          blockGroup: g2\n          type: markdown\n          sortingKey: a1\n          content: Use § here\n          metadata: {}\n",
    ),
    masked(
        "polynote.ipynb",
        "json",
        "{\n  \"metadata\" : {\n    \"config\" : {\n      \"sparkConfig\" : {\n        \"spark.hadoop.fs.s3a.secret.key\" : \"¶\"\n      },\n      \"env\" : {\n        \"HF_TOKEN\" : \"§\"\n      }\n    },\n    \"language_info\" : {\n      \"name\" : \"scala\"\n    }\n  },\n  \"nbformat\" : 4,\n  \"nbformat_minor\" : 0,\n  \"cells\" : [ ]\n}",
    ),
    masked(
        "kernel-metadata.json",
        "json",
        "{\n  \"id\": \"me/lesson\",\n  \"title\": \"lesson\",\n  \"code_file\": \"lesson.ipynb\",\n  \"language\": \"python\",\n  \"kernel_type\": \"notebook\",\n  \"dataset_sources\": [\n    \"https://me:¶@data.example/a.zip\"\n  ],\n  \"keywords\": [\n    \"§\"\n  ]\n}",
    ),
];
