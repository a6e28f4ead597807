//! Names that the structure of a cell binds to literal values.

use ruff_python_ast::{AnyNodeRef, BoolOp, Expr, Identifier, IpyEscapeKind, Stmt};

use super::calls::{Wrapped, environment_name, wrapped};
use super::literal::Literal;
use super::{Node, Parsed, dotted, fold, magic, pairs, span_of};
use crate::syntax::{Binding, Via};

/// Deeper nesting of wrappers around a value is not looked through.
const DEEPEST: usize = 16;
/// Schemes that stand before a credential in an `Authorization` header.
const SCHEMES: [&str; 8] = [
    "Bearer ", "bearer ", "Basic ", "Token ", "token ", "Bot ", "ApiKey ", "Key ",
];

/// Every name bound to a literal in the cell, in the order of the text. The
/// argument of a call is bound to `callee:index`, one by keyword to the keyword
/// and to `callee:keyword`.
pub fn bindings(parsed: &Parsed) -> Vec<Binding> {
    let mut binder = Binder {
        text: parsed.text(),
        out: Vec::new(),
    };
    parsed.walk(&mut |road| match road.last() {
        Some(Node::Stmt(stmt)) => binder.statement(stmt),
        Some(Node::Expr(expr)) => binder.expression(expr),
        Some(Node::Other(AnyNodeRef::ParameterWithDefault(parameter))) => {
            if let Some(default) = parameter.default() {
                binder.bind(parameter.name(), Via::Default, default);
            }
        }
        Some(Node::Other(AnyNodeRef::Keyword(keyword))) => {
            if let Some(name) = &keyword.arg {
                binder.bind(name, Via::Keyword, &keyword.value);
                binder.parts(name, &keyword.value);
            }
        }
        _ => {}
    });
    binder.out
}

pub(super) struct Binder<'t> {
    text: &'t str,
    out: Vec<Binding>,
}

impl Binder<'_> {
    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.pair(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.pair(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => self.pair(&assign.target, &assign.value),
            Stmt::For(each) => {
                for item in items(&each.iter) {
                    self.pair(&each.target, item);
                }
            }
            Stmt::Match(choice) => {
                if let Some(name) = dotted(&choice.subject) {
                    for case in &choice.cases {
                        if let ruff_python_ast::Pattern::MatchValue(value) = &case.pattern {
                            self.bind(&name, Via::Comparison, &value.value);
                        }
                    }
                }
            }
            Stmt::IpyEscapeCommand(line) if line.kind == IpyEscapeKind::Magic => {
                self.set_env_line(span_of(line).start, &self.text[span_of(line)]);
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Named(named) => self.pair(&named.target, &named.value),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        self.key(key, &item.value);
                    }
                }
                for (name, via, value) in pairs::beside(dict) {
                    self.bind(&name, via, value);
                }
            }
            Expr::Compare(compare) => {
                let mut left = &*compare.left;
                for right in &compare.comparators {
                    self.compare(left, right);
                    self.compare(right, left);
                    left = right;
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.flags(&list.elts),
            Expr::Tuple(tuple) => self.flags(&tuple.elts),
            Expr::BoolOp(chain) if chain.op == BoolOp::Or => {
                if let Some((first, rest)) = chain.values.split_first()
                    && let Some(name) = environment_name(first)
                {
                    for value in rest {
                        self.bind(&name, Via::Environment, value);
                    }
                }
            }
            Expr::BinOp(operation) => {
                for password in pairs::filled_in(operation) {
                    self.bind("password", Via::Keyword, password);
                }
            }
            _ => {}
        }
    }

    /// `["--name", "value"]`: the words of a command; `[("name", "value")]`: a table.
    fn flags(&mut self, words: &[Expr]) {
        for row in words {
            if let Expr::Tuple(row) = row
                && let [name @ Expr::StringLiteral(_), value] = &*row.elts
            {
                self.key(name, value);
            }
        }
        for pair in words.windows(2) {
            let flag = string(&pair[0]);
            if let Some(name) = flag.as_deref().and_then(|flag| flag.strip_prefix("--")) {
                self.bind(name, Via::Flag, &pair[1]);
            }
        }
    }

    /// `target = value`, element by element if both are displays.
    fn pair(&mut self, target: &Expr, value: &Expr) {
        let targets = items(target);
        if !targets.is_empty() {
            let values = items(value);
            if values.len() == targets.len() {
                for (target, value) in targets.iter().zip(values) {
                    self.pair(target, value);
                }
            }
            return;
        }
        if let Expr::Subscript(subscript) = target {
            let environ = dotted(&subscript.value).is_some_and(|name| is_environ(&name));
            match (environ, string(&subscript.slice)) {
                (true, Some(name)) => self.bind(&name, Via::Environment, value),
                _ => self.key(&subscript.slice, value),
            }
        } else if let Some(name) = dotted(target) {
            self.bind(&name, Via::Assignment, value);
            self.parts(&name, value);
        }
    }

    /// What the parts of a value are by the name of the whole: the password of
    /// `auth = ("me", "…")`, the cookies of `cookies = {"sid": "…"}`.
    pub(super) fn parts(&mut self, name: &str, value: &Expr) {
        for (part, via, value) in pairs::named(name, value) {
            self.bind(part, via, value);
        }
    }

    pub(super) fn compare(&mut self, named: &Expr, value: &Expr) {
        if let Expr::Subscript(subscript) = named {
            if let Some(key) = string(&subscript.slice) {
                self.bind(&key, Via::Comparison, value);
            }
        } else if let Some(name) = dotted(named) {
            self.bind(&name, Via::Comparison, value);
        }
    }

    fn key(&mut self, key: &Expr, value: &Expr) {
        let Some(name) = string(key).or_else(|| dotted(key)) else {
            return;
        };
        let first = self.out.len();
        self.bind(&name, Via::Key, value);
        for binding in &mut self.out[first..] {
            let scheme = SCHEMES
                .iter()
                .find(|&&scheme| binding.value.starts_with(scheme));
            if let Some(scheme) = scheme {
                binding.via = Via::Header;
                if binding.value.len() == binding.span.len() {
                    binding.value.drain(..scheme.len());
                    binding.span.start += scheme.len();
                }
            }
        }
    }

    fn set_env_line(&mut self, start: usize, line: &str) {
        let Some(set) = magic::set_env(line) else {
            return;
        };
        let raw = &line[set.value.clone()];
        let value = raw.trim_matches(['"', '\'']);
        let start = start + set.value.start + raw.find(value).unwrap_or(0);
        self.out.push(Binding {
            name: set.name,
            span: start..start + value.len(),
            value: value.to_owned(),
            via: Via::Environment,
        });
    }

    pub(super) fn bind(&mut self, name: &(impl AsName + ?Sized), via: Via, expr: &Expr) {
        for value in self.values(expr) {
            self.push(name.as_name(), via, value);
        }
    }

    pub(super) fn push(&mut self, name: &str, via: Via, value: Value) {
        self.out.push(Binding {
            name: name.to_owned(),
            span: value.span,
            value: value.value,
            via,
        });
    }

    /// The literals that may become the value of `expr`.
    pub(super) fn values(&self, expr: &Expr) -> Vec<Value> {
        let mut literals = Vec::new();
        leaves(self.text, expr, DEEPEST, &mut literals);
        literals
            .into_iter()
            .filter(|literal| !literal.is_interpolated() && !literal.value.is_empty())
            .map(Value::of)
            .collect()
    }
}

/// A literal value on its way to a binding.
pub(super) struct Value {
    pub(super) span: std::ops::Range<usize>,
    pub(super) value: String,
    pub(super) map: crate::layer::Map,
}

impl Value {
    fn of(literal: Literal) -> Self {
        Self {
            span: literal.map.hull(0..literal.value.len()),
            value: literal.value,
            map: literal.map,
        }
    }
}

pub(super) trait AsName {
    fn as_name(&self) -> &str;
}

impl AsName for str {
    fn as_name(&self) -> &str {
        self
    }
}

impl AsName for String {
    fn as_name(&self) -> &str {
        self
    }
}

impl AsName for Identifier {
    fn as_name(&self) -> &str {
        self.as_str()
    }
}

/// Collects the literals that `expr` may evaluate to: through branches, `or`,
/// displays, and calls that only wrap a value.
fn leaves(text: &str, expr: &Expr, depth: usize, out: &mut Vec<Literal>) {
    if depth == 0 {
        return;
    }
    if let Some(literal) = fold::fold(text, expr) {
        out.push(literal);
        return;
    }
    let mut go = |expr: &Expr| leaves(text, expr, depth - 1, out);
    match expr {
        Expr::If(branches) => {
            go(&branches.body);
            go(&branches.orelse);
        }
        Expr::BoolOp(chain) if chain.op == BoolOp::Or => chain.values.iter().for_each(go),
        Expr::Named(named) => go(&named.value),
        Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) => items(expr).iter().for_each(go),
        Expr::Call(call) => match wrapped(call) {
            Some(Wrapped::Receiver(receiver)) => go(receiver),
            Some(Wrapped::Argument(argument)) => go(argument),
            None => {}
        },
        _ => {}
    }
}

/// The elements of a display; nothing for any other expression.
pub(super) fn items(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Set(set) => &set.elts,
        _ => &[],
    }
}

/// The value of a plain string literal.
pub(crate) fn string(expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    }
}

/// Whether a dotted name is the environment: `os.environ`, `environ`.
pub(crate) fn is_environ(name: &str) -> bool {
    name == "environ" || name.ends_with(".environ")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn bound(cell: &str) -> Vec<(String, String, Via)> {
        bindings(&parse(cell))
            .into_iter()
            .inspect(|binding| {
                assert!(cell.get(binding.span.clone()).is_some());
            })
            .map(|binding| (binding.name, binding.value, binding.via))
            .collect()
    }

    #[test]
    fn every_way_to_bind_a_name() {
        use Via::*;
        for (cell, name, via) in [
            ("key = 'v'", "key", Assignment),
            ("key: str = 'v'", "key", Assignment),
            ("a = key = 'v'", "key", Assignment),
            ("a, (b, key) = 1, (2, 'v')", "key", Assignment),
            ("key += 'v'", "key", Assignment),
            ("f(key := 'v')", "key", Assignment),
            ("openai.api_key = 'v'", "openai.api_key", Assignment),
            ("for key in ['w', 'v']: pass", "key", Assignment),
            ("key = x if y else 'v'", "key", Assignment),
            ("key = x or 'v'", "key", Assignment),
            ("key = SecretStr('v')", "key", Assignment),
            ("key = ' v'.strip() or 'v'", "key", Assignment),
            ("key = ['w', 'v']", "key", Assignment),
            (
                "key = 'v' 
",
                "key",
                Assignment,
            ),
            (
                "class C:\n    key: str = field(default='v')",
                "key",
                Assignment,
            ),
            ("d['key'] = 'v'", "key", Key),
            ("d = {'key': 'v'}", "key", Key),
            ("d.setdefault('key', 'v')", "key", Key),
            ("f(key='v')", "key", Keyword),
            ("dict(key='v')", "key", Keyword),
            ("wandb.login('v')", "wandb.login:0", Position),
            ("a.b.c(1, 'v')", "a.b.c:1", Position),
            ("def f(a, key='v'): pass", "key", Default),
            ("f = lambda key='v': 1", "key", Default),
            ("key == 'v'", "key", Comparison),
            ("'v' != o.key", "o.key", Comparison),
            ("match key:\n    case 'v': pass", "key", Comparison),
            ("os.environ['KEY'] = 'v'", "KEY", Environment),
            ("environ['KEY'] = 'v'", "KEY", Environment),
            ("os.environ.setdefault('KEY', 'v')", "KEY", Environment),
            ("os.environ.update({'KEY': 'v'})", "KEY", Environment),
            ("os.putenv('KEY', 'v')", "KEY", Environment),
            ("x = os.getenv('KEY', 'v')", "KEY", Environment),
            ("x = os.environ.get('KEY', 'v')", "KEY", Environment),
            ("x = os.getenv('KEY', default='v')", "KEY", Environment),
            (
                "x = config('KEY', default='v', cast=str)",
                "KEY",
                Environment,
            ),
            ("run(['a', '--key', 'v'])", "key", Flag),
            ("d = dict([('key', 'v'), ('n', 1)])", "key", Key),
            ("os.system('curl -u me:v https://host')", "password", Flag),
            (
                "subprocess.run('mysql -uroot -pv', shell=True)",
                "password",
                Flag,
            ),
            ("%env KEY=v", "KEY", Environment),
            ("if x:\n    %set_env KEY v", "KEY", Environment),
            (
                "get_ipython().run_line_magic('env', 'KEY=v')",
                "KEY",
                Environment,
            ),
            ("get_ipython().magic('set_env KEY v')", "KEY", Environment),
            ("h = {'Authorization': 'Bearer v'}", "Authorization", Header),
        ] {
            let all = bound(cell);
            let wanted = (name.to_owned(), "v".to_owned(), via);
            assert!(all.contains(&wanted), "{cell}: {all:?}");
        }
    }

    #[test]
    fn the_span_is_the_value_without_quotes() {
        for (cell, stands) in [
            ("é = 'abc'", "abc"),
            ("x = r'''abc'''", "abc"),
            ("x = 'a' \"bc\"", "a' \"bc"),
            ("x = 'a' + 'bc'", "a' + 'bc"),
            ("x = '\\x61bc'", "\\x61bc"),
            ("h = {'Authorization': 'Bearer abc'}", "abc"),
            ("%env X=\"abc\"", "abc"),
        ] {
            let all = bindings(&parse(cell));
            assert_eq!(all[0].value, "abc", "{cell}");
            assert_eq!(&cell[all[0].span.clone()], stands, "{cell}");
        }
    }

    #[test]
    fn what_is_not_a_literal_binds_nothing() {
        for cell in [
            "key = x",
            "key = f'{x}'",
            "key = ''",
            "f(key=x['a'])",
            "key = None",
        ] {
            let all: Vec<_> = bound(cell);
            assert_eq!(all, [], "{cell}");
        }
    }
}
