//! The committed seeds: that they are what the project makes, and that every property holds on them, within
//! the bounds on memory and with inputs that are made of them.
//!
//! One test, one thread: memory is counted for the whole process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use assay_properties::bounds::ALLOCATOR;
use assay_properties::driver::{Settings, drive};
use assay_properties::seeds;
use peak_alloc::PeakAlloc;

#[global_allocator]
static COUNTING: PeakAlloc = PeakAlloc;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

#[test]
fn every_seed_and_crash_holds_and_so_does_what_is_made_of_them() {
    assert!(ALLOCATOR.current_usage() > 0, "memory is counted");
    let made = seeds::make(&fuzz().join("..")).expect("seeds");
    for (target, made) in made {
        let committed = seeds::inputs(&fuzz().join("seeds").join(target.name)).expect("seeds");
        let mut names: Vec<String> = made.iter().map(|seed| seeds::file_name(seed)).collect();
        names.sort();
        let files = committed.iter().filter_map(|(path, _)| path.file_name()?.to_str());
        assert!(files.eq(&names), "{}: the seeds are others than scripts/fuzz-seeds makes", target.name);
        let dictionary = fuzz().join("dictionaries").join(format!("{}.dict", target.name));
        assert_eq!(std::fs::read_to_string(dictionary).ok(), seeds::dictionary(target), "{}", target.name);
        let options = fuzz().join("options").join(format!("{}.options", target.name));
        assert_eq!(std::fs::read_to_string(options).ok(), Some(seeds::options(target)), "{}", target.name);

        let crashes = seeds::inputs(&fuzz().join("crashes").join(target.name)).expect("crashes");
        for (path, input) in committed.iter().chain(&crashes) {
            println!("{}", path.display());
            target.run(input);
        }
        let settings = Settings {
            seed: 0,
            time: Duration::from_millis(1500),
            limit: Duration::from_secs(10),
            megabytes: 2048,
            seeds: made,
        };
        let driven = drive(target, settings);
        assert_eq!(driven.find, None, "{}", target.name);
        println!("{}: {} inputs made of the seeds", target.name, driven.executions);
    }
}
