//! The project that a command runs in: its configuration, baseline, and what
//! follows from them for every verb.

use std::path::{Path, PathBuf};

use super::args::{ProjectArgs, WhichConfig};
use super::config_file::{self, Found, ProjectError};
use crate::allow::{Baseline, Exemptions};
use crate::config::{Config, LimitsConfig};
use crate::detect::engine::Detector;
use crate::detect::rules::{Rules, gitleaks};
use crate::detect::{Kind, catalogue};
use crate::globs::{Globs, relative_to};
use crate::sanitize::{Policy, Sanitizer};

/// What a project says.
#[derive(Debug, Default)]
pub struct Project {
    /// Its configuration, as written.
    pub config: Config,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
    /// The folder that the configuration's paths start from.
    pub root: PathBuf,
    /// The current folder.
    pub here: PathBuf,
    /// Kinds of its own.
    pub kinds: Vec<&'static Kind>,
    /// Rules of other tools.
    pub rules: Rules,
    /// What of these rules cannot be used, in sentences.
    pub problems: Vec<String>,
    /// What may stay.
    pub exemptions: Exemptions,
}

impl Project {
    /// All but the baseline: for verbs that look at no file.
    pub fn of(which: &WhichConfig) -> Result<Self, ProjectError> {
        let here = std::env::current_dir().unwrap_or_default();
        let mut project = Self::without_config(here);
        let found = config_file::find(which, &project.here)?;
        if let Some(found) = &found {
            project.configure(found)?;
        }
        project.load_rules(&which.rules)?;
        if let Some(found) = &found {
            let (root, kinds) = (&project.root, project.all_kinds());
            let entries = found.config.exemptions(&found.text, root, &kinds);
            project.exemptions.entries = entries.map_err(|wrong| found.is_wrong(wrong))?;
        }
        Ok(project)
    }

    fn configure(&mut self, found: &Found) -> Result<(), ProjectError> {
        let wrong = |wrong| found.is_wrong(wrong);
        found.config.check_paths(&found.text).map_err(wrong)?;
        self.kinds = kept_for_good(found.config.own_kinds(&found.text).map_err(wrong)?);
        self.root = self.folder_of(&found.path);
        self.config = found.config.clone();
        self.file = Some(found.path.clone());
        Ok(())
    }

    /// Loads the configuration's files of rules, then the `typed` ones.
    fn load_rules(&mut self, typed: &[PathBuf]) -> Result<(), ProjectError> {
        let configured = self.config.rules.iter().map(|path| self.path(path));
        let files: Vec<PathBuf> = configured.chain(typed.iter().cloned()).collect();
        let mut rules = Vec::new();
        for path in &files {
            let text = config_file::text_of(path)?;
            let loaded = gitleaks::load(&text).map_err(|why| ProjectError::NotThat {
                path: path.clone(),
                why,
            })?;
            let problems = loaded.problems.iter();
            self.problems
                .extend(problems.map(|problem| format!("{}: {problem}", path.display())));
            self.exemptions.confined.extend(loaded.confined);
            rules.extend(loaded.rules);
        }
        self.config.rules = files
            .iter()
            .map(|path| relative_to(&self.here, path, &self.root))
            .collect();
        self.rules = Rules::new(rules);
        Ok(())
    }

    fn without_config(here: PathBuf) -> Self {
        Self {
            root: here.clone(),
            exemptions: Exemptions {
                here: here.clone(),
                ..Exemptions::default()
            },
            here,
            ..Self::default()
        }
    }

    /// All that a run needs.
    pub fn load(args: &ProjectArgs) -> Result<Self, ProjectError> {
        let mut project = Self::of(&args.which)?;
        if let Some(path) = &args.baseline {
            project.exemptions.baseline = Some(project.baseline(path)?);
        }
        Ok(project)
    }

    /// The sanitizer that knows the project.
    pub fn sanitizer(&self, policy: &Policy) -> Sanitizer {
        Sanitizer {
            policy: policy.clone(),
            exemptions: self.exemptions.clone(),
            detector: Detector::with(self.kinds.iter().copied()).and_rules(self.rules.clone()),
        }
    }

    /// Every kind that is known here.
    pub fn all_kinds(&self) -> Vec<&'static Kind> {
        let own = self.kinds.iter().copied().chain(self.rules.kinds());
        catalogue::kinds().iter().chain(own).collect()
    }

    fn baseline(&self, path: &Path) -> Result<Baseline, ProjectError> {
        let text = config_file::text_of(path)?;
        Baseline::read(&self.folder_of(path), &text).map_err(|why| ProjectError::NotThat {
            path: path.to_owned(),
            why,
        })
    }

    /// A path that the configuration names, as the current folder sees it.
    pub fn path(&self, path: &Path) -> PathBuf {
        config_file::shown(&self.here, &self.root.join(path))
    }

    /// What the configuration leaves out.
    pub fn exclude(&self) -> Result<Globs, ProjectError> {
        let globs = self.config.exclude.iter();
        let globs = globs.map(|glob| glob.get_ref().as_str());
        Globs::new(&self.root, globs).map_err(|why| ProjectError::NotThat {
            path: self.file.clone().unwrap_or_default(),
            why,
        })
    }

    /// The configuration with a policy filled in.
    pub fn shown(&self, policy: &Policy) -> Config {
        Config {
            style: Some(policy.style),
            confidence: Some(policy.confidence),
            limits: LimitsConfig::of(policy.limits),
            ..self.config.clone()
        }
    }

    /// A configuration as TOML, with where it comes from.
    pub fn headed(&self, config: &Config) -> String {
        let from = match &self.file {
            Some(path) => format!("# from {}\n", path.display()),
            None => "# no configuration\n".to_owned(),
        };
        from + &config.to_text()
    }

    /// The folder that a file is in.
    pub fn folder_of(&self, path: &Path) -> PathBuf {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.here.join(folder)
    }
}

/// Kinds live as long as the process: findings point to them.
fn kept_for_good(kinds: Vec<Kind>) -> Vec<&'static Kind> {
    let kinds: &'static [Kind] = Vec::leak(kinds);
    kinds.iter().collect()
}
