//! Notebooks in other forms than Jupyter's.

use proptest::prelude::*;
use serde_json::json;

use super::road::{becomes, filled, fixed, other_lines_stay};
use super::running::does_the_same;

#[test]
fn cells_of_jupytext_and_of_nbconvert_share_their_imports() {
    let shows =
        "import hashlib\ndef use(*a):\n    print(hashlib.sha256(repr(a).encode()).hexdigest())\n";
    for separator in ["# %%", "# %% {\"tags\": []}", "#%%", "# In[1]:\n"] {
        let text = format!(
            "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: percent\n# ---\n\n{separator}\n{shows}\n# %% [markdown]\n# Use it like *this*: `login`\n\n{separator}\nuse('§')\n\n{separator}\nuse(f'{{1}}', b'§')\n"
        );
        let fixed = does_the_same(&["python3"], "a.py", &text);
        assert_eq!(fixed.text.matches("import os").count(), 1, "{}", fixed.text);
    }
    becomes(
        "a.py",
        "# %% [markdown]\n# My token is §\n#\n# %% executionInfo={\"token\": \"§\"}\nlogin(\"§\")\n",
        "# %% [markdown]\n# My token is REDACTED_HF_TOKEN\n#\n# %% executionInfo={\"token\": \"REDACTED_HF_TOKEN\"}\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n",
    );
    becomes(
        "a.py",
        "# %% language=\"bash\"\n# hf auth login --token §\n",
        "# %% language=\"bash\"\n# hf auth login --token \"$HF_TOKEN\"\n",
    );
}

#[test]
fn calls_of_ipython_in_exports() {
    becomes(
        "a.py",
        "# In[1]:\n\n\nget_ipython().run_line_magic('env', 'HF_TOKEN=§')\nget_ipython().system('hf auth login --token §')\nget_ipython().run_cell_magic('bash', '', 'curl -u {x}:§ h\\n')\n",
        "# In[1]:\n\n\nimport os\nos.environ[\"HF_TOKEN\"] = os.environ[\"HF_TOKEN\"]\nget_ipython().system(f'hf auth login --token {os.environ[\"HF_TOKEN\"]}')\nget_ipython().run_cell_magic('bash', '', f'curl -u {{x}}:{os.environ[\"HF_TOKEN\"]} h\\n')\n",
    );
    becomes(
        "a.ipy",
        "!hf auth login --token §\n",
        "!hf auth login --token \"$HF_TOKEN\"\n",
    );
}

#[test]
fn databricks() {
    becomes(
        "a.py",
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC Token: §\n\n# COMMAND ----------\n\n# DBTITLE 1,Log in\nlogin(\"§\")\n\n# COMMAND ----------\n\n# MAGIC %sh\n# MAGIC hf auth login --token §\n# MAGIC\n# MAGIC ls\n\n# COMMAND ----------\n\n# MAGIC %r\n# MAGIC k <- \"§\"\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC CREATE USER u PASSWORD '§'\n",
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC Token: REDACTED_HF_TOKEN\n\n# COMMAND ----------\n\n# DBTITLE 1,Log in\nimport os\nlogin(os.environ[\"HF_TOKEN\"])\n\n# COMMAND ----------\n\n# MAGIC %sh\n# MAGIC hf auth login --token \"$HF_TOKEN\"\n# MAGIC\n# MAGIC ls\n\n# COMMAND ----------\n\n# MAGIC %r\n# MAGIC k <- Sys.getenv(\"HF_TOKEN\")\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC CREATE USER u PASSWORD 'REDACTED_HF_TOKEN'\n",
    );
    becomes(
        "a.scala",
        "// Databricks notebook source\nval t = \"§\"\n\n// COMMAND ----------\n\n// MAGIC %python\n// MAGIC login('§')\n",
        "// Databricks notebook source\nval t = sys.env(\"HF_TOKEN\")\n\n// COMMAND ----------\n\n// MAGIC %python\n// MAGIC import os\n// MAGIC login(os.environ['HF_TOKEN'])\n",
    );
}

#[test]
fn marimo() {
    let head =
        "import marimo\n\n__generated_with = \"0.14.0\"\napp = marimo.App(width=\"medium\")\n\n";
    let before = "\
@app.cell
def _():
    import marimo as mo
    return (mo,)


@app.cell(hide_code=True)
def _(
    mo,
):
    # logs in
    token = \"§\"
    login(token, '§')
    return (token,)


@app.cell
def _(mo):
    mo.md(r\"\"\"
    Use § here
    \"\"\")
    return


@app.function
def f():
    return \"Bearer §\"


if __name__ == \"__main__\":
    app.run()
";
    let after = before
        .replacen(
            "    # logs in\n    token = \"§\"",
            "    import os as _os\n    # logs in\n    token = _os.environ[\"HF_TOKEN\"]",
            1,
        )
        .replacen("'§'", "_os.environ['HF_TOKEN']", 1)
        .replacen("Use §", "Use REDACTED_HF_TOKEN", 1)
        .replacen(
            "    return \"Bearer §\"",
            "    import os as _os\n    return f\"Bearer {_os.environ['HF_TOKEN']}\"",
            1,
        );
    becomes(
        "a.py",
        &format!("{head}{before}"),
        &format!("{head}{after}"),
    );
}

#[test]
fn documents_with_chunks() {
    becomes(
        "a.Rmd",
        "---\ntitle: T\nparams:\n  token: \"§\"\n---\n\nUse `§`, or:\n\n```{r setup, include=FALSE}\nSys.setenv(HF_TOKEN = \"§\")\n```\n\n```{python}\nx = 1\n```\n\n```{python}\nlogin('§')\n```\n\n```{python}\nlogin('§')\n```\n\n```{bash}\nhf auth login --token §\n```\n",
        "---\ntitle: T\nparams:\n  token: \"REDACTED_HF_TOKEN\"\n---\n\nUse `REDACTED_HF_TOKEN`, or:\n\n```{r setup, include=FALSE}\nSys.setenv(HF_TOKEN = Sys.getenv(\"HF_TOKEN\"))\n```\n\n```{python}\nx = 1\n```\n\n```{python}\nimport os\nlogin(os.environ['HF_TOKEN'])\n```\n\n```{python}\nlogin(os.environ['HF_TOKEN'])\n```\n\n```{bash}\nhf auth login --token \"$HF_TOKEN\"\n```\n",
    );
    becomes(
        "a.qmd",
        "```{ojs}\nk = \"§\"\n```\n",
        "```{ojs}\nk = \"REDACTED_HF_TOKEN\"\n```\n",
    );
    becomes(
        "a.livemd",
        "# N\n\n```elixir\ntoken = \"§\"\n```\n\n<!-- livebook:{\"output\":true} -->\n\n```\n\"§\"\n```\n",
        "# N\n\n```elixir\ntoken = System.fetch_env!(\"HF_TOKEN\")\n```\n\n<!-- livebook:{\"output\":true} -->\n\n```\n\"REDACTED_HF_TOKEN\"\n```\n",
    );
}

#[test]
fn zeppelin() {
    let note = |texts: [&str; 4], printed: &str| {
        let paragraph = |text: &str| {
            json!({
                "text": text, "user": "anonymous", "config": {"enabled": true},
                "results": {"code": "SUCCESS", "msg": [{"type": "TEXT", "data": printed}]},
                "settings": {"params": {}}, "id": "paragraph_1",
            })
        };
        let note = json!({
            "paragraphs": texts.map(paragraph), "name": "n", "id": "2ABC",
            "defaultInterpreterGroup": "spark",
        });
        serde_json::to_string_pretty(&note).expect("is JSON")
    };
    becomes(
        "n.zpln",
        &note(
            [
                "%spark.pyspark\nlogin(\"§\")",
                "%sh\nhf auth login --token §",
                "val t = \"§\"",
                "%md\nUse §",
            ],
            "it is §",
        ),
        &note(
            [
                "%spark.pyspark\nimport os\nlogin(os.environ[\"HF_TOKEN\"])",
                "%sh\nhf auth login --token \"$HF_TOKEN\"",
                "val t = sys.env(\"HF_TOKEN\")",
                "%md\nUse REDACTED_HF_TOKEN",
            ],
            "it is REDACTED_HF_TOKEN",
        ),
    );
}

/// Cells of a program; `§` is the value.
fn cells() -> impl Strategy<Value = String> {
    let cell = prop::sample::select(vec![
        "# %%\nx = '§'\n",
        "# %% [markdown]\n# text §\n# - more\n",
        "#%% a title §\nimport sys, os\nf(x, '§')\n",
        "# In[3]:\n\n\ndef g(t='§'):\n    return [t]\n\n",
        "# %%\n'§'\n# %%\n[y := '§']\n",
        "# %% language=\"bash\"\n# echo '§' > f\n",
        "# %%\nclass A:\n    t = f'{x}§'\n# %%\n    u = 2\n",
    ]);
    prop::collection::vec(cell, 1..8).prop_map(|cells| cells.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_cells_keep_their_other_lines(template in cells()) {
        let before = filled(&template);
        let after = fixed("a.py", &before);
        prop_assert!(other_lines_stay(&before, &after.text), "{}\n---\n{}", before, after.text);
    }
}
