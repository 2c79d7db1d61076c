"""Runs the tests that are installed with oslo.policy, and says how each ended."""

import importlib
import json
import pkgutil
import time
import unittest


class Result(unittest.TestResult):
    """Keeps, for each test, its file, how it ended and why."""

    def __init__(self):
        super().__init__()
        self.tests = {}

    def _end(self, test, ending, why=""):
        name = test.id()
        # The first bad ending stands: what comes after it is the tidying up.
        if self.tests.get(name, {}).get("ending", "passed") == "passed":
            self.tests[name] = {"ending": ending, "why": why}

    def addSuccess(self, test):
        self._end(test, "passed")

    def addFailure(self, test, error):
        self._end(test, "failed", _line(error))

    def addError(self, test, error):
        self._end(test, "failed", _line(error))

    def addSkip(self, test, reason):
        self._end(test, "skipped", reason)

    def addExpectedFailure(self, test, error):
        self._end(test, "passed")

    def addUnexpectedSuccess(self, test):
        self._end(test, "failed", "unexpected success")


def _line(error):
    """The last line: testtools hands over a whole traceback as text, with what was logged before it."""
    kind, value = error[0], error[1]
    text = str(value).split("}}}", 1)[-1] if kind.__name__ == "_StringException" else f"{kind.__name__}: {value}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines or [kind.__name__])[-1][:300]


def load():
    """All tests of the package. Importing them makes defaults and parses rules."""
    import oslo_policy.tests as package

    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name.startswith("test_")]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [test for module in modules for test in _flat(unittest.defaultTestLoader.loadTestsFromModule(module))]


def run(tests):
    result = Result()
    start = time.monotonic()
    for test in tests:
        try:
            test.run(result)
        # A broken engine can have a test end the interpreter; that is its failure and no more.
        except BaseException as error:
            result._end(test, "failed", _line((type(error), error)))
    return json.dumps({"tests": result.tests, "seconds": time.monotonic() - start})


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test
