#!/usr/bin/env python3
"""Adds names and telephone numbers to the X Education leads, whose publisher removed them.

    add_phones.py LIST.csv OUT.csv [--encoding utf-8|gb18030] [--seed N] [--rows N]

Two columns, `Name` and `Mobile`, are put before the list's own trailing empty column. Everything is invented:
Chinese numbers begin with 100 (reserved for tests, no mobile has them), Indian ones with 99999. The same seed makes the
same file in either encoding. How many of each kind were made is printed as one JSON object:

    rows        rows of data
    plain, plus86, zero86, spaces, dashes, full_width, plus91, two
                good numbers by spelling (two: two numbers in one cell)
    empty       no number; the lead is kept by its lead number
    duplicate   another spelling of an earlier good row's number
    masked      digits hidden by *
    invalid     no number at all, too short, or rounded by a spreadsheet
    good        rows that must be accepted as new: rows - duplicate - masked - invalid
"""

import argparse
import csv
import json
import random

KINDS = [
    ("plain", 58), ("plus86", 8), ("zero86", 5), ("spaces", 7), ("dashes", 5), ("full_width", 5), ("plus91", 4),
    ("two", 1), ("empty", 2), ("duplicate", 2), ("masked", 1), ("invalid", 2),
]
SPELLINGS = ["plain", "plus86", "zero86", "spaces", "dashes", "full_width"]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高曾单"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰小庆乐"
LATIN = ["Anita", "Rahul", "Priya", "José", "Zoë", "Li"]


def test_number(index):
    """Eleven digits from 100 on, another for every index: 7919 has no factor in common with 10**8."""
    return f"100{(index * 7919 + 12345) % 10**8:08}"


def spelled(number, kind):
    a, b, c = number[:3], number[3:7], number[7:]
    if kind == "plus86":
        return f"+86 {a} {b} {c}"
    if kind == "zero86":
        return f"0086{number}"
    if kind == "spaces":
        return f" {a} {b} {c}"
    if kind == "dashes":
        return f"{a}-{b}-{c}"
    if kind == "full_width":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("--encoding", choices=["utf-8", "gb18030"], default="utf-8")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=None, help="stop after so many rows")
    options = parser.parse_args()

    chance = random.Random(options.seed)
    counts = {"rows": 0, "good": 0, **{kind: 0 for kind, _ in KINDS}}
    good = []
    with open(options.list, encoding="utf-8-sig", newline="") as source, \
            open(options.out, "w", encoding=options.encoding, newline="") as target:
        reader, writer = csv.reader(source), csv.writer(target, lineterminator="\r\n")
        header = next(reader)
        at = len(header) - 1 if header[-1] == "" else len(header)
        writer.writerow(header[:at] + ["Name", "Mobile"] + header[at:])
        for index, row in enumerate(reader):
            if index == options.rows:
                break
            kind = chance.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]
            if kind == "duplicate" and not good:
                kind = "plain"
            name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice([1, 2, 2])))
            if chance.random() < 0.1:
                name = chance.choice(LATIN) + " " + name
            number = test_number(index)
            if kind == "plus91":
                cell = f"+91 99999 {index:05}"
            elif kind == "two":
                cell = f"{number} / {test_number(index + 10**6)}"
            elif kind == "empty":
                cell = ""
            elif kind == "duplicate":
                cell = spelled(chance.choice(good), chance.choice(SPELLINGS))
            elif kind == "masked":
                cell = number[:3] + "****" + number[7:]
            elif kind == "invalid":
                cell = chance.choice(["12345", "unknown", "00000000000", "1.00E+10", number + "9999999"])
            else:
                cell = spelled(number, kind)
                good.append(number)
            counts["rows"] += 1
            counts[kind] += 1
            writer.writerow(row[:at] + [name, cell] + row[at:])
    counts["good"] = counts["rows"] - counts["duplicate"] - counts["masked"] - counts["invalid"]
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
