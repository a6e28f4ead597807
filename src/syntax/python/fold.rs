//! Folding: expressions of literals whose value never changes, which people
//! write to keep a token from being seen.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprBinOp, ExprCall, ExprSubscript, Number, Operator, UnaryOp};

use super::literal::{Literal, Reader};
use super::{Node, span_of};

/// Deeper nesting of foldable expressions is left alone.
const DEEPEST: usize = 64;

/// Adds the foldings of the last expression of `road`, unless a folding of
/// the one around it holds them.
pub(super) fn outermost(text: &str, road: &[Node<'_>], out: &mut Vec<Literal>) {
    let [before @ .., Node::Expr(expr)] = road else {
        return;
    };
    match expr {
        Expr::BinOp(sum) if sum.op == Operator::Add => {
            let within_sum = matches!(
                before.last(),
                Some(Node::Expr(Expr::BinOp(outer)))
                    if outer.op == Operator::Add && std::ptr::eq(&raw const *outer.left, *expr)
            );
            if !within_sum {
                sums(text, sum, span_of(*expr), out);
            }
        }
        Expr::Call(_) | Expr::Subscript(_) => out.extend(fold(text, expr)),
        _ => {}
    }
}

/// The value of `expr` if it is made of literals only; also plain literals.
pub(crate) fn fold(text: &str, expr: &Expr) -> Option<Literal> {
    match expr {
        Expr::Subscript(subscript) => reversed(text, expr, subscript),
        Expr::BinOp(_) | Expr::Call(_) => {
            let mut reader = Reader::new(text, span_of(expr).start);
            read(&mut reader, expr, DEEPEST)
                .then(|| reader.finish(span_of(expr), true))
                .filter(Literal::is_of_one_type)
        }
        _ => super::literal::literal(text, expr),
    }
}

/// Runs of literals within a sum: `x + "hf_" + "abc"` holds one.
fn sums(text: &str, sum: &ExprBinOp, whole: Range<usize>, out: &mut Vec<Literal>) {
    let mut operands = vec![&*sum.right];
    let mut left = &*sum.left;
    while let Expr::BinOp(inner) = left
        && inner.op == Operator::Add
    {
        operands.push(&inner.right);
        left = &inner.left;
    }
    operands.push(left);
    operands.reverse();
    let foldable = |expr: &Expr| {
        let mut probe = Reader::new(text, span_of(expr).start);
        read(&mut probe, expr, DEEPEST)
    };
    for run in operands.chunk_by(|a, b| foldable(a) && foldable(b)) {
        let ([first, .., last], true) = (run, run.len() > 1) else {
            continue;
        };
        let span = if run.len() == operands.len() {
            whole.clone()
        } else {
            span_of(*first).start..span_of(*last).end
        };
        let mut reader = Reader::new(text, span.start);
        for operand in run {
            read(&mut reader, operand, DEEPEST);
        }
        let literal = reader.finish(span, true);
        if literal.is_of_one_type() {
            out.push(literal);
        }
    }
}

fn read(reader: &mut Reader<'_>, expr: &Expr, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match expr {
        Expr::BinOp(sum) if sum.op == Operator::Add => {
            read(reader, &sum.left, depth - 1) && read(reader, &sum.right, depth - 1)
        }
        Expr::Call(call) => read_join(reader, call, depth),
        _ => reader.read(expr),
    }
}

/// `"sep".join(["a", "b"])`
fn read_join(reader: &mut Reader<'_>, call: &ExprCall, depth: usize) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let (Expr::StringLiteral(separator), "join", [items]) =
        (&*method.value, method.attr.as_str(), &*call.arguments.args)
    else {
        return false;
    };
    let items = match items {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return false,
    };
    items.iter().enumerate().all(|(index, item)| {
        if index > 0 {
            reader.add_nowhere(separator.value.to_str());
        }
        read(reader, item, depth - 1)
    }) && !items.is_empty()
}

/// `"…"[::-1]`
fn reversed(text: &str, expr: &Expr, subscript: &ExprSubscript) -> Option<Literal> {
    let Expr::Slice(slice) = &*subscript.slice else {
        return None;
    };
    let (None, None, Some(step)) = (&slice.lower, &slice.upper, &slice.step) else {
        return None;
    };
    let Expr::UnaryOp(minus) = &**step else {
        return None;
    };
    let one = matches!(&*minus.operand, Expr::NumberLiteral(number)
        if matches!(&number.value, Number::Int(int) if int.as_u8() == Some(1)));
    if !(one && minus.op == UnaryOp::USub) {
        return None;
    }
    let mut reader = Reader::new(text, span_of(&*subscript.value).start);
    read(&mut reader, &subscript.value, DEEPEST).then(|| reader.finish_reversed(span_of(expr)))
}

#[cfg(test)]
mod tests {
    use super::super::{literals, parse};

    fn folded(cell: &str) -> Vec<(String, String)> {
        literals(&parse(cell))
            .into_iter()
            .filter(|literal| literal.folded)
            .map(|literal| (literal.value, cell[literal.span].to_owned()))
            .collect()
    }

    #[test]
    fn sums_joins_and_reversals_fold() {
        for (cell, value, span) in [
            ("f('a' + 'b' + 'c')", "abc", "'a' + 'b' + 'c'"),
            ("f(x + 'a' + 'b' + y)", "ab", "'a' + 'b'"),
            (
                "f('-'.join(['a', 'b' 'c']))",
                "a-bc",
                "'-'.join(['a', 'b' 'c'])",
            ),
            ("f('cba'[::-1])", "abc", "'cba'[::-1]"),
            ("f(('c' + 'ba')[::-1])", "abc", "('c' + 'ba')[::-1]"),
        ] {
            let all = folded(cell);
            assert!(
                all.contains(&(value.to_owned(), span.to_owned())),
                "{cell}: {all:?}"
            );
        }
    }

    #[test]
    fn what_a_variable_is_part_of_does_not_fold() {
        for cell in [
            "f('a' + x)",
            "f('a'[1:])",
            "f(''.join(x))",
            "f('a' + b'c')",
            "f('a' * 2)",
        ] {
            assert_eq!(folded(cell), [], "{cell}");
        }
    }
}
