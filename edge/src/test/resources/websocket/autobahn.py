"""Runs cases of the Autobahn suite in Jython: several servers at once, each with its own cases, one after another.

    autobahn.py SUITE PLAN RESULTS      SUITE has the suite's modules; PLAN is [{"agent", "url", "cases": [...]}]

RESULTS becomes {agent: {case: [behaviour, behaviour of the close, milliseconds]}}.
"""

import json
import sys

suite, plan, results = sys.argv[1:4]
sys.path.insert(0, suite)

from twisted.internet import reactor  # noqa: E402

from autobahntestsuite import fuzzing  # noqa: E402

with open(plan) as file:
    plan = json.load(file)
found = {}


class Client(fuzzing.FuzzingClientFactory):
    def createReports(self):
        """Comes once, when the last case of its server is over; the reactor would stop after it."""
        for agent, cases in self.agents.items():
            found[agent] = dict((id, [case["behavior"], case["behaviorClose"], case["duration"]]) for id, case in cases.items())
        if len(found) == len(plan):
            with open(results, "w") as file:
                json.dump(found, file)
            stop()


stop = reactor.stop
reactor.stop = lambda: None
for each in plan:
    Client({"servers": [{"agent": each["agent"], "url": each["url"]}], "cases": each["cases"], "outdir": results})
reactor.run()
