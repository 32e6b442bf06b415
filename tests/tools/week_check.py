#!/usr/bin/env python3
"""Explains every task and every contact of a database from the text of its playbook alone.

    week_check.py DATABASE PLAYBOOK

Knows nothing of the program but the tables and `docs/playbook-format.md`. A task must name an existing step, outcome, rule,
stage limit or node of the playbook, and be due when the playbook's text says, counted from what happened, moved on only out
of quiet hours and free days. Nobody may have been contacted in quiet hours or beyond a limit. Written for playbooks of one
file whose zone is Asia/Shanghai (no summer time).
"""

import collections
import datetime
import json
import re
import sqlite3
import sys
import tomllib

from week_calendar import DAY, EPOCH, HOUR, MINUTE, Calendar, clock, day_of, instant, iso, of_day, on, shown, span

CALL = "call"
# channels on which a customer is met rather than reached: nothing about numbers and messages holds for them
MEETINGS = {"visit", "lesson", "partner"}



class Found:
    """What was looked at and what could not be explained."""

    def __init__(self):
        self.counts = collections.Counter()
        self.violations = []

    def wrong(self, what, row, why):
        named = row["task_key"] if "task_key" in row.keys() else row["id"]
        self.violations.append(f"{what} {named}: {why}")


class Check:
    """One database against one playbook."""

    def __init__(self, db, book):
        self.db, self.book, self.calendar, self.found = db, book, Calendar(book), Found()
        index = lambda name: {row["id"]: row for row in book.get(name, [])}
        self.sops, self.outcomes = index("sops"), index("outcomes")
        self.rules, self.warnings = index("task_rules"), index("warnings")
        self.stages = {(p["id"], s["id"]): s for p in book["pipelines"] for s in p.get("stages", [])}
        self.touches = {row["id"]: row for row in self.rows("SELECT * FROM touch ORDER BY at, id")}
        self.tasks = {row["id"]: row for row in self.rows("SELECT * FROM task ORDER BY id")}
        self.nodes = {row["id"]: row for row in self.rows("SELECT * FROM node_event")}
        self.deals = {row["id"]: row for row in self.rows("SELECT * FROM deal")}
        self.customers = {row["id"]: row for row in self.rows("SELECT * FROM customer")}
        self.journal()
        self.history()

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def journal(self):
        """What was said with each touch, and when a task that was put off was due before."""
        self.said, self.due = {}, {}
        for row in self.rows("SELECT payload, effects, reversal FROM journal ORDER BY rev"):
            said = json.loads(row["payload"]).get("work", {})
            said = said.get("log") if isinstance(said, dict) else None
            touch = json.loads(row["effects"]).get("touch")
            if said and touch:
                self.said[int(touch)] = said
            for step in json.loads(row["reversal"]):
                moved = step.get("task_due") if isinstance(step, dict) else None
                if moved:
                    self.due.setdefault(int(moved["task"]), instant(moved["before"]))

    def history(self):
        """Where the ladder of each customer stood after each touch: tries since the last answer, calls that day."""
        self.stood, tries, calls, self.answers = {}, {}, {}, collections.defaultdict(list)
        for touch in self.touches.values():
            if touch["void_at"] is not None:
                continue
            customer, key = touch["customer_id"], (touch["customer_id"], touch["day"])
            called = touch["channel"] == CALL and touch["direction"] == "out"
            calls[key] = calls.get(key, 0) + called
            tries[customer] = 0 if touch["connected"] else tries.get(customer, 0) + called
            self.stood[touch["id"]] = (tries[customer], calls[key])
            if touch["connected"] and called:
                self.answers[customer].append(touch["at"])

    # ---- tasks -----------------------------------------------------------------------------------------------------

    def explain_tasks(self):
        for task in self.tasks.values():
            if task["why"] == "undone":
                continue
            kind = task["task_key"].split(":")[0]
            self.found.counts[f"tasks_{kind}"] += 1
            explain = getattr(self, f"explain_{kind}", None)
            try:
                why = explain(task) if explain else "a kind of task nobody knows"
            except (KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
                why = f"its key cannot be followed: {error!r}"
            if why:
                self.found.wrong("task", task, why)

    def expect(self, task, due, **fields):
        was = self.due.get(task["id"], task["due_at"])
        if was != due:
            return f"due {shown(was)}, the playbook says {shown(due)} (planned {shown(task['planned_at'])})"
        for name, value in fields.items():
            if task[name] != value:
                return f"{name} is '{task[name]}', the playbook says '{value}'"
        return None

    def explain_sop(self, task):
        code, place, run, anchor, named = re.fullmatch(
            r"sop:([^/]+)/(\d+):([cdn]\d+)@(\d+):(\d{4}-\d\d-\d\d)", task["task_key"]).groups()
        sop, anchor = self.sops[code], int(anchor)
        step = sop["steps"][int(place)]
        if not self.happened(sop["anchor"], run, anchor, task["customer_id"]):
            return f"nothing happened at {shown(anchor)} that is '{sop['anchor']}' of {run}"
        day, due = self.step_due(step, sop["anchor"] == "node_time", anchor, task["planned_at"])
        if iso(day) != named:
            return f"its day is {named}, the playbook says {iso(day)}"
        return self.expect(task, due, lane=step["lane"], channel=step["channel"], script=step.get("script"),
                           material=step.get("material"), coupon=step.get("coupon"), pipeline=sop["pipeline"])

    def step_due(self, step, by_node, anchor, planned):
        calendar, day = self.calendar, day_of(anchor) + step["day"]
        base = anchor + step["day"] * DAY
        if by_node:
            wanted = (on(day, clock(step["at"])) if "at" in step else
                      base - span(step["before"]) if "before" in step else base + span(step["after"]))
            due = calendar.agreed(max(wanted, planned))
            if wanted < anchor <= due:
                # a reminder that quiet hours would bring too late comes half an hour before they begin
                eve = day_of(wanted) - (of_day(wanted) < calendar.quiet_to)
                due = on(eve, calendar.quiet_from) - 30 * MINUTE
            return day_of(wanted), due
        if "at" in step:
            return day, calendar.ours(max(on(day, clock(step["at"])), anchor))
        wanted = span(step.get("within") or step.get("after"))
        return day, calendar.ours(calendar.begins(base) + wanted) if "within" in step else calendar.ours(base + wanted)

    def happened(self, anchor, run, at, customer):
        kind, _, name = anchor.partition(":")
        letter, number = run[0], int(run[1:])
        ask = lambda sql, *values: bool(self.rows(sql, *values))
        if kind == "lead_assigned":
            return number == customer and ask("SELECT 1 FROM ownership WHERE customer_id = ? AND from_at = ?", number, at)
        if kind == "node_time":
            return letter == "n" and self.nodes[number]["node_at"] == at
        if kind == "opportunity_opened":
            return self.deals[number]["opened_at"] == at
        if kind == "stage_entered":
            return ask("SELECT 1 FROM stage_move WHERE deal_id = ? AND to_stage = ? AND at = ?", number, name, at)
        if kind == "order_won":
            return ask("SELECT 1 FROM sale_order WHERE deal_id = ? AND at = ?", number, at)
        return False

    def explain_next(self, task):
        touch = self.touches[int(task["task_key"].split(":")[1])]
        source, outcome = json.loads(task["source"]), self.outcomes[touch["outcome"]]
        if source["kind"] == "outcome" and source["outcome"] != outcome["id"]:
            return f"it is from '{source['outcome']}', the touch was '{outcome['id']}'"
        if touch["customer_id"] != task["customer_id"]:
            return "the touch was with another customer"
        nxt, due, attempt = self.next_of(touch, outcome)
        if due is None:
            return f"'{outcome['id']}' brings nothing here"
        if source.get("attempt", 0) != attempt:
            return f"try {source.get('attempt')}, by the ladder try {attempt}"
        lane = nxt["kind"] if nxt["kind"] in ("material", "coupon") else "call"
        if bool(task["promised"]) != (nxt["kind"] == "callback"):
            return "only what was asked for is a promise"
        return self.expect(task, due, lane=lane, material=nxt.get("material"), coupon=nxt.get("coupon"))

    def next_of(self, touch, outcome):
        """What an outcome brings, when, and the how-manieth try it is; no time where it brings nothing."""
        calendar, at = self.calendar, touch["at"]
        said = self.said.get(touch["id"], {})
        named = said.get("next_at")
        if named is not None and said.get("node_at") == named:
            named = None
        if named is not None:
            named = calendar.agreed(max(instant(named), at))
        tries, calls = self.stood.get(touch["id"], (0, 0))
        nxt, seen = outcome["next"], [outcome["id"]]
        while nxt["kind"] == "retry" and named is None:
            if max(tries, 1) <= len(nxt["after"]):
                return nxt, self.retry(nxt, at, max(tries, 1) - 1, calls), max(tries, 1) + 1
            then = nxt.get("then")
            if then is None or then in seen:
                return nxt, None, 0
            seen.append(then)
            nxt = self.outcomes[then]["next"]
        kind, after = nxt["kind"], [span(text) for text in nxt.get("after", [])]
        if named is not None or kind in ("retry", "sop", "none"):
            return nxt, named, 0
        if kind in ("material", "coupon"):
            due = at + (after[0] if after else 0)
            due = max(on(day_of(due), clock(nxt["at"])), at) if "at" in nxt else due
            return nxt, calendar.agreed(due), 0
        delay = after[0] if after else (30 * DAY if kind == "cool" else DAY)
        if delay < DAY:
            due = calendar.ours(at + delay)
        else:
            time = clock(nxt["at"]) if "at" in nxt else self.learned(touch)
            due = calendar.ours(on(day_of(at) + delay // DAY, time))
        if kind == "follow" and touch["channel"] == CALL:
            gap = self.gap("connected" in outcome.get("flags", []))
            due = due if due >= at + gap else calendar.ours(at + gap)
        return nxt, due, 0

    def retry(self, nxt, at, rung, calls):
        calendar, delay, gap = self.calendar, span(nxt["after"][rung]), self.gap(False)
        limits = [nxt.get("max_per_day"), self.book["contact_rules"].get("max_calls_per_day")]
        full = any(limit is not None and calls >= limit for limit in limits)
        soon = calendar.ours(at + max(delay, gap))
        if delay < DAY and not (full and day_of(soon) == day_of(at)):
            return soon
        return calendar.ours(max(on(day_of(at) + max(delay // DAY, 1), clock(nxt["at"])), at + gap))

    def learned(self, touch):
        """The half hour in which a customer answered three times, else the time of day of the touch, to the minute."""
        answers = [at for at in self.answers[touch["customer_id"]] if at <= touch["at"]]
        bands = collections.Counter(of_day(at) // (30 * MINUTE) for at in answers)
        often = [(times, band) for band, times in bands.items() if times >= 3]
        return max(often)[1] * 30 * MINUTE if often else of_day(touch["at"]) // MINUTE * MINUTE

    def gap(self, answered):
        rules = self.book["contact_rules"]
        calls = rules.get("min_hours_between_calls", 0) * HOUR
        tries = rules.get("min_minutes_between_tries")
        return calls if answered or tries is None else tries * MINUTE

    def explain_rule(self, task):
        code, cause = task["task_key"].split(":", 2)[1:]
        planned, calendar = task["planned_at"], self.calendar
        if code in self.rules:
            rule = self.rules[code]
            at = planned
            if rule["on"] != "daily":
                run, at = cause.rsplit("@", 1)
                at = int(at)
                if rule["on"] == "node_missed" and (run[0] != "n" or self.nodes[int(run[1:])]["state"] != "missed"):
                    return f"{run} was not missed"
            wrong = self.clauses(rule, task, at)
            return wrong or self.expect(task, calendar.ours(calendar.begins(at) + span(rule["within"])),
                                        lane=rule["lane"], script=rule.get("script"), coupon=rule.get("coupon"))
        warning = self.warnings[code]
        hours = [c["value"] for c in warning["where"] if c["fact"] == "hours_to_node"]
        alarms = [planned]
        if hours:
            nodes = (n for n in self.nodes.values() if n["customer_id"] == task["customer_id"])
            alarms += [n["node_at"] - hours[0] * HOUR for n in nodes]
        reasons = [self.clauses(warning, task, at) or self.expect(task, calendar.ours(at), lane=warning["lane"])
                   for at in alarms if at >= planned]
        return None if None in reasons else reasons[0]

    def clauses(self, rule, task, at):
        """Looks at the facts that can be read from the tables as they were: stages, booked nodes, dates told before."""
        for clause in rule.get("where", []):
            fact, op, value = clause["fact"], clause["op"], clause["value"]
            if fact == "stage":
                stage = self.rows("SELECT to_stage FROM stage_move WHERE deal_id = ? AND at <= ? AND void_at IS NULL "
                                  "ORDER BY at DESC, id DESC", task["deal_id"], at)
                if not stage or stage[0][0] != value:
                    return f"the deal was not at '{value}'"
            elif fact.startswith("days_to_"):
                told = self.rows("SELECT value, at FROM field_value WHERE customer_id = ? AND field = ?",
                                 task["customer_id"], fact.removeprefix("days_to_"))
                if told and told[0]["at"] <= at:
                    left = (datetime.date.fromisoformat(told[0]["value"][:10]) - EPOCH).days - day_of(at)
                    if op == "<=" and left > value:
                        return f"{left} days are left, the rule acts at {value}"
            elif fact == "hours_to_node":
                ahead = [n for n in self.nodes.values() if n["customer_id"] == task["customer_id"]
                         and n["booked_at"] <= at and 0 <= n["node_at"] - at <= value * HOUR + HOUR]
                if not ahead:
                    return f"no node is booked within {value} hours"
        return None

    def explain_limit(self, task):
        deal, stage, since = task["task_key"].split(":")[1:]
        deal, since = self.deals[int(deal)], int(since)
        if not self.happened(f"stage_entered:{stage}", f"d{deal['id']}", since, task["customer_id"]):
            return f"the deal did not enter '{stage}' at {shown(since)}"
        days = self.stages[deal["pipeline"], stage]["max_days"]
        return self.expect(task, self.calendar.ours(on(day_of(since) + days, self.calendar.opens)), lane="call")

    def explain_due(self, task):
        deal, date = task["task_key"].split(":")[1:]
        day = day_of(task["planned_at"])
        if (datetime.date.fromisoformat(date) - EPOCH).days > day:
            return "its date has not come"
        opening = self.calendar.ours(on(day, self.calendar.opens))
        return self.expect(task, self.calendar.ours(max(opening, task["planned_at"])), lane="call", deal_id=int(deal))

    def explain_node(self, task):
        number, at = re.fullmatch(r"node:n(\d+)@(\d+)", task["task_key"]).groups()
        if self.nodes[int(number)]["node_at"] != int(at):
            return "the node is at another time"
        return self.expect(task, int(at), lane="node", node_id=int(number))

    # ---- once each ---------------------------------------------------------------------------------------------------

    def planned_once(self):
        keys = collections.Counter(task["task_key"] for task in self.tasks.values())
        for key, times in keys.items():
            if times > 1:
                self.found.violations.append(f"task {key}: planned {times} times")
        steps = collections.defaultdict(list)
        for task in self.tasks.values():
            source = json.loads(task["source"])
            if task["lane"] == "call" and source["kind"] == "sop" and task["why"] != "undone":
                steps[task["customer_id"], task["deal_id"], source["sop"], source["step"]].append(task)
        for same in steps.values():
            same.sort(key=lambda task: task["planned_at"])
            for first, second in zip(same, same[1:]):
                # two nodes have each their own steps, until the second takes place
                node = self.nodes.get(second["node_id"])
                apart = node and first["node_id"] != second["node_id"] and first["due_at"] < node["node_at"]
                if not apart and (first["closed_at"] is None or first["closed_at"] > second["planned_at"]):
                    self.found.wrong("task", second, f"the same step is open already as {first['task_key']}")

    def nothing_missing(self):
        """Every lead got its procedure, every outcome what it brings."""
        keys = {task["task_key"].split("#")[0] for task in self.tasks.values()}
        for code, sop in self.sops.items():
            for owned in self.rows("SELECT customer_id, from_at FROM ownership") if sop["anchor"] == "lead_assigned" else []:
                customer, at = owned["customer_id"], owned["from_at"]
                for place, step in enumerate(sop["steps"]):
                    key = f"sop:{code}/{place}:c{customer}@{at}:{iso(day_of(at) + step['day'])}"
                    self.found.counts["steps_looked_for"] += 1
                    if key not in keys and not (step.get("skip_when") == "no_wechat" and not self.has_wechat(customer)):
                        self.found.violations.append(f"step {key}: never planned")
        for touch in self.touches.values():
            outcome = self.outcomes[touch["outcome"]]
            nxt, due, attempt = self.next_of(touch, outcome)
            ended = touch["void_at"] or self.refused(touch["customer_id"], touch["at"])
            if due is None or ended or f"next:{touch['id']}" in keys:
                continue
            node = self.tasks[touch["task_id"]]["node_id"] if touch["task_id"] else None
            if attempt and node and due >= self.nodes[node]["node_at"]:
                continue  # a reminder that would come when the node is over
            if nxt["kind"] == "material" and nxt.get("material") in self.sent_before(touch):
                continue
            self.found.wrong("touch", touch, f"'{outcome['id']}' should bring something at {shown(due)}")

    def has_wechat(self, customer):
        return bool(self.rows("SELECT 1 FROM contact WHERE customer_id = ? AND channel = 'wechat'", customer))

    def refused(self, customer, at):
        return bool(self.rows("SELECT 1 FROM consent WHERE customer_id = ? AND kind = 'do_not_contact' AND at <= ?",
                              customer, at))

    def sent_before(self, touch):
        return {t["material"] for t in self.touches.values() if t["customer_id"] == touch["customer_id"]
                and t["at"] <= touch["at"] and t["void_at"] is None}

    # ---- contacts ------------------------------------------------------------------------------------------------------

    def contacts(self):
        rules = self.book["contact_rules"]
        numbers, customers = collections.defaultdict(list), collections.defaultdict(list)
        for touch in self.touches.values():
            if touch["void_at"] is not None or touch["direction"] != "out":
                continue
            self.found.counts["contacts"] += 1
            task = self.tasks.get(touch["task_id"])
            promised = bool(task and task["promised"])
            ours = not promised and not (task and task["node_id"])
            if touch["channel"] not in MEETINGS:
                self.found.counts["calls"] += touch["channel"] == CALL
                self.reach(touch, promised, ours, numbers[touch["number"]], customers[touch["customer_id"]], rules)
            if touch["channel"] == CALL:
                numbers[touch["number"]].append(touch)
            customers[touch["customer_id"]].append(touch)

    def reach(self, touch, promised, ours, calls, before, rules):
        wrong = lambda why: self.found.wrong("contact", touch, f"{why} at {shown(touch['at'])}")
        today, at = touch["day"], touch["at"]
        if self.calendar.is_quiet(at):
            wrong("in quiet hours")
        if self.refused(touch["customer_id"], at - 1):
            wrong("after the customer asked for none")
        if touch["channel"] == CALL:
            if not touch["number"]:
                wrong("without a number")
            if len([c for c in calls if c["day"] == today]) >= rules["max_calls_per_day"]:
                wrong(f"{touch['number']} beyond {rules['max_calls_per_day']} calls a day")
            if len([c for c in calls if c["day"] > today - 30]) >= rules["max_calls_per_month"]:
                wrong(f"{touch['number']} beyond {rules['max_calls_per_month']} calls in 30 days")
            if calls and not promised and at - calls[-1]["at"] < self.gap(calls[-1]["connected"]):
                wrong(f"{touch['number']} again {(at - calls[-1]['at']) // MINUTE} min after a call"
                      f"{' that was answered' if calls[-1]['connected'] else ''}")
        if ours and len([t for t in before if t["day"] == today]) >= rules["max_touches_per_day"]:
            wrong(f"beyond {rules['max_touches_per_day']} touches a day")
        if ours and len([t for t in before if t["day"] > today - 7]) >= rules["max_touches_per_week"]:
            wrong(f"beyond {rules['max_touches_per_week']} touches a week")
        if touch["coupon"] and len([t for t in before if t["coupon"] and t["day"] == today]) >= rules["max_commercial_per_day"]:
            wrong(f"beyond {rules['max_commercial_per_day']} offers a day")


def check(path, book):
    """Everything that is to be said about a database."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    looked = Check(db, book)
    looked.explain_tasks()
    looked.planned_once()
    looked.nothing_missing()
    looked.contacts()
    db.close()
    return looked.found


def main():
    path, playbook = sys.argv[1:]
    with open(playbook, "rb") as file:
        found = check(path, tomllib.load(file))
    for violation in found.violations:
        print(violation)
    print(json.dumps({"explained": found.counts, "violations": len(found.violations)}))
    sys.exit(1 if found.violations else 0)


if __name__ == "__main__":
    main()
