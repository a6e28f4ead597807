//! Where in the raw bytes of a file a credential-like name may have a value.
//!
//! Most files hold no such place, and they are never parsed. So this is the
//! one reader of names that sees a file before its layers are peeled: quotes
//! arrive as `\"`, line ends as `\n`, colours as `\u001b[31m`. It may report a
//! place where nothing is (then the file is parsed for nothing), but it must
//! not miss one that the readers behind it believe: it asks the same
//! [`classify`] and the same [`judge`], only of more text.

mod follows;
mod handed;
mod labels;
mod line;
mod places;
mod signs;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use follows::{Follows, WIDE_COLON, compares, what_follows};
pub(crate) use handed::Handed;
use handed::Hands;
use labels::{convinces_before, is_label};
use line::{after_operator, first_word, line_after, pieces, quoted};
use signs::Signs;

use super::judge::{Context, Credible, is_hopeless, judge};
use super::names::{NameClass, STEMS, Sort, classify};
use super::needles::Needles;
use super::shapes::borders;
use crate::region::{Language, Role};
use crate::syntax::{Via, typographic};

/// Offsets of credential-like names that may have a believable value.
///
/// `f` is called about in the order of the bytes, and may be called twice for a name.
pub fn candidates(bytes: &[u8], f: impl FnMut(usize)) {
    static NEAR: LazyLock<Near> = LazyLock::new(|| Near::new([]));
    NEAR.candidates(bytes, f);
}

/// The search with further names: those of a catalogue's call sites
/// (`cohere.Client`) and of its kinds that no general rule knows.
#[derive(Debug)]
pub struct Near {
    literals: Vec<String>,
    /// Where [`MARKS`] and the further names begin among the literals.
    marks: usize,
    own: usize,
    /// Length of the longest literal.
    longest: usize,
}

impl Near {
    /// A search that also takes what follows the `extra` names, in the case
    /// that they are given in.
    pub fn new<'a>(extra: impl IntoIterator<Item = &'a str>) -> Self {
        let mut literals: Vec<String> = Vec::new();
        for stem in STEMS {
            literals.push((*stem).to_owned());
            let Some((first, rest)) = stem.split_at_checked(1).filter(|_| stem.is_ascii()) else {
                literals.push(stem.to_uppercase());
                continue;
            };
            literals.push(stem.to_ascii_uppercase());
            // Nobody writes these as a word within a name.
            if !matches!(*stem, "senha" | "pswd" | "dsn" | "sas") {
                literals.push(format!("{}{rest}", first.to_ascii_uppercase()));
            }
        }
        let marks = literals.len();
        literals.extend(MARKS.iter().map(|mark| (*mark).to_owned()));
        let own = literals.len();
        literals.extend(extra.into_iter().map(str::to_owned));
        let longest = literals.iter().map(String::len).max().unwrap_or(0);
        Self {
            literals,
            marks,
            own,
            longest,
        }
    }

    /// As [`candidates`], with the further names.
    pub fn candidates(&self, bytes: &[u8], f: impl FnMut(usize)) {
        let needles = Needles::new(self.literals.clone());
        let mut names = self.names(bytes);
        needles.each(bytes, 0..bytes.len(), |at, literal| names.meet(at, literal));
        names.finish().0.into_iter().for_each(f);
    }

    /// The literals that [`Names::meet`] is to be told of.
    pub(super) fn literals(&self) -> &[String] {
        &self.literals
    }

    /// A walk through raw bytes from literal to literal.
    pub(super) fn names<'n>(&'n self, bytes: &'n [u8]) -> Names<'n> {
        Names {
            near: self,
            bytes,
            known: Known::default(),
            waiting: Vec::new(),
            at: 0,
            offsets: Vec::new(),
            hands: Hands::default(),
        }
    }

    fn extra<'n>(
        &self,
        bytes: &'n [u8],
        start: usize,
        end: usize,
        hands: &mut Hands<'n>,
        f: &mut impl FnMut(usize),
    ) -> usize {
        if borders::goes_on(bytes, start) {
            return end;
        }
        if bytes[start..end] == *WEATHER.as_bytes() {
            application_ids(bytes, start, f);
            return end;
        }
        let login = &bytes[start..end] == b"login";
        let password = NameClass::strong(Sort::Password);
        if believable(bytes, end, "api_key", NameClass::strong(Sort::ApiKey))
            || login && believable(bytes, end, "password", password)
            || login
                && last_argument(bytes, end).is_some_and(|it| convinces(&it, "password", password))
        {
            f(start);
        } else if bytes[..end].ends_with(b"(") {
            let callee = String::from_utf8_lossy(&bytes[name_start(bytes, start)..end - 1]);
            let class = NameClass::strong(Sort::ApiKey);
            hands.meet(bytes, &format!("{callee}:0"), class, end - 1);
        }
        end
    }
}

/// The service that calls its key `appid` (openweathermap.org/appid). Others call
/// something public so, and the letters are those of many words: they are looked
/// for only near the service's own name.
pub(super) const WEATHER: &str = "openweather";

/// Where near `at` an `appid` may have a believable value.
fn application_ids(bytes: &[u8], at: usize, f: &mut impl FnMut(usize)) {
    const REACH: usize = 16 << 10;
    let from = at.saturating_sub(REACH);
    let window = &bytes[from..bytes.len().min(at + REACH)];
    let class = NameClass::strong(Sort::ApiKey);
    for name in ["appid", "APPID"] {
        for place in memchr::memmem::find_iter(window, name.as_bytes()) {
            let (after, follows) = what_follows(bytes, from + place + name.len());
            if follows == Follows::Operator && believable(bytes, after, name, class) {
                f(from + place);
            }
        }
    }
}

/// A walk through the raw bytes of a file.
pub(super) struct Names<'n> {
    near: &'n Near,
    bytes: &'n [u8],
    known: Known<'n>,
    /// Places and numbers of literals, in order, before which none can come.
    waiting: Vec<(usize, usize)>,
    /// Up to here all is read: a name may hold several literals.
    at: usize,
    offsets: Vec<usize>,
    hands: Hands<'n>,
}

impl Names<'_> {
    /// A literal stands at `at`. They may come out of order by less than the
    /// length of the longest one.
    pub(super) fn meet(&mut self, at: usize, literal: usize) {
        let place = self.waiting.partition_point(|other| *other < (at, literal));
        self.waiting.insert(place, (at, literal));
        let sure = at.saturating_sub(self.near.longest);
        let done = self.waiting.partition_point(|&(at, _)| at < sure);
        self.read(done);
    }

    /// All places where a name may have a believable value, and the variables
    /// that hold one for a name.
    pub(super) fn finish(mut self) -> (Vec<usize>, Vec<Handed>) {
        self.read(self.waiting.len());
        let handed = self.hands.finish(self.bytes);
        let set = handed.iter().flat_map(|handed| &handed.set);
        self.offsets.extend(set);
        (self.offsets, handed)
    }

    /// Reads what stands at the first literals that wait.
    fn read(&mut self, count: usize) {
        let (bytes, near) = (self.bytes, self.near);
        for (start, literal) in self.waiting.drain(..count) {
            if start < self.at {
                continue;
            }
            let end = start + near.literals[literal].len();
            let mut f = |offset| self.offsets.push(offset);
            self.at = match literal.checked_sub(near.marks) {
                Some(_) if literal >= near.own => {
                    near.extra(bytes, start, end, &mut self.hands, &mut f)
                }
                Some(0) => after_media(bytes, end),
                Some(1) => user_part(bytes, start, end, &mut f),
                Some(_) => short_flag(bytes, start, end, &mut f),
                None => {
                    let (known, hands) = (&mut self.known, &mut self.hands);
                    named(bytes, start, end, known, hands, &mut f)
                }
            };
        }
    }
}

/// Other places: media to pass over, URLs, flags whose name says nothing.
const MARKS: &[&str] = &[
    "\"image/", "://", " -p", " -P", " -u", " -a", " -w ", "--user",
];

/// Images hold no names; their base64 is passed over.
fn after_media(bytes: &[u8], end: usize) -> usize {
    let rest = &bytes[end..];
    let encoded = ["png\"", "jpeg\"", "gif\"", "webp\""]
        .iter()
        .find(|name| rest.starts_with(name.as_bytes()));
    let Some(name) = encoded else {
        return end;
    };
    let colon = end + name.len();
    let frame = bytes[colon..]
        .iter()
        .take(64)
        .take_while(|b| b.is_ascii_whitespace() || b":[\"".contains(b))
        .count();
    let value = colon + frame;
    memchr::memchr(b'"', &bytes[value..]).map_or(end, |length| value + length)
}

/// `://user:password@host`.
fn user_part(bytes: &[u8], start: usize, end: usize, f: &mut impl FnMut(usize)) -> usize {
    const BORDERS: Signs = Signs::new(b" \t\n\x0c\r/?#\"'`\\<>,;|()");
    let window = &bytes[end..bytes.len().min(end + 512)];
    let authority = window
        .iter()
        .position(|&b| BORDERS.hold(char::from(b)))
        .unwrap_or(window.len());
    let Some(at) = memchr::memrchr(b'@', &window[..authority]) else {
        return end;
    };
    let user = String::from_utf8_lossy(&window[..at]);
    let password = user
        .split_once(':')
        .map_or(&*user, |(_, password)| password);
    if convinces(password, "password", NameClass::strong(Sort::Password)) || password.contains('%')
    {
        f(start);
    }
    end
}

/// What is quoted last on the line of a call.
fn last_argument(bytes: &[u8], at: usize) -> Option<String> {
    let line = line_after(bytes, at, false);
    let end = line.rfind("\")").or_else(|| line.rfind("')"))?;
    let start = line[..end].rfind(['"', '\''])? + 1;
    Some(line[start..end].to_owned())
}

/// `mysql -pVALUE`, `curl -u user:VALUE`.
fn short_flag(bytes: &[u8], start: usize, end: usize, f: &mut impl FnMut(usize)) -> usize {
    let before = &bytes[start.saturating_sub(400)..start];
    let commands = [
        "mysql",
        "mariadb",
        "sshpass",
        "login",
        "mongo",
        "redis-cli",
        "zip",
        "curl",
        "twine",
        "sqlcmd",
        "bcp",
        "ldapsearch",
    ];
    let command = commands
        .iter()
        .any(|command| memchr::memmem::find(before, command.as_bytes()).is_some());
    if command {
        let line = line_after(bytes, end, false);
        let class = NameClass::strong(Sort::Password);
        let password = |word: &str| {
            let word = word.trim_matches(['"', '\'', '\\']);
            convinces(word, "password", class)
                || word
                    .split_once(':')
                    .is_some_and(|(_, password)| convinces(password, "password", class))
        };
        if line.split_ascii_whitespace().take(2).any(password) {
            f(start);
        }
    }
    end
}

/// Where the name that holds the stem before `end` ends: at a wide colon or a
/// quotation mark, too.
fn name_end(bytes: &[u8], end: usize) -> usize {
    let forward = bytes[end..]
        .iter()
        .take(64)
        .take_while(|b| is_name_byte(**b) || !b.is_ascii())
        .count();
    let name = &bytes[end..end + forward];
    if name.is_ascii() {
        return end + forward;
    }
    let is_end = |at: &usize| {
        !name[*at].is_ascii()
            && (name[*at..].starts_with(WIDE_COLON) || typographic::mark_length(&name[*at..]) > 0)
    };
    end + (0..forward).find(is_end).unwrap_or(forward)
}

/// A stem of a name: the name, and what follows it.
fn named<'a>(
    bytes: &'a [u8],
    start: usize,
    end: usize,
    known: &mut Known<'a>,
    hands: &mut Hands<'a>,
    f: &mut impl FnMut(usize),
) -> usize {
    // A name may hold further stems behind this one: they are met by themselves.
    if is_other_word(&bytes[start..end], &bytes[end..]) {
        return end;
    }
    let to = name_end(bytes, end);
    let (after, follows) = what_follows(bytes, to);
    let from = name_start(bytes, start);
    let attribute = is_attribute(bytes, from);
    let is_named_behind = is_label(bytes, from) || compares(bytes, to);
    if follows == Follows::Nothing && !attribute && !is_named_behind {
        return to;
    }
    let Ok(name) = std::str::from_utf8(&bytes[from..to]) else {
        return end;
    };
    let class = match name.ends_with(".send_keys") {
        true => Some(NameClass::strong(Sort::Password)),
        false => class_of(bytes, from, to, name, follows, known),
    };
    let Some(class) = class else {
        return to;
    };
    let found = match follows {
        _ if known.is_judging_vain() => true,
        Follows::Space | Follows::Cell if known.judged > MOST_IN_TABLES => true,
        Follows::Nothing => false,
        Follows::Operator if name.starts_with("--") => {
            believable(bytes, after, name, class) || places::below(bytes, to, name, class)
        }
        Follows::Operator | Follows::Call => believable(bytes, after, name, class),
        Follows::Space => {
            follows_flag(bytes, from, name) && believable(bytes, to, name, class)
                || places::in_table(bytes, from, to, class)
                || places::in_sentence(bytes, to, name, class)
        }
        Follows::Cell => {
            places::in_table(bytes, from, to, class) || places::below(bytes, to, name, class)
        }
    };
    let found = found || is_named_behind && convinces_before(bytes, from, class);
    known.judged += 1;
    if found || attribute && in_tag(bytes, from, to, class) {
        known.believed += 1;
        f(from);
    } else if matches!(follows, Follows::Operator | Follows::Call) || name.starts_with("--") {
        hands.meet(bytes, name, class, after);
    }
    to
}

/// What stands around so many names is read to see whether it is a table: each
/// time that costs as much as the readers take for all of it.
const MOST_IN_TABLES: usize = 5_000;

/// How stems go on in the words that [`classify`] believes.
const ENDINGS: &[&[u8]] = &[
    b"s", b"word", b"wd", b"phrase", b"wort", b"oriz", b"ential", b"code", b"id", b"ect", b"str",
];

/// Whether a stem is only the beginning of another word: `path`, `tokenizer`,
/// `author`. Most are, and this is the cheapest way to tell.
fn is_other_word(stem: &[u8], rest: &[u8]) -> bool {
    let is_capital = |at: usize| rest.get(at).is_some_and(u8::is_ascii_uppercase);
    // After capitals a word of small letters may begin with the next one.
    let goes_on = match stem.last() {
        Some(last) if last.is_ascii_uppercase() => is_capital(0) && is_capital(1),
        _ => rest.first().is_some_and(u8::is_ascii_lowercase),
    };
    let ends_so = |ending: &&[u8]| {
        rest.get(..ending.len())
            .is_some_and(|rest| rest.eq_ignore_ascii_case(ending))
    };
    goes_on && !ENDINGS.iter().any(ends_so)
}

/// What was learned of a file so far.
#[derive(Default)]
struct Known<'a> {
    /// Names that were already classified: most come many times.
    names: FxHashMap<&'a str, Option<NameClass>>,
    /// How many values were judged, and how many of them may be believed.
    judged: usize,
    believed: usize,
}

impl Known<'_> {
    /// Whether the readers will judge most values again anyhow: then a file of
    /// very many such names is left to them.
    fn is_judging_vain(&self) -> bool {
        const MANY: usize = 20_000;
        self.judged > MANY && self.believed * 4 > self.judged
    }
}

fn class_of<'a>(
    bytes: &'a [u8],
    from: usize,
    to: usize,
    name: &'a str,
    follows: Follows,
    known: &mut Known<'a>,
) -> Option<NameClass> {
    if follows == Follows::Call {
        // Only a setter's name counts, and that has several words.
        let several = name.contains('_');
        return several.then(|| classify(&format!("{name}:0")))?;
    }
    [Some(name), labelled(bytes, from, to)]
        .into_iter()
        .flatten()
        .filter_map(|name| *known.names.entry(name).or_insert_with(|| classify(name)))
        .max_by_key(|class| class.strength)
}

/// `--token value`, `%env TOKEN value`: a space is the operator.
fn follows_flag(bytes: &[u8], from: usize, name: &str) -> bool {
    let before = &bytes[from.saturating_sub(12)..from];
    let setters = ["set ", "setx ", "env ", "ENV ", "setenv ", "SET ", "-x "];
    name.starts_with("--")
        || name.ends_with("authtoken")
        || setters
            .iter()
            .any(|setter| before.ends_with(setter.as_bytes()))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte)
}

/// Where the name that holds `at` starts: what belongs to an escape before it
/// (`\n`, `\u001b[31m`) is no part of it.
fn name_start(bytes: &[u8], at: usize) -> usize {
    let length = bytes[..at]
        .iter()
        .rev()
        .take(64)
        .take_while(|b| is_name_byte(**b))
        .count();
    let from = at - length;
    match from.checked_sub(1).map(|before| bytes[before]) {
        Some(b'\\') if length > 0 && b"ntrbf".contains(&bytes[from]) => from + 1,
        Some(b'\\') if bytes[from] == b'u' => at.min(from + 5),
        Some(b'[' | b';') => {
            let digits = bytes[from..at]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            let colour = digits > 0 && bytes.get(from + digits) == Some(&b'm');
            if colour {
                at.min(from + digits + 1)
            } else {
                from
            }
        }
        _ => from,
    }
}

/// `API key`: the name with the word before it.
fn labelled(bytes: &[u8], from: usize, to: usize) -> Option<&str> {
    let space = from.checked_sub(1).filter(|at| bytes[*at] == b' ')?;
    let length = bytes[..space]
        .iter()
        .rev()
        .take(24)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    std::str::from_utf8(&bytes[space - length..to]).ok()
}

/// Whether what follows a name on its line may be its value.
fn believable(bytes: &[u8], at: usize, name: &str, class: NameClass) -> bool {
    let line = line_after(bytes, at, true);
    let line = line.as_str();
    if class.sort == Sort::ConnectionString && line.contains([':', '=']) {
        return convinces(line, name, class) || pieces(line).any(|p| convinces(p, name, class));
    }
    let value = after_operator(line);
    quoted(value).is_some_and(|value| convinces(value, name, class))
        || convinces(first_word(value), name, class)
        || convinces(
            value.trim_end_matches(['"', ',', '\\']).trim_end(),
            name,
            class,
        )
        || pieces(line)
            .take(MOST_PIECES)
            .any(|piece| convinces(piece, name, class))
}

/// Pieces of a line that are judged.
const MOST_PIECES: usize = 10;

/// Whether a value that the structure binds to a name may be believed. What
/// is written with escapes is not told from its bytes: it may.
pub(super) fn may_convince(name: &str, raw: &str) -> bool {
    let is_written_otherwise = raw.contains(['\\', '&', '\n', '\'', '"', '%']);
    let classes = match classify(name) {
        Some(class) => [class, class],
        None => [Sort::ApiKey, Sort::Password].map(NameClass::strong),
    };
    is_written_otherwise || classes.into_iter().any(|class| convinces(raw, name, class))
}

fn convinces(value: &str, name: &str, class: NameClass) -> bool {
    if value.len() < 6 || is_hopeless(value, class) {
        return false;
    }
    let context = Context {
        name,
        class,
        via: Via::Keyword,
        role: &Role::Code(Language::Python),
    };
    judge(value, &context).credible > Credible::No
}

/// Whether a name is the value of an attribute `name` or `id`.
fn is_attribute(bytes: &[u8], from: usize) -> bool {
    let before = &bytes[from.saturating_sub(6)..from];
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'"));
    let before = before.map(|before| before.strip_suffix(b"\\").unwrap_or(before));
    before.is_some_and(|before| before.ends_with(b"me=") || before.ends_with(b"id="))
}

/// `<input value="…" name="token">`: the value stands elsewhere in the tag.
fn in_tag(bytes: &[u8], from: usize, to: usize, class: NameClass) -> bool {
    let start = from - from.min(1000);
    let open = memchr::memrchr(b'<', &bytes[start..from]).map_or(start, |at| start + at);
    let window = &bytes[open..bytes.len().min(to + 1000)];
    let close = memchr::memchr(b'>', window).unwrap_or(window.len());
    let tag = String::from_utf8_lossy(&window[..close]);
    pieces(&tag).any(|piece| convinces(piece, "token", class))
}
