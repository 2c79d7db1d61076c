//! What `--help` says beyond the arguments: where to start, and examples of each command.

use clap::{Command, CommandFactory as _};

use super::Arguments;

const START: &str = "\
Policies are files as a service would load them (--policy, the first is the policy_file, what follows adds to it) on what \
the service registers (--service glance:29, or --defaults FILE for any service).

Start here:
  assay lint --policy policy.yaml --service glance       what is wrong, and where
  assay check get_image --service glance --as reader     is it allowed?
  assay explain get_image --service glance --as reader   why, and what would change that
  assay diff glance:29+old.yaml glance:33+new.yaml       what changes, with a request
  assay matrix --policy policy.yaml --service glance     who may do what
  assay upgrade --policy policy.yaml --service glance    old names made new ones

Exit codes: 0 yes or nothing found, 1 no or something found, 2 bad input (assay help exit-codes).";

/// Of the commands that do not bring their own.
const EXAMPLES: &[(&str, &str)] = &[
    (
        "check",
        "Examples:
  assay check get_image --service glance:29 --as project-reader
  assay check delete_image --policy policy.yaml --creds creds.json --target image.yaml
  assay check --policy policy.yaml --access access.json --format json    as oslopolicy-checker, all rules",
    ),
    (
        "explain",
        "Examples:
  assay explain get_image --service glance:29 --as project-reader --target other
  assay explain volume:delete --service cinder --creds creds.json --policy policy.yaml --format json",
    ),
    (
        "lint",
        "Examples:
  assay lint --service glance --policy policy.yaml policy.d
  assay lint --policy policy.yaml --format sarif > findings.sarif",
    ),
    (
        "diff",
        "Examples:
  assay diff old.yaml new.yaml --service glance:29 --fail-on wider
  assay diff glance:29 glance:33
  assay diff glance:29+policy.yaml glance:33+policy.yaml --format json",
    ),
    (
        "equivalent",
        "Examples:
  assay equivalent 'role:a or role:b' 'role:b or role:a'
  assay equivalent get_image old.yaml new.yaml --service glance",
    ),
    (
        "implies",
        "Examples:
  assay implies 'role:admin and role:x' role:admin
  assay implies delete_image get_image --service glance:29",
    ),
    (
        "matrix",
        "Examples:
  assay matrix --service glance:29
  assay matrix --service cinder --as project-member --as project-reader --format html --policy policy.yaml > matrix.html",
    ),
    (
        "what-can",
        "Examples:
  assay what-can --as project-reader --service glance:29
  assay what-can --creds creds.json --service cinder --policy policy.yaml",
    ),
    (
        "who-can",
        "Examples:
  assay who-can delete_image --service glance:29
  assay who-can volume:delete --service cinder --policy policy.yaml --format json",
    ),
    (
        "iam",
        "Examples:
  assay iam validate team.json --format sarif
  assay iam check --policy team.json --scp root=FullAccess --action ims:images:list
  assay iam diff old.json new.json",
    ),
];

/// The command line of `assay`, its help included.
#[must_use]
pub fn command() -> Command {
    let command = Arguments::command().after_help(START);
    EXAMPLES.iter().fold(command, |command, (name, examples)| match command.find_subcommand(name) {
        Some(_) => command.mut_subcommand(name, |command| command.after_help(*examples)),
        None => command,
    })
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn every_command_has_examples() {
        for command in command()
            .get_subcommands()
            .filter(|command| !["help", "exit-codes"].contains(&command.get_name()))
        {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{}", command.get_name());
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}
