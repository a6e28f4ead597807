//! Recipes for container images.
//!
//! `RUN` is shell, but has no environment to look in: a build argument would
//! stay in the image's history. So the value is mounted as a secret of the
//! build, which exists for this one command (`docker build --secret
//! id=NAME`, a secret of a Space), and the build stops if it is missing.
//! What `CMD` runs is started with the container and looks in its environment.
//! `ENV`, `ARG`, `LABEL` and the rest are kept in the image: whatever is looked
//! up there leaks again, so they get the mask, which `docker run -e` and
//! `--build-arg` override.

use std::ops::Range;

use super::{Outcome, Rewritten, Target, shell, targets};
use crate::edit::{self, Edit};
use crate::syntax::dockerfile::{Instruction, instructions};

const KEPT: &str = "the image would keep it; give it when the container runs";
const NO_SHELL: &str = "no shell expands a variable here";
const NO_INSTRUCTION: &str = "a comment";

/// Rewrites a recipe.
pub fn rewrite(text: &str, all: &[Target<'_>]) -> Rewritten {
    let instructions = instructions(text);
    let mut edits = Vec::new();
    let mut outcomes = vec![Outcome::Masked(Some(NO_INSTRUCTION)); all.len()];
    let mut other_shell = false;
    let mut seen = vec![false; all.len()];
    for instruction in &instructions {
        other_shell |= is_other_shell(text, instruction);
        let within = |target: &Target<'_>| {
            instruction.flags <= target.span.start && target.span.end <= instruction.body.end
        };
        let members: Vec<usize> = (0..all.len()).filter(|&at| within(&all[at])).collect();
        if members.is_empty() {
            continue;
        }
        let inner: Vec<Target<'_>> = members.iter().map(|&at| all[at].clone()).collect();
        let made = match script(text, instruction).filter(|_| !other_shell) {
            Some(script) => of_shell(text, instruction, script, &inner),
            None => masked(text, &inner, why(instruction)),
        };
        edits.extend(made.edits);
        for (&at, outcome) in members.iter().zip(made.outcomes) {
            outcomes[at] = outcome;
            seen[at] = true;
        }
    }
    let outside = all.iter().zip(seen).filter(|(_, seen)| !seen);
    let outside: Vec<Target<'_>> = outside.map(|(target, _)| target.clone()).collect();
    edits.extend(masked(text, &outside, NO_INSTRUCTION).edits);
    edit::settle(&mut edits);
    Rewritten { edits, outcomes }
}

fn masked(text: &str, inner: &[Target<'_>], why: &'static str) -> Rewritten {
    targets::each(text, inner, |target| targets::masked(target, Some(why)))
}

fn why(instruction: &Instruction) -> &'static str {
    match instruction.keyword.as_str() {
        "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" => NO_SHELL,
        _ => KEPT,
    }
}

/// `SHELL ["powershell", …]`: from there on no POSIX shell reads anything.
fn is_other_shell(text: &str, instruction: &Instruction) -> bool {
    let body = text.get(instruction.body.clone()).unwrap_or_default();
    let posix = ["/sh\"", "/bash\"", "\"sh\"", "\"bash\"", "/zsh\"", "/ash\""];
    instruction.keyword == "SHELL" && !posix.iter().any(|shell| body.contains(shell))
}

/// What of an instruction a shell reads.
fn script(text: &str, instruction: &Instruction) -> Option<Range<usize>> {
    let body = text.get(instruction.body.clone())?;
    match instruction.keyword.as_str() {
        "RUN" if body.starts_with("<<") => {
            let here = instruction.here.clone()?;
            let first = text.get(here.clone())?.lines().next().unwrap_or_default();
            (!first.starts_with("#!")).then_some(here)
        }
        "RUN" | "CMD" | "ENTRYPOINT" if !body.starts_with('[') => Some(instruction.body.clone()),
        "HEALTHCHECK" => {
            let command = body.strip_prefix("CMD ")?;
            let start = instruction.body.end - command.len();
            (!command.trim_start().starts_with('[')).then_some(start..instruction.body.end)
        }
        _ => None,
    }
}

fn of_shell(
    text: &str,
    instruction: &Instruction,
    script: Range<usize>,
    inner: &[Target<'_>],
) -> Rewritten {
    let is_outside =
        |target: &Target<'_>| target.span.start < script.start || script.end < target.span.end;
    if inner.iter().any(is_outside) {
        return masked(text, inner, NO_SHELL);
    }
    let Some(source) = text.get(script.clone()) else {
        return masked(text, inner, NO_SHELL);
    };
    let mut made = shell::rewrite(source, &shifted_back(inner, script.start));
    for edit in &mut made.edits {
        edit.span = edit.span.start + script.start..edit.span.end + script.start;
    }
    if instruction.keyword == "RUN" {
        let looked_up = inner.iter().zip(&made.outcomes);
        let mut names: Vec<&str> = looked_up
            .filter(|(_, outcome)| **outcome == Outcome::LookUp)
            .map(|(target, _)| target.variable)
            .collect();
        names.sort_unstable();
        names.dedup();
        mount(text, instruction, script.start, &names, &mut made.edits);
    }
    made
}

/// The targets with their spans in the text from `start` on.
fn shifted_back<'t>(inner: &[Target<'t>], start: usize) -> Vec<Target<'t>> {
    let shifted = inner.iter().map(|target| Target {
        span: target.span.start - start..target.span.end - start,
        ..target.clone()
    });
    shifted.collect()
}

/// Mounts the secrets and gives them to the command, which does not see them
/// in its environment unless it asks.
fn mount(
    text: &str,
    instruction: &Instruction,
    start: usize,
    names: &[&str],
    edits: &mut Vec<Edit>,
) {
    let flags = text.get(instruction.flags..instruction.body.start);
    let flags = flags.unwrap_or_default();
    let mut mounts = String::new();
    let mut reads = String::new();
    let is_script = instruction
        .here
        .as_ref()
        .is_some_and(|here| here.start == start);
    let joint = if is_script { "\n" } else { " && " };
    for name in names {
        if !flags.contains(&format!("id={name},")) {
            mounts.push_str(&format!(
                "--mount=type=secret,id={name},mode=0444,required=true "
            ));
        }
        reads.push_str(&format!("{name}=\"$(cat /run/secrets/{name})\"{joint}"));
    }
    if names.is_empty() {
        return;
    }
    if instruction.flags == start {
        edits.insert(0, Edit::insert(start, mounts + &reads));
    } else {
        edits.insert(0, Edit::insert(start, reads));
        edits.insert(0, Edit::insert(instruction.flags, mounts));
    }
}
