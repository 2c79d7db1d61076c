"""Decides one frame of requests with upstream oslo.policy. The Python half of the worker.

`decide(frame)` takes a request as `marshal` has it and gives a reply in JSON. The request:

    {"rules": [[name, value], ...],        the rule set, in order; or, in place of it,
     "policy": bytes,                      the policy file of an Enforcer, or
     "service": {...},                     a whole Enforcer: see Service
     "default_rule": str or null,          null: what upstream's own option says
     "shapes": bool,                       whether every rule's text and tree are wanted
     "requests": [{"rule": name, "creds": V, "target": V},
                  {"check": text, "creds": V, "target": V},
                  {"step": number}, ...]}  a call among the steps of a service

The reply:

    {"load": null or class name,           what loading the rules raised
     "shapes": null or [[name, text or null, tree], ...],   if wanted and loaded; rules whose names are no text
                                           come last, named by type; text is null where str() raises; tree:
                                           see shape_of; texts as encode_text has them
     "outcomes": ["allow", "deny", {"raise": class}, {"load": class}, {"poisoned": reason}, ...],   each once
     "of": [place among these, ...],       the outcome of each request
     "upstream_ns": int, "total_ns": int}  CPU time inside upstream, and in all of decide()

Nothing here knows what the right answer is; whatever upstream does, an exception too, is an answer. An exception
that leaves decide() means that the frame itself is at fault.
"""

import builtins
import datetime
import gc
import json
import logging
import marshal
import os
import re
import resource
import shutil
import sys
import tempfile
import time
import warnings

from oslo_config import cfg
from oslo_policy import _checks, _parser, opts, policy

RECURSION_LIMIT = 1000
# Far enough from the first limit to tell "deep" from "endless", near enough not to run out of C stack.
SECOND_LIMIT = 1200

# Where policy files are written: one directory for the life of the worker.
scratch = None


def prepare(scratch_directory, memory_bytes):
    """Settles the process. Called once, before the first frame."""
    global scratch
    scratch = scratch_directory
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(RECURSION_LIMIT)
    limit_memory(memory_bytes)
    # Upstream looks for the checks of other packages, and imports what they need, when it reads its first rule.
    policy.Rules.from_dict({"first": "role:first"})
    # What is imported by now lives for ever; collections need not walk it again and again.
    gc.collect()
    gc.freeze()


def limit_memory(memory_bytes):
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        memory_bytes = min(memory_bytes, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard))
    except (OSError, ValueError) as error:
        # macOS refuses limits below what is mapped already; the time limit has to do there.
        print(f"worker: no memory limit: {error}", file=sys.stderr)


# --- Frames ---------------------------------------------------------------------------------------------------------


def decide(frame):
    started = time.process_time_ns()
    world = World(marshal.loads(frame))
    reply = world.answer(frame)
    text = json.dumps(reply)
    total = time.process_time_ns() - started
    # Put in afterwards, since making the text is a part of the total.
    return f'{text[:-1]}, "upstream_ns": {world.upstream_ns}, "total_ns": {total}}}'.encode("ascii")


# Two surrogates that JSON's readers would take for one character.
BETWEEN_HALVES = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


def encode_text(text):
    """A str as JSON, whose readers mostly refuse lone surrogates."""
    if text is None or text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    pieces = [json.dumps(piece)[1:-1] for piece in BETWEEN_HALVES.split(text)]
    return {"$str": pieces[0] if len(pieces) == 1 else pieces}


def name_of(name):
    """A rule's name for a shape. Any key of a policy file may be one; of what is no text only the type is told."""
    if isinstance(name, str):
        return encode_text(name)
    return "<date>" if isinstance(name, datetime.date) else f"<{type(name).__name__}>"


# --- One rule set and its requests -------------------------------------------------------------------------------------


class World:
    """One frame's rule set, its enforcer, and the time that upstream took."""

    def __init__(self, request):
        self.request = request
        self.upstream_ns = 0
        self.again = None

    def answer(self, frame):
        if "service" not in self.request:
            return self.decided(frame)
        try:
            return self.decided(frame)
        finally:
            Service.leave()

    def decided(self, frame):
        requests = self.request["requests"]
        shapes = None
        enforcer, failure = self.timed(self.load)
        if failure is None:
            steps = self.request.get("service", {}).get("steps", [])
            played = self.timed(play, enforcer, steps)
            # Files that have changed since the last call are read, if they can be.
            readable = not steps or self.timed(load_again, enforcer)
            if readable and self.request.get("shapes"):
                shapes = self.shapes(enforcer.rules)
            if steps:
                self.doubt_steps(played, frame)
                outcomes = [played[request["step"]] for request in requests]
            else:
                outcomes = self.timed(decide_all, enforcer, requests)
                self.doubt(enforcer, outcomes, frame)
            loaded = None
        else:
            loaded = class_of(failure)
            outcomes = [self.doubt_load(failure)] * len(requests)
        places = {}
        of = [places.setdefault(as_text(outcome), len(places)) for outcome in outcomes]
        return {"load": loaded, "shapes": shapes, "outcomes": [as_json(text) for text in places], "of": of}

    def timed(self, function, *arguments):
        started = time.process_time_ns()
        try:
            return function(*arguments)
        finally:
            self.upstream_ns += time.process_time_ns() - started

    # Loading: (enforcer, None) or (None, the exception).

    def load(self):
        if "policy" in self.request:
            return self.load_file()
        if "service" in self.request:
            return Service(self.request).load()
        pairs = {name: value for name, value in self.request["rules"]}
        default_rule = self.request.get("default_rule")
        try:
            rules = policy.Rules.from_dict(pairs, default_rule)
            # The enforcer wraps the rules anew, with the default rule that is in force: its own or its option's.
            return policy.Enforcer(cfg.ConfigOpts(), use_conf=False, rules=rules, default_rule=default_rule), None
        except BaseException as error:
            return None, caught(error)

    def load_file(self):
        path = os.path.join(scratch, "policy.yaml")
        with open(path, "wb") as handle:
            handle.write(self.request["policy"])
        try:
            conf = cfg.ConfigOpts()
            # Empty lists: the machine's own configuration files and policy directories have no say.
            conf(args=[], default_config_files=[], default_config_dirs=[])
            opts._register(conf)
            conf.set_override("policy_file", path, group="oslo_policy")
            conf.set_override("policy_dirs", [], group="oslo_policy")
            enforcer = policy.Enforcer(conf, use_conf=True, default_rule=self.request.get("default_rule"))
            enforcer.load_rules()
            return enforcer, None
        except BaseException as error:
            return None, caught(error)

    # Doubt: an outcome that may hang on a limit of this process is decided again.

    def doubt(self, enforcer, outcomes, frame):
        # Where walks ended that a higher limit did not help. Whoever comes there by the same rule is no better off.
        settled = set()
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, Raised) and is_doubtful(outcome.error):
                rule = self.request["requests"][index].get("rule")
                place = (rule, getattr(outcome.error, "place", None))
                if place in settled:
                    continue
                if self.again is None:
                    # Upstream writes into creds. Reading the frame anew gives every request untouched ones.
                    self.again = marshal.loads(frame)["requests"]
                second = self.timed(deeper, decide_one, enforcer, self.again[index])
                outcomes[index] = judge(outcome, second)
                if outcomes[index] is outcome and None not in place:
                    settled.add(place)

    def doubt_steps(self, outcomes, frame):
        doubtful = [
            index
            for index, outcome in enumerate(outcomes)
            if isinstance(outcome, Raised) and is_doubtful(outcome.error)
        ]
        if not doubtful:
            return
        # What a call comes to may hang on all that came before it.
        request = marshal.loads(frame)
        enforcer, failure = self.timed(deeper, Service(request).load)
        second = None if failure else self.timed(deeper, play, enforcer, request["service"]["steps"])
        for index in doubtful:
            outcomes[index] = judge(outcomes[index], second[index] if second else "not loaded")

    def doubt_load(self, failure):
        outcome = Raised("load", failure)
        if not is_doubtful(failure):
            return outcome
        _, second = self.timed(deeper, self.load)
        return judge(outcome, "loaded" if second is None else Raised("load", second))

    def shapes(self, rules):
        texts = self.timed(lambda: [text_of(check) for check in rules.values()])
        shapes = [
            [name_of(name), encode_text(text), shape_of(check)] for (name, check), text in zip(rules.items(), texts)
        ]
        # The rules that no request can name come last.
        named = [isinstance(name, str) for name in rules]
        return [shape for shape, wanted in zip(shapes, named) if wanted] + [
            shape for shape, wanted in zip(shapes, named) if not wanted
        ]


class Raised:
    """The outcome of a request that upstream answered with an exception."""

    __slots__ = ("phase", "error")

    def __init__(self, phase, error):
        self.phase = phase
        self.error = error


# --- A whole enforcer -------------------------------------------------------------------------------------------------


class Service:
    """An enforcer on real files of its own. It is described by

    {"registered": [keyword arguments, ...], "options": {name: value}, "setup": {name: value}, "files": operations,
     "checks": [{"kind": str, "returns": V} or {"kind": str, "raise": class}, with "legacy": bool, ...],
     "steps": [{"files": operations} or {"call": name, "rule" or "check": str, "creds": V, "target": V,
               "do_raise": bool, "exc": class of a deny, "scope_types": those of the check, "force": bool}, ...]}

    with operations such as ["mkdir", path], ["write", path, bytes], ["delete", path], ["stamp", path, seconds].
    """

    root = None
    kept = None

    def __init__(self, request):
        self.request = request
        self.service = request["service"]

    def load(self):
        """The enforcer with everything registered, and loaded if nothing but decisions follow; or the exception."""
        Service.leave()
        Service.kept = dict(_checks.registered_checks)
        Service.root = tempfile.mkdtemp(prefix="service-", dir=scratch)
        for check in self.service["checks"]:
            register_stub(check)
        edit(self.service["files"])
        setup = dict(self.service["setup"])
        try:
            conf = cfg.ConfigOpts()
            conf(args=["--config-dir", Service.root], default_config_files=[], default_config_dirs=[])
            opts._register(conf)
            for name, value in self.service["options"].items():
                conf.set_override(name, value, group="oslo_policy")
            default_rule = self.request.get("default_rule")
            if "default_check" in setup:
                default_rule = _parser.parse_rule(setup.pop("default_check"))
            enforcer = policy.Enforcer(conf, default_rule=default_rule, overwrite=setup.pop("overwrite", True))
            for attribute, value in setup.items():
                setattr(enforcer, attribute, value)
            watch_loading(enforcer)
            # One after another: those before one that fails have been registered by then.
            enforcer.register_defaults(default_of(arguments) for arguments in self.service["registered"])
            if not self.service["steps"]:
                enforcer.load_rules()
            return enforcer, None
        except BaseException as error:
            return None, caught(error)

    @staticmethod
    def leave():
        """Takes back what upstream keeps for the whole process, and the files."""
        if Service.kept is not None:
            _checks.registered_checks.clear()
            _checks.registered_checks.update(Service.kept)
            Service.kept = None
        if Service.root is not None:
            shutil.rmtree(Service.root)
            Service.root = None


def register_stub(check):
    kind = check["kind"]
    # The harness compares the trees by the classes that oslo.policy alone would choose.
    shown = _checks.registered_checks.get(kind) or _checks.registered_checks[None]

    def come_to():
        if "raise" in check:
            raise getattr(builtins, check["raise"])("raised by a stub")
        return check["returns"]

    class Stub(_checks.Check):
        def __call__(self, target, creds, enforcer, current_rule=None):
            return come_to()

    class Legacy(_checks.Check):
        def __call__(self, target, creds, enforcer):
            return come_to()

    Stub.__name__ = Legacy.__name__ = shown.__name__
    if check["legacy"]:
        policy.register(kind)(Legacy)
    else:
        policy.register(kind, Stub)


def default_of(arguments):
    """A default from keyword arguments: documented if it has what that takes."""
    arguments = dict(arguments)
    if isinstance(arguments.get("deprecated_rule"), dict):
        arguments["deprecated_rule"] = policy.DeprecatedRule(**arguments["deprecated_rule"])
    if "description" in arguments and "operations" in arguments:
        return policy.DocumentedRuleDefault(**arguments)
    arguments.pop("operations", None)
    return policy.RuleDefault(**arguments)


def edit(operations):
    for operation, path, *rest in operations:
        path = os.path.join(Service.root, path)
        if operation == "mkdir":
            os.mkdir(path)
        elif operation == "write":
            # Cut off behind what is new: some file systems write a file that was emptied to the disk at once.
            with open(path, "r+b" if os.path.exists(path) else "wb") as handle:
                handle.write(rest[0])
                handle.truncate()
        elif operation == "stamp":
            os.utime(path, (rest[0], rest[0]))
        elif operation == "delete":
            if os.path.isdir(path):
                shutil.rmtree(path)
            else:
                os.remove(path)
        else:
            raise ValueError(f"unknown operation {operation}")


def watch_loading(enforcer):
    """Keeps the last exception out of load_rules, which enforce calls first: that is another phase."""
    load_rules = enforcer.load_rules
    enforcer.failed_load = None

    def watched(*arguments):
        try:
            load_rules(*arguments)
        except BaseException as error:
            enforcer.failed_load = error
            raise

    enforcer.load_rules = watched


def load_again(enforcer):
    try:
        enforcer.load_rules()
    except BaseException as error:
        caught(error)
        return False
    return True


def play(enforcer, steps):
    """The outcome of each step; None for one that is no call."""
    outcomes = []
    for step in steps:
        if "files" in step:
            edit(step["files"])
            outcomes.append(None)
        else:
            outcomes.append(call(enforcer, step))
    return outcomes


def call(enforcer, step):
    phase = "load"
    try:
        rule = _parser.parse_rule(step["check"]) if "check" in step else step.get("rule")
        if "scope_types" in step:
            rule.scope_types = step["scope_types"]
        phase = "raise"
        exc = getattr(builtins, step["exc"]) if "exc" in step else None
        name = step["call"]
        if name == "enforce":
            came = enforcer.enforce(rule, step["target"], step["creds"], step["do_raise"], exc)
        elif name == "authorize":
            came = enforcer.authorize(rule, step["target"], step["creds"], step["do_raise"], exc)
        elif name == "check_rules":
            came = enforcer.check_rules(step["do_raise"])
        elif name == "load_rules":
            enforcer.load_rules(step["force"])
            came = True
        else:
            raise SystemExit(f"unknown call {name}")
        return "allow" if came else "deny"
    except BaseException as error:
        return Raised("load" if error is enforcer.failed_load else phase, caught(error))
    finally:
        enforcer.failed_load = None


def decide_all(enforcer, requests):
    # The work of a frame. It does little but call upstream, so its time counts as upstream's.
    enforce = enforcer.enforce
    outcomes = []
    for request in requests:
        if "rule" in request:
            try:
                outcomes.append("allow" if enforce(request["rule"], request["target"], request["creds"]) else "deny")
            except BaseException as error:
                outcomes.append(Raised("raise", caught(error)))
        else:
            outcomes.append(decide_one(enforcer, request))
    return outcomes


def decide_one(enforcer, request):
    phase = "load"
    try:
        rule = request["rule"] if "rule" in request else _parser.parse_rule(request["check"])
        phase = "raise"
        return "allow" if enforcer.enforce(rule, request["target"], request["creds"]) else "deny"
    except BaseException as error:
        return Raised(phase, caught(error))


def caught(error):
    """Keeps an exception as an outcome, but for the two that mean "end"."""
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        raise error
    if is_failed_look(error):
        error.place = place_of(error.__traceback__)
    # Its traceback holds on to every frame of a deep recursion, and to what they hold.
    error.__traceback__ = None
    error.__context__ = None
    return error


def is_doubtful(error):
    """Whether the exception may come from the recursion limit or the memory limit, and be another under others.

    A walk in a circle ends under any limit, and nearly all of them at a look at a signature: deciding such a request
    again would tell nothing.
    """
    if is_failed_look(error):
        return error.place is not None
    return isinstance(error, (RecursionError, MemoryError))


def is_failed_look(error):
    """Upstream looks at a signature before each call, and `inspect` turns a RecursionError there into a TypeError."""
    return isinstance(error, TypeError) and str(error) == "unsupported callable"


def place_of(traceback):
    """How deep a walk ended, and at which check; None where it walks in a circle: a reference is followed while the
    same one is, for the same target and creds."""
    under_way = set()
    depth, check = 0, None
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code is _checks.RuleCheck.__call__.__code__:
            given = frame.f_locals
            reference = given["self"].match, id(given["target"]), id(given["creds"])
            if reference in under_way:
                return None
            under_way.add(reference)
        if frame.f_code is _checks._check.__code__:
            check = frame.f_locals.get("rule")
        depth += 1
        traceback = traceback.tb_next
    return depth, id(check)


def deeper(function, *arguments):
    sys.setrecursionlimit(SECOND_LIMIT)
    try:
        return function(*arguments)
    finally:
        sys.setrecursionlimit(RECURSION_LIMIT)


def judge(first, second):
    """The outcome, given what was decided under the usual limit and under the higher one."""
    if isinstance(first.error, MemoryError) and isinstance(second, Raised) and isinstance(second.error, MemoryError):
        return "poisoned too-large"
    if as_text(first) != as_text(second):
        return "poisoned recursion"
    return first


def as_text(outcome):
    return f"{outcome.phase} {class_of(outcome.error)}" if isinstance(outcome, Raised) else outcome


def as_json(text):
    phase, _, what = text.partition(" ")
    return {phase: what} if what else text


def class_of(error):
    return type(error).__name__


# --- Shapes -----------------------------------------------------------------------------------------------------------


def text_of(check):
    try:
        return str(check)
    except BaseException as error:
        caught(error)
        return None


def shape_of(check):
    """The tree of checks, flat: every node after its children, and and/or with the number of them.

    Flat and without recursion, since a tree may be deeper than this process may recurse, or a JSON reader.
    """
    # Each node before its children, the last child first: backwards that is the order that is wanted.
    nodes = []
    waiting = [check]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is _checks.TrueCheck:
            nodes.append(["@"])
        elif kind is _checks.FalseCheck:
            nodes.append(["!"])
        elif kind is _checks.NotCheck:
            nodes.append(["not"])
            waiting.append(node.rule)
        elif kind is _checks.AndCheck or kind is _checks.OrCheck:
            nodes.append(["and" if kind is _checks.AndCheck else "or", len(node.rules)])
            waiting.extend(node.rules)
        else:
            nodes.append(["check", kind.__name__, encode_text(node.kind), encode_text(node.match)])
    nodes.reverse()
    return nodes
