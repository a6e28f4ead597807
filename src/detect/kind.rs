//! What the catalogue says of one type of credential.
//!
//! `build.rs` includes this file, too; it therefore uses nothing else of this
//! crate.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Text of the catalogue: built in, or read from a configuration.
pub type Text = Cow<'static, str>;
/// A list of [`Text`].
pub type Texts = Cow<'static, [Text]>;

/// One type of credential: an entry of the catalogue.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Unique name, `provider-what`: `huggingface-user-token`.
    pub id: Text,
    /// Who issues it.
    pub provider: Text,
    /// Its name for people.
    pub name: Text,
    /// What its holder can do.
    pub severity: Severity,
    /// How it is told.
    pub told: Told,
    /// Literals, one of which every value told by itself contains; they are
    /// searched before anything is parsed. ASCII, at least 3 characters.
    pub anchors: Texts,
    /// Regular expression of the value (`regex` crate, bytes, no Unicode
    /// classes), without anchors or word borders: the engine sees to these.
    /// A group named `secret` marks the part to take out, if not all of it.
    pub shape: Option<Text>,
    /// What the value must satisfy besides its shape.
    pub checksum: Option<Checksum>,
    /// Names (lower case, `_` between words) that bind to a value of this
    /// kind: `hf_token`, `wandb_api_key`.
    pub names: Texts,
    /// Environment variables that programs read it from, the usual one first.
    pub variables: Texts,
    /// Call sites of SDKs that take it: `wandb.login(key)`, `cohere.Client(0)`;
    /// the callee's last segments, then a keyword or a position from 0.
    pub calls: Texts,
    /// Words that must stand near a value (same region) whose shape alone
    /// does not tell it, if no name does.
    pub context: Texts,
    /// Values that documentation uses and that nobody needs to revoke.
    pub examples: Texts,
    /// Where its owner revokes it.
    pub revoke: Option<Text>,
    /// Anything a person should know when one is found.
    pub note: Option<Text>,
}

impl Kind {
    /// Who issues it and what it is, for people: `Hugging Face user access
    /// token`, `Groq API key`; only what it is, if nobody issues it.
    pub fn label(&self) -> String {
        let provider = self.provider.as_ref();
        if provider.is_empty() || provider == "Generic" || self.name.contains(provider) {
            return self.name.clone().into_owned();
        }
        format!("{provider} {}", within_sentence(&self.name))
    }

    /// Whether it stands for values whose provider nobody can tell.
    pub fn is_generic(&self) -> bool {
        self.id.starts_with("generic-")
    }

    /// The public prefix that a report may show (`hf_`), empty if values of
    /// this kind have none in common.
    pub fn prefix(&self) -> &str {
        let Some(shape) = self.shape.as_deref() else {
            return "";
        };
        if shape.contains("(?P<secret>") {
            return "";
        }
        let literal = |c: char| c.is_ascii_alphanumeric() || "_-:/".contains(c);
        let end = shape.find(|c| !literal(c)).unwrap_or(shape.len());
        // A character that may repeat or be missing is not common to all.
        match shape.as_bytes().get(end) {
            Some(b'?' | b'*' | b'{' | b'+') => &shape[..end.saturating_sub(1)],
            _ => &shape[..end],
        }
    }
}

/// `User token` becomes `user token`; `API key` stays.
fn within_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            format!("{}{}", first.to_lowercase(), &name[first.len_utf8()..])
        }
        _ => name.to_owned(),
    }
}

/// How a kind is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// By itself: the shape is enough.
    Itself,
    /// By its name: the shape only together with a name, a call or a context.
    Name,
}

/// What the holder of a leaked credential can do; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Change or destroy what others rely on (models, code, databases).
    Write,
    /// Spend the owner's money.
    Billing,
    /// Read what is not public.
    Read,
    /// Little: expired by design, or meant to be public.
    Low,
}

/// A test that the value must pass besides its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// CRC-32 of the body in base62, the last six characters (GitHub, npm).
    GithubCrc32,
    /// SHA-256 of the first 77 characters in base32, eight characters
    /// (GitHub fine-grained tokens).
    GithubSha256,
    /// CRC-32 in base36, the last seven characters (GitLab routable tokens).
    GitlabCrc32,
    /// CRC-32 in upper-case hex, the last eight characters (Atlassian).
    AtlassianCrc32,
    /// `T3BlbkFJ` in the middle of the variable part (OpenAI).
    OpenaiInfix,
    /// Header and payload decode to JSON objects (JSON web tokens).
    Jwt,
    /// A JSON web token whose payload has the issuer `supabase` and the role
    /// `service_role` (the role `anon` is public).
    SupabaseRole,
    /// Decodes from base64 to `user:password` (HTTP Basic).
    BasicAuth,
}

#[cfg(test)]
mod tests {
    use crate::detect::catalogue;

    fn label(id: &str) -> String {
        catalogue::kind(id).map_or_else(String::new, super::Kind::label)
    }

    #[test]
    fn a_label_says_who_issues_it_and_what_it_is() {
        assert_eq!(label("groq-api-key"), "Groq API key");
        assert_eq!(
            label("huggingface-user-token"),
            "Hugging Face user access token"
        );
        assert_eq!(
            label("postgres-connection-url"),
            "Password in a PostgreSQL URL"
        );
        assert_eq!(label("generic-password"), "Password");
    }
}
