"""Ratios on boards computed from the exports: both sums of each row, and what they come to (docs/boards.md, "Ratios").

Those whose cases stand in the exports: going out, referrals, revenue per head.
"""

import datetime
import json

from boards_oracle import ONE, moment

RATIOS = ["proactive_ratio", "referral_rate_bp", "revenue_per_head"]
# cases below which no share is told, days in which a customer must have bought to be active
LEAST, ACTIVE = 30, 365


class Ratios:
    """Both sums of every row."""

    def __init__(self, oracle, records):
        self.oracle, self.records = oracle, records
        self.orders = [(row["customer"], row["by"], moment(row["at"])) for row in records["orders"]]
        self.bought = {}
        for customer, _, at in self.orders:
            self.bought[customer] = min(self.bought.get(customer, at), at)

    def cases(self, metric, login, first, last):
        """The cases of a person: those that came to something, and all."""
        if metric == "referral_rate_bp":
            since = min(last, self.oracle.today) + ONE - ACTIVE * ONE
            return 0, len({customer for customer, by, at in self.orders if by == login and since <= at.date() <= last})
        part = whole = 0
        for row in self.records["touches"]:
            at = moment(row["at"])
            if row["user"] == login and row["connected"] == "1" and first <= at.date() <= last:
                whole += 1
                fresh = row["customer"] not in self.bought or self.bought[row["customer"]] >= at
                part += row["direction"] == "out" and fresh
        return part, whole

    def heads(self, login, team, first, last):
        """The working days a person was in a team; in any where none is named."""
        person, days = self.oracle.people[login], 0
        if person["role"] not in ("rep", "coach"):
            return 0
        stays = [*person["teams"], [datetime.date.max, None]]
        for (since, its), (until, _) in zip(stays, stays[1:]):
            begins, ends = max(first, since), min(last, until - ONE)
            if its and (team is None or its == team) and begins <= ends:
                days += self.oracle.week.count(begins, ends)
        return days

    def sums(self, metric, logins, team, span):
        _, first, last, on = span
        begun = min(last, self.oracle.today)
        wanted = lambda user, its: (team is None or its == team) and (logins is None or user in logins)
        people = [login for login in self.oracle.people if logins is None or login in logins]
        if metric == "revenue_per_head":
            return (self.oracle.done({"revenue_new": 1}, wanted, first, last)[0],
                    sum(self.heads(login, team, first, begun) for login in people))
        part = whole = 0
        for login in people:
            if team is None or self.oracle.team(login, on) == team:
                came, cases = self.cases(metric, login, first, last)
                part, whole = part + came, whole + cases
        if metric == "referral_rate_bp":
            part = self.oracle.done({"referrals_received": 1}, wanted, first, last)[0]
        return part, whole

    def value(self, metric, part, whole, span):
        _, first, last, _ = span
        if metric == "revenue_per_head":
            per = self.oracle.week.count(first, min(last, self.oracle.today))
            return (part * per * 2 + whole) // (whole * 2) if whole else None
        return (part * 10_000 * 2 + whole) // (whole * 2) if whole >= LEAST else None

    def compare(self, metric, words, by, board):
        """The number of cells, and those that differ."""
        oracle, span = self.oracle, self.oracle.span(words)
        on, wrong, cells, ours = span[3], [], 0, {}
        if by == "rep":
            for login in oracle.users:
                part, whole = self.sums(metric, {login}, None, span)
                counted = oracle.done({"referrals_received": 1} if metric.startswith("ref") else {"revenue_new": 1},
                                      lambda user, _, login=login: user == login, span[1], span[2])[0]
                counted = counted if metric != "proactive_ratio" else 0
                if oracle.here(login, on) or whole or counted:
                    ours[oracle.people[login]["id"]] = (part, whole)
        elif by == "team":
            ours = {identity: self.sums(metric, None, name, span) for name, identity in oracle.team_ids.items()}
        else:
            for coach in oracle.users:
                group = {login for login in oracle.users if oracle.people[login]["coach"] == coach} | {coach}
                if len(group) > 1:
                    ours[oracle.people[coach]["id"]] = self.sums(metric, group, None, span)
        where = f"{metric} by {by} {' '.join(words)}"
        theirs = {row["id"]: row for row in board["rows"]}
        if set(ours) != set(theirs):
            wrong.append(f"{where}: the rows are {sorted(theirs)}, not {sorted(ours)}")
        for identity, (part, whole) in ours.items():
            row = theirs.get(identity, {})
            for key, value in {"part": part, "whole": whole, "value": self.value(metric, part, whole, span)}.items():
                cells += 1
                if row.get(key) != value:
                    wrong.append(f"{where}: {row.get('name')} {key} is {json.dumps(row.get(key))}, not {json.dumps(value)}")
        return cells, wrong
