//! Names that the service knows, knew, or never knew.

use super::{Lint, NOTE, WARNING};

pub(super) static LINTS: &[&Lint] = &[&RENAMED_POLICY, &REMOVED_POLICY, &DEPRECATED_POLICY, &UNKNOWN_POLICY];

pub(in super::super) static RENAMED_POLICY: Lint = Lint {
    id: "renamed-policy",
    summary: "an old name of a policy",
    explanation: "The service knows the policy by another name. As long as the old one is registered as deprecated \
        the override still applies, to all of the names that it was split into; then it silently stops.",
    service: Some("cinder:29"),
    bad: "volume_extension:types_manage: \"role:admin\"\n",
    good: "volume_extension:type_create: \"role:admin\"\n",
    ..WARNING
};

pub(in super::super) static REMOVED_POLICY: Lint = Lint {
    id: "removed-policy",
    summary: "a policy that an older release had and this one does not",
    explanation: "Nothing asks for it any more: the override does nothing. What has taken its place, if anything has, \
        is in the service's release notes.",
    service: Some("cinder:29"),
    bad: "volume:get_volume_admin_metadata: \"role:admin\"\n",
    good: "volume:get_volume_metadata: \"role:admin\"\n",
    ..WARNING
};

pub(in super::super) static DEPRECATED_POLICY: Lint = Lint {
    id: "deprecated-policy",
    summary: "a policy that the service will remove",
    explanation: "It works in this release. The service has announced that it goes, and usually why.",
    service: Some("glance:29"),
    bad: "modify_task: \"role:admin\"\n",
    good: "tasks_api_access: \"role:admin\"\n",
    ..NOTE
};

pub(in super::super) static UNKNOWN_POLICY: Lint = Lint {
    id: "unknown-policy",
    summary: "no release that is known registers this name, and nothing refers to it",
    explanation: "Nothing asks for it: the override does nothing. It is a typo, a name from a fork or from another \
        service, or from a release that is not built in.",
    service: Some("glance:29"),
    bad: "delete_imgae: \"role:admin\"\n",
    good: "delete_image: \"role:admin\"\n",
    ..WARNING
};
