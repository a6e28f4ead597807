//! Which program reads a JSON file, told by its name and place, and where in
//! it that program looks variables up.
//!
//! Only what the program's own documentation promises is named here; a file
//! of any other program gets the mask.

use super::Leaf;
use crate::format::Hint;
use crate::rewrite::idiom::Idiom;

/// How the program looks a variable up in a string, if it does.
pub(super) type Expands = fn(&Leaf<'_>) -> Option<Idiom>;

/// How the program that reads a file looks variables up.
pub(super) fn of(hint: &Hint<'_>) -> Option<Expands> {
    let name = hint.name();
    Some(match name.as_str() {
        "launch.json" | "tasks.json" | "mcp.json" if hint.is_in(".vscode") => vs_code,
        "mcp.json" if hint.is_in(".cursor") || hint.is_in(".roo") => vs_code,
        "mcp_config.json" if hint.is_in("windsurf") || hint.is_below(".codeium") => vs_code,
        "settings.json" if hint.is_in(".vscode") => vs_code_settings,
        "devcontainer.json" | ".devcontainer.json" => dev_container,
        ".mcp.json" => claude_code,
        "settings.json" if hint.is_in(".gemini") => braces,
        "opencode.json" | "opencode.jsonc" => open_code,
        _ => return None,
    })
}

fn vs_code(leaf: &Leaf<'_>) -> Option<Idiom> {
    value(leaf, Idiom::VsCode)
}

/// Of the settings only the terminal's variables are expanded.
fn vs_code_settings(leaf: &Leaf<'_>) -> Option<Idiom> {
    let above = leaf.outer_key?.raw();
    let is_terminals = above.starts_with("terminal.integrated.env.");
    value(leaf, Idiom::VsCode).filter(|_| is_terminals)
}

fn dev_container(leaf: &Leaf<'_>) -> Option<Idiom> {
    value(leaf, Idiom::DevContainer)
}

/// Claude Code expands in these members of a server.
fn claude_code(leaf: &Leaf<'_>) -> Option<Idiom> {
    const MEMBERS: [&str; 5] = ["command", "args", "env", "url", "headers"];
    let keys = [leaf.key, leaf.outer_key];
    let is_expanded = keys
        .iter()
        .flatten()
        .any(|key| MEMBERS.contains(&key.raw()));
    value(leaf, Idiom::Braces).filter(|_| is_expanded)
}

fn braces(leaf: &Leaf<'_>) -> Option<Idiom> {
    value(leaf, Idiom::Braces)
}

fn open_code(leaf: &Leaf<'_>) -> Option<Idiom> {
    value(leaf, Idiom::OpenCode)
}

/// Nobody expands within keys.
fn value(leaf: &Leaf<'_>, idiom: Idiom) -> Option<Idiom> {
    (!leaf.is_key()).then_some(idiom)
}
