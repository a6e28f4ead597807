//! Values that stand beside others: the password of a pair, the cookies of a
//! table, what fills the place of a password in a URL.

use ruff_python_ast::{Expr, ExprBinOp, ExprCall, ExprDict, Operator};

use super::bindings::{items, string};
use super::calls::keyword;
use crate::syntax::{Via, cookies};

/// Names of pairs of a user and a password.
const PAIRS: [&str; 7] = [
    "auth",
    "basic_auth",
    "http_auth",
    "proxy_auth",
    "httpauth",
    "basicauth",
    "credentials",
];

/// Names of tables of passwords or keys, by whom they belong to.
const TABLES: [(&str, &str); 3] = [
    ("passwords", "password"),
    ("api_keys", "api_key"),
    ("apikeys", "api_key"),
];

/// What the parts of `value` are, by the name of the whole: name, how it is
/// bound, and the part.
pub(super) fn named<'e>(name: &str, value: &'e Expr) -> Vec<(&'static str, Via, &'e Expr)> {
    let last = name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let dict = match value {
        Expr::Dict(dict) => Some(dict),
        _ => None,
    };
    let table = TABLES.iter().find(|(table, _)| last.ends_with(table));
    if PAIRS.contains(&last.as_str()) {
        return match items(value) {
            [_, password] => vec![("password", Via::Keyword, password)],
            _ => Vec::new(),
        };
    }
    let parts = dict.into_iter().flat_map(|dict| &dict.items);
    if last.ends_with("cookies") || last == "cookie" {
        return parts
            .filter(|item| !item.key.as_ref().is_some_and(is_harmless_cookie))
            .map(|item| ("cookie", Via::Header, &item.value))
            .chain(keywords(value).map(|value| ("cookie", Via::Header, value)))
            .collect();
    }
    match table {
        Some((_, part)) => parts.map(|item| (*part, Via::Key, &item.value)).collect(),
        None => Vec::new(),
    }
}

/// `{"name": "X", "value": "…"}`: the value by the name beside it, and as a
/// cookie where a browser wrote down whose it is.
pub(super) fn beside(dict: &ExprDict) -> Vec<(String, Via, &Expr)> {
    let member = |wanted: &[&str]| {
        dict.items.iter().find_map(|item| {
            let key = string(item.key.as_ref()?)?;
            wanted.contains(&key.as_str()).then_some(&item.value)
        })
    };
    let (Some(name), Some(value)) = (
        member(&["name", "key", "Name", "Key"]),
        member(&["value", "Value"]),
    ) else {
        return Vec::new();
    };
    let Some(name) = string(name) else {
        return Vec::new();
    };
    let is_cookie = member(&["domain"])
        .and_then(string)
        .is_some_and(|domain| domain.contains('.'))
        && !cookies::opens_nothing(&name);
    let cookie = is_cookie.then(|| ("cookie".to_owned(), Via::Header, value));
    std::iter::once((name, Via::Key, value))
        .chain(cookie)
        .collect()
}

fn is_harmless_cookie(name: &Expr) -> bool {
    string(name).is_some_and(|name| cookies::opens_nothing(&name))
}

/// The values of `dict(a="…", b="…")`.
fn keywords(value: &Expr) -> impl Iterator<Item = &Expr> {
    let call = match value {
        Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "dict") => {
            Some(call)
        }
        _ => None,
    };
    let keywords = call.into_iter().flat_map(|call| &call.arguments.keywords);
    keywords.map(|keyword| &keyword.value)
}

/// What stands where a URL wants its password: `"x://me:" + "…" + "@host"`,
/// `"x://%s:%s@host" % ("me", "…")`.
pub(super) fn filled_in(operation: &ExprBinOp) -> Vec<&Expr> {
    match operation.op {
        Operator::Add => behind_user(operation),
        Operator::Mod => {
            let Some(place) = string(&operation.left).and_then(|url| place_in(&url, "%s")) else {
                return Vec::new();
            };
            items(&operation.right).get(place).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The operand of a sum behind one that ends `://user:`.
fn behind_user(sum: &ExprBinOp) -> Vec<&Expr> {
    let before = match &*sum.left {
        Expr::BinOp(inner) if inner.op == Operator::Add => &inner.right,
        other => other,
    };
    let ends = string(before).is_some_and(|text| {
        text.strip_suffix(':')
            .and_then(|text| text.rsplit_once("://"))
            .is_some_and(|(_, user)| !user.contains(['/', '@', ' ']))
    });
    if ends { vec![&*sum.right] } else { Vec::new() }
}

/// `"x://{}:{}@host".format("me", "…")`.
pub(super) fn formatted(call: &ExprCall) -> Option<&Expr> {
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let url = string(&method.value).filter(|_| method.attr.as_str() == "format")?;
    let field = password_field(&url)?;
    if let Some(value) = keyword(call, &field) {
        return Some(value);
    }
    let place = match field.is_empty() {
        true => place_in(&url, "{}")?,
        false => field.parse().ok()?,
    };
    call.arguments.args.get(place)
}

/// The name or number within the braces that stand for the password.
fn password_field(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (user, _) = rest.split_once('@')?;
    let (_, password) = user.split_once(':')?;
    let field = password.strip_prefix('{')?.strip_suffix('}')?;
    (!field.contains(['{', '}'])).then(|| field.to_owned())
}

/// Which of the slots is the one for the password.
fn place_in(url: &str, slot: &str) -> Option<usize> {
    let (head, rest) = url.split_once("://")?;
    let (user, _) = rest.split_once('@')?;
    let (before, password) = user.split_once(':')?;
    let count = head.matches(slot).count() + before.matches(slot).count();
    (password == slot).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::super::{bindings, parse};

    fn passwords(cell: &str) -> Vec<String> {
        bindings(&parse(cell))
            .into_iter()
            .filter(|binding| binding.name == "password")
            .map(|binding| binding.value)
            .collect()
    }

    #[test]
    fn what_fills_the_place_of_a_password() {
        for cell in [
            "get(url, auth=('me', 'v'))",
            "auth = ('me', 'v')",
            "x = 'db://me:' + 'v' + '@host'",
            "x = 'db://me:' + quote('v') + '@' + host",
            "x = 'db://%s:%s@host/%s' % ('me', 'v', 'db')",
            "x = 'db://{}:{}@host/{}'.format('me', 'v', 'db')",
            "x = 'db://{0}:{1}@host'.format('me', 'v')",
            "x = 'db://{u}:{p}@host'.format(u='me', p='v')",
            "passwords = {'me': 'v'}",
        ] {
            assert_eq!(passwords(cell), ["v"], "{cell}");
        }
    }

    #[test]
    fn other_pairs_and_sums_bind_nothing() {
        for cell in [
            "shape = ('me', 'v')",
            "auth = ('me', 'v', 'w')",
            "x = 'https://host/' + 'v'",
            "x = 'a %s' % ('v',)",
            "x = 'db://host/{}'.format('v')",
            "photos.call('curl -u me:v https://host')",
        ] {
            assert!(passwords(cell).is_empty(), "{cell}");
        }
    }

    #[test]
    fn cookies_of_a_table() {
        let cookies = |cell: &str| {
            let all = bindings(&parse(cell));
            all.iter().filter(|one| one.name == "cookie").count()
        };
        assert_eq!(cookies("get(url, cookies={'sid': 'v', '_ga': 'w'})"), 1);
        assert_eq!(cookies("cookies = dict(sid='v')"), 1);
        assert_eq!(cookies("session.cookies.update({'sid': 'v'})"), 1);
        assert_eq!(cookies("session.cookies.set('sid', 'v')"), 1);
    }
}
