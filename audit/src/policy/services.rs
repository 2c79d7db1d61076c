//! The defaults of real services that are built in.

use super::{Defaults, InputError};

/// A release that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The service.
    pub service: &'static str,
    /// Its version.
    pub version: &'static str,
    text: &'static str,
}

macro_rules! releases {
    ($($service:literal: $($version:literal)*;)*) => {
        [$($(Release {
            service: $service,
            version: $version,
            text: include_str!(concat!("../../../policies/services/", $service, "-", $version, ".yaml")),
        },)*)*]
    };
}

/// By service, the oldest first. `cargo differential services --write policies/services` writes these files.
static RELEASES: &[Release] = &releases! {
    "glance": "24.0.0" "25.0.0" "26.0.0" "27.0.0" "28.0.0" "29.0.0" "30.0.0" "31.0.0" "32.0.0" "33.0.0";
    "cinder": "10.0.8" "11.2.0" "12.0.4" "13.0.1" "14.0.0" "15.0.0" "17.0.0" "18.0.0" "19.0.0" "22.0.0" "29.0.0";
};

/// All releases that are built in, by service, the oldest first.
#[must_use]
pub fn releases() -> &'static [Release] {
    RELEASES
}

/// The release that is meant by `glance` (the newest), `glance:29` or `glance:29.0.0`.
///
/// # Errors
/// [`InputError::Unknown`], which names those that there are.
///
/// ```
/// use assay::policy::services::find;
/// assert_eq!(find("glance:29").unwrap().version, "29.0.0");
/// assert!(find("glance:2").unwrap_err().to_string().contains("29.0.0"));
/// ```
pub fn find(name: &str) -> Result<&'static Release, InputError> {
    let (service, version) = match name.split_once(':') {
        Some((service, version)) => (service, Some(version)),
        None => (name, None),
    };
    let of_service = || RELEASES.iter().filter(|release| release.service == service);
    let fits = |release: &&Release| {
        version.is_none_or(|version| {
            release.version.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    of_service().rfind(fits).ok_or_else(|| {
        let (what, known): (_, Vec<&str>) = match of_service().count() {
            0 => {
                let mut services: Vec<&str> = RELEASES.iter().map(|release| release.service).collect();
                services.dedup();
                ("built-in service", services)
            }
            _ => ("built-in release", of_service().map(|release| release.version).collect()),
        };
        InputError::Unknown {
            what,
            name: name.to_owned(),
            known: Some(format!("there are {}", known.join(", "))),
        }
    })
}

impl Release {
    /// What it registers.
    ///
    /// # Errors
    /// None for what is built in; a test reads all of it.
    pub fn defaults(&self) -> Result<Defaults, InputError> {
        let mut defaults = Defaults::parse(self.file_name().as_ref(), self.text)?;
        defaults.path = None;
        Ok(defaults)
    }

    /// The name of its defaults file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}-{}.yaml", self.service, self.version)
    }

    /// Its defaults file.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }
}
