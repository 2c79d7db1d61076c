//! Faults are armed by name, one at a time, and by nothing else.

use std::collections::BTreeSet;

use assay_engine::faults::{Area, Fault, arm};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::{Request, Rules, decide};

fn is_admin(role: &str) -> bool {
    let creds = Value::dict([("roles", Value::list([Value::from(role)]))]);
    let target = Value::dict([("", Value::None); 0]);
    let rules = Rules::from_texts([("admin", "role:admin")]);
    decide(&rules, "admin", Request { creds: &creds, target: &target }).expect("a role is only compared")
}

#[test]
fn a_fault_acts_while_it_is_armed() {
    assert!(is_admin("Admin"));
    arm(Some(Fault::CaseSensitiveRole));
    assert!(!is_admin("Admin") && is_admin("admin"));
    arm(Some(Fault::ScopeIgnored));
    assert!(is_admin("Admin"));
    arm(Some(Fault::CaseSensitiveRole));
    assert!(std::thread::spawn(|| is_admin("Admin")).join().expect("no panic"));
    assert_eq!(arm(None), Some(Fault::CaseSensitiveRole));
    assert!(is_admin("Admin"));
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let names: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), Fault::ALL.len());
    for name in names {
        assert!(
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
    }
}

#[test]
fn each_half_has_enough_of_them() {
    let iam = Fault::ALL.iter().filter(|fault| fault.area() == Area::Iam).count();
    assert!(iam >= 20 && Fault::ALL.len() - iam >= 60, "{iam} of {}", Fault::ALL.len());
}
