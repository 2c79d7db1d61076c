//! `services`: what real services register, decided on both sides and put beside the documented policies.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The arguments of `services`.
#[derive(Debug, Clone, Args)]
pub struct ServicesArgs {
    /// The services, by the names of their entry points in `oslo.policy.policies`.
    #[arg(value_name = "SERVICE", default_values = ["glance", "cinder"])]
    pub services: Vec<String>,
    /// Only these releases; one that is not listed in differential/services.yaml is fetched unchecked, and the line
    /// to add there is printed.
    #[arg(long, value_name = "RELEASE")]
    pub release: Vec<String>,
    /// The documented policy to compare with: a defaults file, or a policy file in JSON [default: the listed one].
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
    /// Write what each release registers into this directory, as SERVICE-RELEASE.yaml.
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How `services` prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables, and every difference.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Says that this build cannot.
#[cfg(not(feature = "upstream"))]
pub fn run(_: &ServicesArgs) -> std::process::ExitCode {
    super::without_upstream("services")
}

#[cfg(feature = "upstream")]
pub use live::run;

#[cfg(feature = "upstream")]
mod live {
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;

    use super::{Format, ServicesArgs};
    use crate::cli::{unusable, verdict};
    use crate::oracle::environment::Environment;
    use crate::services::compare::compare;
    use crate::services::decide::{Loaded, decide, load};
    use crate::services::defaults::{Documented, read, write};
    use crate::services::install::{Installed, install};
    use crate::services::list::{List, Release, Service};
    use crate::services::questions::questions;
    use crate::services::report::{Decisions, ServiceReport};

    /// Service by service, release by release. Exit code 1 where the engine decides anything otherwise than upstream;
    /// what a document and a release differ in is no fault of either.
    pub fn run(arguments: &ServicesArgs) -> ExitCode {
        match services(arguments) {
            Ok(disagreements) => ExitCode::from(verdict(disagreements == 0)),
            Err(error) => unusable(error),
        }
    }

    fn services(arguments: &ServicesArgs) -> Result<usize, String> {
        let list = List::carried().map_err(|error| format!("services.yaml: {error}"))?;
        let environment = Environment::ensure().map_err(|error| error.to_string())?;
        let mut reports = Vec::new();
        for (index, name) in arguments.services.iter().enumerate() {
            let service = list.service(name, &arguments.release);
            if service.releases.is_empty() {
                return Err(format!("no release of {name} is listed: name one with --release"));
            }
            let report = report(arguments, &environment, &list, &service)?;
            if arguments.format == Format::Text {
                show!("{}{}", if index > 0 { "\n" } else { "" }, report.text());
            }
            reports.push(report);
        }
        if arguments.format == Format::Json {
            show_line!("{}", serde_json::json!({ "services": reports }));
        }
        let disagreements = reports.iter().map(ServiceReport::disagreements).sum();
        if arguments.format == Format::Text {
            show_line!("{}", if disagreements == 0 { "AGREED" } else { "DIVERGED" });
        }
        Ok(disagreements)
    }

    fn report(
        arguments: &ServicesArgs,
        environment: &Environment,
        list: &List,
        service: &Service,
    ) -> Result<ServiceReport, String> {
        let document = document(arguments, service)?;
        let (mut decisions, mut comparisons, mut stood_in_for) = (Vec::new(), Vec::new(), Vec::new());
        for release in &service.releases {
            let installed =
                install(environment, list, service, release).map_err(|error| error.to_string())?;
            say_if_unlisted(service, release, &installed);
            let name = &service.service;
            let of_release = |error| format!("{name} {}: {error}", release.release);
            let loaded = load(environment, name, &installed).map_err(of_release)?;
            if let Some(directory) = &arguments.write {
                write_defaults(directory, service, release, &installed, &loaded)?;
            }
            decisions.extend(both_modes(environment, service, release, &installed, &loaded)?);
            if let Some((_, document)) = &document {
                comparisons.push(compare(document, &release.release, &loaded.defaults));
            }
            stood_in_for.extend(loaded.stood_in_for);
        }
        stood_in_for.sort();
        stood_in_for.dedup();
        let document = document.map(|(path, _)| path);
        Ok(ServiceReport::new(&service.service, document, stood_in_for, decisions, comparisons))
    }

    /// Two modes, two Pythons at once.
    fn both_modes(
        environment: &Environment,
        service: &Service,
        release: &Release,
        installed: &Installed,
        loaded: &Loaded,
    ) -> Result<[Decisions; 2], String> {
        let questions = questions(&loaded.defaults);
        let (name, number) = (service.service.as_str(), release.release.as_str());
        let mode = |new| decide(environment, name, number, installed, &loaded.defaults, &questions, new);
        let (new, old) = std::thread::scope(|scope| {
            let old = scope.spawn(|| mode(false));
            (mode(true), old.join())
        });
        let old = old.map_err(|_| "a thread panicked".to_owned())?;
        Ok([new?, old?])
    }

    fn document(arguments: &ServicesArgs, service: &Service) -> Result<Option<(String, Documented)>, String> {
        let repository = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let (name, path): (String, PathBuf) = match (&arguments.document, &service.document) {
            (Some(given), _) => (given.display().to_string(), given.clone()),
            (None, Some(listed)) => (listed.clone(), repository.join(listed)),
            (None, None) => return Ok(None),
        };
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let policy = read(&text, is_json).map_err(|error| format!("{name}: {error}"))?;
        Ok(Some((name, policy)))
    }

    fn write_defaults(
        directory: &Path,
        service: &Service,
        release: &Release,
        installed: &Installed,
        loaded: &Loaded,
    ) -> Result<(), String> {
        let path = directory.join(format!("{}-{}.yaml", service.service, release.release));
        let text = write(&service.service, &release.release, &installed.source, &loaded.defaults);
        let written = std::fs::create_dir_all(directory).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))
    }

    fn say_if_unlisted(service: &Service, release: &Release, installed: &Installed) {
        if release.sha256.is_empty() {
            eprintln!(
                "note: {} {} is not listed, its archive was not checked; to list it in differential/services.yaml:\n\
                 - {{release: \"{}\", sha256: \"{}\"}}",
                service.service, release.release, release.release, installed.source.sha256
            );
        }
    }
}
