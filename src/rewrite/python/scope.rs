//! What the cells of a notebook import, bind and read.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ruff_python_ast::{AnyNodeRef, Expr, IpyEscapeKind, Stmt};

use crate::syntax::python::bindings::{is_environ, string};
use crate::syntax::python::{Node, Parsed, dotted, parse, span_of};

/// What the Python cells of one notebook (or one script) know of each other:
/// a look-up in a later cell needs no second `import os`.
///
/// [`super::rewrite`] adds to it what it inserts, so cells are rewritten in
/// their order.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    cells: Vec<Cell>,
    bound: BTreeMap<String, BTreeSet<Bound>>,
    names: BTreeSet<String>,
    reads: BTreeSet<String>,
    /// Variables for which a `getpass` line was added.
    pub(super) asked: BTreeSet<String>,
    /// The name of the function of the portable style, once defined.
    pub(super) portable: Option<String>,
    /// Whether a `load_dotenv()` was added.
    pub(super) dotenv: bool,
    /// Nobody displays what its last line comes to.
    pub(super) is_script: bool,
    /// What is imported must not have a name that other cells see.
    is_private: bool,
    /// Names that are not bound yet where something is looked up: the function
    /// around it imports them further down.
    unbound: BTreeSet<String>,
}

#[derive(Debug, Clone, Default)]
struct Cell {
    imports: Vec<Import>,
    /// Imports within functions.
    inner: Vec<Inner>,
    /// Where `load_dotenv()` is called at top level.
    loads_dotenv: Option<usize>,
    /// Nothing that it binds is there for later cells (`%%timeit`).
    closed: bool,
    /// Nothing that earlier cells bind is there from here on (`%reset`).
    resets: bool,
}

#[derive(Debug, Clone)]
struct Import {
    what: Needed,
    name: String,
    end: usize,
}

/// An import that makes a name a function's own, from its beginning on.
#[derive(Debug, Clone)]
struct Inner {
    function: Range<usize>,
    name: String,
    end: usize,
}

/// Something that a look-up needs to have imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needed {
    Os,
    Environ,
    LoadDotenv,
    Userdata,
    SecretsClient,
    Getpass,
}

/// What binds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bound {
    To(Needed),
    Otherwise,
}

/// How something imported is called, and the line that imports it, if none
/// does so far.
#[derive(Debug, Clone)]
pub(super) struct Spelled {
    pub name: String,
    pub line: Option<String>,
    pub what: Needed,
}

impl Needed {
    const ALL: [Needed; 6] = [
        Needed::Os,
        Needed::Environ,
        Needed::LoadDotenv,
        Needed::Userdata,
        Needed::SecretsClient,
        Needed::Getpass,
    ];

    /// The module, and what of it.
    fn origin(self) -> (&'static str, Option<&'static str>) {
        match self {
            Needed::Os => ("os", None),
            Needed::Environ => ("os", Some("environ")),
            Needed::LoadDotenv => ("dotenv", Some("load_dotenv")),
            Needed::Userdata => ("google.colab", Some("userdata")),
            Needed::SecretsClient => ("kaggle_secrets", Some("UserSecretsClient")),
            Needed::Getpass => ("getpass", Some("getpass")),
        }
    }

    fn of(module: &str, member: Option<&str>) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|needed| needed.origin() == (module, member))
    }

    fn usual_name(self) -> &'static str {
        let (module, member) = self.origin();
        member.unwrap_or(module)
    }

    fn line(self, name: &str) -> String {
        let (module, member) = self.origin();
        let import = match member {
            Some(member) => format!("from {module} import {member}"),
            None => format!("import {module}"),
        };
        if name == self.usual_name() {
            import
        } else {
            format!("{import} as {name}")
        }
    }
}

impl Scope {
    /// Reads all Python cells, in their order. A cell that does not parse
    /// never runs, so nothing it imports counts, but its names do.
    pub fn of(cells: &[&str]) -> Self {
        let mut scope = Self::default();
        for text in cells {
            scope.add(&parse(text));
        }
        scope
    }

    /// Reads a program that is no notebook.
    pub fn of_script(text: &str) -> Self {
        Self {
            is_script: true,
            ..Self::of(&[text])
        }
    }

    /// Reads a cell that shares every name but those with an underscore.
    pub fn of_private_cell(text: &str) -> Self {
        Self {
            is_private: true,
            ..Self::of(&[text])
        }
    }

    /// Every name that some cell binds: IPython puts these, not environment
    /// variables, in the place of `$NAME` in a line.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// The environment variables and platform secrets that the cells read by
    /// a literal name.
    pub fn reads(&self) -> &BTreeSet<String> {
        &self.reads
    }

    /// Whether `needed` can be called by a name at `at` in the cell `index`.
    pub(super) fn existing(&self, needed: Needed, index: usize, at: usize) -> Option<Spelled> {
        let usable = |import: &&Import| {
            let bound = self.bound.get(&import.name);
            import.what == needed
                && bound.is_some_and(|all| all.iter().eq([&Bound::To(needed)]))
                && !self.unbound.contains(&import.name)
        };
        let own = self
            .cells
            .get(index)
            .into_iter()
            .flat_map(|cell| &cell.imports);
        let before = self.cells.get(..index).unwrap_or(&self.cells);
        let resets = |cell: &Cell| cell.resets;
        let from = match self.cells.get(index).is_some_and(resets) {
            true => before.len(),
            false => before.iter().rposition(resets).unwrap_or(0),
        };
        let earlier = before[from..]
            .iter()
            .filter(|cell| !cell.closed)
            .flat_map(|cell| &cell.imports);
        earlier
            .chain(own.filter(|import| import.end <= at))
            .find(usable)
            .map(|import| Spelled {
                name: import.name.clone(),
                line: None,
                what: needed,
            })
    }

    /// How `needed` is called at `at` in the cell `index`.
    pub(super) fn spell(&self, needed: Needed, index: usize, at: usize) -> Spelled {
        self.existing(needed, index, at).unwrap_or_else(|| {
            let mut name = needed.usual_name().to_owned();
            if self.is_private {
                name.insert(0, '_');
            }
            let taken = |name: &str| {
                self.bound
                    .get(name)
                    .is_some_and(|all| all.iter().any(|&bound| bound != Bound::To(needed)))
            };
            while taken(&name) || self.unbound.contains(&name) {
                name.insert(0, '_');
            }
            Spelled {
                line: Some(needed.line(&name)),
                name,
                what: needed,
            }
        })
    }

    /// Takes note of where the cell `index` will look something up.
    pub(super) fn look_ups_at(&mut self, index: usize, places: impl Iterator<Item = usize>) {
        self.unbound.clear();
        let Some(cell) = self.cells.get(index).filter(|cell| !cell.inner.is_empty()) else {
            return;
        };
        for at in places {
            let later = cell
                .inner
                .iter()
                .filter(|import| import.function.contains(&at) && at < import.end);
            self.unbound.extend(later.map(|import| import.name.clone()));
        }
    }

    /// A name like `wanted` that no cell binds.
    pub(super) fn fresh(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while self.names.contains(&name) {
            name.insert(0, '_');
        }
        name
    }

    /// Whether `load_dotenv()` has been called before `at` in the cell.
    pub(super) fn has_loaded_dotenv(&self, index: usize, at: usize) -> bool {
        let own = self.cells.get(index).and_then(|cell| cell.loads_dotenv);
        self.dotenv
            || own.is_some_and(|end| end <= at)
            || self.cells[..index.min(self.cells.len())]
                .iter()
                .any(|cell| cell.loads_dotenv.is_some() && !cell.closed)
    }

    /// Whether later cells do not see what this one binds.
    pub(super) fn is_closed(&self, index: usize) -> bool {
        self.cells.get(index).is_some_and(|cell| cell.closed)
    }

    /// Takes note of a line that was inserted at the top of a cell.
    pub(super) fn inserted(&mut self, index: usize, spelled: &Spelled) {
        if let Some(cell) = self.cells.get_mut(index) {
            cell.imports.push(Import {
                what: spelled.what,
                name: spelled.name.clone(),
                end: 0,
            });
        }
        self.bind(&spelled.name, Bound::To(spelled.what));
    }

    fn bind(&mut self, name: &str, bound: Bound) {
        self.bound.entry(name.to_owned()).or_default().insert(bound);
        self.names.insert(name.to_owned());
    }

    fn add(&mut self, parsed: &Parsed) {
        let mut cell = Cell::default();
        parsed.walk(&mut |road| {
            let imports = self.node(road);
            if road.len() == 1 && parsed.is_valid() {
                cell.imports.extend(imports);
            } else if let Some(function) = function_around(road) {
                let inner = imports.into_iter().map(|import| Inner {
                    function: function.clone(),
                    name: import.name,
                    end: import.end,
                });
                cell.inner.extend(inner);
            }
        });
        cell.loads_dotenv = parsed.body().iter().find_map(loads_dotenv);
        cell.closed = matches!(parsed.body().first(), Some(Stmt::IpyEscapeCommand(magic))
            if magic.kind == IpyEscapeKind::Magic2 && magic.value.starts_with("timeit"));
        cell.resets = parsed.body().iter().any(|stmt| {
            matches!(stmt, Stmt::IpyEscapeCommand(magic)
                if magic.kind == IpyEscapeKind::Magic && magic.value.starts_with("reset"))
        });
        self.cells.push(cell);
    }

    /// Takes in what the last node of `road` binds or reads.
    fn node(&mut self, road: &[Node<'_>]) -> Vec<Import> {
        let mut imports = Vec::new();
        match road.last() {
            Some(Node::Stmt(stmt)) => match stmt {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let module = alias.name.as_str();
                        let first = module.split('.').next().unwrap_or(module);
                        let (module, name) = match &alias.asname {
                            Some(name) => (module, name.as_str()),
                            None => (first, first),
                        };
                        imports.extend(self.import(module, None, name, span_of(stmt).end));
                    }
                }
                Stmt::ImportFrom(import) => {
                    let module = import.module.as_ref().map_or("", |module| module.as_str());
                    for alias in &import.names {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        let member = Some(alias.name.as_str());
                        imports.extend(self.import(module, member, name, span_of(stmt).end));
                    }
                }
                Stmt::FunctionDef(def) => self.bind(&def.name, Bound::Otherwise),
                Stmt::ClassDef(def) => self.bind(&def.name, Bound::Otherwise),
                _ => {}
            },
            Some(Node::Expr(Expr::Name(name))) if !name.ctx.is_load() => {
                self.bind(&name.id, Bound::Otherwise);
            }
            Some(Node::Expr(expr)) => self.reads.extend(reads(expr)),
            Some(Node::Other(node)) => {
                if let Some(name) = bound_by(*node) {
                    self.bind(name, Bound::Otherwise);
                }
            }
            None => {}
        }
        imports
    }

    fn import(
        &mut self,
        module: &str,
        member: Option<&str>,
        name: &str,
        end: usize,
    ) -> Option<Import> {
        let Some(what) = Needed::of(module, member) else {
            self.bind(name, Bound::Otherwise);
            return None;
        };
        self.bind(name, Bound::To(what));
        Some(Import {
            what,
            name: name.to_owned(),
            end,
        })
    }
}

/// Where the innermost function stands that the last node of `road` is in.
fn function_around(road: &[Node<'_>]) -> Option<Range<usize>> {
    let (_, outer) = road.split_last()?;
    outer.iter().rev().find_map(|node| match node {
        Node::Stmt(stmt @ Stmt::FunctionDef(_)) => Some(span_of(*stmt)),
        _ => None,
    })
}

/// The name that a node between statements and expressions binds.
fn bound_by(node: AnyNodeRef<'_>) -> Option<&str> {
    let name = match node {
        AnyNodeRef::Parameter(parameter) => &parameter.name,
        AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler.name.as_ref()?,
        AnyNodeRef::PatternMatchAs(pattern) => pattern.name.as_ref()?,
        AnyNodeRef::PatternMatchStar(pattern) => pattern.name.as_ref()?,
        AnyNodeRef::PatternMatchMapping(pattern) => pattern.rest.as_ref()?,
        _ => return None,
    };
    Some(name.as_str())
}

/// The variable that an expression reads from the environment, or the secret
/// from the platform's store.
fn reads(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Subscript(subscript) if subscript.ctx.is_load() => dotted(&subscript.value)
            .filter(|name| is_environ(name))
            .and_then(|_| string(&subscript.slice)),
        Expr::Call(call) => {
            let callee = dotted(&call.func)?;
            let reader = ["getenv", "environ.get", "userdata.get", "get_secret"]
                .iter()
                .any(|reader| callee == *reader || callee.ends_with(&format!(".{reader}")));
            call.arguments
                .args
                .first()
                .filter(|_| reader)
                .and_then(string)
        }
        _ => None,
    }
}

/// Where a statement ends that calls `load_dotenv`.
fn loads_dotenv(stmt: &Stmt) -> Option<usize> {
    let Stmt::Expr(line) = stmt else { return None };
    let Expr::Call(call) = &*line.value else {
        return None;
    };
    dotted(&call.func)?
        .ends_with("load_dotenv")
        .then(|| span_of(stmt).end)
}
