//! Ties the program to the one Python that it is linked with.
//!
//! Three things are recorded at build time, since none of them can be found out reliably later: the interpreter
//! whose libpython was linked (it alone may make the virtual environment), the directory that the loader must take
//! libpython from (the soname does not tell 3.11.2 from 3.11.7), and the target directory that the virtual
//! environment lives in. Without feature `upstream` nothing is done, and no Python is needed.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    tests();
    #[cfg(feature = "upstream")]
    upstream::main();
}

/// Says which tests are to be ignored here, so that the test runner itself prints and counts them.
fn tests() {
    for (variable, flag) in [("ASSAY_UPSTREAM", "upstream_off"), ("ASSAY_DOCUMENTS", "documents")] {
        println!("cargo::rerun-if-env-changed={variable}");
        println!("cargo::rustc-check-cfg=cfg({flag})");
        let value = std::env::var(variable).unwrap_or_default();
        let set = if flag == "documents" { !value.is_empty() } else { value == "off" };
        if set {
            println!("cargo::rustc-cfg={flag}");
        }
    }
}

#[cfg(feature = "upstream")]
mod upstream {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    pub(super) fn main() {
        if let Err(message) = record() {
            println!("cargo::error={message}");
        }
    }

    fn record() -> Result<(), String> {
        let config = pyo3_build_config::get();
        let executable = config
            .executable()
            .ok_or("no Python interpreter was found: install python3, or set PYO3_PYTHON")?;
        // An upgrade of Python in place must lead to a new build: its version is part of the program.
        println!("cargo::rerun-if-changed={executable}");

        let directory = config.lib_dir().unwrap_or_default();
        link(executable, directory, config.lib_name().unwrap_or_default())?;

        let (short, full) = version(executable)?;
        println!("cargo::rustc-env=ASSAY_PYTHON={executable}");
        println!("cargo::rustc-env=ASSAY_PYTHON_VERSION={short}");
        println!("cargo::rustc-env=ASSAY_PYTHON_SYS_VERSION={full}");
        println!("cargo::rustc-env=ASSAY_TARGET_DIR={}", target_directory()?.display());
        Ok(())
    }

    /// Has the loader take libpython from where the linker took it.
    fn link(executable: &str, directory: &str, name: &str) -> Result<(), String> {
        let macos = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos");
        let suffix = if macos { "dylib" } else { "so" };
        if !Path::new(directory).join(format!("lib{name}.{suffix}")).exists() {
            return Err(format!(
                "{executable} has no shared libpython in {directory}: install libpython3-dev (Debian, Ubuntu) or \
                 python3-devel (Fedora), or set PYO3_PYTHON to an interpreter that was built with --enable-shared"
            ));
        }
        println!("cargo::rustc-link-arg=-Wl,-rpath,{directory}");
        if !macos {
            // RPATH in place of RUNPATH: LD_LIBRARY_PATH cannot override it.
            println!("cargo::rustc-link-arg=-Wl,--disable-new-dtags");
        }
        Ok(())
    }

    /// `3.11.7`, and the whole of `sys.version` on one line, as the interpreter itself says.
    fn version(executable: &str) -> Result<(String, String), String> {
        let code =
            "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(' '.join(sys.version.split()))";
        let output = Command::new(executable)
            .args(["-I", "-c", code])
            .output()
            .map_err(|error| format!("{executable} cannot be run: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines();
        match (lines.next(), lines.next()) {
            (Some(short), Some(full)) if output.status.success() => Ok((short.into(), full.into())),
            _ => Err(format!(
                "{executable} does not say its version: {}",
                String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")
            )),
        }
    }

    /// The target directory, wherever CARGO_TARGET_DIR or a configuration put it: cargo tags its root.
    fn target_directory() -> Result<PathBuf, String> {
        let out = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or("cargo gave no OUT_DIR")?;
        out.ancestors()
            .find(|directory| directory.join("CACHEDIR.TAG").exists())
            // A target directory that was made by hand, or cleaned by hand, may lack the tag:
            // OUT_DIR is TARGET/PROFILE/build/PACKAGE-HASH/out.
            .or_else(|| out.ancestors().nth(4))
            .map(Path::to_path_buf)
            .ok_or_else(|| format!("no target directory above {}", out.display()))
    }
}
