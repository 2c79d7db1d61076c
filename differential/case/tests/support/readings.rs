//! Readings of the IAM half with a fault planted.

#![allow(dead_code, reason = "each test takes those that it needs")]

use assay_engine::iam::Reading;

pub(crate) struct DenyDoesNotPrevail;
impl Reading for DenyDoesNotPrevail {
    const DENY_PREVAILS: bool = false;
}

pub(crate) struct AllowIsAskedAtTheAccountOnly;
impl Reading for AllowIsAskedAtTheAccountOnly {
    const EVERY_LEVEL_ALLOWS: bool = false;
}

pub(crate) struct IfExistsFailsOnAMissingKey;
impl Reading for IfExistsFailsOnAMissingKey {
    const IF_EXISTS_HOLDS_WHEN_MISSING: bool = false;
}

pub(crate) struct TheAccountOfAUrnIsIgnored;
impl Reading for TheAccountOfAUrnIsIgnored {
    const ACCOUNT_COUNTS: bool = false;
}

pub(crate) struct AStarCountsAtTheEndOnly;
impl Reading for AStarCountsAtTheEndOnly {
    const STAR_ANYWHERE: bool = false;
}
