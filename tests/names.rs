//! Which names are those of credentials. The tables are the specification.

use unspill::detect::names::{Sort, Strength, classify};

const STRONG: &[(&str, Sort)] = &[
    ("api_key", Sort::ApiKey),
    ("apikey", Sort::ApiKey),
    ("apiKey", Sort::ApiKey),
    ("API_KEY", Sort::ApiKey),
    ("X-Api-Key", Sort::ApiKey),
    ("openai.api_key", Sort::ApiKey),
    ("OPENAI_API_KEY", Sort::ApiKey),
    ("OPENAI_API_KEY_2", Sort::ApiKey),
    ("API_KEY_OPENAI", Sort::ApiKey),
    ("openai_key", Sort::ApiKey),
    ("openaikey", Sort::ApiKey),
    ("wandb_key", Sort::ApiKey),
    ("access_key", Sort::ApiKey),
    ("aws_secret_access_key", Sort::ApiKey),
    ("secret_key", Sort::ApiKey),
    ("SecretKey", Sort::ApiKey),
    ("account_key", Sort::ApiKey),
    ("read_only_api_key", Sort::ApiKey),
    ("consumer_key", Sort::ApiKey),
    ("subscription_key", Sort::ApiKey),
    ("Ocp-Apim-Subscription-Key", Sort::ApiKey),
    ("fs.azure.account.key.x.dfs.core.windows.net", Sort::ApiKey),
    ("--api-key", Sort::ApiKey),
    ("private_key", Sort::Secret),
    ("secret", Sort::Secret),
    ("client_secret", Sort::Secret),
    ("CLIENT_SECRET", Sort::Secret),
    ("clientSecret", Sort::Secret),
    ("consumer_secret", Sort::Secret),
    ("credentials", Sort::Secret),
    ("secret_value_0", Sort::Secret),
    ("token", Sort::Token),
    ("access_token", Sort::Token),
    ("accessToken", Sort::Token),
    ("auth_token", Sort::Token),
    ("authtoken", Sort::Token),
    ("use_auth_token", Sort::Token),
    ("hub_token", Sort::Token),
    ("HF_TOKEN", Sort::Token),
    ("hf_token", Sort::Token),
    ("hftoken", Sort::Token),
    ("token_hf", Sort::Token),
    ("refresh_token", Sort::Token),
    ("bearer_token", Sort::Token),
    ("bot_token", Sort::Token),
    ("HUGGINGFACEHUB_API_TOKEN", Sort::Token),
    ("Authorization", Sort::Token),
    ("GITHUB_PAT", Sort::Token),
    ("jwt", Sort::Token),
    ("ngrok.set_auth_token:0", Sort::Token),
    ("password", Sort::Password),
    ("passwd", Sort::Password),
    ("pwd", Sort::Password),
    ("db_password", Sort::Password),
    ("dbpassword", Sort::Password),
    ("DB_PASS", Sort::Password),
    ("PGPASSWORD", Sort::Password),
    ("passphrase", Sort::Password),
    ("self.password", Sort::Password),
    ("connection_string", Sort::ConnectionString),
    ("CONN_STR", Sort::ConnectionString),
    ("SENTRY_DSN", Sort::ConnectionString),
    ("webhook_url", Sort::ConnectionString),
];

const WEAK: &str = "
key auth cookie Cookie session csrf_token id_token pat sas creds pass
";

const HARMLESS: &str = "
PyJWT python-PyJWT ice-pwd nonce_token pad_token eos_token bos_token unk_token sep_token cls_token mask_token tokenizer.pad_token
padToken max_tokens num_tokens n_tokens token_type_ids token_ids tokens tokenizer tokenizer_name
tokenize tokenized special_tokens_map image_token next_token stop_token token_count token_len
token_index token_str prompt_tokens completion_tokens total_tokens return_token max_new_tokens
additional_special_tokens decoder_start_token_id forced_bos_token_id nextPageToken page_token
primary_key foreign_key sort_key partition_key key_padding_mask query value keys key_proj
public_key keyword keywords keyboard keypoints keyframe keybindings secrets_path password_field
key_file token_path api_key_path secret_name api_key_name client_id key_id aws_access_key_id
secret_id key_length token_size token_regex api_key_env OPENAI_API_KEY_PATH author authors
author_email authority monkey turkey hotkey hockey whiskey donkey password_file get_token
is_password hash_key cache_key dict_key s3_key object_key group_key input_key output_key
memory_key text_key prng_key rng_key subkey dropout_key image_key label_key answer_key
question_key embedding_key passenger passengers PassengerId passage passages forward_pass bypass
compass pass_rate path patch pattern patience patient spatial compatible session_id
session_state connection connect sasrec sassy authenticated bpe_token token_embedding
first_token token_embeddings trigger_token instance_token placeholder_token initializer_token
pat_str_regex X-Amz-Security-Token X-Amz-Credential X-Goog-Credential max_token class_token
redir_token imprToken redirect_token recaptchaKey captcha_key branchKey stripePublishableKey publishable_api_key
algoliaSearchOnlyApiKey search_only_api_key REDACTED_API_KEY
redacted_password secretary cookiecutter conn invalid_password tokens_per_second credentials_path credential_file
token_uri auth_uri token_url auth_provider_x509_cert_url private_key_id passing keep key_points
key_word skeleton tokenization time
";

#[test]
fn names_of_credentials_are_told() {
    for &(name, sort) in STRONG {
        let class = classify(name);
        assert_eq!(class.map(|c| c.strength), Some(Strength::Strong), "{name}");
        assert_eq!(class.map(|c| c.sort), Some(sort), "{name}");
    }
    for name in WEAK.split_whitespace() {
        let strength = classify(name).map(|class| class.strength);
        assert_eq!(strength, Some(Strength::Weak), "{name}");
    }
}

#[test]
fn other_names_are_left_alone() {
    let wrong: Vec<_> = HARMLESS
        .split_whitespace()
        .filter(|name| classify(name).is_some())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
