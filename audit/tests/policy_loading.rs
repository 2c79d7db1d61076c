//! Policies as a service would load them: order, defaults, deprecations, origins.

use std::path::{Path, PathBuf};

use assay::policy::{Defaults, InputError, Loaded, Origin, Setup, services};
use assay_engine::oslo::enforcer::{Enforcer, Options, Policy};
use rstest::rstest;
use tempfile::TempDir;

/// A directory of files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn defaults_of(text: &str) -> Defaults {
    Defaults::parse(Path::new("defaults.yaml"), text).unwrap()
}

fn load(root: &TempDir, policies: &[&str], defaults: &Defaults, enforce_new_defaults: bool) -> Loaded {
    let policies: Vec<PathBuf> = policies.iter().map(|name| root.path().join(name)).collect();
    Setup { policies, defaults: defaults.clone(), enforce_new_defaults }.load().unwrap()
}

fn text(loaded: &Loaded, rule: &str) -> String {
    loaded.rule(rule).unwrap().tree.to_string()
}

#[test]
fn directories_come_behind_the_file_by_name_without_dotfiles_and_sub_directories() {
    let root = tree(&[
        ("policy.yaml", "a: role:file\nz: role:z\n"),
        ("policy.d/20.yaml", "a: role:b\n"),
        ("policy.d/10.json", "{\"a\": \"role:a\", \"q\": \"role:q\"}"),
        ("policy.d/.30.yaml", "a: role:hidden\n"),
        ("policy.d/sub/40.yaml", "a: role:below\n"),
    ]);
    let loaded = load(&root, &["policy.yaml", "policy.d"], &Defaults::default(), true);
    assert_eq!(["a", "z", "q"].map(|rule| text(&loaded, rule)), ["role:b", "role:z", "role:q"]);
    assert_eq!(loaded.rule("a").unwrap().origin, Origin::File { file: 2, entry: 0 });
    let (path, at) = loaded.place(loaded.rule("q").unwrap()).unwrap();
    assert_eq!((path.file_name().unwrap(), at.column), ("10.json".as_ref(), 22));
}

const RENAMED: &str = "
defaults:
- name: new
  check_str: role:new
  deprecated_rule: {name: old, check_str: role:old, deprecated_reason: r, deprecated_since: s}
- name: same
  check_str: role:new
  deprecated_rule: {name: same, check_str: role:old, deprecated_reason: r, deprecated_since: s}
- name: plain
  check_str: role:plain
";

/// Expected rules are upstream's, as its own reference states them: what is overridden, what is joined.
#[rstest]
#[case::alone("{}", true, ["role:new", "role:new"], ["default", "default"])]
#[case::joined("{}", false, ["(role:new or role:old)", "(role:new or role:old)"], ["either", "either"])]
#[case::old_name("old: role:mine", true, ["role:mine", "role:new"], ["old-name", "default"])]
#[case::old_name_says_new("old: role:new", false, ["role:new", "(role:new or role:old)"], ["old-name", "either"])]
#[case::old_default("old: role:old", true, ["role:new", "role:new"], ["default", "default"])]
#[case::alias("old: rule:new", false, ["(role:new or role:old)", "(role:new or role:old)"], ["either", "either"])]
#[case::both("{old: role:a, new: role:b}", false, ["role:b", "(role:new or role:old)"], ["file", "either"])]
#[case::own_name("same: role:mine", false, ["(role:new or role:old)", "role:mine"], ["either", "file"])]
fn deprecated_rules_count_as_upstream_counts_them(
    #[case] policy: &str,
    #[case] enforce_new_defaults: bool,
    #[case] rules: [&str; 2],
    #[case] origins: [&str; 2],
) {
    let root = tree(&[("policy.yaml", policy)]);
    let loaded = load(&root, &["policy.yaml"], &defaults_of(RENAMED), enforce_new_defaults);
    assert_eq!(["new", "same"].map(|rule| text(&loaded, rule)), rules);
    assert_eq!(["new", "same"].map(|rule| loaded.rule(rule).unwrap().origin.name()), origins);
    assert_eq!(loaded.rule("plain").unwrap().origin, Origin::Default { default: 2 });
}

#[test]
fn every_built_in_release_is_read_and_loads() {
    for release in services::releases() {
        let defaults = release.defaults().unwrap();
        assert_eq!(defaults.service.as_deref(), Some(release.service));
        assert_eq!(defaults.release.as_deref(), Some(release.version));
        let rules = defaults.rules().len();
        let loaded = Loaded::of(Vec::new(), defaults, true).unwrap();
        assert_eq!(loaded.effective.len(), rules);
        assert!(rules > 50, "{} {}: {rules} rules", release.service, release.version);
    }
}

#[rstest]
#[case::newest("glance", "glance")]
#[case::major("cinder:22", "cinder 22.0.0")]
#[case::whole("glance:29.0.0", "glance 29.0.0")]
fn a_release_is_found_by_what_is_said_of_it(#[case] name: &str, #[case] starts: &str) {
    let release = services::find(name).unwrap();
    assert!(format!("{} {}", release.service, release.version).starts_with(starts));
}

#[test]
fn a_word_means_a_path_a_defaults_file_a_release_or_a_release_with_a_policy() {
    let root = tree(&[("policy.yaml", "get_image: '!'\n"), ("defaults.yaml", RENAMED)]);
    let at = |name: &str| root.path().join(name).display().to_string();
    let setup = Setup { defaults: defaults_of(RENAMED), ..Setup::default() };
    let load = |spec: &str| setup.load_spec(spec).unwrap();
    assert_eq!(load(&at("policy.yaml")).effective.len(), 4);
    assert_eq!(load(&at("defaults.yaml")).effective.len(), 3);
    assert_eq!(load("glance:29").effective.len(), 63);
    let both = load(&format!("glance:29+{}", at("policy.yaml")));
    assert_eq!((both.effective.len(), text(&both, "get_image").as_str()), (63, "!"));
    assert!(matches!(setup.load_spec("no-such.yaml"), Err(InputError::Io { .. })));
    assert!(matches!(setup.load_spec("nova"), Err(InputError::Unknown { .. })));
}

/// What the enforcer makes of the same files on the disk, which is held against upstream's elsewhere.
#[rstest]
#[case::file_and_directory(&["policy.yaml", "policy.d"], true)]
#[case::deprecated_too(&["policy.yaml", "policy.d"], false)]
#[case::directory_alone(&["policy.d"], false)]
#[case::nothing(&[], false)]
fn the_policy_is_that_of_a_service_with_these_files(
    #[case] policies: &[&str],
    #[case] enforce_new_defaults: bool,
) {
    let root = tree(&[
        (
            "policy.yaml",
            "get_image: '!'\ndefault: role:admin\nold: role:file\nnew_rule: '@'\nget_images: [[role:a]]\n",
        ),
        ("policy.d/b.yaml", "get_image: role:b\n5: '@'\n"),
        ("policy.d/a.yaml", "get_image: role:a\nadd_image: ''\n"),
    ]);
    let mut defaults: Vec<_> = services::find("glance:29").unwrap().defaults().unwrap().rules().to_vec();
    defaults.extend_from_slice(defaults_of(RENAMED).rules());
    let has = |name: &str| policies.contains(&name);
    let options = Options {
        enforce_new_defaults,
        policy_file: if has("policy.yaml") { "policy.yaml" } else { "none.yaml" }.to_owned(),
        policy_dirs: if has("policy.d") { vec!["policy.d".to_owned()] } else { Vec::new() },
        search: vec![root.path().to_owned()],
        ..Options::default()
    };
    let enforcer = Enforcer::builder(options).build();
    enforcer.register_defaults(defaults.clone()).unwrap();
    let on_disk = enforcer.policy().unwrap();

    let files = policies.iter().map(|name| root.path().join(name)).collect();
    let files = Setup { policies: files, ..Setup::default() }.files().unwrap();
    let options = Options { enforce_new_defaults, ..Options::default() };
    let enforcer = Enforcer::builder(options).build();
    enforcer.register_defaults(defaults).unwrap();
    let given = enforcer.take_files(files.iter().map(|file| file.rules().unwrap()));

    let rules = |policy: &Policy| -> Vec<(String, String)> {
        policy.rules().iter().map(|(name, tree)| (name.to_string(), tree.to_string())).collect()
    };
    assert_eq!(rules(&given), rules(&on_disk));
    assert_eq!(given.rules().len(), on_disk.rules().len());
}

/// The old form of Cinder's policy is a policy file whose every rule stands for a default.
#[test]
fn a_policy_file_serves_as_defaults() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/cinder.json");
    let defaults = Defaults::read(path.as_ref()).unwrap();
    assert_eq!(defaults.rules().len(), 137);
    assert_eq!(defaults.place("default").unwrap().to_string(), "3:5");
}

#[rstest]
#[case::member(
    "defaults:\n- name: a\n  check: x\n",
    "d.yaml:2:3: default \"\": a default has a member that upstream does not know"
)]
#[case::twice(
    "defaults:\n- {name: a, check_str: x}\n- {name: a, check_str: x}\n",
    "d.yaml:3:4: \"a\" is registered twice"
)]
#[case::top("defaults: []\nrules: {}\n", "d.yaml: \"rules\" is no member of a defaults file")]
#[case::value("a: 5\n", "d.yaml:1:4: default \"a\": check_str is no rule")]
fn what_is_wrong_with_defaults_is_said_with_its_place(#[case] text: &str, #[case] message: &str) {
    let error = Defaults::parse(Path::new("d.yaml"), text).unwrap_err().to_string();
    assert!(error.starts_with(message), "{error}");
}
