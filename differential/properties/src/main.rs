//! What scripts need of the fuzz targets beside a driver: their seeds, and a replay of inputs.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_properties::TARGETS;
use assay_properties::seeds::{SeedError, inputs, write};
use peak_alloc::PeakAlloc;

#[global_allocator]
static COUNTING: PeakAlloc = PeakAlloc;

/// Of an input that is shorter, what it takes for each byte says little.
const LONG: usize = 256;

const USAGE: &str = "assay-properties seeds         writes fuzz/seeds, fuzz/dictionaries and fuzz/options
assay-properties replay DIR... runs the inputs in DIR/TARGET; the first that fails ends it";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let done = match arguments.split_first() {
        Some((command, [])) if command == "seeds" => write(root, &root.join("fuzz")),
        Some((command, directories)) if command == "replay" && !directories.is_empty() => replay(directories),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn replay(directories: &[String]) -> Result<(), SeedError> {
    for target in &TARGETS {
        let (mut count, mut most, mut multiple) = (0, 0, 0);
        for directory in directories {
            for (path, input) in inputs(&PathBuf::from(directory).join(target.name))? {
                // A panic ends the run, and this line tells at which input.
                if std::env::var_os("ASSAY_TRACE").is_some() {
                    println!("{}", path.display());
                }
                let taken = target.run(&input);
                count += 1;
                most = most.max(taken);
                multiple = multiple.max(taken / input.len().max(LONG));
            }
        }
        println!(
            "{:<25} {count:>8} inputs, at most {most:>11} bytes of memory, {multiple:>7} for each of an input",
            target.name
        );
    }
    Ok(())
}
