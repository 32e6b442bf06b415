#!/usr/bin/env python3
"""Drives a simulated working week through one line-driven process, then has the database checked.

    week.py --corral BIN --playbook FILE [--reps N] [--days N] [--leads N] [--seed N] [--dir DIR]

Makes a database in DIR (a new temporary folder where none is given), imports leads in three parts and lets every rep do
what Today offers, never what it holds back, from the opening of work to its close. The same seed makes the same week. Then
`week_check.py` explains every task and every contact from the playbook's text alone. Prints one JSON object; exits 1 when
anything is not explained.
"""

import argparse
import csv
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import tomllib

import week_check

ZONE = datetime.timezone(datetime.timedelta(hours=8))
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# a Wednesday evening: whichever days a team works, a free day falls into the five working days that follow
BEGINS = datetime.datetime(2026, 11, 18, 22, 0, tzinfo=ZONE)
PENS = ["calls", "materials", "coupons", "nodes", "care"]
SURNAMES = "王李张刘陈杨黄赵吴周"
GIVEN = "伟芳娜敏静丽强磊军洋"


def clock(day, text):
    hour, minute = text.split(":")
    return datetime.datetime.combine(day, datetime.time(int(hour), int(minute)), tzinfo=ZONE)


class Corral:
    """The program: one process that answers lines, and one-off commands beside it."""

    def __init__(self, binary, db):
        self.command = [binary, "--db", db]
        self.lines = None

    def run(self, *words, now):
        done = subprocess.run(
            [*self.command, "--json", "--now", now.isoformat(), *words], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.exit(f"corral {' '.join(words)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def open(self):
        self.lines = subprocess.Popen(
            [*self.command, "log", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, **line):
        self.lines.stdin.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.lines.stdin.flush()
        answer = self.lines.stdout.readline()
        if not answer:
            sys.exit("the line-driven process ended")
        return json.loads(answer)

    def close(self):
        self.lines.stdin.close()
        self.lines.wait()


class Week:
    """The week of a team."""

    def __init__(self, corral, book, options, folder):
        self.corral, self.book, self.folder = corral, book, folder
        self.chance = random.Random(options.seed)
        self.reps = [f"rep{n:02}" for n in range(1, options.reps + 1)]
        self.leads, self.days, self.made = options.leads, options.days, 0
        self.fields = {field["id"]: field for field in book["fields"]}
        self.node_fields = {node.get("field") for node in book.get("nodes", [])}
        self.counts = {"asked": 0, "done": 0, "refused": {}, "undone": 0, "put_off": 0, "skipped": 0, "held": {}}
        self.free = {}

    # ---- the floor -----------------------------------------------------------------------------------------------

    def begin(self, playbook):
        self.corral.run("init", "--playbook", playbook, now=BEGINS)
        for n, rep in enumerate(self.reps):
            second = datetime.timedelta(seconds=n + 1)
            self.corral.run("user", "add", rep, "--name", f"{SURNAMES[n % 10]}{GIVEN[n // 10]}", "--role", "rep",
                            "--team", "One", now=BEGINS + second)

    def bring_in(self, number, now):
        """Imports a share of the leads, seven of ten with a WeChat id."""
        path = os.path.join(self.folder, f"leads-{self.made}.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["name", "phone", "wechat"])
            for _ in range(number):
                self.made += 1
                name = self.chance.choice(SURNAMES) + self.chance.choice(GIVEN)
                wechat = f"wx_test_{self.made:05}" if self.chance.random() < 0.7 else ""
                rows.writerow([name, f"100{self.made:08}", wechat])
        told = self.corral.run("import", "leads", path, "--assign", "One", now=now)
        assert told["created"] == number, told

    # ---- the days ------------------------------------------------------------------------------------------------

    def run(self):
        head = self.book["playbook"]
        worked, day = 0, BEGINS.date()
        self.bring_in(self.leads // 2, BEGINS + datetime.timedelta(minutes=10))
        self.corral.open()
        while worked < self.days:
            day += datetime.timedelta(days=1)
            # the day begins on free days too: whoever is first rolls it over
            morning = clock(day, head["day_start"]) - datetime.timedelta(minutes=30)
            told = self.corral.ask(do="roll", user=self.reps[0], now=morning.isoformat())
            assert "error" not in told, told
            if DAYS[day.weekday()] not in head["workdays"]:
                continue
            worked += 1
            self.day(day, worked, clock(day, head["day_start"]), clock(day, head["day_end"]))
        self.corral.close()
        return day

    def day(self, day, worked, opens, closes):
        arrivals = {1: clock(day, "14:03"), 3: clock(day, "11:07")}
        arrives = arrivals.get(worked)
        minute = opens
        self.free = {rep: opens for rep in self.reps}
        while minute < closes:
            if arrives and minute >= arrives:
                self.bring_in(self.leads // 4, arrives)
                arrives = None
            for n, rep in enumerate(self.reps):
                if self.free[rep] <= minute:
                    now = minute + datetime.timedelta(seconds=2 * n + 1)
                    self.free[rep] = minute + datetime.timedelta(minutes=self.work(rep, now, closes))
            minute += datetime.timedelta(minutes=1)

    def work(self, rep, now, closes):
        """One rep's next thing; answers the minutes it took."""
        self.counts["asked"] += 1
        today = self.corral.ask(do="today", user=rep, now=now.isoformat(), limit=40)
        assert "error" not in today, today
        for held in today["held"]:
            self.held(held)
        tasks = [task for pen in PENS for task in today[pen]]
        tasks.sort(key=lambda task: (-task["score"], task["due_at"], task["id"]))
        due = [task for task in tasks if datetime.datetime.fromisoformat(task["due_at"]) <= now]
        # what is due first; now and then somebody who has nothing due works ahead, but no appointment before its time
        ahead = [task for task in tasks if task["lane"] != "node"]
        task = due[0] if due else (ahead[0] if ahead and self.chance.random() < 0.3 else None)
        if task is None:
            return self.chance.randint(4, 12)
        self.do(rep, now, task, closes)
        return self.chance.randint(2, 9)

    def held(self, held):
        """What is held back says why, and is left alone."""
        assert held["rule"] and "until" in held, held
        self.counts["held"].setdefault(held["rule"], set()).add(held["id"])

    def do(self, rep, now, task, closes):
        roll = self.chance.random()
        common = {"user": rep, "now": now.isoformat(), "task": task["id"]}
        if roll < 0.03:
            reason = self.chance.choice(self.book["reasons"]["skip"])["id"]
            return self.tell("skipped", do="skip", reason=reason, **common)
        if roll < 0.07:
            until = now + datetime.timedelta(minutes=self.chance.choice([20, 90, 600, 1500]))
            return self.tell("put_off", do="snooze", until=until.isoformat(), **common)
        lane = task["lane"]
        if lane == "coupon" and self.chance.random() < 0.8:
            return self.tell("done", do="push", **common)
        if lane == "material" and self.chance.random() < 0.8:
            told = self.tell("done", do="send", **common)
            if "error" not in told:
                return told
            # a field is empty: the rep writes the text by hand
            now += datetime.timedelta(milliseconds=500)
            common["now"] = now.isoformat()
        outcome = self.outcome(lane)
        line = {**common, "outcome": outcome["id"], **self.said(outcome, now, closes)}
        told = self.tell("done", **line)
        if "error" not in told:
            self.after(rep, now, task, outcome)
        return told

    def after(self, rep, now, task, outcome):
        """A sale is closed with its order; now and then the last thing was a mistake."""
        later = (now + datetime.timedelta(milliseconds=700)).isoformat()
        if "sale" in outcome.get("flags", []) and task["deal"]:
            product = self.chance.choice(self.book["products"])
            self.tell("done", do="win", user=rep, now=later, deal=task["deal"]["id"], product=product["id"],
                      price=product["price"])
        elif self.chance.random() < 0.02:
            self.tell("undone", do="undo", user=rep, now=later)

    def tell(self, counted, **line):
        told = self.corral.ask(**line)
        if "error" in told:
            code = told["error"]["code"]
            assert code in ("held", "forbidden", "invalid", "conflict") or self.is_known(code), (line, told)
            self.counts["refused"][code] = self.counts["refused"].get(code, 0) + 1
        else:
            self.counts[counted] += 1
        return told

    @staticmethod
    def is_known(code):
        return not code.startswith(("engine", "internal", "usage", "damaged", "io"))

    # ---- what customers say ----------------------------------------------------------------------------------------

    def outcome(self, lane):
        choices = [o for o in self.book["outcomes"] if lane in o["lanes"] and not (
            lane == "coupon" and "pushed" in o.get("flags", []))]
        return self.chance.choices(choices, [self.weight(lane, o) for o in choices])[0]

    @staticmethod
    def weight(lane, outcome):
        flags = outcome.get("flags", [])
        if "dnc" in flags or "unworkable" in flags:
            return 1
        if "sale" in flags:
            return 3
        return 22 if lane == "call" and not flags else 8

    def said(self, outcome, now, closes):
        flags, line = outcome.get("flags", []), {}
        if "connected" in flags:
            line["seconds"] = self.chance.randint(20, 400)
        if "node_booked" in flags and self.chance.random() < 0.95:
            days = self.chance.choice([0, 1, 1, 2, 3])
            at = datetime.datetime.combine(now.date(), datetime.time(self.chance.randint(9, 20), 30), tzinfo=ZONE)
            at += datetime.timedelta(days=days)
            line["node_at"] = (at if at > now else at + datetime.timedelta(days=1)).isoformat()
        if outcome["next"]["kind"] == "callback" and self.chance.random() < 0.8:
            # some name a time at night, some one on a free day
            wait = self.chance.choice([25, 60, 180, 720, 1440, 2000, 3000])
            line["next"] = (now + datetime.timedelta(minutes=wait)).isoformat()
            line["words"] = "约好的时间"
        elif outcome["next"]["kind"] in ("follow", "retry") and self.chance.random() < 0.08:
            line["next"] = (now + datetime.timedelta(minutes=self.chance.choice([45, 400, 1600]))).isoformat()
        told = {code: self.value(self.fields[code], now) for code in outcome.get("needs", [])}
        line["set"] = {code: value for code, value in told.items() if value and self.chance.random() < 0.9}
        return line

    def value(self, field, now):
        kind = field["type"]
        if kind == "enum":
            return self.chance.choice(field["options"])["id"]
        if kind == "bool":
            return self.chance.choice(["true", "true", "false"])
        if kind == "product":
            return self.chance.choice(self.book["products"])["id"]
        if kind == "role":
            return self.chance.choice(self.book["customer_roles"])["id"]
        days = datetime.timedelta(days=self.chance.randint(1, 4))
        moment = (now + days).replace(minute=0, second=0, microsecond=0)
        plain = {"int": "7", "money": "4680", "window": "18:00-20:00", "date": str((now + days).date()),
                 # a node's time is told with the booking
                 "datetime": "" if field["id"] in self.node_fields else moment.isoformat()}
        return plain.get(kind, "x")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corral", required=True, help="the program")
    parser.add_argument("--playbook", required=True, help="the playbook's file")
    parser.add_argument("--reps", type=int, default=20)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--leads", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", default=None)
    options = parser.parse_args()

    folder = options.dir or tempfile.mkdtemp(prefix="corral-week-")
    db = os.path.join(folder, "week.db")
    with open(options.playbook, "rb") as file:
        book = tomllib.load(file)
    corral = Corral(options.corral, db)
    week = Week(corral, book, options, folder)
    week.begin(options.playbook)
    last = week.run()
    week.counts["held"] = {rule: len(tasks) for rule, tasks in week.counts["held"].items()}
    verified = corral.run("verify", now=clock(last, "23:00"))
    found = week_check.check(db, book)
    summary = {
        "playbook": book["playbook"]["id"], "reps": options.reps, "days": options.days, "leads": options.leads,
        "seed": options.seed, "driven": week.counts, "verify": verified["ok"], "explained": found.counts,
        "violations": len(found.violations),
    }
    for violation in found.violations[:40]:
        print(violation, file=sys.stderr)
    print(json.dumps(summary, ensure_ascii=False))
    sys.exit(1 if found.violations or not verified["ok"] else 0)


if __name__ == "__main__":
    main()
