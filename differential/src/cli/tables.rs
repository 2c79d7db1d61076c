//! `tables`: the tables of `docs/tables.md`, from what they are about. A test holds the file against them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_case::Poison;
use assay_generate::Profile;
use assay_properties::TARGETS;
use clap::CommandFactory as _;

use super::Arguments;
use crate::peers;

/// Prints the tables.
pub fn run() -> ExitCode {
    show!("{}", text());
    ExitCode::SUCCESS
}

/// The whole file.
#[must_use]
pub fn text() -> String {
    let mut out = String::from(
        "# Tables\n\nWritten by `cargo differential tables > docs/tables.md`; a test holds this file against the code.\n",
    );
    section(&mut out, "Commands", ["`cargo differential …`", "does"], commands());
    section(&mut out, "Profiles", ["`run --profile …`", "generates"], profiles());
    section(&mut out, "Subjects", ["`--subject …`", "is"], subjects());
    section(&mut out, "Poison reasons", ["reason", "found by"], poisons());
    section(&mut out, "Other upstream versions", ["version", "requirements"], upstreams());
    section(&mut out, "Fuzz targets", ["target", "what must hold"], targets());
    out
}

type Row = (String, String);

fn section(out: &mut String, title: &str, header: [&str; 2], rows: Vec<Row>) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## {title}\n\n| {} | {} |\n|---|---|", header[0], header[1]);
    for (name, about) in rows {
        let _ = writeln!(out, "| `{name}` | {} |", about.replace('|', "\\|"));
    }
}

fn commands() -> Vec<Row> {
    let all = Arguments::command();
    // What a build with more features has besides is no part of the table.
    let shown =
        all.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "iam-speed");
    shown
        .map(|command| {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            (command.get_name().to_owned(), about)
        })
        .collect()
}

fn profiles() -> Vec<Row> {
    let drawn = Profile::ALL.iter().map(|profile| (profile.name().to_owned(), profile.about().to_owned()));
    let all = ("all".to_owned(), "all that draw, in turn, generated rules most often".to_owned());
    let iam = (
        "iam".to_owned(),
        "organizations, documents and requests of the half that has no upstream".to_owned(),
    );
    std::iter::once(all).chain(drawn).chain([iam]).collect()
}

fn subjects() -> Vec<Row> {
    let about = |name: &str| if name == "engine" { "this project's" } else { "a peer, in `peers/`" };
    peers::names().into_iter().map(|name| (name.to_owned(), about(name).to_owned())).collect()
}

fn poisons() -> Vec<Row> {
    Poison::ALL.iter().map(|poison| (poison.id().to_owned(), poison.detector().about().to_owned())).collect()
}

fn upstreams() -> Vec<Row> {
    let mut versions: Vec<Row> = files("differential/upstreams", "txt")
        .into_iter()
        .map(|name| (name.trim_end_matches(".txt").to_owned(), format!("`differential/upstreams/{name}`")))
        .collect();
    let pinned =
        include_str!("../../requirements.in").lines().find_map(|line| line.strip_prefix("oslo.policy=="));
    versions.push((
        pinned.unwrap_or_default().to_owned(),
        "`differential/requirements.txt`: the pinned one".to_owned(),
    ));
    versions
}

fn targets() -> Vec<Row> {
    TARGETS.iter().map(|target| (target.name.to_owned(), target.about.to_owned())).collect()
}

/// The names of a folder's files of a kind, in order; none where there is no folder.
fn files(folder: &str, extension: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let of_kind = entries.filter(|path: &PathBuf| path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> =
        of_kind.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}
