//! Made-up values to plant: one of any kind that has a shape.

#![allow(dead_code, reason = "each program uses its own part")]

use regex::Regex;
use unspill::detect::Kind;
use unspill::detect::catalogue;
use unspill::detect::kind::{Severity, Told};
use unspill::detect::sample::{Rng, from_shape, sample};

/// A made-up value.
#[derive(Debug, Clone)]
pub struct Value {
    pub kind: &'static Kind,
    /// What is written down: the value, or more where its kind is told by its
    /// surroundings (a URL).
    pub text: String,
    /// What must not be left.
    pub secret: String,
    /// The name that it is bound to, if its kind is told by that.
    pub name: Option<&'static str>,
    /// The call that takes it, as the catalogue writes it: `wandb.login(key)`,
    /// `cohere.Client(0)`.
    pub call: Option<&'static str>,
}

impl Value {
    /// One of any kind that is told by itself.
    pub fn by_itself(rng: &mut Rng) -> Option<Self> {
        let value = Self::shaped(one_of(is_told_by_itself, rng)?, rng)?;
        value.is_usual().then_some(value)
    }

    /// One of any kind that is told by its name.
    pub fn by_name(rng: &mut Rng) -> Option<Self> {
        let kind = one_of(|kind| !is_told_by_itself(kind), rng)?;
        // Alone it says nothing: it is Kaggle's beside a `username` only.
        let name = rng.pick(&kind.names).filter(|name| *name != "key")?;
        let value = Self::named(kind, name, rng)?;
        (value.is_usual() && value.is_varied()).then_some(value)
    }

    /// One of a kind, with whatever its shape asks for around it.
    pub fn shaped(kind: &'static Kind, rng: &mut Rng) -> Option<Self> {
        let issued = ISSUED.iter().find(|(id, _)| *id == kind.id);
        let text = match issued {
            Some((_, shape)) => from_shape(shape, rng)?,
            None => sample(kind, rng)?,
        };
        let parts = Regex::new(kind.shape.as_deref()?).ok()?.captures(&text);
        let secret = parts.and_then(|parts| {
            let whole = parts.get(0).filter(|_| issued.is_some());
            let secret = parts.name("secret").or(whole)?;
            Some(secret.as_str().to_owned())
        });
        Some(Self {
            kind,
            secret: secret.unwrap_or_else(|| text.clone()),
            text,
            name: None,
            call: None,
        })
    }

    /// One of a kind for this name of it.
    pub fn named(kind: &'static Kind, name: &'static str, rng: &mut Rng) -> Option<Self> {
        let text = match &kind.shape {
            Some(_) => sample(kind, rng)?,
            None => from_shape("[A-Za-z0-9]{32}", rng)?,
        };
        Some(Self {
            kind,
            secret: text.clone(),
            text,
            name: Some(name),
            call: None,
        })
    }

    /// Of one line and without characters that a language gives a meaning
    /// to; long enough that nobody takes it for a placeholder.
    pub fn is_usual(&self) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+=:~@ ".contains(c);
        self.text.chars().all(is_plain) && self.secret.len() >= 12 && self.secret.len() < 1000
    }

    /// What only a name tells must look random besides, as issued ones do.
    pub fn is_varied(&self) -> bool {
        let digits = self.text.bytes().filter(u8::is_ascii_digit).count();
        self.text.len() >= 16 && digits >= 2 && self.text.len() > digits
    }

    /// The value in two halves, cut within the secret. Of an address enough
    /// stands before the cut to be more than a word.
    pub fn halves(&self, rng: &mut Rng) -> (&str, &str) {
        let start = self.text.find(&self.secret).unwrap_or(0);
        let least = match self.secret.contains("://") {
            true => 14,
            false => 6.min(self.secret.len() / 2),
        };
        let at = start + least + rng.below(self.secret.len().saturating_sub(least + 5).max(1));
        self.text.split_at(at)
    }
}

/// Shapes as they are issued today, where the catalogue's allows for more: a
/// comparison with scanners that know only these must not ask for others.
const ISSUED: &[(&str, &str)] = &[
    ("anthropic-admin-key", "sk-ant-admin01-[A-Za-z0-9_-]{93}AA"),
    ("anthropic-api-key", "sk-ant-api03-[A-Za-z0-9_-]{93}AA"),
    ("anthropic-oauth-token", "sk-ant-oat01-[A-Za-z0-9_-]{93}AA"),
    (
        "discord-webhook",
        r"https://discord\.com/api/webhooks/[0-9]{18}/[A-Za-z0-9_-]{68}",
    ),
    ("groq-api-key", "gsk_[A-Za-z0-9]{52}"),
    ("huggingface-user-token", "hf_[A-Za-z]{34}"),
    ("jina-api-key", "jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}"),
    (
        "langsmith-api-key",
        "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    ),
    ("llamacloud-api-key", "llx-[A-Za-z0-9]{48}"),
    ("nvidia-nim-key", "nvapi-[A-Za-z0-9_-]{64}"),
    (
        "openai-admin-key",
        "sk-admin-[A-Za-z0-9_-]{58}T3BlbkFJ[A-Za-z0-9_-]{58}",
    ),
    (
        "openai-project-key",
        "sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}",
    ),
    (
        "openai-service-account-key",
        "sk-svcacct-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}",
    ),
    ("perplexity-api-key", "pplx-[A-Za-z0-9]{48}"),
    ("slack-token", "xoxb-[0-9]{12}-[0-9]{13}-[A-Za-z0-9]{24}"),
    (
        "slack-webhook",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]{8}/B[A-Z0-9]{8}/[A-Za-z0-9]{24}",
    ),
    ("stripe-secret-key", "sk_live_[A-Za-z0-9]{99}"),
    ("supabase-personal-token", "sbp_[0-9a-f]{40}"),
    (
        "supabase-secret-key",
        "sb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9]{8}",
    ),
    ("tavily-api-key", "tvly-dev-[A-Za-z0-9]{32}"),
    ("xai-api-key", "xai-[A-Za-z0-9]{80}"),
];

/// Some shapes are so weak that the kind asks for a word nearby: a name has it.
pub fn is_told_by_itself(kind: &Kind) -> bool {
    kind.told == Told::Itself && kind.context.is_empty()
}

fn one_of(wanted: impl Fn(&Kind) -> bool, rng: &mut Rng) -> Option<&'static Kind> {
    let kinds: Vec<&Kind> = catalogue::kinds()
        .iter()
        .filter(|kind| wanted(kind) && kind.severity != Severity::Low)
        .collect();
    rng.pick(&kinds).copied()
}
