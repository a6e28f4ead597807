//! The cells of a marimo notebook: the bodies of its decorated functions and
//! of its setup block.

use std::ops::Range;

use ruff_python_ast::{Expr, Stmt};

use super::{dotted, parse, span_of};

/// The bodies of the cells, as whole lines, in order; none of a text that
/// does not parse.
pub(crate) fn bodies(text: &str) -> Vec<Range<usize>> {
    let parsed = parse(text);
    if !parsed.is_valid() {
        return Vec::new();
    }
    parsed
        .body()
        .iter()
        .filter_map(|stmt| body(text, stmt))
        .collect()
}

fn body(text: &str, stmt: &Stmt) -> Option<Range<usize>> {
    let (header, body) = match stmt {
        Stmt::FunctionDef(def) => {
            let is_cell = def.decorator_list.iter().any(|it| is_apps(&it.expression));
            let header = span_of(&*def.parameters).end;
            is_cell.then_some((header, &def.body))?
        }
        Stmt::With(block) => {
            let first = block.items.first()?;
            let header = span_of(&first.context_expr).end;
            is_apps(&first.context_expr).then_some((header, &block.body))?
        }
        _ => return None,
    };
    let first = span_of(body.first()?).start;
    let head = text.get(header..first)?;
    // A body on the header's own line cannot take a line before it.
    let start = header + head.find('\n')? + 1;
    let end = span_of(body.last()?).end;
    let rest = text.get(end..)?;
    let line = rest.find('\n').map_or(rest.len(), |length| length + 1);
    Some(start..end + line)
}

/// `app.cell`, `app.cell(…)`, `app.function`, `app.setup`.
fn is_apps(expr: &Expr) -> bool {
    dotted(expr).is_some_and(|name| name.starts_with("app."))
}
