//! Names: is a variable, key, keyword, header or flag named like a credential?
//!
//! In this field most things called `token` or `key` are harmless: tokenizers
//! have a `pad_token`, attention has a `key`, tables have a `primary_key`. So
//! a name is cut into words, its last word decides what it may be, and the
//! word before decides whether it is. What the value looks like is not asked
//! here: that is the judge's part.

mod hints;
mod lists;

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use hints::{Hints, Words};
use lists::{
    ASKING, COUNTING, DIGESTS, HARMLESS_KEYS, HARMLESS_TOKENS, KEY_OWNERS, PROVIDERS, SILENT,
    TOKEN_OWNERS,
};

use super::kind::Kind;
use crate::syntax::Via;

/// What a credential-like name promises about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameClass {
    /// How much the name alone says.
    pub strength: Strength,
    /// What sort of credential it names.
    pub sort: Sort,
}

/// How much a name says by itself. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Other things have that name as well: the value must prove itself.
    Weak,
    /// Hardly anything else is called so.
    Strong,
}

/// Sorts of credentials, as names tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// `api_key`, `access_key`, `account_key`.
    ApiKey,
    /// `token`, `authorization`, `pat`.
    Token,
    /// `secret`, `credentials`, `private_key`.
    Secret,
    /// `password` and its short forms: chosen by people, so hardly random.
    Password,
    /// A URL or a list of fields that holds a credential among other things.
    ConnectionString,
    /// `cookie`, `session`.
    Cookie,
}

impl NameClass {
    /// A name that hardly anything else has.
    pub const fn strong(sort: Sort) -> Self {
        Self {
            strength: Strength::Strong,
            sort,
        }
    }

    /// A name that other things have as well.
    pub const fn weak(sort: Sort) -> Self {
        Self {
            strength: Strength::Weak,
            sort,
        }
    }

    /// The catalogue's id for a value of which only the name is known.
    pub fn generic_kind(self) -> &'static str {
        match self.sort {
            Sort::ApiKey => "generic-api-key",
            Sort::Token => "generic-token",
            Sort::Secret | Sort::ConnectionString | Sort::Cookie => "generic-secret",
            Sort::Password => "generic-password",
        }
    }
}

/// Whether a name is that of a credential, and what it promises.
///
/// Takes names as they are written: `apiKey`, `OPENAI_API_KEY`, `X-Api-Key`,
/// `--hub_token`, `self.password`, and the call sites of positional arguments
/// (`ngrok.set_auth_token:0`).
pub fn classify(name: &str) -> Option<NameClass> {
    if name.ends_with("pw") || name.ends_with("PW") {
        // Too short for a stem: it must be a word of its own.
        let normal = normal(name);
        let last = normal.rsplit(['.', '_']).next().unwrap_or_default();
        return (last == "pw").then_some(NameClass::strong(Sort::Password));
    }
    if name.len() < 3 || name.len() > LONGEST {
        return None;
    }
    if !holds_stem(name) {
        return None;
    }
    let position = name.contains(':');
    let normal = normal(name);
    if normal.contains("account.key") {
        return Some(NameClass::strong(Sort::ApiKey));
    }
    let (callee, index) = normal.split_once(':').unwrap_or((&normal, "0"));
    if index != "0" {
        return None;
    }
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let mut class = words_class(&split(last))?;
    if class.strength == Strength::Weak && !position && last.len() < callee.len() {
        // `fs.s3a.secret.key`: the words before the dot tell whose it is.
        class = words_class(&split(&callee.replace('.', "_")))?;
    }
    if position && (class.strength == Strength::Weak || !last.contains('_')) {
        return None;
    }
    Some(class)
}

/// Whether a name holds a stem. Most names hold none, so this is asked of the
/// name as it is written: the borders between its words part no stem.
fn holds_stem(name: &str) -> bool {
    static STEMS_IN: LazyLock<Words> = LazyLock::new(|| Words::new(STEMS.iter().copied()));
    STEMS_IN.are_in(name)
}

/// Whether the name of a thing says that its value is a hash, an identity or
/// a version: random-looking, and not secret.
pub(crate) fn names_a_digest(name: &str) -> bool {
    let normal = normal(name);
    // What makes a request of AWS be done once only.
    let is_of_request = ["client_token", "request_token", "idempotency_token"];
    if is_of_request.iter().any(|token| normal.ends_with(token)) {
        return true;
    }
    split(&normal.replace('.', "_"))
        .iter()
        .any(|word| DIGESTS.contains(word))
}

/// Whether a name is that of a form's own token.
pub(crate) fn names_a_form(name: &str) -> bool {
    let normal = normal(name);
    split(&normal.replace('.', "_"))
        .iter()
        .any(|word| OF_FORMS.contains(word))
}

/// A name in lower case with `_` between its words; dots and colons stay.
pub fn normal(name: &str) -> String {
    let name = name.trim_start_matches(['-', '$', '%', '@', '_']);
    let mut out = String::with_capacity(name.len() + 4);
    // In capitals digits belong to the word: `NEO4J_PASSWORD`.
    let is_mixed = name.bytes().any(|byte| byte.is_ascii_lowercase());
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let follows_lower = before.is_ascii_lowercase() || is_mixed && before.is_ascii_digit();
        let starts_word =
            before.is_ascii_uppercase() && letters.peek().is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (follows_lower || starts_word) && !out.ends_with('_') {
            out.push('_');
        }
        match c {
            '-' | ' ' | '_' | '/' => {
                if !out.is_empty() && !out.ends_with('_') {
                    out.push('_');
                }
            }
            // Nearly all names, and far cheaper than what Unicode asks for.
            _ if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            _ => out.extend(c.to_lowercase()),
        }
        before = c;
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// A normalised name as words; compounds such as `apikey` come apart, what
/// says nothing (`_1`, `_value`, `_prod`) goes.
fn split(normal: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::with_capacity(6);
    for word in normal.split('_') {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = if bare.is_empty() { word } else { bare };
        match compound(bare) {
            Some((left, right)) => words.extend([left, right]),
            None => words.push(bare),
        }
    }
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| SILENT.contains(word) || word.bytes().all(|b| b.is_ascii_digit()))
    {
        words.pop();
    }
    words
}

/// `apikey` is `api key`: written as one word, but two.
fn compound(word: &str) -> Option<(&str, &str)> {
    HEADS.iter().find_map(|head| {
        let left = word.strip_suffix(head)?;
        let known = KEY_OWNERS.contains(left)
            || TOKEN_OWNERS.contains(left)
            || PROVIDERS.contains(left)
            // `sapassword`: whoever it is whose password it is.
            || matches!(*head, "password" | "passwd")
                && left.len() >= 2
                && !ASKING.contains(left)
                && !DONE_TO_PASSWORDS.contains(&left);
        known.then(|| (left, &word[left.len()..]))
    })
}

/// Whether a word is that for a password in another language, or ends in it where
/// words stand without spaces.
fn is_password_elsewhere(word: &str) -> bool {
    let mut known = IN_OTHER_LANGUAGES.iter();
    known.any(|&known| word == known || !known.is_ascii() && word.ends_with(known))
}

/// What is done to a password, or said of one, in names of messages and buttons.
const DONE_TO_PASSWORDS: [&str; 16] = [
    "change",
    "forgotten",
    "update",
    "wrong",
    "lost",
    "toggle",
    "repeat",
    "error",
    "weak",
    "old",
    "recover",
    "confirm",
    "new",
    "no",
    "set",
    "bad",
];

fn words_class(words: &[&str]) -> Option<NameClass> {
    let (&head, before) = words.split_last()?;
    let first = words.first().copied().unwrap_or_default();
    if words.len() > 1 && ASKING.contains(first) || is_presigned(words) {
        return None;
    }
    let owner = before.last().copied().unwrap_or_default();
    match head {
        // Of one call, in the description of its connection (RFC 8839, 5.4).
        "pwd" if words == ["ice", "pwd"] => None,
        "key" | "keys" => key_class(head, before, owner),
        "token" => token_class(owner, before),
        "secret" => Some(NameClass::strong(Sort::Secret)),
        "password" | "passwords" | "passwd" | "passphrase" | "passcode" | "pwd" | "pswd" => {
            (words != ["oldpwd"]).then_some(NameClass::strong(Sort::Password))
        }
        // In Spanish also the key of a record, and a keyword.
        "clave" => (!matches!(owner, "palabra" | "palabras" | "unica"))
            .then_some(NameClass::weak(Sort::Password)),
        _ if is_password_elsewhere(head) => Some(NameClass::strong(Sort::Password)),
        // `mot_de_passe`
        "passe" => (owner == "de").then_some(NameClass::strong(Sort::Password)),
        "pass" => pass_class(owner),
        // A package of that name stands in each list of packages.
        "jwt" if owner == "py" => None,
        "authorization" | "bearer" | "jwt" => Some(NameClass::strong(Sort::Token)),
        "auth" | "sas" => Some(NameClass::weak(Sort::Token)),
        "pat" => Some(match owner {
            "" => NameClass::weak(Sort::Token),
            _ => NameClass::strong(Sort::Token),
        }),
        "credential" | "credentials" => Some(NameClass::strong(Sort::Secret)),
        "cred" | "creds" => Some(NameClass::weak(Sort::Secret)),
        "cookie" | "cookies" | "session" | "sessionid" => Some(NameClass::weak(Sort::Cookie)),
        "dsn" | "webhook" | "connstr" => Some(NameClass::strong(Sort::ConnectionString)),
        "string" | "str" if matches!(owner, "connection" | "conn") => {
            Some(NameClass::strong(Sort::ConnectionString))
        }
        "connectionstring" => Some(NameClass::strong(Sort::ConnectionString)),
        // What IBM calls the id of a key is the key.
        "id" if words.contains(&"ibm") && before.ends_with(&["api", "key"]) => {
            Some(NameClass::strong(Sort::ApiKey))
        }
        "url" | "uri" if owner == "webhook" => Some(NameClass::strong(Sort::ConnectionString)),
        _ => owner_first(words),
    }
}

/// The credential first and its owner behind: `API_KEY_OPENAI`, `token_hf`.
fn owner_first(words: &[&str]) -> Option<NameClass> {
    let (&tail, named) = words.split_last()?;
    if named.is_empty() || !PROVIDERS.contains(tail) {
        return None;
    }
    match words_class(named) {
        Some(class) if named.len() > 1 || class.sort == Sort::Password => Some(class),
        Some(class) => Some(NameClass::strong(class.sort)),
        None => None,
    }
}

fn key_class(head: &str, before: &[&str], owner: &str) -> Option<NameClass> {
    let plural = head == "keys";
    if owner == "private" {
        return (!plural).then_some(NameClass::strong(Sort::Secret));
    }
    if HARMLESS_KEYS.contains(owner) || is_public_key(before) {
        return None;
    }
    if KEY_OWNERS.contains(owner) || before.iter().any(|word| PROVIDERS.contains(word)) {
        return (!plural || owner == "api").then_some(NameClass::strong(Sort::ApiKey));
    }
    (!plural).then_some(NameClass::weak(Sort::ApiKey))
}

/// Whether these words stand before a key that is made to stand in what is shipped:
/// `publishable_api_key` (docs.stripe.com/keys), `searchOnlyApiKey`
/// (algolia.com/doc, "API keys"). Others that only read are secret.
fn is_public_key(before: &[&str]) -> bool {
    before.contains(&"publishable") || before.windows(2).any(|words| words == ["search", "only"])
}

fn token_class(owner: &str, before: &[&str]) -> Option<NameClass> {
    let harmless = HARMLESS_TOKENS.contains(owner)
        || before.first().is_some_and(|word| COUNTING.contains(word));
    if harmless {
        return None;
    }
    if OF_FORMS.contains(&owner) || matches!(owner, "id" | "identity") {
        return Some(NameClass::weak(Sort::Token));
    }
    Some(NameClass::strong(Sort::Token))
}

fn pass_class(owner: &str) -> Option<NameClass> {
    if owner.is_empty() {
        return Some(NameClass::weak(Sort::Password));
    }
    let people = [
        "user", "my", "admin", "root", "ssh", "become", "sender", "login", "account", "app",
        "master", "server",
    ];
    let whose = PROVIDERS.contains(owner) || people.contains(&owner);
    whose.then_some(NameClass::strong(Sort::Password))
}

/// Parameters of signed URLs, which expire within hours of being printed.
fn is_presigned(words: &[&str]) -> bool {
    words.first() == Some(&"x")
        && words
            .get(1)
            .is_some_and(|word| matches!(*word, "amz" | "goog"))
}

/// The kinds of a catalogue by the names, variables and calls that bind to
/// their values.
#[derive(Debug)]
pub struct NameIndex {
    kinds: Vec<&'static Kind>,
    /// Made when it is first asked: a file without anchors never asks.
    index: OnceLock<Index>,
}

#[derive(Debug)]
struct Index {
    names: FxHashMap<String, Vec<&'static Kind>>,
    calls: FxHashMap<String, Vec<&'static Kind>>,
    hints: Hints,
}

impl Index {
    fn new(kinds: &[&'static Kind]) -> Self {
        let mut names: FxHashMap<String, Vec<&'static Kind>> = FxHashMap::default();
        let mut calls: FxHashMap<String, Vec<&'static Kind>> = FxHashMap::default();
        for &kind in kinds {
            for name in kind.names.iter().chain(kind.variables.iter()) {
                let of_name = names.entry(normal(name)).or_default();
                if !of_name.iter().any(|known| known.id == kind.id) {
                    of_name.push(kind);
                }
            }
            for call in kind.calls.iter() {
                if let Some(call) = call_key(call) {
                    calls.entry(call).or_default().push(kind);
                }
            }
        }
        let callees = calls
            .keys()
            .filter_map(|call: &String| call.split(':').next());
        let hints = Hints::new(names.keys().map(String::as_str), callees);
        Self {
            names,
            calls,
            hints,
        }
    }
}

impl NameIndex {
    /// Indexes a catalogue.
    pub fn new(kinds: impl IntoIterator<Item = &'static Kind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            index: OnceLock::new(),
        }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.kinds))
    }

    /// Whether a text may bind a value: by a name that [`Self::is_credential`]
    /// believes, by a call, or without a name.
    pub fn may_bind(&self, text: &str) -> bool {
        self.index().hints.are_in(text)
    }

    /// The kinds whose values a name is bound to, in the catalogue's order:
    /// by the whole name, else by its last dotted segment, in each case also
    /// without a number at its end (`OPENAI_API_KEY_2`).
    pub fn kinds_of(&self, name: &str) -> Vec<&'static Kind> {
        self.of_name(name).cloned().unwrap_or_default()
    }

    /// Whether a name is that of a credential: to [`classify`], or in the
    /// catalogue.
    pub fn is_credential(&self, name: &str) -> bool {
        self.index().hints.are_in_name(name)
            && (classify(name).is_some() || self.of_name(name).is_some())
    }

    fn of_name(&self, name: &str) -> Option<&Vec<&'static Kind>> {
        let index = self.index();
        if !index.hints.are_in_name(name) {
            return None;
        }
        let normal = normal(name);
        let last = normal.rsplit('.').next().unwrap_or(&normal);
        [normal.as_str(), last]
            .into_iter()
            .flat_map(|name| [name, without_tail(name)])
            .find_map(|name| index.names.get(name))
    }

    /// The kinds that a call site takes: `wandb.login:key` or `wandb.login:0`,
    /// the callee as dotted as it is written. The longest entry of the
    /// catalogue that the callee ends with decides; many SDKs have a `Client`.
    pub fn call(&self, callee_and_argument: &str) -> &[&'static Kind] {
        // Most are names, and short.
        let colon = callee_and_argument.bytes().rposition(|byte| byte == b':');
        let callee = colon.and_then(|colon| callee_and_argument.get(..colon));
        let Some(callee) = callee else {
            return &[];
        };
        let starts = std::iter::once(0).chain(callee.match_indices('.').map(|(at, _)| at + 1));
        starts
            .filter_map(|start| callee_and_argument.get(start..))
            .find_map(|call| self.index().calls.get(call))
            .map_or(&[], Vec::as_slice)
    }

    /// The callees of the catalogue, without arguments: `wandb.login`.
    pub fn callees(&self) -> impl Iterator<Item = &str> {
        let calls = &self.index().calls;
        calls
            .keys()
            .filter_map(|call| call.rsplit_once(':').map(|(callee, _)| callee))
    }

    /// What binds a name of the catalogue, whether or not it is one that
    /// [`classify`] knows.
    pub fn knows(&self, name: &str, via: Via) -> bool {
        match via {
            Via::Position => !self.call(name).is_empty(),
            _ => self.of_name(name).is_some(),
        }
    }
}

/// `wandb.login(key)` as `wandb.login:key`.
fn call_key(call: &str) -> Option<String> {
    let (callee, argument) = call.trim().strip_suffix(')')?.rsplit_once('(')?;
    let argument = argument.trim().trim_end_matches('=');
    Some(format!("{}:{argument}", callee.trim()))
}

/// A normalised name without a number at its end.
fn without_tail(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_')
}

/// Longer names are sentences or data.
const LONGEST: usize = 120;

/// Every credential-like name holds one of these; most names hold none.
/// [`super::near`] searches the same ones in raw bytes.
pub(crate) const STEMS: &[&str] = &[
    "key",
    "token",
    "secret",
    "pass",
    "pwd",
    "pswd",
    "senha",
    "auth",
    "cred",
    "pat",
    "bearer",
    "jwt",
    "sas",
    "cookie",
    "session",
    "conn",
    "dsn",
    "webhook",
    "clave",
    "contrasena",
    "contraseña",
    "wachtwoord",
    "motdepasse",
    "mot_de_passe",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "пароль",
    "Пароль",
    "ПАРОЛЬ",
    "CONTRASEÑA",
];

/// A password in languages whose word for it does not begin as in English.
const IN_OTHER_LANGUAGES: [&str; 11] = [
    "passwort",
    "senha",
    "contrasena",
    "contraseña",
    "wachtwoord",
    "motdepasse",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "пароль",
];

/// Words before a token of one page: that of a form, which opens nothing without its
/// cookie (owasp.org, "Cross-Site Request Forgery Prevention Cheat Sheet"), or that of
/// a theme that is being tried.
const OF_FORMS: [&str; 4] = ["csrf", "xsrf", "authenticity", "theme"];

/// What a compound word may end with.
const HEADS: &[&str] = &[
    "key", "token", "secret", "password", "passwd", "pass", "pwd", "pat",
];

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::detect::kind::{Severity, Text, Told};

    #[test]
    fn names_come_apart_at_borders_of_every_style() {
        for (name, expected) in [
            ("OPENAI_API_KEY", "openai_api_key"),
            ("openAIApiKey", "open_ai_api_key"),
            ("X-Api-Key", "x_api_key"),
            ("--hub_token", "hub_token"),
            ("NEO4J_PASSWORD", "neo4j_password"),
            ("neo4jPassword", "neo4j_password"),
            ("s3Key", "s3_key"),
            ("APIKey", "api_key"),
            ("self.Password", "self.password"),
        ] {
            assert_eq!(normal(name), expected);
        }
    }

    fn kind(id: &'static str, names: &[&'static str], calls: &[&'static str]) -> Kind {
        let texts = |list: &[&'static str]| list.iter().map(|&t| Text::from(t)).collect();
        Kind {
            id: id.into(),
            provider: "p".into(),
            name: "n".into(),
            severity: Severity::Read,
            told: Told::Name,
            anchors: Cow::Borrowed(&[]),
            shape: None,
            checksum: None,
            names: Cow::Owned(texts(names)),
            variables: Cow::Borrowed(&[]),
            calls: Cow::Owned(texts(calls)),
            context: Cow::Borrowed(&[]),
            examples: Cow::Borrowed(&[]),
            revoke: None,
            note: None,
        }
    }

    #[test]
    fn a_catalogue_is_found_by_name_and_by_call() {
        let kinds: &'static [Kind] = Box::leak(Box::new([
            kind(
                "wandb",
                &["wandb_api_key", "wandb_key"],
                &["wandb.login(key)"],
            ),
            kind(
                "cohere",
                &["co_api_key"],
                &["cohere.Client(0)", "Client(api_key=)"],
            ),
        ]));
        let index = NameIndex::new(kinds);
        for name in [
            "WANDB_API_KEY",
            "wandbApiKey",
            "cfg.wandb_key",
            "WANDB_KEY_2",
        ] {
            let found: Vec<_> = index.kinds_of(name).iter().map(|k| k.id.as_ref()).collect();
            assert_eq!(found, ["wandb"], "{name}");
        }
        assert!(index.kinds_of("api_key").is_empty());
        let call = |site| index.call(site).first().map(|kind| kind.id.as_ref());
        assert_eq!(call("wandb.login:key"), Some("wandb"));
        assert_eq!(call("wandb.login:0"), None);
        assert_eq!(call("my.cohere.Client:0"), Some("cohere"));
        assert_eq!(call("x.Client:api_key"), Some("cohere"));
        assert!(index.callees().any(|callee| callee == "cohere.Client"));
    }
}
