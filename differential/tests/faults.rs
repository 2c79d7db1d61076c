//! The catalogue of faults beside what is shipped, which holds none of it, and beside the documentation, which
//! lists all of it.

use std::fmt::Write as _;
use std::path::Path;

use memchr::memmem;

/// The catalogue as it is written: this build has no faults in it to ask.
const CATALOGUE: &str = include_str!("../../engine/src/faults/catalogue.rs");

/// A line of the catalogue.
struct Fault {
    name: String,
    area: String,
    about: String,
}

fn faults() -> Vec<Fault> {
    let body = CATALOGUE.lines().skip_while(|line| !line.starts_with("catalogue!")).skip(1);
    let tokens: String = body.collect::<Vec<_>>().join(" ");
    let entries = tokens.trim().trim_end_matches('}').trim().split_inclusive("\";").map(|entry| {
        let parts: Vec<&str> = entry.splitn(4, '"').collect();
        let [_, name, area, about] = parts.as_slice() else { panic!("{entry}") };
        let about = about.trim_end_matches("\";").replace("\\\\", "\\").replace("\\\"", "\"");
        let area = area.trim_matches([',', ' ']).to_lowercase();
        Fault { name: (*name).to_owned(), area, about }
    });
    entries.collect()
}

/// In the profile of the test: `cargo test --release` asks about what is shipped.
#[test]
fn the_program_holds_no_fault_unless_it_is_built_for_them() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_assay-differential")).expect("cargo has built it");
    let holds = |text: &str| memmem::find(&program, text.as_bytes()).is_some();
    let wanted = cfg!(feature = "faults");
    // That a text is found at all where it is: of a command that every build has.
    assert!(holds("after how many cases"));
    for Fault { name, .. } in faults() {
        assert_eq!(holds(&name), wanted, "{name}");
    }
    // The mangled path of the module.
    assert_eq!(holds("assay_engine6faults"), wanted);
}

/// `ASSAY_UPDATE_DOCS=1 cargo test -p assay-differential --test faults` writes it.
#[test]
fn the_documentation_lists_every_fault() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mutants.md");
    if std::env::var_os("ASSAY_UPDATE_DOCS").is_some() {
        std::fs::write(&file, documentation()).expect("docs/ can be written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, documentation(), "{} is not what the catalogue says", file.display());
}

fn documentation() -> String {
    let faults = faults();
    let iam = faults.iter().filter(|fault| fault.area == "iam").count();
    let mut out = format!(
        "# Faults\n\n\
         <!-- Generated from engine/src/faults/catalogue.rs by a test (differential/tests/faults.rs). -->\n\n\
         {} faults that `cargo differential mutants` arms in the engine, one at a time: {} in the OpenStack half, \
         {iam} in the IAM half. They were written from what upstream and the vendor's documents say, before any was \
         armed. No build that is shipped holds them.\n",
        faults.len(),
        faults.len() - iam,
    );
    let mut area = "";
    for fault in &faults {
        if fault.area != area {
            area = &fault.area;
            let _ = write!(out, "\n## {area}\n\n| fault | what an engine with it does wrong |\n|---|---|\n");
        }
        let _ = writeln!(out, "| `{}` | {} |", fault.name, fault.about.replace('|', "\\|"));
    }
    out
}
