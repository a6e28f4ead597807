//! Python cells: what is a string, and what a name is bound to.
//!
//! The parser is ruff's in its IPython mode, so `!ls` and `%env X=y` have
//! their place in the tree. It is hidden here: an upgrade of the parser
//! touches this folder and `rewrite/python`, and nothing else.

pub(crate) mod bindings;
mod calls;
mod fold;
pub(crate) mod literal;
pub(crate) mod magic;
pub(crate) mod marimo;
mod pairs;

use std::ops::Range;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, TraversalSignal, walk_expr, walk_pattern, walk_stmt,
};
use ruff_python_ast::{AnyNodeRef, Expr, ModModule, Pattern, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::{Ranged, TextRange};

pub use bindings::bindings;
pub use literal::{INTERPOLATION, Literal, Part, broken_up, literals};

/// More open brackets than this and a cell is not parsed: CPython itself
/// gives up at 200 ("too many nested parentheses").
const DEEPEST_BRACKETS: usize = 1000;
/// Stack that a walk keeps in reserve, and what it takes when that runs out.
const RESERVE: usize = 128 * 1024;
const GROWTH: usize = 2 * 1024 * 1024;
/// Trees up to this depth are dropped on the stack that is there.
const SHALLOW: usize = 200;
/// Stack that dropping one level of a tree takes; generous.
const DROP_FRAME: usize = 1024;

/// A cell with its syntax tree. Never fails: a cell that is not Python has
/// whatever tree could be made of it.
#[derive(Debug)]
pub struct Parsed {
    text: String,
    tree: Option<ruff_python_parser::Parsed<ModModule>>,
    /// The parser panicked on it in IPython mode.
    broken: bool,
    depth: usize,
}

/// Parses the text of one cell (or of a `.py` file).
pub fn parse(cell: &str) -> Parsed {
    let mut parsed = Parsed {
        text: cell.to_owned(),
        tree: None,
        broken: false,
        depth: 0,
    };
    if u32::try_from(cell.len()).is_err() || brackets(cell) > DEEPEST_BRACKETS {
        return parsed;
    }
    parsed.tree = tree(cell, Mode::Ipython);
    // Read without magics its literals are still found; it is not valid.
    parsed.broken = parsed.tree.is_none();
    if parsed.broken {
        parsed.tree = tree(cell, Mode::Module);
    }
    let mut depth = 0;
    parsed.walk(&mut |road| depth = depth.max(road.len()));
    parsed.depth = depth;
    parsed
}

/// The parser's tree; `None` if it panics. In IPython mode 0.0.10 does on a
/// line like `?` behind an unclosed bracket, instead of reporting an error.
fn tree(cell: &str, mode: Mode) -> Option<ruff_python_parser::Parsed<ModModule>> {
    let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY38);
    std::panic::catch_unwind(|| ruff_python_parser::parse_unchecked(cell, options))
        .ok()?
        .try_into_module()
}

impl Parsed {
    /// Whether Python (with IPython's magics) would accept the cell.
    pub fn is_valid(&self) -> bool {
        !self.broken
            && self
                .tree
                .as_ref()
                .is_some_and(|tree| tree.has_valid_syntax())
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many places need a newer Python than 3.8. A rewrite must not add
    /// to them: quotes within f-strings were freed in 3.12 only.
    pub fn novelties(&self) -> usize {
        self.tree
            .as_ref()
            .map_or(0, |tree| tree.unsupported_syntax_errors().len())
    }

    /// The statements of the cell.
    pub(crate) fn body(&self) -> &[Stmt] {
        self.tree.as_ref().map_or(&[], |tree| tree.suite())
    }

    /// Where comments stand, each with its `#`.
    pub fn comments(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.tree
            .iter()
            .flat_map(|tree| tree.tokens().iter())
            .filter(|token| token.kind() == TokenKind::Comment)
            .map(|token| span(token.range()))
    }

    /// Where strings stand without the code in them, comments, and IPython's
    /// commands, in the order of the text.
    pub(crate) fn words(&self) -> Vec<Range<usize>> {
        let is_words = |kind: TokenKind| {
            matches!(
                kind,
                TokenKind::Comment
                    | TokenKind::String
                    | TokenKind::FStringMiddle
                    | TokenKind::TStringMiddle
                    | TokenKind::IpyEscapeCommand
            )
        };
        let tokens = self.tree.iter().flat_map(|tree| tree.tokens().iter());
        tokens
            .filter(|token| is_words(token.kind()))
            .map(|token| span(token.range()))
            .collect()
    }

    /// Where IPython's commands stand: `!ls`, `%cd x`, `y = !ls`.
    pub fn commands(&self) -> Vec<Range<usize>> {
        let mut commands = Vec::new();
        self.walk(&mut |road| match road.last() {
            Some(Node::Stmt(stmt @ Stmt::IpyEscapeCommand(_))) => commands.push(span_of(*stmt)),
            Some(Node::Expr(expr @ Expr::IpyEscapeCommand(_))) => commands.push(span_of(*expr)),
            _ => {}
        });
        commands
    }

    /// Calls `visit` for every node in the order of the text, with the road
    /// that leads to it: the outermost first, the node itself last.
    pub(crate) fn walk<'p>(&'p self, visit: &mut dyn FnMut(&[Node<'p>])) {
        let mut walk = Walk {
            road: Vec::new(),
            next: None,
            visit,
        };
        for stmt in self.body() {
            walk.visit_stmt(stmt);
        }
    }
}

impl Drop for Parsed {
    /// A tree drops itself node within node; a deep one needs a deep stack.
    fn drop(&mut self) {
        if self.depth > SHALLOW {
            let tree = self.tree.take();
            stacker::grow(self.depth * DROP_FRAME, move || drop(tree));
        }
    }
}

/// A node of the tree.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node<'p> {
    /// A statement.
    Stmt(&'p Stmt),
    /// An expression.
    Expr(&'p Expr),
    /// Anything between: arguments, parameters, patterns, parts of f-strings.
    Other(AnyNodeRef<'p>),
}

impl Node<'_> {
    /// Where it stands.
    pub(crate) fn span(&self) -> Range<usize> {
        match self {
            Node::Stmt(stmt) => span_of(stmt),
            Node::Expr(expr) => span_of(expr),
            Node::Other(node) => span_of(node),
        }
    }
}

struct Walk<'p, 'v> {
    road: Vec<Node<'p>>,
    /// The node about to be entered, while its full type is still known.
    next: Option<Node<'p>>,
    visit: &'v mut dyn FnMut(&[Node<'p>]),
}

impl<'p> SourceOrderVisitor<'p> for Walk<'p, '_> {
    fn enter_node(&mut self, node: AnyNodeRef<'p>) -> TraversalSignal {
        self.road
            .push(self.next.take().unwrap_or(Node::Other(node)));
        (self.visit)(&self.road);
        TraversalSignal::Traverse
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'p>) {
        self.road.pop();
    }

    fn visit_stmt(&mut self, stmt: &'p Stmt) {
        self.next = Some(Node::Stmt(stmt));
        stacker::maybe_grow(RESERVE, GROWTH, || walk_stmt(self, stmt));
    }

    fn visit_expr(&mut self, expr: &'p Expr) {
        self.next = Some(Node::Expr(expr));
        stacker::maybe_grow(RESERVE, GROWTH, || walk_expr(self, expr));
    }

    fn visit_pattern(&mut self, pattern: &'p Pattern) {
        stacker::maybe_grow(RESERVE, GROWTH, || walk_pattern(self, pattern));
    }
}

/// The deepest nesting of brackets, counted in the bare text.
fn brackets(text: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The parser's range as the span that everything else uses.
pub(crate) fn span(range: TextRange) -> Range<usize> {
    range.start().to_usize()..range.end().to_usize()
}

/// The span of a node.
pub(crate) fn span_of(node: impl Ranged) -> Range<usize> {
    span(node.range())
}

/// The node as an expression's call, attribute chain or name, with dots:
/// `wandb.login`, `get_ipython.run_line_magic` (calls within the chain are
/// passed through).
pub(crate) fn dotted(expr: &Expr) -> Option<String> {
    let mut segments = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Attribute(attribute) => {
                segments.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            Expr::Call(call) => at = &call.func,
            Expr::Name(name) => {
                segments.push(name.id.as_str());
                break;
            }
            _ if segments.is_empty() => return None,
            _ => break,
        }
    }
    segments.reverse();
    Some(segments.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn magics_are_valid() {
        assert!(parse("%%time\nx = !ls\n%env A=b\n!pip install y\nx?\n").is_valid());
        assert!(!parse("x = = 1").is_valid());
    }

    #[test]
    fn deep_cells_neither_overflow_nor_take_long() {
        let n = 50_000;
        for cell in [
            "[".repeat(n),
            format!("x = {}1", "-".repeat(n)),
            format!("x = a{}", "+a".repeat(n)),
            format!("x = a{}", ".a".repeat(n)),
            format!("x = {}1", "lambda: ".repeat(n / 10)),
            format!("x = {}a", "not ".repeat(n / 10)),
            format!("x = \"a\"{}", "+\"a\"".repeat(n)),
        ] {
            let parsed = parse(&cell);
            let _ = (literals(&parsed).len(), bindings(&parsed).len());
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(cell in "\\PC*") {
            let parsed = parse(&cell);
            let _ = (literals(&parsed), bindings(&parsed));
        }

        #[test]
        fn no_punctuation_panics(cell in "[a-c'\"\\\\{}()\\[\\]%!=:,.#@ \n\tfrbuNx0]{0,60}") {
            let parsed = parse(&cell);
            for literal in literals(&parsed) {
                let hull = literal.map.hull(0..literal.value.len());
                prop_assert!(cell.get(hull).is_some());
            }
            let _ = bindings(&parsed);
        }
    }
}
