"""Our engine in the shape of oslo.policy, for upstream's own tests.

Objects, lists and exceptions are Python's here, as the tests want to see them. What a text means, how a check is
written, what is decided, which rule answers, what a default must look like and what a deprecation comes to are asked
of `assay_engine`, which is Rust. Of upstream stay the classes of tokens, the registry of checks, the finding and
caching of files, and the messages.
"""

import abc
import builtins
import copy
import types
import warnings

import assay_engine as engine

# What is still needed of what was replaced.
_UPSTREAM = {}


class BaseCheck(metaclass=abc.ABCMeta):
    scope_types = None

    def __eq__(self, other):
        return type(self) is type(other) and self.scope_types == other.scope_types

    @abc.abstractmethod
    def __str__(self):
        pass

    @abc.abstractmethod
    def __call__(self, target, creds, enforcer, current_rule=None):
        pass


class TrueCheck(BaseCheck):
    def __str__(self):
        return engine.text("true", ())

    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("true", (), target, creds, enforcer, current_rule)


class FalseCheck(BaseCheck):
    def __str__(self):
        return engine.text("false", ())

    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("false", (), target, creds, enforcer, current_rule)


class Check(BaseCheck):
    def __init__(self, kind, match):
        self.kind = kind
        self.match = match

    def __eq__(self, other):
        return type(self) is type(other) and (self.kind, self.match) == (other.kind, other.match)

    def __str__(self):
        return engine.text("generic", (str(self.kind), str(self.match)))


class RuleCheck(Check):
    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("rule", (self.kind, self.match), target, creds, enforcer, current_rule)


class RoleCheck(Check):
    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("role", (self.kind, self.match), target, creds, enforcer, current_rule)


class GenericCheck(Check):
    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("generic", (self.kind, self.match), target, creds, enforcer, current_rule)


class NotCheck(BaseCheck):
    def __init__(self, rule):
        self.rule = rule

    def __eq__(self, other):
        return type(self) is type(other) and self.rule == other.rule

    def __str__(self):
        return engine.text("not", (self.rule,))

    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("not", (self.rule,), target, creds, enforcer, current_rule)


class _Junction(BaseCheck):
    def __init__(self, rules):
        self.rules = list(rules)

    def __eq__(self, other):
        return type(self) is type(other) and self.rules == other.rules

    def add_check(self, rule):
        self.rules.append(rule)
        return self


class AndCheck(_Junction):
    def __str__(self):
        return engine.text("and", tuple(self.rules))

    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("and", tuple(self.rules), target, creds, enforcer, current_rule)


class OrCheck(_Junction):
    def __str__(self):
        return engine.text("or", tuple(self.rules))

    def __call__(self, target, creds, enforcer, current_rule=None):
        return engine.decide("or", tuple(self.rules), target, creds, enforcer, current_rule)

    def pop_check(self):
        check = self.rules.pop()
        return self, check


CLASSES = {
    "true": TrueCheck,
    "false": FalseCheck,
    "rule": RuleCheck,
    "role": RoleCheck,
    "generic": GenericCheck,
    "not": NotCheck,
    "and": AndCheck,
    "or": OrCheck,
}
# Calls that somebody has patched are not the engine's to make.
_CALLS = {kind: (name, kind.__call__) for name, kind in CLASSES.items()}


def parts(check):
    """What an operand is to the engine: its name and its parts; or nothing, and it will be called back."""
    name, call = _CALLS.get(type(check), (None, None))
    if name is None or type(check).__call__ is not call:
        return None
    if name in ("true", "false"):
        return name, ()
    if name == "not":
        return name, (check.rule,)
    if name in ("and", "or"):
        return name, tuple(check.rules)
    # The engine's checks hold text; upstream's may hold anything.
    if isinstance(check.kind, str) and isinstance(check.match, str):
        return name, (check.kind, check.match)
    return None


def call(check, target, creds, enforcer, rule):
    """A check of somebody else's, called as upstream calls one."""
    from oslo_policy import _checks

    return _checks._check(check, target, creds, enforcer, rule)


def pairs_of(rules):
    """Rules as pairs, and what answers for the rest: a name, a check or nothing."""
    default = getattr(rules, "default_rule", None)
    return list(rules.items()), None if isinstance(default, dict) else default or None


def rules_of(enforcer):
    """The same of the rules that an enforcer holds; there may be none."""
    return pairs_of(getattr(enforcer, "rules", None) or {})


def named(name):
    """The exception class of a name."""
    from oslo_policy import policy

    return getattr(policy, name, None) or getattr(builtins, name, None) or RuntimeError


def inject():
    """Puts our engine in upstream's place. To be called before anything but `_checks` was imported."""
    from oslo_policy import _checks

    _checks.BaseCheck, _checks.Check = BaseCheck, Check
    for kind in CLASSES.values():
        setattr(_checks, kind.__name__, kind)
    _checks.registered_checks.update({"rule": RuleCheck, "role": RoleCheck, None: GenericCheck})

    from oslo_policy import _parser

    for function in (_parse_check, _parse_list_rule, _parse_tokenize, _parse_text_rule, parse_rule):
        setattr(_parser, function.__name__, function)

    from oslo_policy import policy

    policy.parse_file_contents = parse_file_contents
    policy.Rules.__getitem__ = _getitem
    policy.RuleDefault.__init__ = _rule_default
    policy.DocumentedRuleDefault.__init__ = _documented_rule_default
    policy.DeprecatedRule.__init__ = _deprecated_rule
    policy.Enforcer.enforce = _enforce
    policy.Enforcer.authorize = _authorize
    policy.Enforcer.check_rules = _check_rules
    _UPSTREAM["warn"] = policy.Enforcer._handle_deprecated_rule
    policy.Enforcer._handle_deprecated_rule = _handle_deprecated_rule


# _parser: the structure is the engine's; words become checks through the registry, which tests replace.


def _parse_check(rule):
    from oslo_policy import _checks, _parser

    read = engine.read_word(rule)
    if isinstance(read, str):
        return CLASSES[read]()
    if read is None:
        _parser.LOG.exception("no check: %s", rule)
        return FalseCheck()
    kind, match = read
    for registry in (_checks.get_extensions(), _checks.registered_checks):
        if kind in registry:
            return registry[kind](kind, match)
    if None in _checks.registered_checks:
        return _checks.registered_checks[None](kind, match)
    _parser.LOG.error("nothing handles %s", kind)
    return FalseCheck()


def _word(word):
    from oslo_policy import _parser

    return _parser._parse_check(word)


def _parse_list_rule(rule):
    return engine.parse_list(rule, CLASSES, _word)


def _parse_text_rule(rule):
    from oslo_policy import _parser

    check = engine.parse_text(rule, CLASSES, _word)
    if check is None:
        _parser.LOG.exception("no rule: %s", rule)
        return FalseCheck()
    return check


def _parse_tokenize(rule):
    from oslo_policy import _parser

    for name, value in engine.tokenize(rule):
        yield getattr(_parser, name)(_parser._parse_check(value) if name == "CheckToken" else value)


def parse_rule(rule):
    from oslo_policy import _parser

    return _parser._parse_text_rule(rule) if isinstance(rule, str) else _parser._parse_list_rule(rule)


# policy


def parse_file_contents(data):
    return engine.read_file(data) or {}


def _getitem(self, key):
    index = engine.answers(*pairs_of(self), key)
    if index is None:
        raise KeyError(key)
    checks = list(self.values())
    return checks[index] if index < len(checks) else self.default_rule


def _members(**members):
    """What is given, as a defaults file writes it."""
    from oslo_policy import policy

    old = members.get("deprecated_rule")
    if isinstance(old, policy.DeprecatedRule):
        members["deprecated_rule"] = {
            "name": old.name,
            "check_str": old.check_str,
            "deprecated_reason": old.deprecated_reason,
            "deprecated_since": old.deprecated_since,
        }
    return {name: value for name, value in members.items() if value is not None or name == "check_str"}


def _checked(members, warned):
    for warning in engine.read_default(members):
        if warning in warned:
            warnings.warn(f"{members['name']}: {warning}", DeprecationWarning)


def _rule_default(
    self,
    name,
    check_str,
    description=None,
    deprecated_rule=None,
    deprecated_for_removal=False,
    deprecated_reason=None,
    deprecated_since=None,
    scope_types=None,
):
    _default(
        self, name=name, check_str=check_str, description=description, deprecated_rule=deprecated_rule,
        deprecated_for_removal=deprecated_for_removal, deprecated_reason=deprecated_reason,
        deprecated_since=deprecated_since, scope_types=scope_types,
    )


def _documented_rule_default(
    self,
    name,
    check_str,
    description,
    operations,
    deprecated_rule=None,
    deprecated_for_removal=False,
    deprecated_reason=None,
    deprecated_since=None,
    scope_types=None,
):
    self._operations = operations
    _default(
        self, name=name, check_str=check_str, description=description, deprecated_rule=deprecated_rule,
        deprecated_for_removal=deprecated_for_removal, deprecated_reason=deprecated_reason,
        deprecated_since=deprecated_since, scope_types=scope_types, operations=operations,
    )


def _default(self, **given):
    from oslo_policy import _parser

    self._check = _parser.parse_rule(given["check_str"])
    # The warning about a deprecated rule without a reason was given where that was made.
    _checked(_members(**given), ("MisplacedReason",))
    for name in ("name", "check_str", "description", "deprecated_for_removal"):
        setattr(self, f"_{name}", given[name])
    self._deprecated_rule = copy.deepcopy(given["deprecated_rule"]) or None
    self._deprecated_reason = given["deprecated_reason"]
    self._deprecated_since = given["deprecated_since"]
    self.scope_types = given["scope_types"]


def _deprecated_rule(self, name, check_str, *, deprecated_reason=None, deprecated_since=None):
    from oslo_policy import _parser

    self._name, self._check_str = name, check_str
    self._check = _parser.parse_rule(check_str)
    self._deprecated_reason = deprecated_reason
    self._deprecated_since = deprecated_since
    _checked({"name": name, "check_str": check_str, "deprecated_rule": _members(deprecated_rule=self)["deprecated_rule"]},
             ("NoReason",))


def _enforce(self, rule, target, creds, do_raise=False, exc=None, *args, **kwargs):
    return _decide(self, False, rule, target, creds, do_raise, exc, args, kwargs)


def _authorize(self, rule, target, creds, do_raise=False, exc=None, *args, **kwargs):
    return _decide(self, True, rule, target, creds, do_raise, exc, args, kwargs)


def _decide(self, authorize, rule, target, creds, do_raise, exc, args, kwargs):
    from oslo_context import context
    from oslo_policy import policy

    self.load_rules()
    if isinstance(creds, context.RequestContext):
        creds = self._map_context_attributes_into_creds(creds)
    registered = self.registered_rules.get(rule) if isinstance(rule, str) else None
    scopes = (registered or rule).scope_types if registered or isinstance(rule, BaseCheck) else None
    default = registered and _members(name=rule, check_str=registered.check_str, scope_types=scopes or None)
    outcome, value = engine.enforce(rule, default, scopes or [], target, creds, self, bool(do_raise), authorize)
    if outcome == "value":
        return value
    if outcome == "PolicyNotAuthorized" and exc:
        raise exc(*args, **kwargs)
    if outcome == "PolicyNotAuthorized":
        raise policy.PolicyNotAuthorized(rule, target, creds)
    if outcome == "InvalidScope":
        raise policy.InvalidScope(rule, scopes, "other")
    raise named(outcome)(f"{rule}: {outcome}")


def _check_rules(self, raise_on_violation=False):
    from oslo_policy import policy

    undefined, cyclic = engine.references(self, bool(self.skip_undefined_check))
    if undefined:
        policy.LOG.warning("undefined: %s", undefined)
    if cyclic:
        policy.LOG.warning("cyclic: %s", cyclic)
    if raise_on_violation and (undefined or cyclic):
        raise policy.InvalidDefinitionError(undefined + cyclic)
    return not undefined and not cyclic


def _handle_deprecated_rule(self, default):
    old = default.deprecated_rule
    members = _members(
        name=default.name, check_str=default.check_str, deprecated_rule=old,
        deprecated_reason=default.deprecated_reason, deprecated_since=default.deprecated_since,
    )
    files = [(name, rule.check) for name, rule in self.file_rules.items()]
    check, said = engine.replacing(
        members, files, bool(self.conf.oslo_policy.enforce_new_defaults),
        bool(self.suppress_deprecation_warnings), bool(self.suppress_default_change_warnings), CLASSES, _word,
    )
    for warning in said:
        renamed = warning == "OldName"
        # The words are upstream's own: a world in which it says nothing but them.
        world = types.SimpleNamespace(
            file_rules={old.name: default} if renamed else {},
            conf=types.SimpleNamespace(oslo_policy=types.SimpleNamespace(enforce_new_defaults=renamed)),
            suppress_deprecation_warnings=False,
            suppress_default_change_warnings=False,
        )
        _UPSTREAM["warn"](world, default)
    return check
