"""Upstream's side of the bench: times the decisions that it is told of, one command a line, one answer a line.

Run by the bench with the Python of the oracle's environment. Everything but the loops that are timed happens outside
the clock. Commands are objects with a member `do`; answers are objects, with `error` where a command failed.
"""

import gc
import json
import logging
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version

from oslo_config import cfg
from oslo_policy import _checks, policy

POLICIES = {}


class Policy:
    """A rule set, ready to be asked in each of the ways that are timed."""

    def __init__(self, rules, directory):
        self.rules = policy.Rules.from_dict(dict(rules))
        # Upstream at its barest: no configuration, no file, so nothing is looked for before a decision.
        self.alone = policy.Enforcer(cfg.ConfigOpts(), use_conf=False, rules=self.rules)
        # As services have it: the rules are registered in code, and there is a policy file, which is looked at
        # before each decision.
        path = os.path.join(directory, "policy.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\"overridden\": \"role:admin\"\n")
        conf = cfg.ConfigOpts()
        conf([], project="bench", default_config_files=[], default_config_dirs=[])
        self.service = policy.Enforcer(conf, policy_file=path)
        self.service.register_defaults([policy.RuleDefault(name, text) for name, text in rules])
        self.service.load_rules()

    def decide(self, how, rule, creds, target):
        """A function without arguments that decides once."""
        if how == "bare":
            tree, enforcer = self.rules[rule], self.alone
            # What `enforce` itself calls at its end, on the parsed tree.
            return lambda: _checks._check(rule=tree, target=target, creds=creds, enforcer=enforcer, current_rule=rule)
        enforcer = self.alone if how == "alone" else self.service
        return lambda: enforcer.enforce(rule, target, creds)


def hello(_):
    return {
        "python": platform.python_version(),
        "optimized": "--enable-optimizations" in (__import__("sysconfig").get_config_var("CONFIG_ARGS") or ""),
        "oslo_policy": version("oslo.policy"),
        "pyyaml": version("PyYAML"),
    }


def load(command):
    directory = tempfile.mkdtemp(dir=DIRECTORY)
    POLICIES[command["policy"]] = Policy(command["rules"], directory)
    # In upstream's favour: collections in the loops that are timed need not walk what was loaded.
    gc.collect()
    gc.freeze()
    return {}


def decide(command):
    """What each way answers to each request, once."""
    asked = POLICIES[command["policy"]]
    answers = []
    for request in command["requests"]:
        each = set()
        for how in command["ways"]:
            try:
                each.add(bool(asked.decide(how, command["rule"], dict(request["creds"]), request["target"])()))
            except Exception as error:
                each.add(type(error).__name__)
        answers.append(sorted(each, key=str))
    return {"answers": answers}


def measure(command):
    function = POLICIES[command["policy"]].decide(
        command["how"], command["rule"], command["creds"], command["target"]
    )
    return {"ns": timed(function, command["loops"])}


def load_file(command):
    """The load of a policy file by a new enforcer; and once more, after the file was touched, by the same."""
    conf = cfg.ConfigOpts()
    conf([], project="bench", default_config_files=[], default_config_dirs=[])
    enforcer = policy.Enforcer(conf, policy_file=command["path"])
    loaded = timed(enforcer.load_rules, 1)
    if not command["reload"]:
        return {"ns": loaded, "rules": len(enforcer.rules)}
    later = time.time() + command["reload"]
    os.utime(command["path"], (later, later))
    return {"ns": loaded, "rules": len(enforcer.rules), "reload_ns": timed(enforcer.load_rules, 1)}


def read_file(command):
    """`Rules.load` of a file's text, which an enforcer calls among other things."""
    with open(command["path"], encoding="utf-8") as file:
        text = file.read()
    return {"ns": timed(lambda: policy.Rules.load(text), 1)}


def timed(function, loops):
    started = time.thread_time_ns()
    for _ in range(loops):
        function()
    return time.thread_time_ns() - started


COMMANDS = {
    "hello": hello,
    "load": load,
    "decide": decide,
    "measure": measure,
    "load_file": load_file,
    "read_file": read_file,
}


def main():
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = COMMANDS[command["do"]](command)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


with tempfile.TemporaryDirectory() as DIRECTORY:
    main()
