#!/usr/bin/env python3
"""Writes tests/corpus/hostile: strings that mean harm, each with what must be left of it.

    python3 tests/tools/hostile.py tests/corpus/hostile

A line of a file is one string: `text` as it comes, `clean` what a name or cell becomes, `lines` what a note becomes
where that differs, `cells` how wide `clean` is on a terminal, `phone` the number in it or why it is none (a string
without it is no number), `csv` how `clean` stands in an exported cell where that differs. `times` repeats `text` and
`clean` so often, which keeps the files small.

Every `clean` is written by hand from ECMA-48 (what a terminal would take for itself), the Unicode tables (what draws
nothing or turns text round) and the rule that a person's text is never lost with them. `cells` is counted from Unicode's
East_Asian_Width as Python has it, or given by hand for sequences that are one picture.
"""
import json
import pathlib
import sys
import unicodedata

FILES = {}


def width(text):
    """Cells by East_Asian_Width, without the program's own tables."""
    count = 0
    for c in text:
        if unicodedata.category(c) in ("Mn", "Me", "Cf"):
            continue
        count += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return count


def harmless(text):
    """What a spreadsheet does not take for a formula."""
    rest = text[1:]
    number = rest != "" and all(c in "0123456789 " for c in rest)
    risky = text[:1] in ("=", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") or (text[:1] == "+" and not number)
    return "'" + text if risky and text else text


def put(file, text, clean, lines=None, cells=None, phone=None, times=None):
    entry = {"text": text, "clean": clean}
    if lines is not None and lines != clean:
        entry["lines"] = lines
    entry["cells"] = (width(clean) if cells is None else cells) * (times or 1)
    if phone is not None:
        entry["phone"] = phone
    if harmless(clean) != clean:
        entry["csv"] = harmless(clean)
    if times is not None:
        entry["times"] = times
    FILES.setdefault(file, []).append(entry)


ESC, CSI, ST = "\x1b", "\x9b", "\x1b\\"


def sequences():
    def gone(*inner):
        for text in inner:
            put("sequences", f"王{text}芳", "王芳")

    gone(*(f"{ESC}[{body}" for body in [
        "m", "0m", "1;31m", "38;2;255;0;0m", "38:2::255:0:0m", "4:3m", "A", "10B", "5C", "2D", "H", "24;80H", "2J", "3J", "K", "2K",
        "5S", "5T", "?1049h", "?25l", "?1000;1006h", "?2004h", "?2026h", "?7l", "6n", "5n", "c", ">c", "=c", ">0q", "!p", "1 q", "r",
        "s", "u", "22;0t", "8;50;200t", "14t", "21t", "200~", "201~", "<35;10;10M", "?1;2$y", "99999999999999999999m", "9" * 300 + "A",
        ";;;;;;m", "?>=<m", "1;2;3;4'z", "0\"q"]))
    gone(f"{CSI}31m", f"{CSI}2J", f"{CSI}?1049h", f"{CSI}6n")
    put("sequences", f"{ESC}[31m王{ESC}[0m芳{ESC}[0m", "王芳")
    put("sequences", f"{ESC}[", "")
    put("sequences", f"王{ESC}[31", "王")
    put("sequences", f"王{ESC}[31芳", "王芳")
    put("sequences", f"王{ESC}[3\n1m芳", "王 1m芳", lines="王\n1m芳")
    put("sequences", f"{ESC}{ESC}{ESC}[31m王", "王")
    put("sequences", f"王{ESC}", "王")
    put("sequences", f"{ESC}王", "王")
    put("sequences", f"{ESC}\x01王", "王")
    gone(*(ESC + body for body in [
        "c", "7", "8", "=", ">", "D", "E", "H", "M", "N", "O", "Z", "n", "o", "|", "}", "~", "#8", "#3", "(0", ")0", "*A", "+B", "-A", "%G", " F", " G"]))


def strings():
    body = "52;c;cm0gLXJm"
    for opening, end in [("]", "\x07"), ("]", ST), ("]", "\x9c"), ("P", ST), ("X", ST), ("^", ST), ("_", ST)]:
        put("strings", f"王{ESC}{opening}{body}{end}芳", "王芳")
    for opening in "\x90\x98\x9d\x9e\x9f":
        put("strings", f"王{opening}{body}{ST}芳", "王芳")
        put("strings", f"王{opening}{body}\x9c芳", "王芳")
    for text in [f"]0;title\x07", f"]2;title{ST}", f"]4;1;rgb:00/00/00{ST}", f"]8;;http://evil.example{ST}", f"]9;note\x07",
                 f"]777;notify;a;b\x07", f"]1337;File=inline=1:AAAA\x07", f"]11;?\x07", f"]133;A\x07", "]0;标题\x07",
                 f"P0;1|17/17{ST}", f"Pq#0;2;0;0;0{ST}", f"P$q\"p{ST}", f"P+q544e{ST}", f"_Ga=T,f=100;AAAA{ST}"]:
        put("strings", f"王{ESC}{text}芳", "王芳")
    put("strings", f"{ESC}]8;;http://evil.example{ST}王芳{ESC}]8;;{ST}", "王芳")
    put("strings", f"王{ESC}]0;没有结束", "王0;没有结束")
    put("strings", f"王{ESC}P没有结束", "王没有结束")
    put("strings", f"王\x9d没有结束", "王没有结束")
    put("strings", f"王{ESC}]0;a{ESC}[31m芳", "王芳")
    put("strings", f"王{ESC}]0;a{ESC}]0;b\x07芳", "王芳")
    put("strings", f"{ESC}]" * 3 + "王", "王")
    put("strings", "\x90", "", times=2_000)


def controls():
    for code in [*range(0x20), 0x7F]:
        if code in (0x1B,):
            continue
        c = chr(code)
        if c in "\n\r\x0b\x0c":
            put("controls", f"王{c}芳", "王 芳", lines="王\n芳")
        elif c == "\t":
            put("controls", f"王{c}芳", "王 芳")
        else:
            put("controls", f"王{c}芳", "王芳")
    for code in range(0x80, 0xA0):
        c = chr(code)
        if c == "\x85":
            put("controls", f"王{c}芳", "王 芳", lines="王\n芳")
        elif c in "\x90\x98\x9b\x9d\x9e\x9f":
            # A string that never ends keeps its text; of a sequence that is none only the opener goes.
            put("controls", f"王{c}芳", "王芳")
        else:
            put("controls", f"王{c}芳", "王芳")
    put("controls", "一\r\n二\n\r三", "一 二  三", lines="一\n二\n\n三")
    put("controls", "一\u2028二\u2029三", "一 二 三", lines="一\n二\n三")
    put("controls", "\n\n王\n\n", "王")
    put("controls", "\x00\x01\x02\x7f", "")
    put("controls", "王\b\b\b\b\b\b芳", "王芳")


def directions():
    for code in [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]:
        put("directions", f"王{chr(code)}芳", "王芳")
    put("directions", "\u202egpj.exe\u202c", "gpj.exe")
    put("directions", "\u2067王\u2069\u2068芳\u2069", "王芳")
    put("directions", "\u202e" * 50 + "王芳", "王芳")
    put("directions", "שלום עולם", "שלום עולם")
    put("directions", "مرحبا", "مرحبا")
    put("directions", "abc\u202dאבג", "abcאבג")
    put("directions", "\u200f\u200e\u061c", "")


def invisible():
    for code in [0xAD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180E, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063,
                 0x2064, 0x206A, 0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0x1BCA0, 0x1D173, 0x1D17A, 0x13430,
                 0xE0001, 0xE0041, 0xE007F, 0xFFFE, 0xFFFF, 0xFDD0, 0xFDEF, 0x1FFFE, 0x10FFFF]:
        put("invisible", f"王{chr(code)}芳", "王芳")
    put("invisible", "王\u200c芳", "王芳")
    put("invisible", "王\u200d芳\u200d", "王\u200d芳".replace("\u200d", ""))
    put("invisible", "\u3164\u200b\u2060\ufeff", "")
    put("invisible", "می\u200cخواهم", "می\u200cخواهم")
    put("invisible", "\u200d\u200d\u200d", "")


def forms():
    put("forms", "Jose\u0301", "José")
    put("forms", "A\u030a", "Å")
    put("forms", "\u1112\u1161\u11ab", "한")
    put("forms", "\u212b", "Å")
    put("forms", "ＡＢＣ１２３", "ＡＢＣ１２３")
    put("forms", "ﬁ", "ﬁ")
    put("forms", "\u3000王芳\u3000", "王芳")
    put("forms", "\u00a0王\u00a0芳\u00a0", "王\u00a0芳")
    put("forms", "王" + "\u0489" * 60, "王" + "\u0489" * 5)
    tower = "\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u0334\u0319\u0324"
    # In canonical order, which Python knows as well, the first five marks are kept.
    put("forms", f"Z{tower}a", unicodedata.normalize("NFC", f"Z{tower}")[:6] + "a")
    put("forms", "ก็ที่นี่", "ก็ที่นี่", cells=3)
    put("forms", "नमस्ते", "नमस्ते", cells=4)
    put("forms", "Tiếng Việt", "Tiếng Việt")
    put("forms", "\u0301王", "\u0301王")
    put("forms", "\U000f0000\ue000", "\U000f0000\ue000", cells=2)
    put("forms", "㐀𠮷龘", "㐀𠮷龘")
    # Four on a terminal; ratatui counts the sound marks twice since unicode-width counts them, and drawing must agree.
    put("forms", "ｶﾞﾊﾟ", "ｶﾞﾊﾟ", cells=6)
    put("forms", "“引号”……——", "“引号”……——")
    put("forms", "½①Ⅷ㎡", "½①Ⅷ㎡")


def pictures():
    for text, cells in [("👩\u200d👧", 2), ("👨\u200d👩\u200d👧\u200d👦", 2), ("🇨🇳", 2), ("👍🏽", 2), ("1\ufe0f\u20e3", 2), ("❤\ufe0f", 2), ("😀", 2),
                        ("🏳\ufe0f\u200d🌈", 2), ("☎", 1), ("⌚", 2)]:
        put("pictures", text, text, cells=cells)
        put("pictures", f"王{text}芳", f"王{text}芳", cells=cells + 4)
    put("pictures", "👩\u200d", "👩", cells=2)
    put("pictures", "😀", "😀", cells=2, times=200)


def formulas():
    for text in ["=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.example\",\"x\")", "+1+1", "-1+1", "@SUM(A1:A9)", "＝1+1", "＋1", "－1", "＠x",
                 "=", "+", "-", "@", "'=1+1", "\"=1+1\"", ";=1", ",=1", "+86 138 0013 8000x", "=王芳", "%00=1", "= 1", "-"]:
        put("formulas", text, text)
    put("formulas", "\t=1+1", "=1+1")
    put("formulas", "\r=1+1", "=1+1")
    put("formulas", "\u200b=1+1", "=1+1")
    put("formulas", " @x ", "@x")


def injections():
    for text in ["'; DROP TABLE customer; --", "' OR '1'='1", "\" OR \"\"=\"", "%s%s%s%n", "{0}{name}", "{{name}}", "{{", "}}", "${HOME}", "$(reboot)", "`id`",
                 "| cat /etc/passwd", "../../../etc/passwd", "C:\\Windows\\System32", "\\x1b[31m", "\\u001b[31m", "\\033[2J", "&#27;[31m", "<script>alert(1)</script>",
                 "<b>x</b>", "{\"a\":1}", "[stages]", "id = \"x\"", "\"\"\"", "'''", "#comment", "a,b;c\td|e".replace("\t", " "), "NULL", "null", "nil", "NaN", "true", "0",
                 "-1", "1e400", "0x41", "*", "%", "_", "a%' ESCAPE '", "MATCH *", "\"unclosed", "a\" NEAR b", "..", "/", "~", "!!", "^[[31m", "tel:110", "file:///etc"]:
        put("injections", text, text)


def numbers():
    good = "+8613800138000"
    for text, clean in [
        ("138\u200b0013\u200b8000", "13800138000"), ("\u202d13800138000\u202c", "13800138000"), (f"{ESC}[31m138{ESC}[0m00138000", "13800138000"),
        ("138\x0000138000", "13800138000"), ("１３８００１３８０００", "１３８００１３８０００"), ("＋８６－１３８－００１３－８０００", "＋８６－１３８－００１３－８０００"),
        ("138 0013 8000", "138 0013 8000"), ("138—0013—8000", "138—0013—8000"), ("138\u00a00013\u00a08000", "138\u00a00013\u00a08000"),
        ("'13800138000", "'13800138000"), ("“13800138000”", "“13800138000”"), ("13800138000.0", "13800138000.0"), ("1.3800138000E+10", "1.3800138000E+10"),
        ("1.3800138E10", "1.3800138E10"), ("13,800,138,000", "13,800,138,000"), ("手机：13800138000", "手机：13800138000"), ("妈妈13800138000", "妈妈13800138000"),
        ("13800138000（妈妈）", "13800138000（妈妈）"), ("13800138000 (mum)", "13800138000 (mum)"), ("(+86)138-0013-8000", "(+86)138-0013-8000"),
        ("0086 138 0013 8000", "0086 138 0013 8000"), ("1795113800138000", "1795113800138000"), ("1️⃣3️⃣800138000", "1️⃣3️⃣800138000"), ("①③⑧00138000", "①③⑧00138000"),
        ("tel:13800138000", "tel:13800138000"), ("\ufeff13800138000", "13800138000"),
    ]:
        cells = 13 if "\u20e3" in clean else None
        put("numbers", text, clean, cells=cells, phone=good)
    for text, phone in [("021-62345678转801", "+862162345678x801"), ("021-62345678-801", "+862162345678x801"), ("021-62345678 EXT 801", "+862162345678x801"),
                        ("13800138000#123", "+8613800138000x123"), ("400-820-8820", "+864008208820"), ("+852 6123 4567", "+85261234567"), ("+1 415 555 2671", "+14155552671"),
                        ("10012340001", "+8610012340001")]:
        put("numbers", text, text, phone=phone)
    for reason, texts in {
        "masked": ["138****8000", "138xxxx8000", "138XXXX8000", "138ＸＸＸＸ8000", "138＊＊＊＊8000", "138••••8000", "138●●●●8000", "138××××8000", "138----8000", "138____8000",
                   "138????8000", "1380013****", "****", "138某某某某8000", "138....8000", "138■■■■8000"],
        "rounded": ["1.38E+10", "1.38e10", "1.380013E+10", "8.6138E+12", "1E+10"],
        "no area code": ["62345678", "6234567"],
        "too short": ["95588", "110", "12"],
        "too long": ["1380013800013900139000", "123456789012345678901234567890"],
        "not a number": ["没有", "wxid_13800138000", "138o0138ooo", "+", "--", "#", "(", "٠١٢٣٤٥٦٧٨٩", "身份证310101199001011234"],
        "not in use": ["12800138000", "+999 12345678", "00000000000"],
    }.items():
        for text in texts:
            put("numbers", text, text, phone=f"error: {reason}")
    put("numbers", "", "", phone="error: empty")
    put("numbers", " \t\u3000 ", "", phone="error: empty")


def long():
    put("long", "长", "长", times=5_000)
    put("long", "\u202e王", "王", times=1_000)
    put("long", f"{ESC}[31m王", "王", times=1_000)
    put("long", "a", "a", times=20_000)
    put("long", "王e\u0301", "王é", times=1_000)
    put("long", "👩\u200d👧", "👩\u200d👧", cells=2, times=500)
    put("long", f"{ESC}", "", times=5_000)
    put("long", f"{ESC}[", "", times=5_000)
    put("long", f"{CSI}", "", times=5_000)


def main(folder):
    for part in (sequences, strings, controls, directions, invisible, forms, pictures, formulas, injections, numbers, long):
        part()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jsonl"):
        old.unlink()
    for name, entries in FILES.items():
        lines = [json.dumps(entry, ensure_ascii=True) for entry in entries]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="ascii")
    print(sum(len(entries) for entries in FILES.values()), "strings")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
