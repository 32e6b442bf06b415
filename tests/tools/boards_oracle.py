"""Boards computed from exports, the playbooks' texts, and who was where when: nothing here comes from the program's own sums.

Written from docs/boards.md, docs/playbook-format.md and formulas.md no. 1 and 4, for playbooks of one file whose zone is
Asia/Shanghai. The column `counts` of the touches is not looked at.
"""

import collections
import datetime
import json
import math

from week import DAYS, clock

SPANS = [
    ("--period", "day"), ("--period", "day", "--back", "9"), ("--period", "week"), ("--period", "week", "--back", "5"),
    ("--period", "month"), ("--period", "month", "--back", "1"), ("--period", "quarter"), ("--period", "quarter", "--back", "1"),
    ("--from", "2026-10-08", "--to", "2026-11-03"),
]
COUNTED = ["calls_dialed", "calls_valid", "talk_minutes", "wechat_added", "nodes_booked", "nodes_attended", "receptions",
           "new_customers", "materials_sent", "coupons_pushed", "referrals_received", "referrals_won", "revenue_new",
           "orders_won", "receipts", "refund_amount"]
MONEY = {"revenue_new", "receipts", "refund_amount"}
# channels on which a customer is met: they need no way of contact (docs/playbook-format.md)
MEETINGS = {"visit", "lesson", "partner"}
# minutes of a meeting that make it a reception where the playbook does not say
RECEPTION = 30
AT_HAND, TREND = 35, 14
ONE = datetime.timedelta(days=1)


def measures(book):
    scores = [board["id"] for board in book["boards"] if board.get("score")]
    return [*COUNTED, "attainment", *scores]


def fen(text):
    whole, cents = text.split(".")
    return int(whole) * 100 + (int(cents) if not whole.startswith("-") else -int(cents))


def moment(text):
    return datetime.datetime.fromisoformat(text)


def month_of(day):
    first = day.replace(day=1)
    return first, (first + 31 * ONE).replace(day=1) - ONE


def bounds(period, day):
    if period == "day":
        return day, day
    if period == "week":
        first = day - day.weekday() * ONE
        return first, first + 6 * ONE
    if period == "month":
        return month_of(day)
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return first, month_of(first + 62 * ONE)[1]


def up(amount, by):
    return -(-amount // by)


class Week:
    """Working days, what they weigh, and how long they are."""

    def __init__(self, head):
        weights = head.get("day_weights", {})
        self.weights = [weights.get(name, 100) if name in head["workdays"] else 0 for name in DAYS]
        self.opens, self.closes = head["day_start"], head["day_end"]

    def weight(self, day):
        return self.weights[day.weekday()]

    def days(self, first, last):
        return [first + n * ONE for n in range((last - first).days + 1)]

    def weigh(self, first, last):
        return sum(self.weight(day) for day in self.days(first, last))

    def count(self, first, last):
        return sum(1 for day in self.days(first, last) if self.weight(day))


class Facts:
    """What was done: (metric, person, team, day) -> value and the last instant, from what was exported."""

    def __init__(self, books, records, people):
        self.books, self.people = {str(n): book for n, book in enumerate(books, 1)}, people
        self.sums = collections.defaultdict(lambda: [0, None])
        # a friend is made once, by the contact of who was spoken to, else by the first there is (S001-49)
        self.friends = collections.defaultdict(list)
        for row in records["customers"]:
            if any(contact.startswith("wechat=") for contact in row["contacts"].split("\n")):
                self.friends[row["customer"]].append(row["person"])
        # an appointment is booked where its task was planned, and stands until that is closed
        self.nodes = collections.defaultdict(list)
        for row in records["tasks"]:
            if row["key"].startswith("node:"):
                closed = moment(row["closed_at"]) if row["closed_at"] else None
                self.nodes[row["customer"]].append((moment(row["planned_at"]), closed))
        self.touches(sorted(records["touches"], key=lambda row: (moment(row["at"]), int(row["touch"]))))
        self.orders(records)
        for _, owner, at in records["tagged"]:
            self.add("referrals_received", owner, self.team(owner, at.date()), at, 1)

    def team(self, login, day):
        return [team for since, team in self.people[login]["teams"] if since <= day][-1]

    def add(self, metric, user, team, at, value):
        entry = self.sums[metric, user, team, at.date()]
        entry[0] += value
        entry[1] = max(entry[1] or at, at)

    def touches(self, rows):
        last_valid, friends = {}, set()
        for row in rows:
            book, at, customer = self.books[row["playbook_number"]], moment(row["at"]), row["customer"]
            rules = book["metrics"]
            flags = next(o for o in book["outcomes"] if o["id"] == row["outcome"]).get("flags", [])
            seconds, out = int(row["seconds"] or 0), row["direction"] == "out"
            call, meeting = row["channel"] == "call", row["channel"] in MEETINGS
            connected = "connected" in flags
            evidence = any(flag in rules["calls_valid"].get("or_evidence", []) for flag in flags)
            if call:
                valid = connected and (seconds >= rules["calls_valid"]["min_seconds"] or evidence)
            elif meeting:
                valid = connected or "node_attended" in flags or evidence
            else:
                valid = not out or connected or evidence
            before = last_valid.get(customer)
            fresh = before is None or (at.date() - before).days >= rules["new_customer_gap_days"]
            reception = meeting and valid and seconds >= rules.get("receptions", {}).get("min_minutes", RECEPTION) * 60
            ways = self.friends[customer]
            way = row["person"] if row["person"] in ways else ways[0] if ways else None
            friend = "wechat_added" in flags and way is not None and way not in friends
            if friend:
                friends.add(way)
            if valid:
                last_valid[customer] = at.date()
            # without its time nothing is booked; one that only moves was counted when it was made
            nodes = self.nodes[customer]
            booked = "node_booked" in flags and any(planned == at for planned, _ in nodes)
            booked = booked and not any(planned < at and (closed is None or closed >= at) for planned, closed in nodes)
            for metric, value in {
                "calls_dialed": call and out, "calls_valid": call and valid,
                "talk_minutes": seconds if call and connected else 0, "wechat_added": friend,
                "nodes_booked": booked, "nodes_attended": "node_attended" in flags,
                "receptions": reception, "new_customers": valid and fresh,
                "materials_sent": "sent" in flags, "coupons_pushed": "pushed" in flags,
            }.items():
                if value:
                    self.add(metric, row["user"], row["team"], at, int(value))

    def orders(self, records):
        referred = {customer: at for customer, _, at in reversed(records["tagged"])}
        for row in records["orders"]:
            at, who = moment(row["at"]), (row["by"], row["team"])
            book = self.books[row["playbook_number"]]
            pipeline = next(p for p in book["pipelines"] if p["id"] == row["pipeline"])
            self.add("orders_won", *who, at, 1)
            if pipeline.get("amount_metric"):
                self.add(pipeline["amount_metric"], *who, at, fen(row["price"]))
            if row["customer"] in referred and referred[row["customer"]] <= at:
                self.add("referrals_won", *who, at, 1)
            for payment in filter(None, row["payments"].split(" | ")):
                amount, paid_at = payment.split(" ")[:2]
                metric = "refund_amount" if fen(amount) < 0 else "receipts"
                self.add(metric, *who, moment(paid_at), abs(fen(amount)))


class Oracle:
    """Every cell of a board."""

    def __init__(self, books, floor, records, now):
        """`floor` knows the people with their teams from which day on, and the targets in the order they were set."""
        self.book, self.people, self.now = books[-1], floor.people, now
        self.set, self.team_ids = floor.set, floor.team_ids
        self.week, self.today = Week(self.book["playbook"]), now.date()
        self.facts = Facts(books, records, self.people)
        self.users = sorted(self.people, key=lambda login: int(self.people[login]["id"]))

    # ---- people ----------------------------------------------------------------------------------------------------

    def team(self, login, on):
        return next((team for since, team in reversed(self.people[login]["teams"]) if since <= on), None)

    def competes(self, login):
        return self.people[login]["state"] != "left" and self.people[login]["role"] in ("rep", "coach")

    def here(self, login, on):
        return self.competes(login) and self.people[login]["teams"][0][0] <= on

    # ---- targets ---------------------------------------------------------------------------------------------------

    def said(self, metric, whose, period, level, on):
        for (whom, its_period, its_metric, its_level, value, since) in reversed(self.set):
            if (whom, its_period, its_metric, its_level) == (whose, period, metric, level) and since <= on:
                return value
        if whose[0] == "team":
            return None
        rank = self.people[whose[1]]["rank"]
        for rule in self.book["targets"]:
            if (rule["metric"], rule["period"], rule.get("level", "goal"), rule["scope"]) == (metric, period, level, "rank"):
                value = rule["values"].get(rank)
                return value * 100 if value is not None and metric in MONEY else value
        return None

    def target(self, metric, whose, span, level):
        period, first, last, on = span
        exact = self.said(metric, whose, period, level, on) if period else None
        if exact is not None:
            return exact
        if whose[0] == "user" and level == "goal":
            for rule in self.book["standards"]:
                if rule["metric"] == metric and self.people[whose[1]]["rank"] in rule["values"]:
                    return rule["values"][self.people[whose[1]]["rank"]] * self.week.count(first, last)
        if period == "month":
            return None
        parts, any_month, month = 0, False, first.replace(day=1)
        while month <= last:
            begins, ends = month_of(month)
            said = self.said(metric, whose, "month", level, min(on, ends))
            if said is not None:
                any_month = True
                parts += said * self.week.weigh(max(first, begins), min(last, ends)) * 1_000_000 // self.week.weigh(begins, ends)
            month = ends + ONE
        return (parts + 500_000) // 1_000_000 if any_month else None

    def sum_of_targets(self, metric, logins, span, level):
        own = [self.target(metric, ("user", login), span, level) for login in logins]
        own = [value for value in own if value is not None]
        return sum(own) if own else None

    # ---- rows ------------------------------------------------------------------------------------------------------

    def span(self, words):
        words = dict(zip(words[::2], words[1::2]))
        if "--from" in words:
            first, last, period = *(datetime.date.fromisoformat(words[k]) for k in ("--from", "--to")), None
        else:
            period = words["--period"]
            first, last = bounds(period, self.today)
            for _ in range(int(words.get("--back", 0))):
                first, last = bounds(period, first - ONE)
        return period, first, last, max(min(last, self.today), min(first, self.today))

    def worth(self, measure):
        """What is added up and what one is worth, in three-hundredths of a point where it scores."""
        board = next((board for board in self.book["boards"] if board["id"] == measure), None)
        if board is None:
            return {("revenue_new" if measure == "attainment" else measure): 1}, 1
        unit = {"talk_minutes": 60}
        return {item["metric"]: item["points"] * 300 // (100 if item["metric"] in MONEY else unit.get(item["metric"], 1))
                for item in board["score"]}, 300

    def done(self, worth, wanted, first, last):
        """The value of some days and the last instant that counted, of the people and teams wanted."""
        value, at = 0, None
        for (metric, user, team, day), (amount, last_at) in self.facts.sums.items():
            if metric in worth and first <= day <= last and wanted(user, team):
                value += amount * worth[metric]
                at = max(at or last_at, last_at)
        return value, at

    def rows(self, measure, words, by):
        period, first, last, on = span = self.span(words)
        worth, parts = self.worth(measure)
        metric = next(iter(worth)) if parts == 1 else None
        rows = []

        def add(identity, name, team, wanted, target):
            rows.append(self.row(measure, span, (worth, parts), (identity, name, team), wanted,
                                 [target(level) if metric else None for level in ("goal", "stretch", "challenge")]))

        if by == "rep":
            for login in self.users:
                wanted = lambda user, team, login=login: user == login
                if self.here(login, on) or self.done(worth, wanted, first, last)[0]:
                    person = self.people[login]
                    add(person["id"], person["name"], self.team(login, on) or "", wanted,
                        lambda level, login=login: self.target(metric, ("user", login), span, level))
        elif by == "team":
            for name, identity in self.team_ids.items():
                members = [login for login in self.users if self.competes(login) and self.team(login, on) == name]

                def of_team(level, name=name, members=members):
                    said = self.target(metric, ("team", name), span, level)
                    return said if said is not None else self.sum_of_targets(metric, members, span, level)

                add(identity, name, "", lambda user, team, name=name: team == name, of_team)
        else:
            for coach in self.users:
                group = [login for login in self.users if self.people[login]["coach"] == coach and login != coach] + [coach]
                if len(group) > 1:
                    competing = [login for login in group if self.competes(login)]
                    add(self.people[coach]["id"], self.people[coach]["name"], self.team(coach, on) or "",
                        lambda user, team, group=tuple(group): user in group,
                        lambda level, competing=competing: self.sum_of_targets(metric, competing, span, level))
        return self.ranked(rows)

    def row(self, measure, span, counted, named, wanted, targets):
        period, first, last, on = span
        (worth, parts), (goal, stretch, challenge) = counted, targets
        value, reached = self.done(worth, wanted, first, last)
        if not value:
            reached = None
        value = value // parts
        daily = {on - n * ONE: self.done(worth, wanted, on - n * ONE, on - n * ONE)[0] // parts for n in range(AT_HAND)}
        outlook = self.outlook(first, last, value, daily)
        target = goal or 0
        if measure == "attainment":
            has = bool(goal)
            share = lambda amount: amount * 10_000 // goal
            outlook = {key: share(amount) for key, amount in outlook.items()} if outlook and has else None
            value, target, stretch, challenge = share(value) if has else 0, 10_000 if has else 0, None, None
        # of equal values the instant decides, which is told by the second
        return reached, {
            "id": named[0], "name": named[1], "team": named[2], "value": value, "target": target, "stretch": stretch,
            "challenge": challenge, "reached_at": reached and reached.isoformat(timespec="seconds"), "outlook": outlook,
            "trend": [daily[on - n * ONE] for n in reversed(range(TREND))], **self.course(target, value, first, last),
        }

    def course(self, target, value, first, last):
        """Formula 1: gap, pace, and what each day and hour that remain must bring."""
        week, today = self.week, self.today
        whole, gone = week.weigh(first, last), week.weigh(first, min(last, today - ONE))
        inside = first <= today <= last
        after = week.count(max(first, today + ONE), last)
        left = after + (1 if inside and week.weight(today) else 0)
        opens, closes = (clock(today, text) for text in (week.opens, week.closes))
        minutes = after * int((closes - opens).total_seconds() // 60)
        if inside and week.weight(today):
            minutes += max(0, int((closes - max(self.now, opens)).total_seconds() // 60))
        gap = target - value
        still = max(gap, 0)
        if left <= 0:
            per_day = None
        elif inside and week.weight(today) and whole > gone:
            per_day = up(still * week.weight(today), whole - gone)
        else:
            per_day = up(still, left)
        planned = (target * gone * 2 + whole) // (whole * 2) if whole else target
        return {"gap": gap, "pace": value - planned, "per_day": per_day,
                "per_hour": up(still * 60, minutes) if minutes > 0 else None}

    def outlook(self, first, last, value, daily):
        """How it is likely to end: the rate of the days gone; four cases in five lie in the band."""
        week, today = self.week, self.today
        if not first <= today <= last:
            return None
        worked = [(week.weight(day), daily[day]) for day in sorted(daily) if first <= day < today and week.weight(day)]
        gone, of_today = week.weigh(first, today - ONE), daily[today]
        left = week.count(today, last)
        if len(worked) < 3 or gone <= 0 or left <= 0:
            return None
        before = value - of_today
        share = lambda weight: (2 * before * weight + gone) // (2 * gone)
        finish = before + max(share(week.weight(today)), of_today) + share(week.weigh(today + ONE, last))
        squares = sum((amount * gone - before * weight) ** 2 for weight, amount in worked)
        half = math.isqrt(squares * left * 16_425 // ((len(worked) - 1) * 10_000)) // gone
        return {"finish": finish, "low": max(finish - half, value), "high": finish + half}

    @staticmethod
    def ranked(rows):
        never = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
        rows.sort(key=lambda row: (-row[1]["value"], row[0] or never, row[1]["name"], int(row[1]["id"])))
        rows = [row for _, row in rows]
        rank, last, above = 0, None, None
        for place, row in enumerate(rows, 1):
            if row["value"] != last:
                above, rank, last = last, place, row["value"]
            row["rank"], row["behind"] = rank, None if above is None else above - row["value"]
        return rows

    def compare(self, measure, words, by, board):
        """The number of cells, and those that differ."""
        ours, theirs, wrong, cells = self.rows(measure, words, by), board["rows"], [], 0
        where = f"{measure} by {by} {' '.join(words)}"
        _, first, last, _ = self.span(words)
        if (board["from"], board["to"]) != (str(first), str(last)):
            wrong.append(f"{where}: {board['from']} to {board['to']}, not {first} to {last}")
        if [row["id"] for row in ours] != [row["id"] for row in theirs]:
            names = [[f"{row['name']} {row['value']}" for row in rows] for rows in (theirs, ours)]
            wrong.append(f"{where}: the rows are {names[0]}, not {names[1]}")
        theirs = {row["id"]: row for row in theirs}
        for row in ours:
            for key, value in row.items():
                cells += 1
                said = theirs.get(row["id"], {}).get(key)
                if said != value:
                    wrong.append(f"{where}: {row['name']} {key} is {json.dumps(said)}, not {json.dumps(value)}")
        return cells, wrong
