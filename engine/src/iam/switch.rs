//! What no document says: each such behaviour is a switch with a name.

use std::fmt;

/// A behaviour that the documents leave open. Each is a statement; its default says whether this
/// engine takes it for true. An explanation names those whose other setting changes the decision.
///
/// ```
/// use assay_engine::iam::Switch;
/// assert_eq!(Switch::named("missing-negated"), Some(Switch::MissingNegated));
/// assert!(Switch::MissingNegated.default_setting());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Switch {
    /// Actions of version 5.0 are compared without their case, as those of 1.1 are.
    ActionCaseIgnored,
    /// Names of condition keys are compared without their case.
    KeyCaseIgnored,
    /// A negated operator holds where its key is missing (as AWS has it).
    MissingNegated,
    /// `ForAllValues:` holds where its key is missing or has no values (every one of none).
    ForAllValuesEmpty,
    /// `ForAnyValue:…IfExists` holds where its key is missing: `IfExists` is asked first.
    IfExistsFirst,
    /// A key that is present with no values counts as missing to `Null`.
    EmptySetIsNull,
    /// An empty text counts as missing to `IfExists`.
    EmptyTextIsMissing,
    /// A negated or `IfExists` operator that does not suit its key's type holds; the documents say of all
    /// operators that they fail then.
    MismatchHolds,
    /// A key with several values under an operator without a qualifier: one fitting value is enough.
    UnqualifiedAny,
    /// The operators of the earlier edition (`StringLike`, `StringStartWith`, `IpAddress`, …) also exist in version 5.0.
    EarlierOperatorsInV5,
    /// String operators for which no document mentions case (`StringStartWith`, `StringEndWith`, `StringLike`)
    /// compare without it.
    AffixCaseIgnored,
    /// A role that lacks a role it depends on grants and denies nothing.
    UnsatisfiedDependsDrops,
    /// A dependency asks for the role of the catalog that it names, not of any.
    DependsCatalog,
    /// Calls with a token are not bounded by SCPs ("most" are not, it says).
    TokenExempt,
    /// A service's own condition key is absent from requests for actions that do not list it.
    UnlistedKeyAbsent,
    /// A request that names no resource, for an action that has resources, fits no URN; only `*`.
    UnnamedFitsNoUrn,
    /// What roles and policies of one model grant is enough for a call; else every model of which the
    /// principal holds something must grant it.
    OneModelIsEnough,
    /// `NotAction` may stand in documents of version 1.1 (the error codes know it, no manual shows it).
    NotActionInV1,
    /// `Resource` may be given for actions of a service that is not known to support it in version 1.1.
    ResourceInV1,
    /// A custom policy of version 1.1 may mix actions of global and of project-level services: one page
    /// forbids it, another's example does it.
    MixedScopes,
    /// `Effect` may be written in lower case, as the error codes write it.
    EffectCaseIgnored,
    /// `Action`, `NotAction` and `Resource` may be a text in place of an array in version 5.0.
    BareTextInV5,
    /// A statement with a URN for an action without resources is refused; else it never matches such an action.
    ResourceOnPlainActionRefused,
}

/// All switches, in order.
pub const ALL: [Switch; 23] = [
    Switch::ActionCaseIgnored,
    Switch::KeyCaseIgnored,
    Switch::MissingNegated,
    Switch::ForAllValuesEmpty,
    Switch::IfExistsFirst,
    Switch::EmptySetIsNull,
    Switch::EmptyTextIsMissing,
    Switch::MismatchHolds,
    Switch::UnqualifiedAny,
    Switch::EarlierOperatorsInV5,
    Switch::AffixCaseIgnored,
    Switch::UnsatisfiedDependsDrops,
    Switch::DependsCatalog,
    Switch::TokenExempt,
    Switch::UnlistedKeyAbsent,
    Switch::UnnamedFitsNoUrn,
    Switch::OneModelIsEnough,
    Switch::NotActionInV1,
    Switch::ResourceInV1,
    Switch::MixedScopes,
    Switch::EffectCaseIgnored,
    Switch::BareTextInV5,
    Switch::ResourceOnPlainActionRefused,
];

impl Switch {
    /// Its name in case files and explanations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActionCaseIgnored => "action-case-ignored",
            Self::KeyCaseIgnored => "key-case-ignored",
            Self::MissingNegated => "missing-negated",
            Self::ForAllValuesEmpty => "for-all-values-empty",
            Self::IfExistsFirst => "if-exists-first",
            Self::EmptySetIsNull => "empty-set-is-null",
            Self::EmptyTextIsMissing => "empty-text-is-missing",
            Self::MismatchHolds => "mismatch-holds",
            Self::UnqualifiedAny => "unqualified-any",
            Self::EarlierOperatorsInV5 => "earlier-operators-in-v5",
            Self::AffixCaseIgnored => "affix-case-ignored",
            Self::UnsatisfiedDependsDrops => "unsatisfied-depends-drops",
            Self::DependsCatalog => "depends-catalog",
            Self::TokenExempt => "token-exempt",
            Self::UnlistedKeyAbsent => "unlisted-key-absent",
            Self::UnnamedFitsNoUrn => "unnamed-fits-no-urn",
            Self::OneModelIsEnough => "one-model-is-enough",
            Self::NotActionInV1 => "not-action-in-v1",
            Self::ResourceInV1 => "resource-in-v1",
            Self::MixedScopes => "mixed-scopes",
            Self::EffectCaseIgnored => "effect-case-ignored",
            Self::BareTextInV5 => "bare-text-in-v5",
            Self::ResourceOnPlainActionRefused => "resource-on-plain-action-refused",
        }
    }

    /// The switch of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|switch| switch.name() == name)
    }

    /// Whether this engine takes it for true.
    #[must_use]
    pub const fn default_setting(self) -> bool {
        match self {
            Self::ActionCaseIgnored
            | Self::MissingNegated
            | Self::ForAllValuesEmpty
            | Self::IfExistsFirst
            | Self::EmptySetIsNull
            | Self::AffixCaseIgnored
            | Self::UnsatisfiedDependsDrops
            | Self::UnlistedKeyAbsent
            | Self::UnnamedFitsNoUrn
            | Self::OneModelIsEnough
            | Self::MixedScopes => true,
            Self::KeyCaseIgnored
            | Self::EmptyTextIsMissing
            | Self::MismatchHolds
            | Self::UnqualifiedAny
            | Self::EarlierOperatorsInV5
            | Self::DependsCatalog
            | Self::TokenExempt
            | Self::NotActionInV1
            | Self::ResourceInV1
            | Self::EffectCaseIgnored
            | Self::BareTextInV5
            | Self::ResourceOnPlainActionRefused => false,
        }
    }

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SwitchSet(u32);

impl SwitchSet {
    /// Whether a switch is in it.
    #[must_use]
    pub const fn contains(self, switch: Switch) -> bool {
        self.0 & switch.bit() != 0
    }

    /// With a switch.
    #[must_use]
    pub const fn with(self, switch: Switch) -> Self {
        Self(self.0 | switch.bit())
    }

    /// The switches in it, in order.
    pub fn iter(self) -> impl Iterator<Item = Switch> {
        ALL.into_iter().filter(move |switch| self.contains(*switch))
    }
}

/// A setting of every switch: the defaults but for those that are turned.
///
/// ```
/// use assay_engine::iam::{Switch, Switches};
/// let settings = Switches::default().set(Switch::MissingNegated, false);
/// assert!(!settings.get(Switch::MissingNegated) && settings.get(Switch::ForAllValuesEmpty));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Switches {
    turned: SwitchSet,
}

impl Switches {
    /// The setting of one.
    #[must_use]
    pub const fn get(self, switch: Switch) -> bool {
        switch.default_setting() != self.turned.contains(switch)
    }

    /// With one set.
    #[must_use]
    pub fn set(self, switch: Switch, setting: bool) -> Self {
        if self.get(switch) == setting { self } else { self.turn(switch) }
    }

    /// With one turned to its other setting.
    #[must_use]
    pub const fn turn(self, switch: Switch) -> Self {
        Self { turned: SwitchSet(self.turned.0 ^ switch.bit()) }
    }

    /// Those that are not at their default.
    #[must_use]
    pub const fn turned(self) -> SwitchSet {
        self.turned
    }
}

/// Settings, and which of them a decision asked for.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    switches: Switches,
    asked: std::cell::Cell<SwitchSet>,
}

impl Asker {
    pub(crate) fn new(switches: Switches) -> Self {
        Self { switches, asked: std::cell::Cell::default() }
    }

    pub(crate) fn ask(&self, switch: Switch) -> bool {
        self.asked.set(self.asked.get().with(switch));
        self.switches.get(switch)
    }

    pub(crate) fn asked(&self) -> SwitchSet {
        self.asked.get()
    }
}
