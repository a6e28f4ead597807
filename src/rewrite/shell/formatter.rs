//! How IPython expands `$name` and `{expression}` in a line before a shell or
//! a magic sees it: the rules of `IPython.utils.text.DollarFormatter` and of
//! the standard library's `string.Formatter.parse` beneath it.
//!
//! If any reference on the line cannot be evaluated, IPython passes the whole
//! line on untouched. So it matters what is a reference, and whether its names
//! are known.

use std::collections::BTreeSet;
use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext};
use ruff_python_parser::parse_expression;

/// Something in a line that IPython evaluates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// With its braces or its dollar.
    pub span: Range<usize>,
    /// The expression.
    pub expression: String,
}

/// What IPython sees in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not a format string: the line goes on untouched.
    Malformed,
    /// The references, and where doubled braces or dollars become single.
    Format {
        references: Vec<Reference>,
        escapes: Vec<usize>,
    },
}

/// Reads a line as IPython does.
pub(super) fn read(line: &str) -> Seen {
    let bytes = line.as_bytes();
    let mut references = Vec::new();
    let mut escapes = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while bytes
            .get(at)
            .is_some_and(|byte| !matches!(byte, b'{' | b'}'))
        {
            at += 1;
        }
        let Some(&brace) = bytes.get(at) else {
            dollars(line, start..at, &mut references, &mut escapes);
            break;
        };
        if bytes.get(at + 1) == Some(&brace) {
            dollars(line, start..at + 1, &mut references, &mut escapes);
            escapes.push(at);
            at += 2;
            continue;
        }
        dollars(line, start..at, &mut references, &mut escapes);
        let Some(field) = (brace == b'{').then(|| field(bytes, at + 1)).flatten() else {
            return Seen::Malformed;
        };
        references.push(Reference {
            span: at..field.end,
            expression: field.expression(line),
        });
        at = field.end;
    }
    Seen::Format {
        references,
        escapes,
    }
}

/// `name!conversion:spec}`
struct Field {
    name: Range<usize>,
    conversion: Option<u8>,
    spec: Range<usize>,
    /// Behind the brace.
    end: usize,
}

impl Field {
    /// The expression that IPython evaluates: it takes the format for a
    /// slice. Empty, which fails, if the conversion is unknown.
    fn expression(&self, line: &str) -> String {
        if !matches!(self.conversion, None | Some(b'r' | b's' | b'a')) {
            return String::new();
        }
        let name = line.get(self.name.clone()).unwrap_or("");
        match line.get(self.spec.clone()) {
            None | Some("") => name.to_owned(),
            Some(spec) => format!("{name}:{spec}"),
        }
    }
}

/// Reads the field that begins at `start`, behind its brace.
fn field(bytes: &[u8], start: usize) -> Option<Field> {
    let mut at = start;
    let whole = |name_end: usize, conversion, spec: Range<usize>, end| Field {
        name: start..name_end,
        conversion,
        spec,
        end,
    };
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'{' => return None,
            b'}' => return Some(whole(at - 1, None, at..at, at)),
            b'[' => {
                while bytes.get(at).is_some_and(|&byte| byte != b']') {
                    at += 1;
                }
            }
            b'!' => {
                let conversion = Some(*bytes.get(at)?);
                // One character of conversion, then the end or a format.
                return match *bytes.get(at + 1)? {
                    b'}' => Some(whole(at - 1, conversion, at..at, at + 2)),
                    b':' => {
                        let end = spec_end(bytes, at + 2)?;
                        Some(whole(at - 1, conversion, at + 2..end - 1, end))
                    }
                    _ => None,
                };
            }
            b':' => {
                let end = spec_end(bytes, at)?;
                return Some(whole(at - 1, None, at..end - 1, end));
            }
            _ => {}
        }
    }
}

fn spec_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1usize;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
}

/// Adds the `$name` references and the `$$name` escapes in a literal stretch.
/// IPython ignores a dollar with an odd number of single quotes behind it in
/// the stretch.
fn dollars(
    line: &str,
    literal: Range<usize>,
    references: &mut Vec<Reference>,
    escapes: &mut Vec<usize>,
) {
    let Some(text) = line.get(literal.clone()) else {
        return;
    };
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('$')) {
        let dollar = at + found;
        let rest = text.get(dollar + 1..).unwrap_or("");
        let (sign, rest) = rest.strip_prefix('$').map_or((0, rest), |rest| (1, rest));
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(rest.len());
        let end = dollar + 1 + sign + len;
        let quotes = text.get(end..).unwrap_or("").matches('\'').count();
        if len == 0 || quotes % 2 == 1 {
            at = dollar + 1;
            continue;
        }
        if sign == 1 {
            escapes.push(literal.start + dollar);
        } else {
            references.push(Reference {
                span: literal.start + dollar..literal.start + end,
                expression: rest.get(..len).unwrap_or("").to_owned(),
            });
        }
        at = end;
    }
}

/// Whether the expression parses and all its names are bound.
pub(super) fn evaluates(expression: &str, names: &BTreeSet<String>, os: &str) -> bool {
    let Ok(parsed) = parse_expression(expression.trim_start()) else {
        return false;
    };
    let mut used = Names::default();
    used.visit_expr(parsed.expr());
    used.loaded.iter().all(|name| {
        used.stored.contains(name)
            || names.contains(name)
            || name == os
            || BUILTINS.binary_search(&name.as_str()).is_ok()
    })
}

/// The names of an expression.
#[derive(Default)]
struct Names {
    loaded: BTreeSet<String>,
    stored: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let set = match name.ctx {
                ExprContext::Load => &mut self.loaded,
                _ => &mut self.stored,
            };
            set.insert(name.id.to_string());
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_parameter(&mut self, parameter: &'a ruff_python_ast::Parameter) {
        self.stored.insert(parameter.name.id.to_string());
        visitor::walk_parameter(self, parameter);
    }
}

/// Names that are always there: Python's builtins and IPython's own. Sorted.
const BUILTINS: [&str; 82] = [
    "False",
    "In",
    "None",
    "Out",
    "True",
    "_",
    "__",
    "___",
    "__name__",
    "_exit_code",
    "_i",
    "_ih",
    "_oh",
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "display",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "get_ipython",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn expressions(line: &str) -> Option<Vec<String>> {
        match read(line) {
            Seen::Malformed => None,
            Seen::Format { references, .. } => {
                Some(references.into_iter().map(|it| it.expression).collect())
            }
        }
    }

    #[test]
    fn finds_what_ipython_finds() {
        let table: [(&str, Option<&[&str]>); 17] = [
            ("ls -l", Some(&[])),
            ("echo $a {b}", Some(&["a", "b"])),
            ("echo $a.b", Some(&["a.b"])),
            ("echo '$a'", Some(&[])),
            ("echo '{a}'", Some(&["a"])),
            ("echo $$a", Some(&[])),
            ("echo {{a}}", Some(&[])),
            ("awk '{print $1}'", Some(&["print $1"])),
            ("rm {} \\;", Some(&[""])),
            ("echo }", None),
            ("echo {", None),
            ("echo ${X}", Some(&["X"])),
            ("echo {a!r} {b[1:2]} {c:3}", Some(&["a", "b[1:2]", "c:3"])),
            ("echo {os.environ[\"A\"]}", Some(&["os.environ[\"A\"]"])),
            ("echo '{\"a\": {\"b\": 1}}'", Some(&["\"a\": {\"b\": 1}"])),
            ("echo {a{b}}", None),
            ("echo {a:} {b!r:3} {c!z}", Some(&["a", "b:3", ""])),
        ];
        for (line, expected) in table {
            let found = expressions(line);
            let found = found.as_deref();
            let expected = expected.map(|list| list.iter().map(ToString::to_string).collect());
            assert_eq!(found.map(<[String]>::to_vec), expected, "{line}");
        }
    }

    #[test]
    fn evaluates_only_bound_names() {
        let names = BTreeSet::from(["model".to_owned()]);
        for (expression, expected) in [
            ("model", true),
            ("model.name", true),
            ("len(model)", true),
            ("[x for x in model]", true),
            ("HOME", false),
            ("print $1", false),
            ("", false),
            ("X:?", false),
            ("os.environ[\"A\"]", true),
            ("1", true),
        ] {
            assert_eq!(
                evaluates(expression, &names, "os"),
                expected,
                "{expression}"
            );
        }
    }

    #[test]
    fn the_list_of_builtins_is_sorted() {
        assert!(BUILTINS.is_sorted());
    }
}
