//! Which features of the language a world uses: so that a report can say what was generated, and a
//! test that nothing has silently stopped being generated.

use assay_case::service::{Call, Mtime, Service, Setup, Step};
use assay_case::{Ask, Request, World};
use assay_engine::oslo::language::{BaseClass, Check, CheckTree, DiagnosticKind, TokenKind, tokenize};
use assay_engine::oslo::python::Value;
use assay_engine::oslo::python::literal::{Kind, read_kind};
use assay_engine::oslo::{ExceptionClass, Rules};
use foldhash::{HashSet, HashSetExt as _};

use crate::parsed::{Parsed, ParsedRules};

macro_rules! features {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// A feature of rules or requests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Feature {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Feature {
            /// All features, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in reports.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }
        }
    };
}

features! {
    /// `and` in a tree.
    And = "and",
    /// `or` in a tree.
    Or = "or",
    /// `not` in a tree.
    Not = "not",
    /// `and` and `or` in one text without a parenthesis.
    Precedence = "and/or without parentheses",
    /// Parentheses that stand off a word.
    Parentheses = "parentheses",
    /// A keyword not in lower case.
    KeywordCase = "keyword case",
    /// White space other than single blanks.
    Spacing = "odd spacing",
    /// A word in quotes.
    Quoted = "quoted word",
    /// A text that reduces to no check.
    Unparsable = "unparsable text",
    /// A word without a colon.
    NoColon = "word without colon",
    /// The empty text.
    Empty = "empty text",
    /// A legacy list.
    List = "list rule",
    /// A rule that is neither a text nor a list.
    OddRule = "other rule value",
    /// `@` or `!`.
    Constant = "@ or !",
    /// `role:`.
    Role = "role:",
    /// `rule:` to a rule that is there.
    Reference = "rule:",
    /// `rule:` to a rule that is not.
    Undefined = "rule: undefined",
    /// References that come back to where they began.
    Cycle = "reference cycle",
    /// A default rule by another name than `default`.
    DefaultRule = "default rule by name",
    /// A kind that is a path of one segment.
    Path = "creds path",
    /// A kind that is a path of several segments.
    DottedPath = "dotted creds path",
    /// `None:`.
    NoneKind = "kind: None",
    /// `True:`, `False:`.
    BoolKind = "kind: bool",
    /// An integer as kind.
    IntegerKind = "kind: int",
    /// A float as kind.
    FloatKind = "kind: float",
    /// A complex number as kind.
    ComplexKind = "kind: complex",
    /// A string as kind.
    StringKind = "kind: str",
    /// Bytes as kind.
    BytesKind = "kind: bytes",
    /// A tuple as kind.
    TupleKind = "kind: tuple",
    /// A list as kind.
    ListKind = "kind: list",
    /// A set as kind.
    SetKind = "kind: set",
    /// A dict as kind.
    DictKind = "kind: dict",
    /// `...:`.
    EllipsisKind = "kind: Ellipsis",
    /// A kind that is no Python expression.
    InvalidKind = "kind that Python refuses",
    /// `%(name)s`.
    Format = "%(name)s",
    /// Any other directive.
    Directive = "other directive",
    /// `%%`.
    Percent = "%%",
    /// A directive that ends in `d`.
    ConversionD = "%...d",
    /// A directive that ends in `i`.
    ConversionI = "%...i",
    /// A directive that ends in `o`.
    ConversionO = "%...o",
    /// A directive that ends in `u`.
    ConversionU = "%...u",
    /// A directive that ends in `x`.
    ConversionX = "%...x",
    /// A directive that ends in `X`.
    ConversionUpperX = "%...X",
    /// A directive that ends in `e`.
    ConversionE = "%...e",
    /// A directive that ends in `E`.
    ConversionUpperE = "%...E",
    /// A directive that ends in `f`.
    ConversionF = "%...f",
    /// A directive that ends in `F`.
    ConversionUpperF = "%...F",
    /// A directive that ends in `g`.
    ConversionG = "%...g",
    /// A directive that ends in `G`.
    ConversionUpperG = "%...G",
    /// A directive that ends in `c`.
    ConversionC = "%...c",
    /// A directive that ends in `r`.
    ConversionR = "%...r",
    /// A directive that ends in `s`.
    ConversionS = "%...s",
    /// A directive that ends in `a`.
    ConversionA = "%...a",
    /// A directive that ends in `%`.
    ConversionPercent = "%...%",
    /// A directive that ends in a letter that Python does not know.
    ConversionOther = "%...other",
    /// A directive that ends too early.
    Unfinished = "unfinished directive",
    /// A check without a name is asked for.
    Anonymous = "anonymous check asked",
    /// A name that is not there is asked for.
    AskUndefined = "undefined rule asked",
    /// Roles that are no list of texts.
    OddRoles = "roles not a list of texts",
    /// Creds with a list, other than roles.
    ListInCreds = "list in creds",
    /// Creds with a mapping in them.
    NestedCreds = "mapping in creds",
    /// Creds that are no mapping.
    OddCreds = "creds not a mapping",
    /// A target that is no mapping.
    OddTarget = "target not a mapping",
    /// A system token.
    SystemScope = "system_scope",
    /// Text outside ASCII in creds or target.
    Unicode = "text outside ASCII",
    /// A lone surrogate in creds or target.
    Surrogate = "lone surrogate",
    /// A policy file that loads.
    FileLoads = "file that loads",
    /// A policy file that does not.
    FileFails = "file that fails",
    /// A plain scalar in a policy file.
    PlainScalar = "file: plain scalar",
    /// A scalar in single quotes.
    SingleQuoted = "file: 'scalar'",
    /// A scalar in double quotes.
    DoubleQuoted = "file: \"scalar\"",
    /// A literal block scalar.
    LiteralBlock = "file: | scalar",
    /// A folded block scalar.
    FoldedBlock = "file: > scalar",
    /// A collection in brackets or braces.
    FlowCollection = "file: flow collection",
    /// A list on lines of its own.
    BlockList = "file: block list",
    /// An anchor.
    Anchor = "file: &anchor",
    /// An alias.
    Alias = "file: *alias",
    /// A merge key.
    MergeKey = "file: <<",
    /// A tag.
    Tag = "file: !tag",
    /// A `? key`.
    ComplexKey = "file: ? key",
    /// A directive of the file itself.
    FileDirective = "file: %directive",
    /// `---`.
    DocumentStart = "file: ---",
    /// A comment.
    Comment = "file: # comment",
    /// A file that is not UTF-8.
    NotUtf8 = "file: not UTF-8",
    /// A registered default.
    Registered = "registered",
    /// A documented default.
    Documented = "registered: documented",
    /// A default whose deprecated rule has its own name.
    DeprecatedSame = "deprecated: same name",
    /// A default whose deprecated rule has another name.
    DeprecatedRenamed = "deprecated: renamed",
    /// The name of a deprecated rule, in a policy file.
    DeprecatedOverridden = "deprecated: overridden",
    /// A default that is to go.
    ForRemoval = "deprecated for removal",
    /// Scope types.
    ScopeTypes = "scope types",
    /// `enforce_new_defaults` is off.
    OldDefaults = "enforce_new_defaults: false",
    /// Other policy directories than upstream's own.
    PolicyDirs = "policy_dirs",
    /// A file in a policy directory.
    DirectoryFile = "file in policy.d",
    /// A file that is written between calls.
    Edit = "file written",
    /// A file that is written without a later mtime.
    EditUnseen = "file written with no later mtime",
    /// A file that is removed between calls.
    Removal = "file removed",
    /// `authorize`.
    Authorize = "authorize",
    /// `check_rules`.
    CheckRules = "check_rules",
    /// `load_rules`.
    LoadRules = "load_rules",
    /// A deny that is raised.
    DoRaise = "do_raise",
    /// A deny that raises an exception of the caller's.
    GivenException = "exc",
    /// A check that has scope types of its own.
    ScopedCheck = "check with scope types",
    /// The default rule is a check.
    DefaultCheck = "default rule: a check",
    /// Files add to the rules.
    NoOverwrite = "overwrite: false",
    /// `skip_undefined_check`.
    SkipUndefined = "skip_undefined_check",
    /// Warnings are suppressed.
    Suppressed = "warnings suppressed",
    /// A custom check.
    CustomCheck = "custom check",
    /// A custom check of three arguments.
    LegacyCheck = "legacy custom check",
    /// A remote check.
    RemoteCheck = "remote check",
}

/// Python's conversions.
const CONVERSIONS: [(char, Feature); 17] = [
    ('d', Feature::ConversionD),
    ('i', Feature::ConversionI),
    ('o', Feature::ConversionO),
    ('u', Feature::ConversionU),
    ('x', Feature::ConversionX),
    ('X', Feature::ConversionUpperX),
    ('e', Feature::ConversionE),
    ('E', Feature::ConversionUpperE),
    ('f', Feature::ConversionF),
    ('F', Feature::ConversionUpperF),
    ('g', Feature::ConversionG),
    ('G', Feature::ConversionUpperG),
    ('c', Feature::ConversionC),
    ('r', Feature::ConversionR),
    ('s', Feature::ConversionS),
    ('a', Feature::ConversionA),
    ('%', Feature::ConversionPercent),
];

/// A set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features(u128);

impl Features {
    /// The features of a world, whose rules have been parsed, and of the requests to it.
    #[must_use]
    pub fn of(world: &World, parsed: &ParsedRules, requests: &[Request]) -> Self {
        let mut features = Self::default();
        let names: HashSet<&str> = world.rules().iter().map(|(name, _)| name.as_str()).collect();
        let mut references = Vec::new();
        if let Some(file) = world.policy_file() {
            features.add_file(file, &names);
        }
        for ((name, value), parsed) in world.rules().iter().zip(parsed.iter()) {
            features.add_value(value);
            if let Some(tree) = &parsed.tree {
                for target in features.add_tree(tree, &names) {
                    references.push((name.clone(), target));
                }
            }
        }
        if world.default_rule.as_deref().is_some_and(|name| !matches!(name, "" | "default")) {
            features.add(Feature::DefaultRule);
        }
        if let Some(service) = world.service() {
            references.extend(features.add_service(service));
        }
        if has_cycle(&references) {
            features.add(Feature::Cycle);
        }
        for request in requests.iter().filter_map(|request| request.asked(world)) {
            features.add_request(request, &names);
        }
        features
    }

    /// Whether a feature is among them.
    #[must_use]
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u8) != 0
    }

    const fn add(&mut self, feature: Feature) {
        self.0 |= 1 << feature as u8;
    }

    fn add_if(&mut self, condition: bool, feature: Feature) {
        if condition {
            self.add(feature);
        }
    }

    /// What a rule's value is, without what its checks are.
    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Str(text) => {
                if let Some(text) = text.as_text() {
                    self.add_text(text);
                }
            }
            Value::List(_) => self.add(Feature::List),
            _ => self.add(Feature::OddRule),
        }
    }

    fn add_text(&mut self, text: &str) {
        self.add_if(text.is_empty(), Feature::Empty);
        let odd = |c: char| c.is_whitespace() && c != ' ';
        self.add_if(text.contains("  ") || text.contains(odd), Feature::Spacing);
        let kinds: Vec<TokenKind<'_>> = tokenize(text).map(|token| token.kind).collect();
        let has = |kind: TokenKind<'_>| kinds.contains(&kind);
        let parentheses = has(TokenKind::Left) || has(TokenKind::Right);
        self.add_if(parentheses, Feature::Parentheses);
        self.add_if(has(TokenKind::And) && has(TokenKind::Or) && !parentheses, Feature::Precedence);
        self.add_if(has(TokenKind::Quoted), Feature::Quoted);
        let shouted = text.split_whitespace().any(|word| {
            let keyword = ["and", "or", "not"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
            keyword && word.contains(|c: char| c.is_ascii_uppercase())
        });
        self.add_if(shouted, Feature::KeywordCase);
    }

    /// Adds what a tree uses; returns the rules that it refers to.
    fn add_tree(&mut self, tree: &CheckTree, names: &HashSet<&str>) -> Vec<String> {
        let mut references = Vec::new();
        for diagnostic in tree.diagnostics() {
            self.add(match diagnostic.kind {
                DiagnosticKind::NoColon => Feature::NoColon,
                DiagnosticKind::Unparsable => Feature::Unparsable,
            });
        }
        for id in tree.ids() {
            match tree.check(id) {
                Check::True | Check::False => self.add(Feature::Constant),
                Check::Not(_) => self.add(Feature::Not),
                Check::And(_) => self.add(Feature::And),
                Check::Or(_) => self.add(Feature::Or),
                Check::Base(base) if base.class == BaseClass::Rule => {
                    let defined = names.contains(base.text.masked());
                    self.add(if defined { Feature::Reference } else { Feature::Undefined });
                    references.push(base.text.to_string());
                }
                Check::Base(base) => {
                    self.add_match(base.text.masked());
                    if base.class == BaseClass::Role {
                        self.add(Feature::Role);
                    } else {
                        self.add_kind(base.kind.masked());
                    }
                }
            }
        }
        references
    }

    fn add_match(&mut self, text: &str) {
        let without_percents = text.replace("%%", "");
        self.add_if(without_percents.len() < text.len(), Feature::Percent);
        self.add_if(without_percents.contains(")s"), Feature::Format);
        let mut pieces = without_percents.split('%').skip(1).peekable();
        while let Some(piece) = pieces.next() {
            self.add_directive(piece, pieces.peek().is_some());
        }
        let unfinished = without_percents.ends_with('%')
            || without_percents.rsplit_once("%(").is_some_and(|(_, rest)| !rest.contains(")s"));
        self.add_if(unfinished, Feature::Unfinished);
    }

    /// A directive, from behind its `%` to the next one, if there is one.
    fn add_directive(&mut self, text: &str, another: bool) {
        let rest = text.split_once(')').filter(|_| text.starts_with('(')).map_or(text, |(_, rest)| rest);
        self.add_if(!(text.starts_with('(') && rest.starts_with('s')), Feature::Directive);
        let end = rest.trim_start_matches(|c: char| "#0- +.*hlL".contains(c) || c.is_ascii_digit());
        let Some(letter) = end.chars().next() else {
            return self.add_if(another, Feature::ConversionPercent);
        };
        let index = CONVERSIONS.iter().find(|(known, _)| *known == letter);
        self.add(index.map_or(Feature::ConversionOther, |(_, feature)| *feature));
    }

    fn add_kind(&mut self, kind: &str) {
        match read_kind(kind) {
            Kind::Literal(value) => self.add(match value {
                Value::None => Feature::NoneKind,
                Value::Bool(_) => Feature::BoolKind,
                Value::Int(_) => Feature::IntegerKind,
                Value::Float(_) => Feature::FloatKind,
                Value::Complex { .. } => Feature::ComplexKind,
                Value::Str(_) => Feature::StringKind,
                Value::Bytes(_) => Feature::BytesKind,
                Value::Tuple(_) => Feature::TupleKind,
                Value::List(_) => Feature::ListKind,
                Value::Set(_) => Feature::SetKind,
                Value::Dict(_) => Feature::DictKind,
                Value::Ellipsis => Feature::EllipsisKind,
            }),
            Kind::Path if kind.contains('.') => self.add(Feature::DottedPath),
            Kind::Path => self.add(Feature::Path),
            Kind::Raises(_) => self.add(Feature::InvalidKind),
        }
    }

    /// What a policy file is written in, by the look of it.
    fn add_file(&mut self, bytes: &[u8], names: &HashSet<&str>) {
        match Rules::load_bytes(bytes) {
            Ok(rules) => {
                self.add(Feature::FileLoads);
                for (_, tree) in rules.iter() {
                    self.add_tree(tree, names);
                }
            }
            Err(_) => self.add(Feature::FileFails),
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.add(Feature::NotUtf8);
        };
        for line in text.split(['\n', '\r', '\u{85}', '\u{2028}']) {
            let line = line.trim_start();
            self.add_if(line.starts_with("---"), Feature::DocumentStart);
            self.add_if(line.starts_with('%'), Feature::FileDirective);
            self.add_if(line.starts_with("? "), Feature::ComplexKey);
            self.add_if(line.starts_with("- "), Feature::BlockList);
            self.add_if(line.starts_with("<<:"), Feature::MergeKey);
            self.add_if(line.starts_with('#') || line.contains(" #"), Feature::Comment);
            let Some((_, value)) = line.split_once(": ") else { continue };
            let feature = match value.trim_start().chars().next() {
                Some('\'') => Feature::SingleQuoted,
                Some('"') => Feature::DoubleQuoted,
                Some('|') => Feature::LiteralBlock,
                Some('>') => Feature::FoldedBlock,
                Some('[' | '{') => Feature::FlowCollection,
                Some('&') => Feature::Anchor,
                Some('*') => Feature::Alias,
                Some('!') => Feature::Tag,
                Some(c) if c.is_alphanumeric() => Feature::PlainScalar,
                _ => continue,
            };
            self.add(feature);
        }
    }

    /// Adds what an enforcer uses; returns which rule refers to which.
    fn add_service(&mut self, service: &Service) -> Vec<(String, String)> {
        let mut overridden = HashSet::new();
        let mut trees = Vec::new();
        for (path, bytes) in service.policy.files() {
            self.add_if(path.starts_with("policy.d/"), Feature::DirectoryFile);
            if let Ok(rules) = Rules::load_bytes(&bytes) {
                overridden.extend(rules.iter().map(|(name, _)| name.to_string()));
                trees.extend(rules.iter().map(|(name, tree)| (name.to_string(), tree.clone())));
            }
        }
        for default in &service.registered.defaults {
            self.add(Feature::Registered);
            let Value::Dict(members) = default else { continue };
            if let Some(Value::Str(name)) = members.get("name")
                && let Some(check) = members.get("check_str")
            {
                self.add_value(check);
                trees.extend(Parsed::of(check).tree.map(|tree| (name.to_string(), tree)));
            }
            let has = |name: &str| members.get(name).is_some_and(Value::truthy);
            self.add_if(has("description") && has("operations"), Feature::Documented);
            self.add_if(has("scope_types"), Feature::ScopeTypes);
            self.add_if(has("deprecated_for_removal"), Feature::ForRemoval);
            if let Some(Value::Dict(old)) = members.get("deprecated_rule") {
                let same = old.get("name") == members.get("name");
                self.add(if same { Feature::DeprecatedSame } else { Feature::DeprecatedRenamed });
                let old = match old.get("name") {
                    Some(Value::Str(old)) => overridden.contains(old.masked()),
                    _ => false,
                };
                self.add_if(!same && old, Feature::DeprecatedOverridden);
            }
        }
        self.add_if(service.options.enforce_new_defaults == Some(false), Feature::OldDefaults);
        self.add_if(service.options.policy_dirs.is_some(), Feature::PolicyDirs);
        let Setup { default_check, overwrite, skip_undefined_check, .. } = &service.setup;
        self.add_if(default_check.is_some(), Feature::DefaultCheck);
        self.add_if(*overwrite == Some(false), Feature::NoOverwrite);
        self.add_if(*skip_undefined_check == Some(true), Feature::SkipUndefined);
        let suppressed =
            [service.setup.suppress_deprecation_warnings, service.setup.suppress_default_change_warnings];
        self.add_if(suppressed.contains(&Some(true)), Feature::Suppressed);
        self.add_if(!service.checks.is_empty(), Feature::CustomCheck);
        self.add_if(service.checks.iter().any(|stub| stub.legacy), Feature::LegacyCheck);
        self.add_if(!service.remote.is_empty(), Feature::RemoteCheck);
        for step in &service.steps {
            match step {
                Step::Write { mtime: Mtime::Later, .. } => self.add(Feature::Edit),
                Step::Write { .. } => self.add(Feature::EditUnseen),
                Step::Remove { .. } => self.add(Feature::Removal),
                Step::Call(call) => {
                    match call {
                        Call::Enforce { scope_types, .. } => {
                            self.add_if(!scope_types.is_empty(), Feature::ScopedCheck);
                        }
                        Call::Authorize { .. } => self.add(Feature::Authorize),
                        Call::CheckRules { .. } => self.add(Feature::CheckRules),
                        Call::LoadRules { .. } => self.add(Feature::LoadRules),
                    }
                    if let Call::Enforce { raises: Some(class), .. }
                    | Call::Authorize { raises: Some(class), .. } = call
                    {
                        let own = *class == ExceptionClass::PolicyNotAuthorized;
                        self.add(if own { Feature::DoRaise } else { Feature::GivenException });
                    }
                }
            }
        }
        let names: HashSet<&str> = trees.iter().map(|(name, _)| name.as_str()).collect();
        let mut references = Vec::new();
        for (name, tree) in &trees {
            references.extend(self.add_tree(tree, &names).into_iter().map(|target| (name.clone(), target)));
        }
        references
    }

    fn add_request(&mut self, request: &Request, names: &HashSet<&str>) {
        match &request.ask {
            Ask::Check(_) => self.add(Feature::Anonymous),
            Ask::Step(_) => {}
            Ask::Rule(name) => self.add_if(!names.contains(name.as_str()), Feature::AskUndefined),
        }
        self.add_if(!matches!(request.target, Value::Dict(_)), Feature::OddTarget);
        let Value::Dict(creds) = &request.creds else {
            return self.add(Feature::OddCreds);
        };
        for (key, value) in creds.iter() {
            let key = if let Value::Str(key) = key { key.as_text() } else { None };
            match (key, value) {
                (Some("roles"), Value::List(roles)) => {
                    let odd = roles.iter().any(|role| !matches!(role, Value::Str(_)));
                    self.add_if(odd, Feature::OddRoles);
                }
                (Some("roles"), _) => self.add(Feature::OddRoles),
                (_, Value::List(_)) => self.add(Feature::ListInCreds),
                (_, Value::Dict(_)) => self.add(Feature::NestedCreds),
                (_, Value::Str(text)) => match text.as_text() {
                    Some(text) => self.add_if(!text.is_ascii(), Feature::Unicode),
                    None => self.add(Feature::Surrogate),
                },
                _ => {}
            }
            self.add_if(key == Some("system_scope") && value.truthy(), Feature::SystemScope);
        }
    }
}

/// Whether some rule can be reached from itself.
fn has_cycle(references: &[(String, String)]) -> bool {
    references.iter().any(|(start, first)| {
        let mut seen = HashSet::new();
        let mut pending = vec![first];
        while let Some(name) = pending.pop() {
            if name == start {
                return true;
            }
            if seen.insert(name) {
                pending.extend(references.iter().filter(|(from, _)| from == name).map(|(_, to)| to));
            }
        }
        false
    })
}
