//! Magics that set environment variables.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall};

use super::dotted;

/// `%env NAME=value`, `%set_env NAME value` and their kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetEnv {
    /// The variable.
    pub name: String,
    /// The value's span in the text that was read.
    pub value: Range<usize>,
}

/// Reads a line magic as IPython does: split at the first `=`, or at the
/// first space if there is none; both sides trimmed, quotes kept.
pub(crate) fn set_env(line: &str) -> Option<SetEnv> {
    let command = line.strip_prefix('%').unwrap_or(line);
    let arguments = ["env", "set_env"]
        .iter()
        .find_map(|magic| command.strip_prefix(magic))
        .filter(|rest| rest.starts_with([' ', '\t']))?;
    let offset = line.len() - arguments.len();
    let cut = match arguments.find('=') {
        Some(cut) => cut,
        None => {
            let name = arguments.len() - arguments.trim_start().len();
            name + arguments[name..].find([' ', '\t'])?
        }
    };
    let name = arguments[..cut].trim();
    let value = &arguments[cut + 1..];
    let start = offset + cut + 1 + (value.len() - value.trim_start().len());
    let usable = !name.is_empty()
        && !value.trim().is_empty()
        && !name.contains(|c: char| c.is_whitespace() || "$\"'{}\\".contains(c));
    usable.then(|| SetEnv {
        name: name.to_owned(),
        value: start..start + value.trim().len(),
    })
}

/// The argument of `get_ipython().run_line_magic("env", "NAME=value")` that
/// sets the variable, and the variable. Exports of notebooks hold such calls.
pub(crate) fn set_env_call(call: &ExprCall) -> Option<(&Expr, SetEnv)> {
    let callee = dotted(&call.func)?;
    match (callee.as_str(), &*call.arguments.args) {
        ("get_ipython.run_line_magic", [Expr::StringLiteral(magic), argument]) => {
            let Expr::StringLiteral(line) = argument else {
                return None;
            };
            let head = format!("{} ", magic.value.to_str());
            let mut set = set_env(&format!("{head}{}", line.value.to_str()))?;
            set.value = set.value.start - head.len()..set.value.end - head.len();
            Some((argument, set))
        }
        ("get_ipython.magic", [argument @ Expr::StringLiteral(line)]) => {
            Some((argument, set_env(line.value.to_str())?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_as_ipython_does() {
        for (line, name, value) in [
            ("%env X=abc", "X", "abc"),
            ("%env X = abc ", "X", "abc"),
            ("%set_env X abc", "X", "abc"),
            ("%env  X   a b", "X", "a b"),
            ("%env X=\"abc\"", "X", "\"abc\""),
            ("%env X=a=b", "X", "a=b"),
        ] {
            let set = set_env(line).unwrap();
            assert_eq!(
                (set.name.as_str(), &line[set.value]),
                (name, value),
                "{line}"
            );
        }
    }

    #[test]
    fn other_magics_set_nothing() {
        for line in [
            "%env",
            "%env X",
            "%environment X=a",
            "%env {a}=b",
            "%run X=a",
            "%env X=",
        ] {
            assert_eq!(set_env(line), None, "{line}");
        }
    }
}
