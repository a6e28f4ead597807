//! What trackers of experiments, and programs that compose their settings,
//! leave in a project.

use super::{Row, looked_up, masked};

/// Section 2.5 of the catalogue of artifacts.
pub const ROWS: &[Row] = &[
    masked(
        "wandb/run-20260101_000000-abcd1234/files/wandb-metadata.json",
        "json",
        "{\n  \"os\": \"Linux-6.1\",\n  \"python\": \"CPython 3.12.3\",\n  \"args\": [\n    \"--hub_token\",\n    \"¶\",\n    \"--lr=0.1\"\n  ],\n  \"program\": \"train.py\",\n  \"git\": {\n    \"remote\": \"https://me:§@github.com/me/x.git\",\n    \"commit\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1a\"\n  },\n  \"cpu_count\": 2\n}",
    ),
    masked(
        "wandb/run-20260101_000000-abcd1234/files/config.yaml",
        "yaml",
        "_wandb:\n    value:\n        cli_version: 0.31.0\n        e:\n            abcd:\n                args:\n                    - --token\n                    - ¶\nhub_token:\n    value: §\nlr:\n    value: 0.1\n",
    ),
    masked(
        "wandb/run-20260101_000000-abcd1234/files/output.log",
        "lines",
        "step 1: loss 2.1\n\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: using §\nAPI_KEY=¶\n",
    ),
    looked_up(
        "wandb/run-20260101_000000-abcd1234/files/requirements.txt",
        "lines",
        "numpy==2.4.6\nx @ git+https://§@github.com/me/x.git@0d2f4c1\n",
        "numpy==2.4.6\nx @ git+https://${HF_TOKEN}@github.com/me/x.git@0d2f4c1\n",
    ),
    masked(
        "wandb/run-20260101_000000-abcd1234/files/wandb-summary.json",
        "json",
        "{\"_runtime\":1.5,\"_step\":1,\"note\":\"used §\",\"api_key\":\"¶\"}",
    ),
    masked(
        "wandb/run-20260101_000000-abcd1234/logs/debug.log",
        "lines",
        "2026-01-01 00:00:00,000 INFO    MainThread:1 [wandb_init.py:init():850] starting: {'hub_token': '¶', 'lr': 0.1, '_wandb': {}}\n2026-01-01 00:00:00,001 INFO    MainThread:1 [wandb_setup.py:_flush():81] Loading settings from environment variables: {'api_key': '§'}\n",
    ),
    masked(
        "wandb/settings",
        "ini",
        "[default]\nentity = me\nproject = x\nbase_url = https://me:¶@wandb.example\napi_key = §\n",
    ),
    masked(
        "mlruns/0/meta.yaml",
        "yaml",
        "artifact_location: https://me:¶@store.example/mlruns/0\ncreation_time: 1767225600000\nexperiment_id: '0'\nlast_update_time: 1767225600000\nlifecycle_stage: active\nname: Default §\n",
    ),
    masked("mlruns/0/0d2f/params/hub_token", "lines", "§"),
    masked("mlruns/0/0d2f/params/openai_api_key", "lines", "¶"),
    masked(
        "mlruns/0/0d2f/tags/mlflow.source.git.repoURL",
        "lines",
        "https://me:¶@github.com/me/x.git",
    ),
    masked(
        "mlruns/0/0d2f/artifacts/model/MLmodel",
        "yaml",
        "artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    loader_module: mlflow.sklearn\n  langchain:\n    api_key: ¶\nmetadata:\n  token: §\nmodel_uuid: 0d2f4c1ab35fa9be7a5b0d3c1f5f9a11\nutc_time_created: '2026-01-01 00:00:00.000000'\n",
    ),
    looked_up(
        "outputs/2026-01-01/00-00-00/.hydra/config.yaml",
        "yaml",
        "db:\n  user: ${oc.env:USER}\n  password: ¶\nhub_token: §\nlr: 0.1\n",
        "db:\n  user: ${oc.env:USER}\n  password: ${oc.env:PASSWORD}\nhub_token: ${oc.env:HF_TOKEN}\nlr: 0.1\n",
    ),
    masked(
        "outputs/2026-01-01/00-00-01/.hydra/overrides.yaml",
        "yaml",
        "- lr=0.2\n- hub_token=§\n- db.password=¶\n",
    ),
    looked_up(
        "outputs/2026-01-01/00-00-01/.hydra/hydra.yaml",
        "yaml",
        "hydra:\n  run:\n    dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}\n  overrides:\n    task:\n    - lr=0.2\n    - hub_token=§\n  job:\n    override_dirname: hub_token=§,lr=0.2\n",
        "hydra:\n  run:\n    dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}\n  overrides:\n    task:\n    - lr=0.2\n    - hub_token=${oc.env:HF_TOKEN}\n  job:\n    override_dirname: hub_token=${oc.env:HF_TOKEN},lr=0.2\n",
    ),
    masked(".comet.config", "ini", "[comet]\napi_key=¶\nworkspace=me\n"),
    masked(
        ".dvc/config",
        "ini",
        "[core]\n    remote = store\n['remote \"store\"']\n    url = s3://bucket/x\n    access_key_id = me\n    secret_access_key = ¶\n['remote \"web\"']\n    url = https://dav.example/x\n    user = me\n    password = ¶\n    token = §\n",
    ),
    masked(
        "ray/result.json",
        "jsonl",
        "{\"loss\": 0.5, \"config\": {\"lr\": 0.1, \"api_key\": \"¶\"}, \"hostname\": \"h\", \"pid\": 12}\n{\"loss\": 0.4, \"config\": {\"lr\": 0.1, \"api_key\": \"¶\", \"note\": \"§\"}, \"hostname\": \"h\", \"pid\": 12}\n",
    ),
    masked(
        "accelerate/default_config.yaml",
        "yaml",
        "compute_environment: AMAZON_SAGEMAKER\ndistributed_type: 'NO'\nimage_uri: null\nprofile: default\ntpu_env:\n- HF_TOKEN=§\n- API_KEY=¶\nuse_cpu: false\n",
    ),
    masked(
        "clearml.conf",
        "hocon",
        "# ClearML SDK configuration file\napi {\n    web_server: https://app.clear.ml/\n    credentials {\n        \"access_key\" = \"¶\"\n        \"secret_key\" = \"¶\"\n    }\n}\nsdk {\n    aws {\n        s3 {\n            key: \"\"\n            secret: \"¶\"  // mine\n        }\n    }\n    note = \"\"\"the token §\"\"\"\n}\n",
    ),
];
