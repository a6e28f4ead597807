//! Files that are credentials and nothing else. A walk leaves them; named,
//! they are masked.

use super::{Row, looked_up, masked};

/// The text files of the first row of section 2.6, and logins.
pub const ROWS: &[Row] = &[
    masked(
        ".env",
        "dotenv",
        "# mine\nexport OPENAI_API_KEY='¶'\nHF_TOKEN=§ # x\nDB_PASSWORD=\"¶\"\r\nEMPTY=\nPORT=8000\nMULTI=\"one\ntwo §\"\n",
    ),
    masked(
        "config/prod.env",
        "dotenv",
        "API_KEY: ¶\nHF_TOKEN = \"§\"\n",
    ),
    masked(
        ".streamlit/secrets.toml",
        "toml",
        "hf_token = \"§\"\n\n[connections.db]\nurl = \"postgresql://me:¶@db.example/x\"\npassword = '''¶'''\nport = 5432\n",
    ),
    masked(
        ".dlt/secrets.toml",
        "toml",
        "[destination.filesystem.credentials]\nhf_token = \"§\"\naws_secret_access_key = \"¶\"\n",
    ),
    masked(
        "dbt/profiles.yml",
        "yaml",
        "x:\n  target: dev\n  outputs:\n    dev:\n      type: postgres\n      host: localhost\n      user: me\n      password: ¶\n      port: 5432\n    prod:\n      type: snowflake\n      password: \"{{ env_var('DBT_PASSWORD') }}\"\n      token: §\n",
    ),
    masked(
        "kaggle/kaggle.json",
        "json",
        "{\"username\":\"me\",\"key\":\"¶\"}",
    ),
    masked(
        ".netrc",
        "netrc",
        "machine api.wandb.ai\n  login user\n  password ¶\nmachine huggingface.co login me password §\n",
    ),
    masked(
        ".pgpass",
        "lines",
        "# host:port:db:user:password\ndb.example:5432:*:me:¶\n",
    ),
    masked(
        ".git-credentials",
        "lines",
        "https://hf_user:§@huggingface.co\nhttps://me:¶@git.example\n",
    ),
    masked(
        ".pypirc",
        "ini",
        "[distutils]\nindex-servers =\n    pypi\n    mine\n\n[mine]\nrepository = https://me:¶@pypi.example/\nusername = me\npassword = ¶\n\n[hf]\npassword: §\n",
    ),
    looked_up(
        ".npmrc",
        "ini",
        "registry=https://registry.npmjs.org/\n//npm.example/:_authToken=¶\n//hf.example/:_authToken=§\nalways-auth=true\n",
        "registry=https://registry.npmjs.org/\n//npm.example/:_authToken=${AUTH_TOKEN}\n//hf.example/:_authToken=${HF_TOKEN}\nalways-auth=true\n",
    ),
    masked(
        "huggingface/stored_tokens",
        "ini",
        "[my laptop]\nhf_token = §\n\n[oauth-me]\nhf_token = §\nrefresh_token = ¶\nexpires_at = 1767225600\n\n",
    ),
    masked("huggingface/token", "lines", "§\r\n"),
    looked_up(
        "service_account.json",
        "json",
        "{\n  \"type\": \"service_account\",\n  \"project_id\": \"x\",\n  \"private_key_id\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1a\",\n  \"private_key\": \"-----BEGIN PRIVATE KEY-----\\n¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶\\n-----END PRIVATE KEY-----\\n\",\n  \"client_email\": \"a@x.iam.gserviceaccount.com\",\n  \"token_uri\": \"https://oauth2.googleapis.com/token\"\n}\n",
        "{\n  \"type\": \"service_account\",\n  \"project_id\": \"x\",\n  \"private_key_id\": \"0d2f4c1ab35fa9be7a5b0d3c1f5f9a110d2f4c1a\",\n  \"private_key\": \"§\\n\",\n  \"client_email\": \"a@x.iam.gserviceaccount.com\",\n  \"token_uri\": \"https://oauth2.googleapis.com/token\"\n}\n",
    ),
    masked(
        "client_secret_1.json",
        "json",
        "{\"installed\":{\"client_id\":\"1-a.apps.googleusercontent.com\",\"project_id\":\"x\",\"auth_uri\":\"https://accounts.google.com/o/oauth2/auth\",\"client_secret\":\"¶\",\"redirect_uris\":[\"http://localhost\"]}}",
    ),
    masked(
        "token.json",
        "json",
        "{\"token\": \"¶\", \"refresh_token\": \"¶\", \"token_uri\": \"https://oauth2.googleapis.com/token\", \"client_id\": \"1-a.apps.googleusercontent.com\", \"client_secret\": \"¶\", \"scopes\": [\"x\"], \"expiry\": \"2026-01-01T00:00:00Z\"}",
    ),
    masked(
        ".aws/credentials",
        "ini",
        "[default]\naws_access_key_id = x\naws_secret_access_key = ¶\n",
    ),
];
