#!/usr/bin/env python3
"""Lets a floor live for ninety days, with all that happens on one, and has every cell of its boards computed again.

    boards.py --corral BIN --playbook FILE [--reps N] [--customers N] [--seed N] [--dir DIR]

The first part is the program's own sample; from the middle of a month on, reps do what Today offers through one line-driven
process. In that time a valid call is defined anew (in mid-month), people join, leave, change teams and get a coach, customers
are given to others, sales are paid in parts and paid back, touches are taken back, targets are set and set again. Then every
board (each metric and score, by rep, team and coach, of days, weeks, months, quarters and days of choice) is read from the
command line and compared with `boards_oracle.py` and, for ratios, `boards_ratio.py`, which know only the exports, the playbooks' texts and who was where when.
Prints one JSON object; exits 1 when a cell differs.
"""

import argparse
import csv
import datetime
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import tomllib

import boards_oracle
import boards_ratio
import week
from week import DAYS, ZONE, clock

# a Wednesday evening in the middle of a month: what follows is counted by another definition
SAMPLED = datetime.datetime(2026, 10, 14, 21, 0, tzinfo=ZONE)
WORKED = 40
LAST = datetime.date(2026, 11, 26)
# a rep's hours at work, and how far apart two things are
HOURS = [(10, 20), (12, 5), (14, 10), (16, 0), (17, 40), (19, 5)]
# a board that scores by what counts in one way each: calls, minutes, money
SCORED = """
[[boards]]
id = "b_points"
name = { zh = "积分榜", en = "Points" }
scope = "rep"
period = "month"
columns = ["calls_valid"]
sort = "calls_valid"
score = [{ metric = "calls_valid", points = 3 }, { metric = "talk_minutes", points = 2 }, { metric = "revenue_new", points = 1 }]
"""
RECORDS = ["touches", "orders", "customers", "tasks"]


class Floor(week.Week):
    """The floor after its sample."""

    def __init__(self, corral, book, options, folder):
        super().__init__(corral, book, argparse.Namespace(seed=options.seed, reps=0, leads=0, days=0), folder)
        self.options = options
        self.happened = {"paid_back": 0, "paid_later": 0, "given": 0, "targets": 0, "taken_back": 0}
        self.refused, self.unpaid, self.paid = {}, [], []
        self.people, self.set, self.tagged = {}, [], []

    def begin(self, playbook):
        self.corral.run("sample", "--reps", str(self.options.reps), "--customers", str(self.options.customers),
                        "--days", str(WORKED), "--playbook", playbook, "--seed", str(self.options.seed),
                        self.corral.command[2], now=SAMPLED)
        users = self.corral.run("user", "list", now=SAMPLED)["users"]
        # teams got their targets when their people were hired
        targets = [target for target in self.corral.run("target", "list", now=SAMPLED)["targets"] if target["id"]]
        hired = min(datetime.date.fromisoformat(target["from"]) for target in targets)
        logins = {user["id"]: user["login"] for user in users}
        for user in users:
            self.people[user["login"]] = {**user, "coach": logins.get(user["coach"]), "teams": [[hired, user["team"]]]}
        self.by_role = {role: [u["login"] for u in users if u["role"] == role] for role in ("rep", "lead", "manager", "coach")}
        self.reps = list(self.by_role["rep"])
        teams = self.corral.run("team", "list", now=SAMPLED)["teams"]
        self.team_ids = {team["name"]: team["id"] for team in teams}
        self.teams = sorted(self.team_ids)
        names = {user["id"]: ("user", user["login"]) for user in users} | {t["id"]: ("team", t["name"]) for t in teams}
        for target in targets:
            self.set.append((names[target["scope_id"]], target["period"], target["metric"], target["level"],
                             target["value"], datetime.date.fromisoformat(target["from"])))
        self.manager = self.by_role["manager"][0]

    def weight(self, lane, outcome):
        # more sales than there are: their payments are what is of interest
        return 9 if "sale" in outcome.get("flags", []) else super().weight(lane, outcome)

    # ---- what happens besides the work ------------------------------------------------------------------------------

    def command(self, *words, now, by=None):
        """A command of its own; a refusal is noted, anything else that fails ends all."""
        done = subprocess.run([*self.corral.command, "--json", "--now", now.isoformat(), "--user", by or self.manager, *words],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
        code = json.loads(done.stderr)["error"]["code"]
        assert self.is_known(code) and done.returncode == 1, (words, done.stderr)
        self.refused[code] = self.refused.get(code, 0) + 1
        return None

    def must(self, *words, now, by=None):
        told = self.command(*words, now=now, by=by)
        assert told is not None, (words, self.refused)
        return told

    def events(self, day, number, now):
        """What happens before work on the day of that number."""
        reps = self.reps
        if number == 1:
            self.redefine(now)
        if number == 3:
            self.must("user", "add", "newcomer", "--name", "新来的", "--role", "rep", "--team", self.teams[0], "--rank",
                      "trainee", now=now)
            self.people["newcomer"] = self.listed("newcomer", now) | {"teams": [[day, self.teams[0]]]}
            reps.append("newcomer")
            self.give(self.customers[:6], "newcomer", now)
        if number == 5 and self.by_role["coach"]:
            for login in [reps[0], "newcomer"]:
                self.must("user", "set", login, "--coach", self.by_role["coach"][0], now=now)
                self.people[login]["coach"] = self.by_role["coach"][0]
        if number in (8, 17):
            self.move(reps[1], self.teams[-1] if number == 8 else self.teams[0], day, now)
        if number == 11:
            self.aim(("user", reps[0]), "calls_valid", 333, "goal", now)
            self.aim(("user", reps[0]), "revenue_new", 90001, "goal", now)
            self.aim(("team", self.teams[0]), "revenue_new", 300000, "goal", now)
        if number == 21:
            self.aim(("user", reps[0]), "revenue_new", 71003, "goal", now)
            self.aim(("user", reps[2]), "revenue_new", 50000, "challenge", now)
            self.aim(("team", self.teams[0]), "orders_won", 31, "stretch", now)
        if number == 24:
            leaver = reps[-2]
            rest = [login for login in reps if login != leaver]
            owned = [c["customer"] for c in self.export("customers", now) if c["owner"] == leaver]
            for place, customer in enumerate(sorted(set(owned))):
                self.give([customer], rest[place % len(rest)], now)
            self.must("user", "set", leaver, "--state", "left", now=now)
            self.people[leaver]["state"] = "left"
            self.people[leaver]["teams"].append([day + boards_oracle.ONE, None])
            reps.remove(leaver)
        if number % 6 == 2:
            self.give(self.chance.sample(self.customers, 4), self.chance.choice(reps), now)
            owners = {row["customer"]: row["owner"] for row in self.export("customers", now) if row["owner"]}
            for customer in self.chance.sample(sorted(owners), 3):
                if self.command("deal", "open", customer, "--pipeline", "referral", now=now):
                    self.tagged.append((customer, owners[customer], now))

    def redefine(self, now):
        """A call counts from a minute and a half on, and being booked proves nothing any more."""
        with open(self.options.playbook, encoding="utf-8") as file:
            text = file.read()
        before = 'calls_valid = { min_seconds = 60, or_evidence = ["node_booked"] }'
        assert before in text
        path = os.path.join(self.folder, "anew.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(before, "calls_valid = { min_seconds = 90 }") + SCORED)
        self.must("playbook", "apply", path, now=now)
        with open(path, "rb") as file:
            self.book = tomllib.load(file)

    def listed(self, login, now):
        return next(user for user in self.corral.run("user", "list", now=now)["users"] if user["login"] == login)

    def move(self, login, team, day, now):
        self.must("user", "set", login, "--team", team, now=now)
        self.people[login]["teams"].append([day, team])

    def aim(self, whose, metric, value, level, now):
        """Sets a month's target from today on."""
        self.must("target", "set", whose[1], "--metric", metric, "--value", str(value), "--level", level, now=now)
        value *= 100 if metric in boards_oracle.MONEY else 1
        self.set.append((whose, "month", metric, level, value, now.date()))
        self.happened["targets"] += 1

    def give(self, customers, to, now):
        for customer in customers:
            self.happened["given"] += self.command("customer", "assign", customer, "--to", to, now=now) is not None

    def payments(self, now):
        """Some of what is open is paid, some of what was paid is given back."""
        for order, amount in self.unpaid[:]:
            if self.chance.random() < 0.3 and self.command("deal", "pay", order, "--amount", str(amount), now=now):
                self.happened["paid_later"] += 1
                self.unpaid.remove((order, amount))
        for order, amount in self.paid[:]:
            if self.chance.random() < 0.08 and self.command("deal", "pay", order, "--amount", f"-{amount}", now=now):
                self.happened["paid_back"] += 1
                self.paid.remove((order, amount))

    # ---- the days ---------------------------------------------------------------------------------------------------

    def live(self):
        day, number = SAMPLED.date(), 0
        self.customers = sorted({row["customer"] for row in self.export("customers", SAMPLED)})
        self.corral.open()
        while day < LAST:
            day += datetime.timedelta(days=1)
            morning = clock(day, self.book["playbook"]["day_start"]) - datetime.timedelta(minutes=30)
            told = self.corral.ask(do="roll", user=self.reps[0], now=morning.isoformat())
            assert "error" not in told, told
            if DAYS[day.weekday()] not in self.book["playbook"]["workdays"]:
                continue
            number += 1
            self.events(day, number, morning + datetime.timedelta(minutes=10))
            closes = clock(day, self.book["playbook"]["day_end"])
            for hour, minute in HOURS:
                for place, rep in enumerate(self.reps):
                    now = datetime.datetime.combine(day, datetime.time(hour, minute, place), tzinfo=ZONE)
                    self.work(rep, now, closes)
            self.payments(closes - datetime.timedelta(minutes=20))
        self.corral.close()
        return clock(LAST, "20:10")

    def work(self, rep, now, closes):
        today = self.corral.ask(do="today", user=rep, now=now.isoformat(), limit=20)
        assert "error" not in today, today
        tasks = [task for pen in week.PENS for task in today[pen]]
        tasks.sort(key=lambda task: (-task["score"], task["due_at"], task["id"]))
        if tasks:
            self.do(rep, now, tasks[0], closes)

    def after(self, rep, now, task, outcome):
        later = (now + datetime.timedelta(milliseconds=700)).isoformat()
        if "sale" in outcome.get("flags", []) and task["deal"]:
            product = self.chance.choice(self.book["products"])
            part = self.chance.random() < 0.4
            paid = product["price"] // 3 if part else product["price"]
            told = self.tell("done", do="win", user=rep, now=later, deal=task["deal"]["id"], product=product["id"],
                             price=product["price"], paid=paid)
            order = told.get("effects", {}).get("order")
            if order:
                self.paid.append((order, paid // 2 if self.chance.random() < 0.5 else paid))
                if part:
                    self.unpaid.append((order, product["price"] - paid))
        elif self.chance.random() < 0.06:
            told = self.corral.ask(do="undo", user=rep, now=later)
            self.happened["taken_back"] += "error" not in told

    # ---- what comes out ---------------------------------------------------------------------------------------------

    def export(self, records, now):
        path = os.path.join(self.folder, f"{records}.csv")
        self.must("export", records, "--to", path, now=now)
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def boards(self, now, measures):
        """Every board of some measures, as asked and as answered: by one process, a line each."""
        self.corral.open()
        for measure in measures:
            for span in boards_oracle.SPANS:
                for by in ("rep", "team", "coach"):
                    words = ["--score" if measure.startswith("b_") else "--metric", measure, "--by", by, *span]
                    told = self.corral.ask(user=self.manager, now=now.isoformat(), do="board", **{"with": words})
                    assert "error" not in told, (words, told)
                    yield measure, span, by, told
        self.corral.close()


def compare(oracle, floor, now, measures):
    """The boards, the cells of them, and the cells that differ."""
    boards, cells, wrong = 0, 0, []
    for measure, span, by, board in floor.boards(now, measures):
        boards += 1
        compared, differences = oracle.compare(measure, span, by, board)
        cells += compared
        wrong.extend(differences)
    return boards, cells, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corral", required=True, help="the program")
    parser.add_argument("--playbook", required=True, help="the playbook's file")
    parser.add_argument("--reps", type=int, default=8)
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", default=None)
    options = parser.parse_args()

    folder = options.dir or tempfile.mkdtemp(prefix="corral-boards-")
    with open(options.playbook, "rb") as file:
        book = tomllib.load(file)
    floor = Floor(week.Corral(options.corral, os.path.join(folder, "floor.db")), book, options, folder)
    floor.begin(options.playbook)
    now = floor.live()
    verified = floor.corral.run("verify", now=now)
    records = {name: floor.export(name, now) for name in RECORDS} | {"tagged": floor.tagged}
    oracle = boards_oracle.Oracle([book, floor.book], floor, records, now)
    boards, cells, wrong = compare(oracle, floor, now, boards_oracle.measures(floor.book))
    more = compare(boards_ratio.Ratios(oracle, records), floor, now, boards_ratio.RATIOS)
    boards, cells, wrong = boards + more[0], cells + more[1], wrong + more[2]
    # whoever compares must be able to find something: one call more than there was, on the last day
    with sqlite3.connect(floor.corral.command[2]) as db:
        db.execute("UPDATE metric_day SET value = value + 1 WHERE rowid = (SELECT rowid FROM metric_day "
                   "WHERE metric = 'calls_dialed' ORDER BY day DESC LIMIT 1)")
    noticed = compare(oracle, floor, now, ["calls_dialed"])[2]
    for difference in wrong[:40]:
        print(difference, file=sys.stderr)
    summary = {"boards": boards, "cells": cells, "differences": len(wrong), "noticed": len(noticed), "verify": verified["ok"],
               "touches": len(records["touches"]), "orders": len(records["orders"]), "happened": {**floor.happened, "tagged": len(floor.tagged)},
               "driven": floor.counts, "refused": floor.refused}
    print(json.dumps(summary, ensure_ascii=False))
    sys.exit(1 if wrong or not noticed or not verified["ok"] else 0)


if __name__ == "__main__":
    main()
