//! Policy files and directories, and when they are read again.

use std::fs;
use std::sync::{Arc, Mutex};

use assay_engine::oslo::enforcer::{Enforcer, Failure, Options, Warning};
use rstest::rstest;

use crate::enforcer::world::{World, ask, register};

fn rules(enforcer: &Enforcer) -> String {
    let policy = enforcer.policy().expect("a policy");
    let mut rules: Vec<String> = policy.rules().iter().map(|(name, tree)| format!("{name}={tree}")).collect();
    rules.sort();
    rules.join(" ")
}

#[test]
fn directories_apply_behind_the_file_in_the_order_of_names() {
    let world = World::with(&[
        ("policy.yaml", "a: role:file\nq: role:q"),
        ("policy.d/20.yaml", "a: role:b"),
        ("policy.d/10.txt", "{\"a\": \"role:a\", \"z\": \"role:z\"}"),
        ("policy.d/.hidden.yaml", "a: role:hidden"),
        ("policy.d/sub/30.yaml", "a: role:sub"),
    ]);
    assert_eq!(rules(&world.enforcer()), "a=role:b q=role:q z=role:z");
}

#[test]
fn names_sort_by_code_points() {
    let files = ["policy.d/Z", "policy.d/a", "policy.d/é", "policy.d/\u{ff01}", "policy.d/\u{1f600}"];
    let mut world = World::new();
    for name in files.iter().rev() {
        world.write(name, format!("a: 'role:{}'", &name[9..]));
    }
    assert_eq!(rules(&world.enforcer()), "a=role:\u{1f600}");
}

#[test]
fn directories_apply_in_the_order_of_the_option() {
    let world = World::with(&[("one/1", "a: role:one\nb: role:one"), ("two/1", "a: role:two")]);
    let of = |dirs: [&str; 2]| Options { policy_dirs: dirs.map(str::to_owned).into(), ..world.options() };
    assert_eq!(rules(&Enforcer::builder(of(["one", "two"])).build()), "a=role:two b=role:one");
    assert_eq!(rules(&Enforcer::builder(of(["two", "one"])).build()), "a=role:one b=role:one");
}

#[test]
fn a_directory_needs_no_file() {
    let world = World::with(&[("policy.d/1", "a: role:x")]);
    assert_eq!(rules(&world.enforcer()), "a=role:x");
}

#[test]
fn the_search_path_is_tried_in_order() {
    let (first, second) = (World::new(), World::with(&[("policy.yaml", "a: role:second")]));
    let options = Options { search: vec![first.path.clone(), second.path.clone()], ..Options::default() };
    assert_eq!(rules(&Enforcer::builder(options.clone()).build()), "a=role:second");
    let enforcer = Enforcer::builder(options).build();
    first.write_at("policy.yaml", "a: role:first", 1);
    assert_eq!(rules(&enforcer), "a=role:first");
}

#[test]
fn an_absolute_path_is_taken_as_it_is() {
    let world = World::with(&[("elsewhere", "a: role:x")]);
    let policy_file = world.path.join("elsewhere").to_str().expect("a text").to_owned();
    let options = Options { policy_file, search: vec!["/nowhere".into()], ..Options::default() };
    assert_eq!(rules(&Enforcer::builder(options).build()), "a=role:x");
}

/// Before and behind an edit to `a: '!'` with that mtime, the first being 10.
#[rstest]
#[case::later(11, ["allow", "deny", "deny"])]
#[case::the_same(10, ["allow", "allow", "allow"])]
#[case::older(9, ["allow", "allow", "allow"])]
fn an_edit_counts_by_its_mtime(#[case] seconds: u64, #[case] expected: [&str; 3]) {
    let world = World::new();
    world.write_at("policy.yaml", "a: '@'", 10);
    let enforcer = world.enforcer();
    let before = ask(&enforcer, "a", &[]);
    world.write_at("policy.yaml", "a: '!'", seconds);
    assert_eq!([before, ask(&enforcer, "a", &[]), ask(&enforcer, "a", &[])], expected);
}

/// What the next two requests come to after an edit, from `a: '@'`.
#[rstest]
#[case::broken("a: [b", ["ValueError", "allow"])]
#[case::a_value_that_is_no_rule("a: yes", ["TypeError", "allow"])]
#[case::no_mapping("- a", ["AttributeError", "allow"])]
#[case::empty("", ["deny", "deny"])]
#[case::not_utf_8(b"a: '\xff'", ["UnicodeDecodeError", "UnicodeDecodeError"])]
fn a_reload_that_fails_raises_once(#[case] text: impl AsRef<[u8]>, #[case] expected: [&str; 2]) {
    let mut world = World::with(&[("policy.yaml", "a: '@'")]);
    let enforcer = world.enforcer();
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    world.write("policy.yaml", text);
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "a", &[])], expected);
}

/// There is nothing to go on with, so it is tried each time, unless something was registered: then the
/// second request finds only that.
#[test]
fn a_first_load_that_fails_is_tried_again_while_there_are_no_rules() {
    let world = World::with(&[("policy.yaml", "a: yes")]);
    let enforcer = world.enforcer();
    assert_eq!([(); 3].map(|()| ask(&enforcer, "a", &[])), ["TypeError"; 3]);
    let error = enforcer.load_rules(false).expect_err("no policy");
    assert!(error.to_string().contains("policy.yaml:1:4: "), "{error}");
    let Failure::Load(error) = error else { panic!("{error}") };
    assert_eq!(error.at.expect("a place").to_string(), "1:4");
}

/// The main file's rules are in force, those of the directory up to the bad file too, and nothing says so.
#[test]
fn a_bad_file_in_a_directory_raises_once_and_leaves_half_a_policy() {
    let mut world = World::with(&[("policy.yaml", "a: role:main"), ("policy.d/1", "b: role:one")]);
    let enforcer = world.enforcer();
    register(&enforcer, "c", "role:default");
    assert_eq!(rules(&enforcer), "a=role:main b=role:one c=role:default");
    world.write("policy.d/2", "b: [");
    world.write("policy.d/3", "b: role:three");
    assert_eq!(ask(&enforcer, "a", &[]), "ValueError");
    assert_eq!(rules(&enforcer), "a=role:main b=role:one c=role:default");
    world.write("policy.d/2", "b: role:two");
    assert_eq!(rules(&enforcer), "a=role:main b=role:three c=role:default");
}

#[test]
fn a_change_of_the_file_applies_the_directories_again() {
    let mut world = World::with(&[("policy.yaml", "a: role:x"), ("policy.d/1", "a: role:dir")]);
    let enforcer = world.enforcer();
    assert_eq!(rules(&enforcer), "a=role:dir");
    world.write("policy.yaml", "a: role:y\nb: role:y");
    assert_eq!(rules(&enforcer), "a=role:dir b=role:y");
}

#[test]
fn a_change_of_a_directory_applies_the_file_again() {
    let mut world =
        World::with(&[("policy.yaml", "a: role:x"), ("policy.d/1", "a: role:dir"), ("policy.d/2", "{}")]);
    let enforcer = world.enforcer();
    assert_eq!(rules(&enforcer), "a=role:dir");
    world.remove("policy.d/1");
    assert_eq!(rules(&enforcer), "a=role:x");
}

#[test]
fn without_overwrite_rules_stay_though_the_file_drops_them() {
    let mut world = World::with(&[("policy.yaml", "a: role:x\nb: role:x")]);
    let enforcer = Enforcer::builder(world.options()).overwrite(false).build();
    assert_eq!(rules(&enforcer), "a=role:x b=role:x");
    world.write("policy.yaml", "a: role:y");
    assert_eq!(rules(&enforcer), "a=role:y b=role:x");
}

/// It falls back to what is registered. Come back with the same mtime, it is not read: the cache has it.
#[test]
fn a_file_that_goes_and_comes_back_is_not_read_again() {
    let world = World::new();
    world.write_at("policy.yaml", "a: '@'", 10);
    let enforcer = world.enforcer();
    register(&enforcer, "a", "!");
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    fs::remove_file(world.path.join("policy.yaml")).expect("a file");
    assert_eq!([ask(&enforcer, "a", &[]), ask(&enforcer, "a", &[])], ["deny", "deny"]);
    world.write_at("policy.yaml", "a: '@'", 10);
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    world.write_at("policy.yaml", "a: '@'", 11);
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
}

#[test]
fn a_file_that_comes_later_is_found() {
    let mut world = World::new();
    let enforcer = world.enforcer();
    register(&enforcer, "a", "!");
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
    world.write("policy.yaml", "a: '@'");
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
}

#[test]
fn force_reads_whatever_the_mtime() {
    let world = World::new();
    world.write_at("policy.yaml", "a: '@'", 10);
    let enforcer = world.enforcer();
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    world.write_at("policy.yaml", "a: '!'", 5);
    enforcer.load_rules(true).expect("a policy");
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
}

#[test]
fn a_file_where_a_directory_should_be_is_a_value_error() {
    let world = World::with(&[("policy.d", "a: '@'")]);
    assert_eq!(ask(&world.enforcer(), "a", &[]), "ValueError");
}

#[test]
fn a_directory_where_the_file_should_be_is_an_empty_file() {
    let world = World::with(&[("policy.yaml/x", "a: '@'")]);
    let enforcer = world.enforcer();
    register(&enforcer, "b", "role:b");
    assert_eq!(rules(&enforcer), "b=role:b");
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_in_a_directory_is_no_file() {
    let world = World::with(&[("policy.d/1", "a: '@'")]);
    std::os::unix::fs::symlink("/nowhere/at/all", world.path.join("policy.d/2")).expect("a link");
    assert_eq!(ask(&world.enforcer(), "a", &[]), "FileNotFoundError");
}

/// Whatever the file says of it first, `mtime` being a float that cannot tell these apart.
#[test]
fn two_edits_within_a_hundred_nanoseconds_are_one() {
    let world = World::new();
    let path = world.path.join("policy.yaml");
    let write = |text: &str, nanos: u32| {
        fs::write(&path, text).expect("a file");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_700_000_000, nanos);
        fs::File::open(&path).and_then(|file| file.set_modified(time)).expect("a time");
    };
    write("a: '@'", 500_000_000);
    let enforcer = world.enforcer();
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    write("a: '!'", 500_000_100);
    assert_eq!(ask(&enforcer, "a", &[]), "allow");
    write("a: '!'", 500_000_300);
    assert_eq!(ask(&enforcer, "a", &[]), "deny");
}

#[test]
fn what_is_wrong_with_files_is_told() {
    let mut world = World::new();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let enforcer = Enforcer::builder(world.options())
        .on_warning(move |warning| heard.lock().expect("no panic").push(warning.clone()))
        .build();
    let told = || std::mem::take(&mut *told.lock().expect("no panic"));
    enforcer.load_rules(false).expect("nothing");
    enforcer.load_rules(false).expect("nothing");
    assert_eq!(told(), [Warning::NoPolicyFile("policy.yaml".to_owned())]);
    world.write("policy.yaml", "a: rule:b or rule:a");
    enforcer.load_rules(false).expect("a policy");
    let names = vec!["a".to_owned()];
    assert_eq!(told(), [Warning::Undefined(names.clone()), Warning::Cyclic(names)]);
    world.remove("policy.yaml");
    enforcer.load_rules(false).expect("nothing");
    assert_eq!(told(), [Warning::Gone(world.path.join("policy.yaml"))]);
    world.write("policy.yaml/x", "");
    let now = world.now() + 1;
    world.touch(&world.path.join("policy.yaml"), now);
    enforcer.load_rules(false).expect("nothing");
    assert_eq!(told()[0], Warning::Unreadable(world.path.join("policy.yaml")));
}
