//! Rules in the form of gitleaks: `[[rules]]` of a `gitleaks.toml`.
//!
//! What is taken: `id`, `description`, `regex`, `keywords`, `secretGroup`,
//! `entropy`, `path`, and the allowlists of rules and of the whole file with
//! `regexes`, `regexTarget`, `stopwords`, `paths` and `targetRules`. What
//! cannot be expressed is told for each rule, and the others are used.
//!
//! One hack of gitleaks is kept, since its own rules rely on it: if a rule
//! whose id begins with `generic` has an entropy, its values hold a digit.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Exception, Pattern, Rule, Target};
use crate::allow::Confined;
use crate::detect::Kind;
use crate::detect::kind::{Severity, Told};

/// What the ids of kinds begin with that are made from rules.
pub const PREFIX: &str = "gitleaks:";

/// What a file of rules comes to.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rules that can be used.
    pub rules: Vec<Rule>,
    /// In which files they are.
    pub confined: Vec<Confined>,
    /// What cannot be expressed, in sentences: each names the rule.
    pub problems: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    rules: Vec<Entry>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    extend: Option<Extend>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extend {
    #[serde(default)]
    use_default: bool,
    path: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    secret_group: usize,
    entropy: Option<f64>,
    path: Option<String>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    #[serde(default)]
    required: Vec<toml::Table>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    condition: Option<String>,
    #[serde(default)]
    regexes: Vec<String>,
    regex_target: Option<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
    #[serde(default)]
    target_rules: Vec<String>,
}

/// Reads a file of rules; an error if it is none at all, with its line.
pub fn load(text: &str) -> Result<Loaded, String> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.as_bytes().get(..at).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        format!("line {line}: {}", error.message().replace('\n', " "))
    })?;
    let mut loaded = Loaded::default();
    if let Some(extend) = &document.extend
        && (extend.use_default || extend.path.is_some() || extend.url.is_some())
    {
        loaded.problems.push(
            "[extend]: the rules that it extends are not loaded; name their file, too".to_owned(),
        );
    }
    let global = document.allowlist.iter().chain(&document.allowlists);
    let global: Vec<Allowlist> = global.cloned().collect();
    for entry in document.rules {
        let id = entry.id.clone();
        match loaded.take(entry, &global) {
            Ok(rule) => loaded.rules.push(rule),
            Err(why) => loaded
                .problems
                .push(format!("rule `{id}` is not used: {why}")),
        }
    }
    Ok(loaded)
}

impl Loaded {
    fn take(&mut self, entry: Entry, global: &[Allowlist]) -> Result<Rule, String> {
        let regex = entry
            .regex
            .as_deref()
            .ok_or("it has no regex, and is for whole files")?;
        if !entry.required.is_empty() {
            return Err("it requires other rules to match near it".to_owned());
        }
        let pattern = Pattern::new(regex).map_err(|why| format!("its regex: {why}"))?;
        if entry.secret_group > pattern.groups() {
            return Err(format!("its regex has no group {}", entry.secret_group));
        }
        let only = entry.path.as_deref().map(Pattern::new).transpose();
        let only = only.map_err(|why| format!("its path: {why}"))?;
        let kind = kept_for_good(kind(&entry, &pattern));
        let mut confined = Confined {
            kind,
            only,
            except: Vec::new(),
        };
        let mut except = Vec::new();
        let for_it = |list: &&Allowlist| {
            list.target_rules.is_empty() || list.target_rules.contains(&entry.id)
        };
        let own = entry.allowlist.iter().chain(&entry.allowlists);
        for list in own.chain(global.iter().filter(for_it)) {
            match list.read() {
                Ok((exception, paths)) => {
                    except.push(exception);
                    confined.except.extend(paths);
                }
                Err(why) => self.problems.push(format!(
                    "rule `{}`: an allowlist is not used: {why}",
                    entry.id
                )),
            }
        }
        if confined.only.is_some() || !confined.except.is_empty() {
            self.confined.push(confined);
        }
        Ok(Rule {
            kind,
            keywords: lower(&entry.keywords),
            pattern,
            group: (entry.secret_group > 0).then_some(entry.secret_group),
            entropy: entry.entropy.filter(|bits| *bits > 0.0),
            wants_digit: entry.id.starts_with("generic") && entry.entropy.is_some(),
            except,
        })
    }
}

impl Allowlist {
    /// The exception on text, and the patterns of paths.
    fn read(&self) -> Result<(Exception, Vec<Pattern>), String> {
        let sorts = [
            self.regexes.is_empty(),
            self.stopwords.is_empty(),
            self.paths.is_empty(),
            self.commits.is_empty(),
        ];
        let together = self
            .condition
            .as_deref()
            .is_some_and(|condition| matches!(condition, "AND" | "and" | "&&"));
        if together && sorts.iter().filter(|empty| !**empty).count() > 1 {
            return Err("its conditions must hold together".to_owned());
        }
        let target = match self.regex_target.as_deref() {
            None | Some("" | "secret") => Target::Secret,
            Some("match") => Target::Match,
            Some("line") => Target::Line,
            Some(other) => return Err(format!("there is no target `{other}`")),
        };
        let patterns = |list: &[String]| -> Result<Vec<Pattern>, String> {
            list.iter().map(|text| Pattern::new(text)).collect()
        };
        let exception = Exception {
            patterns: patterns(&self.regexes)?,
            target,
            stopwords: lower(&self.stopwords),
        };
        Ok((exception, patterns(&self.paths)?))
    }
}

fn lower(words: &[String]) -> Vec<String> {
    let words = words.iter().map(|word| word.to_ascii_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

/// The kind that a rule's findings are reported as. Nothing is known of the
/// values but the pattern: they are told by it, and may be guessable.
fn kind(entry: &Entry, pattern: &Pattern) -> Kind {
    let none = || Cow::Borrowed(&[][..]);
    let variable: String = entry
        .id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let says_whose =
        variable.starts_with(|c: char| c.is_ascii_uppercase()) && !variable.starts_with("GENERIC");
    let variables = match says_whose {
        true => Cow::Owned(vec![Cow::Owned(variable)]),
        false => none(),
    };
    Kind {
        id: Cow::Owned(format!("{PREFIX}{}", entry.id)),
        provider: Cow::Borrowed("Generic"),
        name: Cow::Owned(format!("Match of the rule {}", entry.id)),
        severity: Severity::Read,
        told: Told::Name,
        anchors: none(),
        shape: Some(Cow::Owned(pattern.as_str().to_owned())),
        checksum: None,
        names: none(),
        variables,
        calls: none(),
        context: Cow::Owned(entry.keywords.iter().cloned().map(Cow::Owned).collect()),
        examples: none(),
        revoke: None,
        note: (!entry.description.is_empty()).then(|| Cow::Owned(entry.description.clone())),
    }
}

/// Kinds live as long as the process: findings point to them.
fn kept_for_good(kind: Kind) -> &'static Kind {
    Box::leak(Box::new(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::Rules;

    fn found(toml: &str, text: &str) -> Vec<String> {
        let rules = Rules::new(load(toml).unwrap().rules);
        let hits = rules.find(text).into_iter();
        hits.map(|hit| text[hit.span].to_owned()).collect()
    }

    /// Random-looking letters and digits.
    fn body() -> String {
        ["q7Zp", "Lw2R", "tX9v", "BnK4"].concat()
    }

    #[test]
    fn a_rule_finds_its_group_near_its_keyword_in_any_case() {
        let body = body();
        let rule = "[[rules]]\nid = 'acme'\nregex = '''(?i)acme[_-]key\\s*=\\s*\"([a-z0-9]{16})\"'''\nkeywords = ['ACME']\n";
        assert_eq!(found(rule, &format!("Acme_Key = \"{body}\"")), [&*body]);
        assert!(found(rule, &format!("other_key = \"{body}\"")).is_empty());
        let grouped =
            rule.replace("([a-z0-9]{16})", "()([a-z0-9]{8})([a-z0-9]{8})") + "secretGroup = 3\n";
        assert_eq!(
            found(&grouped, &format!("acme_key = \"{body}\"")),
            [&body[8..]]
        );
    }

    #[test]
    fn a_rule_without_keywords_looks_everywhere() {
        let rule = "[[rules]]\nid = 'x'\nregex = '[a-zA-Z0-9]{16}'\n";
        let rules = Rules::new(load(rule).unwrap().rules);
        assert!(rules.look_everywhere());
        assert_eq!(found(rule, &body()), [body()]);
    }

    #[test]
    fn entropy_stopwords_and_patterns_except() {
        let rule = "[[rules]]\nid = 'x'\nregex = 'k=(\\w{16})'\nentropy = 3.5\nkeywords = ['k=']\n";
        let text = format!("k={}", body());
        assert_eq!(found(rule, &text).len(), 1);
        assert!(found(rule, "k=abababababababab").is_empty());
        for list in [
            "stopwords = ['ZPLW']".to_owned(),
            "regexes = ['^q7']".to_owned(),
            "regexTarget = 'match'\nregexes = ['^k=q']".to_owned(),
            "regexTarget = 'line'\nregexes = ['^head']".to_owned(),
        ] {
            let with = format!("{rule}[[rules.allowlists]]\n{list}\n");
            assert!(found(&with, &format!("head {text}")).is_empty(), "{list}");
            let global = format!("[[allowlists]]\ntargetRules = ['y']\n{list}\n{rule}");
            assert_eq!(found(&global, &format!("head {text}")).len(), 1, "{list}");
        }
    }

    #[test]
    fn placeholders_look_ups_and_masks_are_no_findings() {
        let rule = "[[rules]]\nid = 'x'\nregex = 'k=(\\S{8,})'\nkeywords = ['k=']\n";
        for text in [
            "k=REDACTED_ACME_KEY",
            "k=$ACME_API_KEY",
            "k=your_api_key_here",
        ] {
            assert!(found(rule, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_expressed_is_told_and_the_others_are_used() {
        let loaded = load(
            "[extend]\nuseDefault = true\n\
             [[rules]]\nid = 'files'\npath = 'id_rsa$'\n\
             [[rules]]\nid = 'greek'\nregex = '\\p{Greek}+'\n\
             [[rules]]\nid = 'group'\nregex = '(a)'\nsecretGroup = 2\n\
             [[rules]]\nid = 'near'\nregex = 'a'\n[[rules.required]]\nid = 'x'\n\
             [[rules]]\nid = 'both'\nregex = 'a'\n[[rules.allowlists]]\n\
             condition = 'AND'\npaths = ['a']\nstopwords = ['b']\n\
             [[rules]]\nid = 'good'\nregex = 'a'\npath = '(?i)\\.ipynb$'\n",
        )
        .unwrap();
        let ids: Vec<_> = loaded
            .rules
            .iter()
            .map(|rule| rule.kind.id.as_ref())
            .collect();
        assert_eq!(ids, ["gitleaks:both", "gitleaks:good"]);
        let problems = loaded.problems.join("\n");
        for part in [
            "[extend]",
            "rule `files` is not used: it has no regex",
            "rule `greek` is not used: its regex: ",
            "rule `group` is not used: its regex has no group 2",
            "rule `near` is not used: it requires",
            "rule `both`: an allowlist is not used: its conditions must hold together",
        ] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        assert_eq!(loaded.confined.len(), 1);
    }

    #[test]
    fn what_is_no_such_file_is_told_with_its_line() {
        let error = load("\n[[rules]]\nid = 1\n").unwrap_err();
        assert!(error.starts_with("line 3: "), "{error}");
    }
}
