//! The user's own values: what their stores and their environment hold.
//!
//! A password without a shape can be found in no other way than by knowing
//! it. So these values are gathered on the machine, kept in memory, searched
//! exactly and wiped; nothing is said of them but where they come from, and
//! that only when they were found.
//!
//! What is searched must be worth it: a value that could stand somewhere by
//! chance (`postgres`, a path, a word) is dropped, as no finding may ever be
//! a coincidence.

use super::catalogue;
use super::judge::{self, Context, Credible};
use super::kind::Kind;
use super::names::{self, NameClass, NameIndex, Sort, Strength};
use super::secret::Secret;
use super::shapes::{Hit, Shapes};
use crate::region::Role;
use crate::store::{Held, Trust};
use crate::syntax::Via;

/// A value that its user has, and where.
#[derive(Debug, Clone)]
pub struct OwnValue {
    /// The value.
    pub value: Secret,
    /// Which type of credential it is.
    pub kind: &'static Kind,
    /// The environment variable that holds it already.
    pub variable: Option<String>,
    /// What its store calls it, if that says more than its kind.
    pub name: Option<String>,
    /// Where it comes from, for people: `environment variable HF_TOKEN`.
    pub origin: String,
}

/// A value of the environment shorter than this is not searched.
const SHORTEST_IN_ENVIRONMENT: usize = 12;

/// Nor is a value of a store that is shorter than this.
const SHORTEST_IN_STORE: usize = 8;

/// Longer ones are documents.
const LONGEST: usize = 16 << 10;

/// Decides which values are worth a search.
#[derive(Debug, Clone, Copy)]
pub struct Believer<'d> {
    names: &'d NameIndex,
    shapes: &'static Shapes,
}

/// A value under a name, before it is believed.
struct Candidate<'c> {
    name: &'c str,
    value: &'c str,
    trust: Trust,
    shortest: usize,
}

impl<'d> Believer<'d> {
    /// One that knows these names and shapes.
    pub fn new(names: &'d NameIndex, shapes: &'static Shapes) -> Self {
        Self { names, shapes }
    }

    /// What an environment variable holds. Its name must be a credential's, or
    /// its value an address with a password.
    pub fn of_environment(&self, name: &str, value: &str) -> Vec<OwnValue> {
        let candidate = Candidate {
            name,
            value: value.trim(),
            trust: Trust::Name,
            shortest: SHORTEST_IN_ENVIRONMENT,
        };
        self.believe(&candidate)
            .into_iter()
            .map(|(value, kind, whole)| OwnValue {
                value,
                kind,
                variable: whole.then(|| name.to_owned()),
                name: None,
                origin: format!("environment variable {name}"),
            })
            .collect()
    }

    /// What a store holds; `place` names the store for people.
    pub fn of_store(&self, held: &Held, place: &str) -> Vec<OwnValue> {
        let candidate = Candidate {
            name: &held.name,
            value: held.value.expose().trim(),
            trust: held.trust,
            shortest: SHORTEST_IN_STORE,
        };
        self.believe(&candidate)
            .into_iter()
            .map(|(value, kind, whole)| OwnValue {
                value,
                kind,
                variable: held.variable.clone().filter(|_| whole),
                name: whole.then(|| held.name.clone()),
                origin: match held.label.as_str() {
                    "" => place.to_owned(),
                    label => format!("{place}, {label}"),
                },
            })
            .collect()
    }

    /// The values worth a search, each with its kind and whether it is all of
    /// the candidate: of an address only the password is.
    fn believe(&self, candidate: &Candidate<'_>) -> Vec<(Secret, &'static Kind, bool)> {
        let value = candidate.value;
        if value.len() < candidate.shortest || value.len() > LONGEST {
            return Vec::new();
        }
        if value.contains("://") {
            let parts = self.parts(value);
            if !parts.is_empty() {
                return parts;
            }
        }
        let kind = self.kind_of(candidate);
        let kind = kind.map(|kind| (Secret::new(value), kind, true));
        kind.into_iter().collect()
    }

    /// The passwords in the addresses of a value.
    fn parts(&self, value: &str) -> Vec<(Secret, &'static Kind, bool)> {
        let is_worth = |hit: &Hit| {
            let part = &value[hit.span.clone()];
            hit.span != hit.whole && part.len() >= SHORTEST_IN_STORE && is_password(part)
        };
        self.shapes
            .find(value)
            .into_iter()
            .filter(is_worth)
            .map(|hit| (Secret::new(&value[hit.span.clone()]), hit.kind, false))
            .collect()
    }

    /// What the candidate is, if it is worth a search as a whole.
    fn kind_of(&self, candidate: &Candidate<'_>) -> Option<&'static Kind> {
        let Candidate { name, value, .. } = *candidate;
        let claimed = self.names.kinds_of(name);
        let class = names::classify(name);
        if claimed.is_empty() && class.is_none() && candidate.trust == Trust::Name {
            return None;
        }
        if judge::is_placeholder(value).is_some() {
            return None;
        }
        if let Some(kind) = self.told_by_itself(value) {
            return Some(kind);
        }
        // A shape that does not tell its kind may be any word, too.
        let fits = |kind: &&'static Kind| self.shapes.fits(kind, value);
        let fitting = claimed.into_iter().find(fits);
        let class = match (class, candidate.trust) {
            (Some(class), _) => class,
            (None, Trust::Store) => NameClass::strong(Sort::Password),
            (None, Trust::Name) if fitting.is_none() => return None,
            (None, Trust::Name) => NameClass::strong(Sort::ApiKey),
        };
        if !is_credible(candidate, class) {
            return None;
        }
        fitting.or_else(|| catalogue::kind(class.generic_kind()))
    }

    /// The kind whose shape the whole value has.
    fn told_by_itself(&self, value: &str) -> Option<&'static Kind> {
        let hits = self.shapes.find(value);
        let whole = hits.into_iter().find(|hit| hit.span == (0..value.len()));
        whole.map(|hit| hit.kind)
    }
}

/// Whether the judge believes a value that no kind claims. A name that other
/// things have as well must prove more, and so must a value so short that it
/// could be found by chance; what a store says itself needs less.
fn is_credible(candidate: &Candidate<'_>, class: NameClass) -> bool {
    let verdict = judged(candidate.name, candidate.value, class);
    let is_short = candidate.value.len() < SHORTEST_IN_ENVIRONMENT;
    let needed = match candidate.trust {
        Trust::Name if is_short || class.strength == Strength::Weak => Credible::Likely,
        _ => Credible::Possible,
    };
    if verdict >= needed {
        return true;
    }
    // A store says so whatever the value looks like; a word it must not be.
    candidate.trust == Trust::Store && is_password(candidate.value)
}

/// Whether a value would be believed as a password.
fn is_password(value: &str) -> bool {
    judge::is_placeholder(value).is_none()
        && judged("password", value, NameClass::strong(Sort::Password)) >= Credible::Likely
}

fn judged(name: &str, value: &str, class: NameClass) -> Credible {
    let role = Role::Value {
        name: name.to_owned(),
    };
    let context = Context {
        name,
        class,
        via: Via::Environment,
        role: &role,
    };
    judge::judge(value, &context).credible
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::engine::Detector;

    /// Letters and digits as a program would issue them.
    fn random() -> String {
        ["q7Zp", "Lw2R", "tX9v", "BnK4", "mY0a", "Ud8c"].concat()
    }

    fn environment(name: &str, value: &str) -> Vec<OwnValue> {
        Detector::default().believer().of_environment(name, value)
    }

    #[test]
    fn a_variable_like_a_credentials_is_one() {
        let found = environment("MY_SERVICE_TOKEN", &random());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind.id, "generic-token");
        assert_eq!(found[0].variable.as_deref(), Some("MY_SERVICE_TOKEN"));
        assert_eq!(found[0].origin, "environment variable MY_SERVICE_TOKEN");
    }

    #[test]
    fn its_kind_is_told_by_its_name_or_by_its_shape() {
        let hex: String = random().bytes().map(|byte| format!("{byte:02x}")).collect();
        let wandb = environment("WANDB_API_KEY", &hex[..40]);
        assert_eq!(wandb[0].kind.id, "wandb-api-key-legacy");
        let letters: String = "kQzWvBnTyLmRfGhJpXsDcUeAoIiYtRqNwM".to_owned();
        let token = environment("LOGIN_TOKEN", &format!("hf_{letters}"));
        assert_eq!(token[0].kind.id, "huggingface-user-token");
    }

    #[test]
    fn ordinary_values_are_never_searched() {
        for (name, value) in [
            ("PASSWORD", "postgres"),
            ("TOKEN", "test"),
            ("API_KEY", "your-api-key-here"),
            ("SECRET_KEY", "development"),
            ("SECRET_KEY", "/run/secrets/django/key"),
            ("GITHUB_TOKEN", "${{ secrets.GITHUB_TOKEN }}"),
            ("AUTH_TOKEN", "123456789012345"),
            ("DB_PASSWORD", "my-database-password"),
            ("DATABASE_URL", "postgres://postgres:postgres@localhost/db"),
            ("KAGGLE_USERNAME", "someone-with-a-name"),
            ("AWS_ACCESS_KEY_ID", "q7zplw2rtx9vbnk4"),
            ("QDRANT_API_KEY", "our-local-vector-store"),
        ] {
            assert!(environment(name, value).is_empty(), "{name}={value}");
        }
    }

    #[test]
    fn what_every_machine_sets_is_no_credential() {
        let sha = "3f2a".repeat(10).replace("3f2a3f2a", "9d1c07be");
        let long_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        for (name, value) in [
            ("GITHUB_SHA", sha.as_str()),
            ("CI_COMMIT_SHA", &sha),
            ("PATH", long_path),
            ("LS_COLORS", "rs=0:di=01;34:ln=01;36:mh=00:pi=40;33"),
            ("PS1", r"\[\e]0;\u@\h: \w\a\]${debian_chroot}\u@\h:\w\$ "),
            ("SSH_AUTH_SOCK", "/tmp/ssh-XXXXabcd1234/agent.12345"),
            ("XDG_SESSION_ID", "c2"),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"),
            ("INVOCATION_ID", "0123456789abcdef0123456789abcdef"),
            ("GITHUB_RUN_ID", "12345678901234"),
            ("HOSTNAME", "runner-a1b2c3d4-project-12345-concurrent-0"),
            ("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568"),
            ("KUBERNETES_PORT", "tcp://10.0.0.1:443"),
            ("SESSION_MANAGER", "local/host:@/tmp/.ICE-unix/1234"),
            ("COLAB_JUPYTER_TRANSPORT", "ipc"),
        ] {
            assert!(environment(name, value).is_empty(), "{name}");
        }
    }

    #[test]
    fn of_an_address_the_password_counts() {
        let url = format!("postgres://app:{}@db.internal:5432/app", random());
        let found = environment("DATABASE_URL", &url);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value.expose(), random());
        assert_eq!(found[0].variable, None, "the variable holds more");
    }

    #[test]
    fn stores_are_trusted_with_shorter_values() {
        let believer_of = |trust, value: &str| {
            let held = Held {
                account: String::new(),
                name: "password".into(),
                label: "host".into(),
                variable: None,
                value: Secret::new(value),
                trust,
            };
            Detector::default()
                .believer()
                .of_store(&held, "~/.netrc")
                .into_iter()
                .map(|own| own.origin)
                .collect::<Vec<_>>()
        };
        let short = ["Tr7k", "q!9z"].concat();
        assert_eq!(believer_of(Trust::Store, &short), ["~/.netrc, host"]);
        assert!(believer_of(Trust::Store, "postgres").is_empty());
        assert!(believer_of(Trust::Store, "correct horse").is_empty());
        assert!(believer_of(Trust::Store, &short[..6]).is_empty());
    }
}
