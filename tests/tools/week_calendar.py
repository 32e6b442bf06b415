"""Times of the business zone for `week_check.py`: working days, quiet hours, spans as a playbook writes them."""

import datetime
import re

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
OFFSET = 8 * HOUR
EPOCH = datetime.date(1970, 1, 1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

def day_of(at):
    return (at + OFFSET) // DAY


def of_day(at):
    """Milliseconds since midnight."""
    return (at + OFFSET) % DAY


def on(day, clock):
    return day * DAY + clock - OFFSET


def iso(day):
    return str(EPOCH + datetime.timedelta(days=day))


def shown(at):
    return f"{iso(day_of(at))} {of_day(at) // HOUR:02}:{of_day(at) // MINUTE % 60:02}:{of_day(at) // 1000 % 60:02}"


def instant(text):
    if isinstance(text, int):
        return text
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def clock(text):
    hour, minute = text.split(":")
    return int(hour) * HOUR + int(minute) * MINUTE


def span(text):
    number, unit = re.fullmatch(r"(\d+)([mhd])", text).groups()
    return int(number) * {"m": MINUTE, "h": HOUR, "d": DAY}[unit]


class Calendar:
    """Quiet hours, free days, working hours."""

    def __init__(self, book):
        head, rules = book["playbook"], book["contact_rules"]
        assert head["timezone"] == "Asia/Shanghai"
        self.days = {WEEKDAYS.index(name) for name in head["workdays"]}
        self.opens, self.closes = clock(head["day_start"]), clock(head["day_end"])
        self.quiet_from, self.quiet_to = clock(rules["quiet"]["from"]), clock(rules["quiet"]["to"])

    def works(self, day):
        return (day + 3) % 7 in self.days  # 1970-01-01 was a Thursday

    def is_quiet(self, at):
        return of_day(at) >= self.quiet_from or of_day(at) < self.quiet_to

    def agreed(self, at):
        """What was agreed with a customer moves out of quiet hours only."""
        if not self.is_quiet(at):
            return at
        return on(day_of(at) + (of_day(at) >= self.quiet_from), self.quiet_to)

    def ours(self, at):
        """What we choose ourselves moves to a working day too, at the same time of day, to the minute."""
        at = self.agreed(at)
        while not self.works(day_of(at)):
            at = self.agreed(on(day_of(at) + 1, of_day(at) // MINUTE * MINUTE))
        return at

    def begins(self, at):
        """A response clock runs in working hours only."""
        day = day_of(at)
        if self.works(day) and of_day(at) < self.opens:
            return self.ours(on(day, self.opens))
        if self.works(day) and of_day(at) < self.closes:
            return self.ours(at)
        day += 1
        while not self.works(day):
            day += 1
        return self.ours(on(day, self.opens))
