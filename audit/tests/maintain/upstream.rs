//! Our commands beside upstream's tools of the same job, on the same input: what upstream made of it was recorded by
//! `scripts/tools`; where ours comes out otherwise, `tests/upstream/tools.yaml` says why and what is right.

use std::collections::BTreeMap;
use std::path::Path;

use assay::convert::convert;
use assay::policy::{Defaults, Loaded, PolicyFile};
use assay::redundant::overrides;
use assay::sample::{SampleOptions, effective, sample};
use assay::upgrade::{UpgradeOptions, upgrade};
use assay_engine::oslo::python::Value;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    tool: String,
    defaults: serde_json::Value,
    #[serde(default)]
    policy: String,
    #[serde(default)]
    arguments: Vec<String>,
    enforce_new_defaults: Option<bool>,
    differs: Option<String>,
    ours: Option<String>,
}

#[derive(Deserialize)]
struct Recorded {
    oracle: String,
    cases: BTreeMap<String, Upstream>,
}

#[derive(Deserialize)]
struct Upstream {
    exit: i32,
    output: String,
    error: Option<String>,
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(include_str!("../upstream/tools.yaml")).expect("cases")
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../upstream/tools.json")).expect("a recording")
}

impl Case {
    fn file(&self) -> PolicyFile {
        PolicyFile::of_bytes("policy.yaml".as_ref(), self.policy.as_bytes()).expect("a policy file")
    }

    fn defaults(&self) -> Defaults {
        let text = serde_json::json!({"service": "demo", "defaults": self.defaults}).to_string();
        Defaults::parse(Path::new("defaults.json"), &text).expect("defaults")
    }

    fn loaded(&self) -> Loaded {
        let new = self.enforce_new_defaults.unwrap_or(true);
        Loaded::of(vec![self.file()], self.defaults(), new).expect("a policy")
    }

    /// What our command prints.
    fn ours(&self) -> String {
        match self.tool.as_str() {
            "oslopolicy-policy-upgrade" => {
                let options = UpgradeOptions::default();
                upgrade(&[self.file()], &self.defaults(), options).expect("an upgrade").files[0].text.clone()
            }
            "oslopolicy-sample-generator" => {
                let exclude_deprecated = self.arguments.iter().any(|word| word == "--exclude-deprecated");
                sample(&self.defaults(), SampleOptions { exclude_deprecated, uncommented: false })
            }
            "oslopolicy-policy-generator" => {
                effective(&self.loaded()).iter().map(|used| format!("{}\n", used.line())).collect()
            }
            "oslopolicy-convert-json-to-yaml" => convert(&self.file(), &self.defaults()).expect("YAML").text,
            "oslopolicy-list-redundant" => {
                let all = overrides(&self.loaded()).expect("overrides");
                all.iter()
                    .filter(|one| one.relation.is_redundant())
                    .map(|one| format!("{}\n", one.name))
                    .collect()
            }
            other => panic!("no tool is called {other}"),
        }
    }

    /// What of an output is compared: rules whatever their order, comments that are rules, names.
    fn gist(&self, output: &str) -> Vec<String> {
        let rules = |text: &str| -> Vec<String> {
            let file =
                PolicyFile::of_bytes("output.yaml".as_ref(), text.as_bytes()).expect("readable output");
            file.entries.iter().map(|rule| format!("{} {:?}", rule.name, rule.value)).collect()
        };
        let mut gist = match self.tool.as_str() {
            "oslopolicy-sample-generator" => {
                return output.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
            }
            // Upstream prints the rules, of which the names are asked for.
            "oslopolicy-list-redundant" if output.contains('"') => {
                let file =
                    PolicyFile::of_bytes("output.yaml".as_ref(), output.as_bytes()).expect("readable output");
                file.entries.iter().map(|rule| rule.name.clone()).collect()
            }
            "oslopolicy-list-redundant" => output.lines().map(str::to_owned).collect(),
            _ => rules(output),
        };
        if self.tool == "oslopolicy-convert-json-to-yaml" {
            let commented: String = output
                .lines()
                .filter_map(|line| line.strip_prefix("#\""))
                .map(|line| format!("\"{line}\n"))
                .collect();
            gist.extend(rules(&commented).into_iter().map(|rule| format!("# {rule}")));
        }
        gist.sort();
        gist
    }
}

#[test]
fn every_case_was_put_to_upstream() {
    let recorded = recorded();
    assert_eq!(recorded.oracle, "oslo.policy 6.0.1");
    let mut names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    names.sort();
    assert_eq!(names, recorded.cases.keys().cloned().collect::<Vec<_>>());
}

#[test]
fn ours_is_upstreams_but_where_a_reason_is_given() {
    let recorded = recorded();
    for case in cases() {
        let upstream = &recorded.cases[&case.name];
        let ours = case.ours();
        match (&case.differs, &case.ours) {
            (None, None) => {
                assert_eq!(upstream.exit, 0, "{}: {:?}", case.name, upstream.error);
                assert_eq!(case.gist(&ours), case.gist(&upstream.output), "{}", case.name);
            }
            (Some(_), Some(expected)) => {
                let text = |text: &str| text.trim_end().to_owned();
                assert_eq!(text(&ours), text(expected), "{}", case.name);
                // A reason for a difference that there is none is out of date.
                assert_ne!(text(&ours), text(&upstream.output), "{}", case.name);
            }
            _ => panic!("{}: a difference takes both a reason and what is right", case.name),
        }
    }
}

/// What users.md tells of upstream's tool is still so.
#[test]
fn upstream_crashes_at_a_split_and_leaves_references_behind() {
    let recorded = recorded();
    let split = &recorded.cases["upgrade a split"];
    assert_eq!((split.exit, split.error.as_deref()), (1, Some("KeyError")));
    assert!(recorded.cases["upgrade leaves references"].output.contains("not rule:share:show"));
}

/// What differs from upstream decides as the file did, asked of the engine: upstream's outcome would not.
#[test]
fn upgrades_decide_as_the_file_did_where_upstreams_do_not() {
    let recorded = recorded();
    for case in cases().into_iter().filter(|case| case.tool == "oslopolicy-policy-upgrade") {
        let rules = |text: &str, new: bool| {
            let file = PolicyFile::of_bytes("policy.yaml".as_ref(), text.as_bytes()).expect("a policy file");
            Loaded::of(vec![file], case.defaults(), new).expect("a policy")
        };
        let decides = |text: &str| -> Vec<String> {
            // Nobody's, a reader's and an auditor's requests for each registered rule.
            let mut outcomes = Vec::new();
            for new in [true, false] {
                let policy = rules(text, new).policy;
                for default in case.defaults().rules() {
                    for role in ["nobody", "reader", "auditor", "guest", "operator", "member", "admin"] {
                        let creds = Value::dict([("roles", Value::list([role.into()]))]);
                        let target = Value::dict([("x", Value::None)]);
                        let request = assay_engine::oslo::Request { creds: &creds, target: &target };
                        outcomes.push(format!("{:?}", policy.enforce(default.name(), request)));
                    }
                }
            }
            outcomes
        };
        assert_eq!(decides(&case.policy), decides(&case.ours()), "{}", case.name);
        let upstream = &recorded.cases[&case.name];
        if case.differs.is_some() && upstream.exit == 0 {
            assert_ne!(decides(&case.policy), decides(&upstream.output), "{}", case.name);
        }
    }
}
