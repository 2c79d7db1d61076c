//! What an operator can set (`oslo_policy.opts`), and where files are looked for (oslo.config).

use std::path::{Path, PathBuf};

use crate::oslo::evaluate::remote::RemoteOptions;

/// The options of the group `oslo_policy`, with the defaults of oslo.policy 6.0.1.
///
/// ```
/// use assay_engine::oslo::enforcer::Options;
/// let options = Options { enforce_new_defaults: false, ..Options::default() };
/// assert_eq!((options.policy_file.as_str(), options.policy_dirs), ("policy.yaml", vec!["policy.d".to_owned()]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// `enforce_new_defaults`: deprecated defaults are not allowed beside the new ones.
    pub enforce_new_defaults: bool,
    /// `enforce_scope`: a token of another scope than the rule's is denied. Gone in 6.x, where it is
    /// always so; before, off meant a warning.
    pub enforce_scope: bool,
    /// `policy_default_rule`: the rule that answers for names that have none. Empty: no such rule.
    pub policy_default_rule: String,
    /// `policy_file`
    pub policy_file: String,
    /// `policy_dirs`
    pub policy_dirs: Vec<String>,
    /// `remote_…`
    pub remote: RemoteOptions,
    /// Where relative paths of these options are looked for, in this order; see [`search_path`].
    pub search: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            enforce_new_defaults: true,
            enforce_scope: true,
            policy_default_rule: "default".to_owned(),
            policy_file: "policy.yaml".to_owned(),
            policy_dirs: vec!["policy.d".to_owned()],
            remote: RemoteOptions::default(),
            search: Vec::new(),
        }
    }
}

/// What a service is started with, as far as it says where its configuration lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// `--config-dir`, each time.
    pub config_dirs: Vec<PathBuf>,
    /// `--config-file`, each time.
    pub config_files: Vec<PathBuf>,
    /// The project's name (`nova`).
    pub project: Option<String>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// `$SNAP_COMMON` and `$SNAP`, where the service comes as a snap.
    pub snap: [Option<PathBuf>; 2],
}

/// The directories in which oslo.config's `find_file` looks, first come, first served. Paths are taken
/// as they are: absolute, and without `~`.
///
/// ```
/// use assay_engine::oslo::enforcer::{Start, search_path};
/// use std::path::PathBuf;
/// let start = Start {
///     config_files: vec!["/srv/glance/api.conf".into()],
///     project: Some("glance".to_owned()),
///     ..Start::default()
/// };
/// let expected: Vec<PathBuf> = ["/srv/glance", "/etc/glance", "/etc"].map(Into::into).into();
/// assert_eq!(search_path(&start), expected);
/// ```
#[must_use]
pub fn search_path(start: &Start) -> Vec<PathBuf> {
    let mut found = start.config_dirs.clone();
    found.extend(start.config_files.iter().rev().filter_map(|file| file.parent()).map(Path::to_owned));
    let project = start.project.as_ref().filter(|name| !name.is_empty());
    if let Some(home) = &start.home {
        found.extend(project.map(|name| home.join(format!(".{name}"))));
        found.push(home.clone());
    }
    found.extend(project.map(|name| Path::new("/etc").join(name)));
    found.push("/etc".into());
    for snap in start.snap.iter().flatten() {
        found.extend(project.map(|name| snap.join("etc").join(name)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Source: `_get_config_dirs` of oslo.config, for somebody at home in `/home/x`.
    #[rstest]
    #[case(None, &["/home/x", "/etc"])]
    #[case(Some(""), &["/home/x", "/etc"])]
    #[case(Some("glance"), &["/home/x/.glance", "/home/x", "/etc/glance", "/etc"])]
    fn a_project_has_directories_of_its_own(#[case] project: Option<&str>, #[case] expected: &[&str]) {
        let project = project.map(str::to_owned);
        let start = Start { project, home: Some("/home/x".into()), ..Start::default() };
        assert_eq!(search_path(&start), expected.iter().map(PathBuf::from).collect::<Vec<_>>());
    }
}
