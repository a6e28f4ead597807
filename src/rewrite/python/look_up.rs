//! How a look-up is written, and what must stand before it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::scope::{Needed, Scope, Spelled};
use crate::rewrite::Style;

/// The function of the portable style. It looks where course notebooks run:
/// a shell, `.env`, Colab, Kaggle, and asks at last.
const PORTABLE: &str = r#"def NAME(name):
    import os
    if name not in os.environ:
        try:
            from dotenv import load_dotenv
            load_dotenv()
        except ImportError:
            pass
    if name in os.environ:
        return os.environ[name]
    try:
        from google.colab import userdata
        return userdata.get(name)
    except Exception:
        pass
    try:
        from kaggle_secrets import UserSecretsClient
        return UserSecretsClient().get_secret(name)
    except Exception:
        pass
    from getpass import getpass
    os.environ[name] = getpass(name + ": ")
    return os.environ[name]
"#;

/// Writes look-ups for one cell, and remembers which setup they need.
#[derive(Debug)]
pub(super) struct Speller {
    style: Style,
    module: Spelled,
    environ: Option<Spelled>,
    member: Option<Spelled>,
    function: Option<String>,
    loaded_dotenv: bool,
    used_module: Cell<bool>,
    used_look_up: Cell<bool>,
    variables: RefCell<BTreeSet<String>>,
    exported: RefCell<BTreeSet<String>>,
}

impl Speller {
    /// For look-ups at or behind `at` in the cell `index`.
    pub(super) fn new(scope: &Scope, style: Style, index: usize, at: usize) -> Self {
        let module = scope.spell(Needed::Os, index, at);
        let environ = scope.existing(Needed::Environ, index, at);
        let member = match style {
            Style::Environ | Style::Portable => None,
            Style::Dotenv => Some(Needed::LoadDotenv),
            Style::Colab => Some(Needed::Userdata),
            Style::Kaggle => Some(Needed::SecretsClient),
            Style::Getpass => Some(Needed::Getpass),
        };
        let function = (style == Style::Portable).then(|| match &scope.portable {
            Some(name) => name.clone(),
            None => scope.fresh("read_secret"),
        });
        Self {
            style,
            environ: environ.filter(|_| module.line.is_some()),
            module,
            member: member.map(|needed| scope.spell(needed, index, at)),
            function,
            loaded_dotenv: scope.has_loaded_dotenv(index, at),
            used_module: Cell::new(false),
            used_look_up: Cell::new(false),
            variables: RefCell::default(),
            exported: RefCell::default(),
        }
    }

    /// `os.environ`, as this cell calls it.
    pub(super) fn environ(&self) -> String {
        match &self.environ {
            Some(environ) => environ.name.clone(),
            None => format!("{}.environ", self.use_os()),
        }
    }

    /// What the module `os` is called; for naming it only.
    pub(super) fn os(&self) -> &str {
        &self.module.name
    }

    /// What the module `os` is called, which must be there.
    pub(super) fn use_os(&self) -> &str {
        self.used_module.set(true);
        &self.module.name
    }

    /// Whether `os` is there before the cell's first line.
    pub(super) fn has_os(&self) -> bool {
        self.module.line.is_none()
    }

    /// Sees to it that the variable is in the environment, for commands that
    /// read it from there.
    pub(super) fn export(&self, variable: &str) {
        match self.style {
            Style::Environ => {}
            Style::Dotenv | Style::Getpass => {
                self.look_up(variable, '"');
            }
            Style::Colab | Style::Kaggle | Style::Portable => {
                self.environ();
                self.look_up(variable, '"');
                self.exported.borrow_mut().insert(variable.to_owned());
            }
        }
    }

    /// The expression that reads `variable`, its strings in `quote`.
    pub(super) fn look_up(&self, variable: &str, quote: char) -> String {
        self.used_look_up.set(true);
        self.variables.borrow_mut().insert(variable.to_owned());
        let key = format!("{quote}{variable}{quote}");
        let member = self
            .member
            .as_ref()
            .map_or("", |member| member.name.as_str());
        match self.style {
            Style::Environ | Style::Dotenv | Style::Getpass => {
                format!("{}[{key}]", self.environ())
            }
            Style::Colab => format!("{member}.get({key})"),
            Style::Kaggle => format!("{member}().get_secret({key})"),
            Style::Portable => {
                format!(
                    "{}({key})",
                    self.function.as_deref().unwrap_or("read_secret")
                )
            }
        }
    }

    /// The lines that must stand before the look-ups written so far.
    pub(super) fn setup(&self, scope: &Scope) -> Vec<String> {
        let mut lines = Vec::new();
        if self.used_module.get() {
            lines.extend(self.module.line.clone());
        }
        if !self.used_look_up.get() {
            return lines;
        }
        let member = self.member.as_ref();
        match self.style {
            Style::Dotenv if self.loaded_dotenv => {}
            Style::Dotenv => {
                lines.extend(member.and_then(|member| member.line.clone()));
                lines.extend(member.map(|member| format!("{}()", member.name)));
            }
            Style::Getpass => {
                let asked = self.variables.borrow();
                let mut asked = asked.difference(&scope.asked).peekable();
                if asked.peek().is_some() {
                    lines.extend(member.and_then(|member| member.line.clone()));
                }
                let ask = member.map_or("getpass", |member| member.name.as_str());
                let environ = self.environ();
                lines.extend(asked.map(|name| {
                    format!(
                        "{environ}[\"{name}\"] = {environ}.get(\"{name}\") or {ask}(\"{name}: \")"
                    )
                }));
            }
            Style::Portable if scope.portable.is_none() => {
                let name = self.function.as_deref().unwrap_or("read_secret");
                lines.extend(PORTABLE.lines().map(|line| line.replace("NAME", name)));
            }
            _ => lines.extend(member.and_then(|member| member.line.clone())),
        }
        lines.extend(self.exported.borrow().iter().map(|variable| {
            let look_up = self.look_up(variable, '"');
            format!("{}[\"{variable}\"] = {look_up}", self.environ())
        }));
        lines
    }

    /// Tells the scope what [`Speller::setup`] put into the cell.
    pub(super) fn record(&self, scope: &mut Scope, index: usize) {
        if self.used_module.get() && self.module.line.is_some() {
            scope.inserted(index, &self.module);
        }
        if !self.used_look_up.get() {
            return;
        }
        if let Some(member) = self.member.as_ref().filter(|member| member.line.is_some()) {
            scope.inserted(index, member);
        }
        scope.dotenv |= self.style == Style::Dotenv;
        if !scope.is_closed(index) {
            scope.portable = self.function.clone().or(scope.portable.take());
        }
        if self.style == Style::Getpass {
            scope.asked.append(&mut self.variables.borrow_mut());
        }
    }
}
