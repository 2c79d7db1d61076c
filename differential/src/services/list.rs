//! The releases that are looked at (`differential/services.yaml`).

use serde::Deserialize;

const LIST: &str = include_str!("../../services.yaml");

/// All services that are listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What the policy modules of every service import beyond oslo.policy.
    pub beside: Vec<Pinned>,
    /// The services.
    pub services: Vec<Service>,
}

/// A package that is fetched for its modules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Its name.
    pub package: String,
    /// Its release.
    pub release: String,
    /// The SHA-256 of its wheel.
    pub sha256: String,
}

/// A service and its releases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The name of its entry point.
    pub service: String,
    /// The package, where that has another name.
    #[serde(default)]
    pub package: Option<String>,
    /// The documented policy: a path in this repository.
    #[serde(default)]
    pub document: Option<String>,
    /// What its policy modules import beyond that.
    #[serde(default)]
    pub beside: Vec<Pinned>,
    /// Its releases, oldest first.
    #[serde(default)]
    pub releases: Vec<Release>,
}

/// A release of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its number.
    pub release: String,
    /// The SHA-256 of its archive; empty for one that is not listed.
    #[serde(default)]
    pub sha256: String,
    /// The `policy.json` of its source archive, from before there were registered defaults.
    #[serde(default)]
    pub policy: Option<String>,
}

impl List {
    /// The list that this build carries.
    ///
    /// # Errors
    /// A `services.yaml` that is no such list.
    ///
    /// ```
    /// let list = assay_differential::services::list::List::carried().unwrap();
    /// assert!(list.services.iter().any(|service| service.service == "glance"));
    /// ```
    pub fn carried() -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(LIST)
    }

    /// A service by name, with these releases of it, or with all that are listed where none are named. A service or
    /// a release that is not listed has no hash.
    #[must_use]
    pub fn service(&self, name: &str, releases: &[String]) -> Service {
        let listed = self.services.iter().find(|service| service.service == name).cloned();
        let mut service = listed.unwrap_or_else(|| Service {
            service: name.to_owned(),
            package: None,
            document: None,
            beside: Vec::new(),
            releases: Vec::new(),
        });
        if !releases.is_empty() {
            let known = service.releases;
            let find = |wanted: &String| {
                let unlisted = || Release { release: wanted.clone(), sha256: String::new(), policy: None };
                known.iter().find(|release| release.release == *wanted).cloned().unwrap_or_else(unlisted)
            };
            service.releases = releases.iter().map(find).collect();
        }
        service
    }
}

impl Service {
    /// The name of the package.
    #[must_use]
    pub fn package(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.service)
    }
}
