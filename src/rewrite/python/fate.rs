//! What becomes of a literal's value: is it shown to somebody?
//!
//! A look-up in the place of something that the code prints would print the
//! secret at the next run, into the output that is shared. So the flow of the
//! value is followed upwards, as far as the tree tells; a call to something
//! unknown ends it.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt};

use crate::syntax::python::bindings::is_environ;
use crate::syntax::python::{Node, Parsed, dotted, span_of};

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing that shows it.
    Hidden,
    /// It is printed, logged, raised or displayed.
    Shown,
    /// It is displayed only because it ends the cell; it is bound or set on
    /// the way, so a semicolon at this offset keeps it from being displayed.
    Bound(usize),
}

/// Functions that show their arguments, by the last segments of their name.
const PRINTERS: [&str; 28] = [
    "print",
    "display",
    "pprint",
    "pp",
    "warn",
    "log",
    "debug",
    "info",
    "warning",
    "error",
    "critical",
    "exception",
    "fatal",
    "input",
    "exit",
    "quit",
    "echo",
    "secho",
    "write_stderr",
    "display_html",
    "display_markdown",
    "update_display",
    "stdout.write",
    "stderr.write",
    "tqdm.write",
    "st.write",
    "mo.md",
    "mo.output.append",
];
/// Names that log; a method `error` of anything else is its own business.
const LOGGERS: [&str; 10] = [
    "log", "logger", "logging", "_logger", "_log", "LOGGER", "LOG", "warnings", "console", "st",
];
/// Calls whose result still shows what went in.
const WRAPPERS: [&str; 19] = [
    "str",
    "repr",
    "ascii",
    "format",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "sorted",
    "reversed",
    "bytes",
    "HTML",
    "Markdown",
    "Pretty",
    "Code",
    "JSON",
    "Text",
    "SimpleNamespace",
];
/// Methods whose result still shows their object or their arguments.
const METHODS: [&str; 24] = [
    "format",
    "format_map",
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "title",
    "replace",
    "join",
    "split",
    "rsplit",
    "splitlines",
    "encode",
    "decode",
    "center",
    "ljust",
    "rjust",
    "zfill",
    "removeprefix",
    "removesuffix",
    "expandtabs",
    "partition",
    "hex",
];

/// What becomes of the value of the last node of `road`, in a script or in a
/// cell, whose last line is displayed.
pub(super) fn fate(parsed: &Parsed, road: &[Node<'_>], is_script: bool) -> Fate {
    let mut bound = false;
    for depth in (1..road.len()).rev() {
        let child = &road[depth];
        match flow(road, depth - 1, child) {
            Flow::On => {}
            Flow::Binds => bound = true,
            Flow::Ends => return Fate::Hidden,
            Flow::Shown => return Fate::Shown,
            Flow::Statement(stmt) => {
                return match (!is_script && displayed(parsed, stmt), bound) {
                    (false, _) => Fate::Hidden,
                    (true, true) => Fate::Bound(span_of(stmt).end),
                    (true, false) => Fate::Shown,
                };
            }
        }
    }
    Fate::Hidden
}

enum Flow<'p> {
    On,
    Binds,
    Ends,
    Shown,
    Statement(&'p Stmt),
}

/// Where the value of `child` goes in its parent, the node at `depth`.
fn flow<'p>(road: &[Node<'p>], depth: usize, child: &Node<'p>) -> Flow<'p> {
    let holds = |expr: &Expr| matches!(child, Node::Expr(child) if std::ptr::eq(*child, expr));
    match road[depth] {
        Node::Stmt(stmt) => match stmt {
            Stmt::Expr(_) => Flow::Statement(stmt),
            Stmt::Raise(_) => Flow::Shown,
            Stmt::Assert(assert) if assert.msg.as_deref().is_some_and(holds) => Flow::Shown,
            _ => Flow::Ends,
        },
        Node::Expr(expr) => match expr {
            Expr::BinOp(binary) => match binary.op {
                Operator::Add | Operator::Mod | Operator::Mult | Operator::BitOr => Flow::On,
                _ => Flow::Ends,
            },
            Expr::If(branches) if holds(&branches.test) => Flow::Ends,
            Expr::Named(_) => Flow::Binds,
            Expr::Subscript(subscript) if holds(&subscript.slice) => Flow::Ends,
            Expr::Attribute(attribute) => {
                if METHODS.contains(&attribute.attr.as_str()) {
                    Flow::On
                } else {
                    Flow::Ends
                }
            }
            Expr::Call(call) => through_call(road, depth, call),
            Expr::BoolOp(_)
            | Expr::If(_)
            | Expr::FString(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::Starred(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Await(_)
            | Expr::Subscript(_) => Flow::On,
            _ => Flow::Ends,
        },
        Node::Other(
            AnyNodeRef::Arguments(_)
            | AnyNodeRef::Keyword(_)
            | AnyNodeRef::InterpolatedElement(_)
            | AnyNodeRef::FString(_),
        ) => Flow::On,
        Node::Other(_) => Flow::Ends,
    }
}

fn through_call<'p>(road: &[Node<'p>], depth: usize, call: &ExprCall) -> Flow<'p> {
    let method = match &*call.func {
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    };
    if matches!(
        depth.checked_sub(1).map(|up| road[up]),
        Some(Node::Stmt(Stmt::Raise(_)))
    ) {
        return Flow::Shown;
    }
    let Some(callee) = dotted(&call.func) else {
        // A method of a literal.
        return match method {
            Some(method) if METHODS.contains(&method) => Flow::On,
            _ => Flow::Ends,
        };
    };
    if prints(&callee, call) {
        return Flow::Shown;
    }
    let (object, last) = callee.rsplit_once('.').unwrap_or(("", &callee));
    match last {
        "setdefault" => Flow::Binds,
        "get" | "pop" if is_environ(object) => Flow::On,
        "getenv" => Flow::On,
        _ if method.is_some_and(|method| METHODS.contains(&method)) => Flow::On,
        _ if WRAPPERS.contains(&last) && (method.is_none() || shows_markup(last)) => Flow::On,
        _ => Flow::Ends,
    }
}

/// `HTML`, `Markdown`: classes of `IPython.display`, with or without it.
fn shows_markup(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

fn prints(callee: &str, call: &ExprCall) -> bool {
    let (object, last) = callee.rsplit_once('.').unwrap_or(("", callee));
    let object = object.rsplit('.').next().unwrap_or(object);
    let two = format!("{object}.{last}");
    if !(PRINTERS.contains(&last) || PRINTERS.contains(&two.as_str())) {
        return false;
    }
    let into_file = call.arguments.keywords.iter().any(|keyword| {
        keyword
            .arg
            .as_ref()
            .is_some_and(|name| name.as_str() == "file")
            && !dotted(&keyword.value).is_some_and(|name| name.starts_with("sys.std"))
    });
    let logs = [
        "log",
        "debug",
        "info",
        "warning",
        "error",
        "critical",
        "exception",
        "fatal",
        "warn",
    ];
    !into_file
        && (!logs.contains(&last)
            || object.is_empty()
            || LOGGERS.contains(&object)
            || object == "getLogger")
}

/// Whether IPython displays the value of a statement: it is the last of the
/// cell, an expression, and no semicolon follows.
fn displayed(parsed: &Parsed, stmt: &Stmt) -> bool {
    // A cell of marimo ends with what it gives to others.
    let mut shown = parsed.body().iter().rev();
    let last = shown
        .find(|stmt| !matches!(stmt, Stmt::Return(_)))
        .is_some_and(|last| std::ptr::eq(last, stmt));
    let rest = &parsed.text()[span_of(stmt).end..];
    last && !rest.trim_start_matches([' ', '\t']).starts_with(';')
}
