//! The words that names are made of.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// A set of words, built when it is first asked.
pub(super) type Words = LazyLock<FxHashSet<&'static str>>;

/// Words behind a name that change nothing.
pub(super) static SILENT: Words = LazyLock::new(|| {
    words(
        "value val prod production dev staging live old new default raw plain plaintext \
         primary secondary base b here v",
    )
});

/// Words at the front of names of functions, switches and messages.
pub(super) static ASKING: Words = LazyLock::new(|| {
    words(
        "get is has no show hide require requires required missing invalid wrong count \
         validate verify check forgot reset print enter test hash hashed encrypted ask \
         generate create list delete find with without allow enable disable mask include \
         exclude skip ignore num max min n public example fake dummy mock redacted",
    )
});

/// Words that make a `token` a piece of text or a cursor.
pub(super) static HARMLESS_TOKENS: Words = LazyLock::new(|| {
    words(
        "pad padding eos bos unk unknown sep cls mask image img audio video vision next stop \
         start end begin beginning special max min num n return prompt completion input \
         output total per first last current curr cur prev previous target source src tgt sub \
         word char character added extra additional generated predicted pred decoded encoded \
         each single tokenizer text class dist distill distillation patch register think \
         thought thinking tool python eot eom eod boi eoi boa eoa separator delimiter \
         timestamp timestamps language lang task placeholder trigger instance initializer \
         concept style object blank ctc oov root by of the box ref quad fim prefix suffix \
         middle system assistant human response answer question instruction page continuation \
         continue sync cancellation pagination cursor resume query context entity label \
         sentence punct punctuation most top best this that new all any one two left right \
         head raw clean spacy lemma stem vocab function row column date image_end newline nl \
         space memory summary soft virtual visual learned modality frame cross global speech \
         sound turn eou sot transcribe translate notimestamps nospeech code draft sampled \
         candidate accepted rejected decoder encoder bad good rare common unique random \
         greedy lm cost price cached reasoning verbose bpe wordpiece unigram mlm nsp masked \
         hidden dummy nonce redir redirect impr impression",
    )
});

/// Words at the front that count tokens.
pub(super) static COUNTING: Words =
    LazyLock::new(|| words("max min num n number total avg average cost"));

/// Words before `token` in compounds (`authtoken`).
pub(super) static TOKEN_OWNERS: Words = LazyLock::new(|| {
    words(
        "access auth oauth api hub bearer refresh bot user my your app client service \
         personal secret private sas jwt id read write deploy push security csrf",
    )
});

/// Words that make a `key` a credential.
pub(super) static KEY_OWNERS: Words = LazyLock::new(|| {
    words(
        "api access secret private auth account license subscription app application service client \
         consumer encryption signing master admin storage deploy ssh sas jwt fernet hmac \
         bearer personal rapidapi webhook cryptography decryption aes ai speech vision \
         translator cognitive cog luis",
    )
});

/// Words that make a `key` a name of something else.
pub(super) static HARMLESS_KEYS: Words = LazyLock::new(|| {
    words(
        "primary foreign sort partition public pub cache dict row column col s3 s object \
         bucket blob group join index hash range unique composite natural surrogate \
         idempotency routing dedup map json state param config feature features metric data \
         text image label labels input output target context memory node edge block prompt \
         question answer query attention k sorting lookup search seed prng rng random jax sub \
         dropout init layer module weight hot arrow shortcut press message messages chat \
         history store document doc docs id event trace thread first last next prev current \
         by for in per each distribution tree translation title name entity relation reward \
         observation obs action major minor video audio file path split eval train test loss \
         score sample batch dataset model tokenizer token word field property attribute attr \
         tag record item run job task step experiment sweep artifact vector embedding \
         embeddings distance similarity content metadata meta source parent child root left \
         right same other any all missing no not extra the a this that which if new old shard \
         segment version schema tab nested outer inner string str int tool function flow \
         site traceparent
         chain agent time date day year month color style legend plot registry host known \
         recaptcha captcha branch spreadsheet sheet workbook",
    )
});

/// Who issues credentials: before `key`, or behind a credential's name.
pub(super) static PROVIDERS: Words = LazyLock::new(|| {
    words(
        "openai anthropic claude cohere hf huggingface huggingfacehub pinecone weaviate \
         qdrant mistral mistralai groq together replicate google gemini palm genai azure aws \
         gcp wandb comet neptune kaggle serp serper serpapi tavily langsmith langchain \
         langfuse llamaparse llamacloud unstructured nvidia ngc ngrok github gitlab gh git \
         slack discord telegram tg twitter stripe twilio sendgrid mailgun mapbox maps gmaps \
         roboflow clearml deepgram elevenlabs eleven assemblyai stability stable fireworks \
         perplexity pplx openrouter deepseek dashscope qwen zhipu zhipuai moonshot voyage \
         voyageai jina jinaai exa brave bing wolfram weather openweather openweathermap owm \
         news newsapi alphavantage finnhub polygon quandl fred tiingo coinmarketcap cmc \
         binance mongo mongodb mysql postgres postgresql pg db database sql redis snowflake \
         databricks neo4j supabase firebase airtable notion zilliz milvus astra elastic \
         elasticsearch es smtp email gmail mail ftp sftp imap jira confluence zotero spotify \
         reddit youtube yt facebook fb foursquare yelp tmdb omdb nasa census e2b arize \
         galileo lakera portkey helicone anyscale modal baseten cerebras sambanova ai21 \
         watsonx ibm watson mlflow dagshub docker npm pypi gpt chatgpt llm minio oracle sap \
         vpn wifi proxy sudo keystore zeit vercel cloudflare digitalocean heroku algolia \
         datadog sentry segmentio mixpanel okta auth0 civitai fal",
    )
});

/// Words that say: the value is a hash or an identity.
pub(super) static DIGESTS: Words = LazyLock::new(|| {
    words(
        "hash sha sha1 md md5 sha256 checksum digest etag commit rev revision uuid guid id \
         ids fingerprint integrity crc",
    )
});

fn words(list: &'static str) -> FxHashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}
