//! Forms: things with a shape of their own that are no secrets.

use super::{randomness, words};

/// A test, and what it finds.
type Check = (fn(&str) -> bool, &'static str);

/// What a value is, if it has the form of something that is no secret.
pub(super) fn ordinary(value: &str) -> Option<&'static str> {
    let checks: &[Check] = &[
        (is_number, "a number"),
        (is_date_or_version, "a date or a version"),
        (is_email, "an e-mail address"),
        (is_resource_name, "the name of a resource in a cloud"),
        (is_url, "an address"),
        (is_path, "a path"),
        (is_model_name, "the name of a model"),
        (is_markup, "a piece of markup, code or a pattern"),
        (is_bold_word, "a word in bold type"),
        (is_foreign, "text in another alphabet"),
        (is_variable_name, "the name of a variable"),
        (is_dotted_name, "a name in code"),
        (is_entry_point, "a name in code"),
        (is_public_key, "public by its nature"),
        (is_address_of_chain, "an address on a blockchain"),
        (is_encoded_text, "text in base64"),
        (is_trace_context, "the place of a request in a trace"),
        (is_list_of_rules, "a list of rules"),
    ];
    checks
        .iter()
        .find(|(is, _)| is(value))
        .map(|&(_, what)| what)
}

/// `**ClickHouse**`, as Markdown heads a group of a table's rows. From sixteen
/// letters on it may be an app password that somebody set off.
fn is_bold_word(value: &str) -> bool {
    ["**", "__"].iter().any(|frame| {
        let inner = value
            .strip_prefix(frame)
            .and_then(|rest| rest.strip_suffix(frame));
        inner.is_some_and(|word| word.len() < 16 && word.chars().all(char::is_alphabetic))
    })
}

/// The hash of a password as programs keep it: it opens nothing until the password
/// is guessed.
pub(crate) fn is_hash_of_password(value: &str) -> bool {
    const SHORTEST: usize = 20;
    let mut schemes = HASHES.split_ascii_whitespace();
    value.len() >= SHORTEST
        && (schemes.any(|scheme| value.starts_with(scheme)) || is_hash_of_jupyter(value))
}

/// `sha1:<salt>:<digest>` (jupyter_server.auth.security).
fn is_hash_of_jupyter(value: &str) -> bool {
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let parts: Vec<&str> = value.split(':').collect();
    matches!(parts[..], ["sha1", salt, digest] if is_hex(salt, 12) && is_hex(digest, 40))
}

fn is_number(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_ascii_digit() || ".,+-eE_ %:/".contains(c))
}

fn is_date_or_version(value: &str) -> bool {
    // A range of versions: `^1.0.5`, `>=2.1 <3`, `1.x || 2.*`.
    let range = value.starts_with(['^', '~', '>', '<', '=']) || value.contains("||");
    let of_ranges = |c: char| c.is_ascii_digit() || "^~><=|.-*x, ".contains(c);
    if range && value.contains('.') && value.chars().all(of_ranges) {
        return true;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let rest_is_border = value
        .chars()
        .all(|c| c.is_ascii_digit() || "-:./T Zv+abrc".contains(c));
    digits * 2 >= value.len()
        && value.contains(['-', '.', ':'])
        && rest_is_border
        && {
            let groups = value.split(|c: char| !c.is_ascii_digit());
            groups
                .filter(|group| !group.is_empty())
                .all(|group| group.len() <= 8)
        }
        && value.len() < 36
        && value.bytes().filter(u8::is_ascii_alphabetic).count() <= 3
}

/// Amazon resource names, resource paths of Google Cloud and Azure: they name
/// a key, and hold none.
fn is_resource_name(value: &str) -> bool {
    value.starts_with("arn:")
        || (value.starts_with("projects/") && value.contains('/'))
        || value.starts_with("/subscriptions/")
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && !user.contains([':', '/', ' '])
            && host.split('.').count() > 1
            && host.rsplit('.').next().is_some_and(|top| {
                (2..=6).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic())
            })
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
    })
}

fn is_url(value: &str) -> bool {
    value.contains("://") || value.starts_with("www.") || value.starts_with("mailto:")
}

/// Paths, and names of models and packages (`org/name`): parts between
/// slashes that are words, or a start or end that only paths have.
fn is_path(value: &str) -> bool {
    let rooted = ["./", "../", "~/", "/", "\\\\", "C:\\", "D:\\", "s3:", "gs:"]
        .iter()
        .any(|start| value.starts_with(start));
    let separated = value.contains(['/', '\\']);
    if rooted && separated && (value.len() < 30 || words::coverage(value) > 0.3) {
        return true;
    }
    if value.contains(char::is_whitespace) {
        return false;
    }
    let ending = value
        .rsplit_once('.')
        .is_some_and(|(stem, end)| !stem.is_empty() && is_ending(&end.to_ascii_lowercase()));
    ending || separated && words::coverage(value) > 0.3
}

/// `owner/name-82M`, as the Hugging Face Hub names models, of words that no
/// dictionary has: all parts are plain, and one of them says a size or a version.
fn is_model_name(value: &str) -> bool {
    let Some((owner, name)) = value.split_once('/') else {
        return false;
    };
    let mut parts = name.split(['-', '_']);
    let is_begun = owner.split(['-', '_']).all(is_plain) && parts.next().is_some_and(is_plain);
    let (sizes, others): (Vec<&str>, Vec<&str>) = parts.partition(|part| is_size(part));
    is_begun
        && !sizes.is_empty()
        && others
            .into_iter()
            .all(|part| is_plain(part) || is_short_number(part))
}

/// Letters as in a word or an abbreviation.
fn is_plain(part: &str) -> bool {
    let is_abbreviation = part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut letters = part.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && (is_abbreviation || letters.all(|letter| letter.is_ascii_lowercase()))
}

/// `82M`, `7b`, `1.5B`, `v2`.
fn is_size(part: &str) -> bool {
    let of_letters = part.strip_suffix(['B', 'M', 'K', 'b', 'm', 'k']);
    let number = of_letters.or_else(|| part.strip_prefix('v'));
    number.is_some_and(is_short_number)
}

fn is_short_number(part: &str) -> bool {
    let is_sign = |sign: u8| sign.is_ascii_digit() || sign == b'.';
    (1..=4).contains(&part.len()) && part.bytes().all(is_sign)
}

fn is_ending(end: &str) -> bool {
    ENDINGS.split_ascii_whitespace().any(|known| known == end)
}

fn is_markup(value: &str) -> bool {
    let fragments = [
        "</", "/>", "<|", "|>", "{%", "\\d", "\\w", "\\s", "(?", "[^", "A-Z", "a-z", "0-9]", "=>",
        "::", "&&",
    ];
    let tag = value.starts_with('<') && value.ends_with('>');
    let bracketed = value.starts_with('[') && value.ends_with(']');
    tag || bracketed || fragments.iter().any(|part| value.contains(part))
}

fn is_foreign(value: &str) -> bool {
    value.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

/// `OPENAI_API_KEY`, `DB_PASSWORD`: names a secret, is none.
fn is_variable_name(value: &str) -> bool {
    let upper = value
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    upper
        && value.split('_').count() > 1
        && value.split('_').all(|part| part.len() < 20)
        && words::coverage(value) > 0.25
}

/// `enc.encrypt`, `saml.keystore.password=`: parts of small letters.
fn is_dotted_name(value: &str) -> bool {
    let name = value.trim_end_matches(['=', '(', ':']);
    let is_part =
        |part: &str| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    name.contains('.') && name.split('.').all(is_part) && !randomness::may_be_random(name)
}

/// `IPython.core.magics.osm:OSMagics`: a module and what it holds.
fn is_entry_point(value: &str) -> bool {
    let is_part =
        |part: &str| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    value.split_once(':').is_some_and(|(module, name)| {
        module.contains('.') && module.split('.').all(is_part) && is_part(name)
    })
}

fn is_public_key(value: &str) -> bool {
    [
        "ssh-rsa ",
        "ssh-ed25519 ",
        "-----BEGIN PUBLIC",
        "-----BEGIN CERT",
        "sha256:",
        "sha1:",
        "md5:",
        // Of what lies in a lock file (w3.org/TR/SRI).
        "sha512-",
        "sha384-",
        "sha256-",
        "sha1-",
        // The key of a project: it is made to stand in what is shipped
        // (posthog.com/docs/api).
        "phc_",
        // So is a public token of Mapbox (docs.mapbox.com, "Access tokens").
        "pk.eyJ",
    ]
    .iter()
    .any(|start| value.starts_with(start))
        || value.starts_with("data:") && value.contains(',')
        || is_key_of_pages(value)
}

/// `0x` and twenty bytes: an account or a contract, for all to see (ethereum.org,
/// "Ethereum accounts"). A private key has 32.
fn is_address_of_chain(value: &str) -> bool {
    value
        .strip_prefix("0x")
        .is_some_and(|rest| rest.len() == 40 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Keys that services give out for pages, by their shapes: a client token of Datadog's
/// browser monitoring (docs.datadoghq.com/account_management/api-app-keys), a
/// tokenization key of Braintree (developer.paypal.com/braintree, "Tokenization Keys").
fn is_key_of_pages(value: &str) -> bool {
    let is_of = |part: &str, length: usize| {
        let is_own = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        part.len() == length && part.bytes().all(is_own)
    };
    if let Some(token) = value.strip_prefix("pub") {
        return is_of(token, 32) && token.bytes().all(|b| b.is_ascii_hexdigit());
    }
    let mut parts = value.split('_');
    let is_begun = matches!(parts.next(), Some("production" | "sandbox"));
    let mut is_next = |length| parts.next().is_some_and(|part| is_of(part, length));
    is_begun && is_next(8) && is_next(16) && parts.next().is_none()
}

/// `00-<trace>-<span>-01` (w3.org/TR/trace-context, "traceparent").
fn is_trace_context(value: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    value.len() == 55
        && value.split('-').map(str::len).eq([2, 32, 16, 2])
        && value.split('-').all(is_hex)
}

/// `required|confirmed|min:6`: how frameworks write what a field must be.
fn is_list_of_rules(value: &str) -> bool {
    let is_rule = |rule: &str| {
        let (name, limit) = rule.split_once(':').unwrap_or((rule, ""));
        words::is_word(name)
            && limit
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b',')
    };
    value.contains('|') && value.split('|').any(is_rule) && {
        let is_like_one = |rule: &str| {
            let name = rule.split(':').next().unwrap_or(rule);
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        value.split('|').all(is_like_one)
    }
}

/// Base64 that decodes to readable text or to an image, a font, an archive.
fn is_encoded_text(value: &str) -> bool {
    use base64::Engine as _;
    if value.len() < 16 {
        return false;
    }
    let Ok(bytes) = base64::engine::general_purpose::STANDARD
        .decode(value)
        .or_else(|_| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(value))
    else {
        return false;
    };
    let media = [
        &b"\x89PNG"[..],
        b"\xff\xd8\xff",
        b"GIF8",
        b"wOFF",
        b"PK\x03\x04",
        b"%PDF",
        b"RIFF",
    ];
    let printable = |b: &u8| b.is_ascii_graphic() || *b == b' ' || *b == b'\n';
    media.iter().any(|start| bytes.starts_with(start))
        || bytes.iter().all(printable)
            && std::str::from_utf8(&bytes)
                .is_ok_and(|text| words::coverage(text) > 0.6 || is_token_header(text))
}

/// `doc_<digest>`, `5.2.x-rc-gpu-ml-scala2.11`: the key of a record or a release,
/// a word for one before a digest, or short words and numbers in a row.
pub(super) fn is_of_record(value: &str) -> bool {
    const RECORDS: [&str; 14] = [
        "doc", "document", "id", "rec", "record", "chunk", "node", "row", "file", "page", "msg",
        "message", "cell", "block",
    ];
    let of_digest = value
        .split_once(['_', '-'])
        .is_some_and(|(word, digest)| RECORDS.contains(&word) && super::is_digest(digest));
    let parts = || value.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let is_short = |part: &str| {
        part.len() <= 12
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let is_mixed = |part: &&str| {
        part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_lowercase())
    };
    let in_a_row = parts().count() >= 5 && parts().all(is_short);
    of_digest || in_a_row && parts().filter(is_mixed).count() <= 1
}

/// The first part of a JSON Web Token alone (RFC 7519, 5), the same in millions.
fn is_token_header(text: &str) -> bool {
    text.len() < 80 && text.starts_with('{') && text.ends_with('}') && text.contains("\"alg\"")
}

/// How hashes of passwords begin: those of crypt(5), of LDAP (RFC 2307), of passlib,
/// Django, Werkzeug and Jupyter.
const HASHES: &str = "
$1$ $2a$ $2b$ $2x$ $2y$ $5$ $6$ $7$ $y$ $apr1$ $argon2d$ $argon2i$ $argon2id$ $scrypt$ $pbkdf2
$bcrypt-sha256$ {SSHA {CRYPT} pbkdf2_sha pbkdf2:sha scrypt: bcrypt_sha256$ argon2:$argon2
argon2$argon2
";

/// Ends of file names.
const ENDINGS: &str = "
py ipynb json jsonl yaml yml toml ini cfg env txt md csv tsv parquet pkl pt pth bin h5 onnx
safetensors gguf png jpg jpeg gif svg pdf html htm js ts css sh r jl sql db sqlite zip gz tar
pem crt cer pub com org net io ai dev local log xml wav mp3 mp4 npy npz model vocab key pickle
";
