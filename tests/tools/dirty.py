#!/usr/bin/env python3
"""Writes tests/corpus/dirty: lists as they come, each with what reading it must give beside it.

    python3 tests/tools/dirty.py tests/corpus/dirty

The expected results stand in `dirty_lists/*.py` next to the files they are for. They were written before the files were read,
from the rules of docs/import.md, RFC 4180 and the numbering plans; where the program said otherwise, one of the two was
mended after looking at which was wrong. The program's own output is never taken over.
"""
import json
import pathlib
import shutil
import sys

from dirty_lists import books, cells, text
from dirty_lists.make import CASES


def main(folder):
    for part in (text, cells, books):
        part.write()
    for old in folder.iterdir() if folder.exists() else ():
        if old.is_dir():
            shutil.rmtree(old)
    for name, data, expected in CASES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        told = {"file": path.name, **expected}
        answer = json.dumps(told, ensure_ascii=True, indent=1)
        path.with_name(path.name + ".expected.json").write_text(answer + "\n", encoding="ascii")
    print(len(CASES), "files,", sum(len(data) for _, data, _ in CASES), "bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
