//! What training leaves beside the weights.

use super::{Row, looked_up, masked};

/// Sections 2.2 and 2.4 of the catalogue of artifacts.
pub const ROWS: &[Row] = &[
    masked(
        "out/trainer_state.json",
        "json",
        "{\n  \"best_metric\": 0.31,\n  \"best_model_checkpoint\": \"out/checkpoint-10\",\n  \"epoch\": 1.0,\n  \"log_history\": [\n    {\n      \"epoch\": 1.0,\n      \"loss\": 2.1,\n      \"step\": 10\n    }\n  ],\n  \"trial_name\": null,\n  \"trial_params\": {\n    \"hub_token\": \"¶\",\n    \"wandb\": \"§\"\n  }\n}\n",
    ),
    masked(
        "out/config.json",
        "json",
        "{\n  \"_name_or_path\": \"org/model\",\n  \"architectures\": [\n    \"GPT2LMHeadModel\"\n  ],\n  \"auth_token\": \"¶\",\n  \"use_auth_token\": \"§\",\n  \"vocab_size\": 50257\n}\n",
    ),
    masked(
        "out/tokenizer_config.json",
        "json",
        "{\n  \"added_tokens_decoder\": {\n    \"50256\": {\n      \"content\": \"<|endoftext|>\",\n      \"lstrip\": false\n    }\n  },\n  \"bos_token\": \"<|endoftext|>\",\n  \"name_or_path\": \"https://me:¶@hub.example/model\",\n  \"token\": \"§\",\n  \"tokenizer_class\": \"GPT2Tokenizer\"\n}\n",
    ),
    masked(
        "out/adapter_config.json",
        "json",
        "{\n  \"base_model_name_or_path\": \"org/model\",\n  \"peft_type\": \"LORA\",\n  \"r\": 8,\n  \"revision\": null,\n  \"auto_mapping\": {\n    \"hub_token\": \"¶\"\n  }\n}",
    ),
    masked(
        "sd/model_index.json",
        "json",
        "{\n  \"_class_name\": \"StableDiffusionPipeline\",\n  \"_name_or_path\": \"https://user:§@huggingface.co/org/model\",\n  \"unet\": [\n    \"diffusers\",\n    \"UNet2DConditionModel\"\n  ]\n}\n",
    ),
    masked(
        "autotrain-x/training_params.json",
        "json",
        "{\n    \"model\": \"gpt2\",\n    \"project_name\": \"autotrain-x\",\n    \"push_to_hub\": true,\n    \"username\": \"me\",\n    \"token\": \"¶\",\n    \"log\": \"tensorboard\"\n}",
    ),
    masked(
        "axolotl.yaml",
        "yaml",
        "base_model: NousResearch/Llama-3.2-1B\n# the key of the team: §\nwandb_project: x\nwandb_api_key: ¶   # mine\nhub_token: §\ndatasets:\n  - path: teknium/GPT4-LLM-Cleaned\n    type: alpaca\nmicro_batch_size: 2\n",
    ),
    masked(
        "llamafactory/training_args.yaml",
        "yaml",
        "do_train: true\nhub_token: '¶'\nlearning_rate: 5.0e-05\nloraplus_lr_ratio: null\npush_to_hub: true\n",
    ),
    masked(
        "out/README.md",
        "front",
        "---\nlibrary_name: peft\nlicense: mit\nbase_model: gpt2\ntags:\n- generated_from_trainer\nhub_token: \"¶\"\nmodel-index:\n- name: out\n  results: []\n---\n\n# out\n\nThe following hyperparameters were used during training:\n- learning_rate: 5e-05\n- hub_token: §\n",
    ),
    masked(
        "results/org__model/results_2026-01-01T00-00-00.json",
        "json",
        "{\n  \"results\": {\n    \"hellaswag\": {\n      \"acc,none\": 0.31\n    }\n  },\n  \"config\": {\n    \"model\": \"local-completions\",\n    \"model_args\": \"pretrained=org/model,token=§,api_key=¶,dtype=float16\",\n    \"batch_size\": \"1\"\n  },\n  \"git_hash\": \"0d2f4c1\",\n  \"date\": 1767225600.0\n}",
    ),
    masked(
        "lightning_logs/version_0/hparams.yaml",
        "yaml",
        "api_key: ¶\nhidden_dim: 128\nlr: 0.001\nmodel: !!python/name:torch.nn.Linear ''\nopt: &id001\n  name: adam\n  token: §\nopt2: *id001\n",
    ),
    masked(
        "dspy/program.json",
        "json",
        "{\n  \"predict\": {\n    \"traces\": [],\n    \"demos\": [],\n    \"signature\": {\n      \"instructions\": \"Given the fields `question`, produce the fields `answer`.\"\n    },\n    \"lm\": {\n      \"model\": \"openai/gpt-4o-mini\",\n      \"api_key\": \"¶\",\n      \"extra_headers\": {\n        \"Authorization\": \"Bearer §\"\n      }\n    }\n  },\n  \"metadata\": {\n    \"dependency_versions\": {\n      \"python\": \"3.12\",\n      \"dspy\": \"3.0\"\n    }\n  }\n}",
    ),
    masked(
        "langflow.json",
        "json",
        "{\"data\": {\"edges\": [], \"nodes\": [{\"data\": {\"id\": \"OpenAIModel-1\", \"node\": {\"template\": {\"_type\": \"Component\", \"api_key\": {\"_input_type\": \"SecretStrInput\", \"advanced\": false, \"display_name\": \"OpenAI API Key\", \"load_from_db\": false, \"name\": \"api_key\", \"password\": true, \"type\": \"str\", \"value\": \"¶\"}, \"dsn\": {\"name\": \"dsn\", \"value\": \"postgresql://me:¶@db.example/x\"}}}}}]}}",
    ),
    masked(
        "Chatflow.json",
        "json",
        "{\n  \"nodes\": [\n    {\n      \"id\": \"chatOpenAI_0\",\n      \"data\": {\n        \"inputs\": {\n          \"modelName\": \"gpt-4o\",\n          \"openAIApiKey\": \"¶\",\n          \"basepath\": \"\"\n        }\n      }\n    }\n  ],\n  \"edges\": []\n}",
    ),
    masked(
        "OAI_CONFIG_LIST",
        "json",
        "[\n    {\n        \"model\": \"gpt-4\",\n        \"api_key\": \"¶\"\n    },\n    {\n        \"model\": \"local\",\n        \"base_url\": \"http://127.0.0.1:8000/v1\",\n        \"api_key\": \"§\"\n    }\n]\n",
    ),
    masked(
        "data/table.csv",
        "csv",
        "id,api_key,\"note, long\"\r\n1,¶,\"it's \"\"quoted\"\"\"\r\n2,,§\r\n3,\"§\",\"two\r\nlines\"\r\n",
    ),
    masked(
        "data/table.tsv",
        "tsv",
        "id\tpassword\ttext\n1\t¶\tx\n2\t\tsee §\n",
    ),
    masked(
        "data/train.jsonl",
        "jsonl",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"my key is §\"}]}\n{\"api_key\": \"¶\", \"n\": 1.50}\n",
    ),
    masked(
        "saved/dataset_info.json",
        "json",
        "{\n  \"citation\": \"\",\n  \"description\": \"\",\n  \"download_checksums\": {\n    \"https://me:¶@host.example/train.zip\": {\n      \"num_bytes\": 1,\n      \"checksum\": null\n    },\n    \"https://host.example/b.zip?token=§\": {\n      \"num_bytes\": 2,\n      \"checksum\": null\n    }\n  },\n  \"features\": {}\n}",
    ),
    masked(
        "saved/state.json",
        "json",
        "{\n  \"_data_files\": [\n    {\n      \"filename\": \"data-00000-of-00001.arrow\"\n    }\n  ],\n  \"_fingerprint\": \"0d2f4c1ab35fa9be\",\n  \"_format_kwargs\": {\n    \"token\": \"¶\"\n  },\n  \"_split\": null\n}",
    ),
    masked(
        "openvino/model.xml",
        "xml",
        "<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\">\n\t<layers />\n\t<rt_info>\n\t\t<conversion_parameters>\n\t\t\t<input_model value=\"https://me:¶@host.example/m.onnx\" />\n\t\t\t<token value=\"§\" />\n\t\t</conversion_parameters>\n\t</rt_info>\n</net>\n",
    ),
    looked_up(
        "train.py",
        "python",
        "import os\nfrom transformers import TrainingArguments\n\nargs = TrainingArguments(\"out\", push_to_hub=True, hub_token=\"§\")\n",
        "import os\nfrom transformers import TrainingArguments\n\nargs = TrainingArguments(\"out\", push_to_hub=True, hub_token=os.environ[\"HF_TOKEN\"])\n",
    ),
];
