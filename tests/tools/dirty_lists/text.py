"""Encodings, separators, line ends, quotes and rows that do not fit."""
from .make import case, good

A, B, C = "13800138000", "13900139000", "13700137000"
PA, PB, PC = "+86" + A, "+86" + B, "+86" + C
LIST = f"姓名,手机号,备注\n王小明,{A},周末上课\n李华,{B},\n"
WANG, LI = good(2, "王小明", PA, note="周末上课"), good(3, "李华", PB, note="")
TRAD = f"姓名,電話,備註\n陳大文,{A},週末上課\n黃麗華,{B},\n"
CHEN, HUANG = good(2, "陳大文", PA, note="週末上課"), good(3, "黃麗華", PB)
QUOTE = "a quote (\") in this row is never closed"


def encodings():
    def same(name, data, encoding, **more):
        case(f"encoding/{name}", data, encoding=encoding, leads=[WANG, LI], **more)

    same("utf8.csv", LIST, "UTF-8")
    same("utf8-marked.csv", b"\xEF\xBB\xBF" + LIST.encode(), "UTF-8 with a byte order mark")
    same("utf8-marked-twice.csv", b"\xEF\xBB\xBF" * 2 + LIST.encode(), "UTF-8 with a byte order mark")
    same("utf16le-marked.csv", b"\xFF\xFE" + LIST.encode("utf-16-le"), "UTF-16LE with a byte order mark")
    same("utf16be-marked.csv", b"\xFE\xFF" + LIST.encode("utf-16-be"), "UTF-16BE with a byte order mark")
    same("utf16le.csv", LIST.encode("utf-16-le"), "UTF-16LE")
    same("utf16be.csv", LIST.encode("utf-16-be"), "UTF-16BE")
    same("utf16le-tabs.txt", b"\xFF\xFE" + LIST.replace(",", "\t").encode("utf-16-le"),
         "UTF-16LE with a byte order mark", delimiter="\t")
    same("gbk.csv", LIST.encode("gbk"), "GB18030", notes=["taken for GB18030, which it looks like"])
    same("gb2312.csv", LIST.encode("gb2312"), "GB18030")
    case("encoding/gb18030-four-bytes.csv", f"姓名,手机号\n㐀𠮷,{A}\n王小明,{B}\n".encode("gb18030"), encoding="GB18030",
         leads=[good(2, "㐀𠮷", PA), good(3, "王小明", PB)])
    case("encoding/gbk-rare-name.csv", f"name,phone\n喆镕,{A}\n".encode("gbk"), encoding="GB18030",
         leads=[good(2, "喆镕", PA)])
    case("encoding/big5.csv", TRAD.encode("big5"), encoding="Big5", leads=[CHEN, HUANG],
         notes=["taken for Big5, which it looks like; --encoding names another"])
    case("encoding/big5-hong-kong.csv", f"姓名,電話,備註\n陳大文,{A},喺度等緊佢哋嘅電話\n".encode("big5hkscs"), encoding="Big5",
         leads=[good(2, "陳大文", PA, note="喺度等緊佢哋嘅電話")])
    case("encoding/traditional-in-utf8.csv", TRAD, encoding="UTF-8", leads=[CHEN, HUANG])
    case("encoding/traditional-in-gbk.csv", TRAD.encode("gbk"), encoding="GB18030", leads=[CHEN, HUANG])
    case("encoding/shift-jis.csv", "氏名,電話番号,備考\n田中さくら,+81 90-1234-5678,おとなの英会話コース\n".encode("shift_jis"),
         encoding="Shift_JIS", leads=[good(2, "田中さくら", "+819012345678")])
    case("encoding/latin1.csv", "Name,Phone\nJosé Núñez,+1 415 555 2671\nZoë Müller,+49 30 901820\n".encode("latin1"),
         encoding="windows-1252",
         leads=[good(2, "José Núñez", "+14155552671"), good(3, "Zoë Müller", "+4930901820")])
    case("encoding/cyrillic.csv",
         "Имя,Phone,Заметка\nИван Петров,+7 912 345-67-89,Позвонить в понедельник утром\nАнна Смирнова,+7 912 345-67-80,\n"
         .encode("windows-1251"), encoding="windows-1251",
         leads=[good(2, "+7912****6789", "+79123456789"), good(3, "+7912****6780", "+79123456780")])
    case("encoding/ascii.csv", f"name,phone\nAnna,{A}\n", encoding="UTF-8", leads=[good(2, "Anna", PA)])
    case("encoding/told-euc-kr.csv", f"name,phone\n김민준,{A}\n".encode("euc-kr"), options={"encoding": "euc-kr"},
         encoding="EUC-KR", leads=[good(2, "김민준", PA)])
    case("encoding/told-big5.csv", TRAD.encode("big5"), options={"encoding": "big5"}, encoding="Big5", notes=[],
         leads=[CHEN, HUANG])
    case("encoding/told-but-marked.csv", b"\xEF\xBB\xBF" + LIST.encode(), options={"encoding": "gbk"},
         encoding="UTF-8 with a byte order mark", leads=[WANG, LI])
    case("encoding/told-wrongly.csv", LIST.encode("gbk"), options={"encoding": "utf-8"},
         error="line 1: the text is in no encoding that is known")
    case("encoding/told-nonsense.csv", LIST, options={"encoding": "utf-9"},
         error="'utf-9' is no encoding; name one such as utf-8, gb18030")
    case("encoding/joined-with-marks.csv",
         b"\xEF\xBB\xBF" + LIST.encode() + b"\xEF\xBB\xBF" + f"姓名,手机号,备注\n赵敏,{C},\n".encode(),
         encoding="UTF-8 with a byte order mark", leads=[WANG, LI, good(5, "赵敏", PC)],
         rejects=[[4, "joined-with-marks.csv:4: the column names once more"]])
    case("encoding/utf8-cut-in-a-character.csv",
         LIST.encode() + "赵敏,13700137000,很长的备注被截断".encode()[:-1] + f"\n孙丽,{C},好\n".encode(),
         encoding="UTF-8", leads=[WANG, LI, good(5, "孙丽", PC, note="好")],
         rejects=[[4, "utf8-cut-in-a-character.csv:4: bytes that are no text in UTF-8"]])
    case("encoding/gbk-cut-in-a-character.csv",
         f"姓名,手机号,备注\n王小明,{A},周末上课\n".encode("gbk") + b"\xC0\xEE\xBB\xAA,13900139000,\xBA\xDC\xB3\n"
         + f"赵敏,{C},工作日晚上联系家长比较方便\n".encode("gbk"),
         encoding="GB18030", leads=[WANG, good(4, "赵敏", PC)],
         rejects=[[3, "gbk-cut-in-a-character.csv:3: bytes that are no text in GB18030"]])
    case("encoding/one-row-of-another.csv",
         ("姓名,手机号,备注\n" + "".join(f"客户甲乙丙丁{n},{13800138000 + n},周末上课时间可以商量\n" for n in range(5))).encode()
         + f"王小明,{B},周末\n".encode("gbk"),
         encoding="UTF-8", leads=[good(2 + n, f"客户甲乙丙丁{n}", f"+86{13800138000 + n}") for n in range(5)],
         rejects=[[7, "one-row-of-another.csv:7: bytes that are no text in UTF-8"]])
    case("encoding/utf16-odd-length.csv", (b"\xFF\xFE" + LIST.encode("utf-16-le"))[:-1],
         encoding="UTF-16LE with a byte order mark", leads=[WANG],
         rejects=[[3, "bytes that are no text in UTF-16LE with a byte order mark"]])
    case("encoding/utf16-half-a-pair.csv",
         b"\xFF\xFE" + f"姓名,手机号\n".encode("utf-16-le") + b"\x00\xD8" + f",{A}\n王小明,{B}\n".encode("utf-16-le"),
         encoding="UTF-16LE with a byte order mark", leads=[good(3, "王小明", PB)],
         rejects=[[2, "bytes that are no text in UTF-16LE"]])
    case("encoding/utf32.csv", b"\xFF\xFE\0\0" + LIST.encode("utf-32-le"), error="is text in UTF-32, not a list")
    case("encoding/no-encoding.csv", b"\x80\xFE\xFD,\x80\xFF\n\xFF\xFF,\xC0\x80\xFF\n",
         options={"encoding": "utf-8"}, error="line 1: the text is in no encoding that is known")
    case("encoding/late-first-character.csv",
         "name,phone,note\n" + "".join(f"Lead {n},{13800000000 + n},ok\n" for n in range(40)) + f"王小明,{A},最后一行\n",
         encoding="UTF-8", leads=[good(2 + n, f"Lead {n}", f"+86{13800000000 + n}") for n in range(40)]
         + [good(42, "王小明", PA, note="最后一行")])
    case("encoding/padded-with-zeros.csv", LIST.encode() + bytes(300), encoding="UTF-8", leads=[WANG, LI])
    case("encoding/cells-padded-with-zeros.csv",
         b"name,phone,note\nAnna\0\0,13800138000\0,a note that is long enough to be no other encoding\nBen,13900139000,\n",
         encoding="UTF-8", leads=[good(2, "Anna", PA), good(3, "Ben", PB)])
    case("encoding/zero-inside.csv", b"name,phone,note\nAnna,138001\x008000,a note that is long enough\nBen,13900139000,\n",
         leads=[good(3, "Ben", PB)], rejects=[[2, "zero-inside.csv:2: a NUL byte inside a cell"]])
    case("encoding/zero-in-header.csv", b"na\0me,phone\nAnna,13800138000\nBen,13900139000\n",
         error="line 1: a NUL byte")
    case("encoding/half-zeros.csv", b"\x01\0\0\x02\x03\0\0\0name\0\0\0\0\0\0phone\0\0\0\0\0\0\0\0\0x", error="a NUL byte")
    case("encoding/marked-and-empty.csv", b"\xEF\xBB\xBF", error="is empty; export the list again")
    case("encoding/utf16-and-empty.csv", b"\xFF\xFE\r\0\n\0", error="is empty; export the list again")


def separators():
    def same(name, text, delimiter, **more):
        case(f"separator/{name}", text, delimiter=delimiter, leads=[WANG, LI], **more)

    same("comma.csv", LIST, ",")
    same("tab.tsv", LIST.replace(",", "\t"), "\t")
    same("semicolon.csv", LIST.replace(",", ";"), ";")
    same("pipe.txt", LIST.replace(",", "|"), "|")
    same("hive.txt", LIST.replace(",", "\x01"), "\x01")
    case("separator/told.csv", f"sep=;\n姓名;手机号\n王,小明;{A}\n李;{B}\n", delimiter=";",
         leads=[good(3, "王,小明", PA), good(4, "李", PB)])
    case("separator/told-tab.csv", f"sep=\t\r\n姓名\t手机号\r\n王\t{A}\r\n", delimiter="\t", leads=[good(3, "王", PA)])
    case("separator/tab-with-commas.tsv", f"姓名\t手机号\t备注\n王\t{A}\t一,二,三\n李\t{B}\t四,五,六\n", delimiter="\t",
         leads=[good(2, "王", PA, note="一,二,三"), good(3, "李", PB, note="四,五,六")])
    case("separator/decimal-commas.csv", f"name;phone;price\nAnna;{A};2,50\nBen;{B};3,50\n", delimiter=";",
         leads=[good(2, "Anna", PA), good(3, "Ben", PB)])
    case("separator/numbers-with-semicolons.csv", f"姓名,手机号\n王,{A};{B}\n李,{C};021-62345678\n", delimiter=",",
         leads=[good(2, "王", PA, PB), good(3, "李", PC, "+862162345678")])
    case("separator/one-column.csv", f"手机号\n{A}\n{B}\n", delimiter=",", headers=["手机号"],
         leads=[good(2, "138****8000", PA), good(3, "139****9000", PB)])
    case("separator/one-column-of-pairs.csv", f"电话\n{A};{B}\n{C};021-62345678\n", delimiter=",", headers=["电话"],
         leads=[good(2, "138****8000", PA, PB), good(3, "137****7000", PC, "+862162345678")])
    case("separator/trailing.csv", f"姓名,手机号,\n王,{A},\n李,{B},\n", headers=["姓名", "手机号"],
         leads=[good(2, "王", PA), good(3, "李", PB)])
    case("separator/leading.csv", f",姓名,手机号\n1,王,{A}\n2,李,{B}\n", headers=["column 1", "姓名", "手机号"],
         leads=[good(2, "王", PA), good(3, "李", PB)])
    case("separator/blanks-around.csv", f"姓名 , 手机号 , 备注\n 王小明 , {A} , 周末上课 \n 李华, {B},\n",
         headers=["姓名", "手机号", "备注"], leads=[WANG, LI])
    case("separator/quoted-names.csv", f'"姓名";"手机号"\n"王;小明";"{A}"\n', delimiter=";", leads=[good(2, "王;小明", PA)])
    case("separator/under-a-title.txt", f"客户名单（十一月）\n姓名|手机号\n王|{A}\n李|{B}\n", delimiter="|",
         leads=[good(3, "王", PA), good(4, "李", PB)])
    case("separator/header-only.csv", "姓名,手机号\n", headers=["姓名", "手机号"], leads=[])
    case("separator/pipes-and-commas.txt", f"name|phone|address\nAnna|{A}|1 Long Road, Wuhan\nBen|{B}|2 Short Road, Jinan, CN\n",
         delimiter="|", leads=[good(2, "Anna", PA), good(3, "Ben", PB)])
    case("separator/full-width-comma.csv", f"姓名，手机号\n王，{A}\n", headers=["姓名，手机号"], leads=None)


def line_ends():
    def same(name, text):
        case(f"lines/{name}", text, leads=[WANG, LI])

    same("lf.csv", LIST)
    same("crlf.csv", LIST.replace("\n", "\r\n"))
    same("cr.csv", LIST.replace("\n", "\r"))
    same("crcrlf.csv", LIST.replace("\n", "\r\r\n"))
    same("mixed.csv", f"姓名,手机号,备注\r\n王小明,{A},周末上课\r李华,{B},\n")
    same("no-last-end.csv", LIST.rstrip("\n"))
    same("ctrl-z.csv", LIST + "\x1a")
    case("lines/blank-between.csv", f"\n\n姓名,手机号,备注\n\n王小明,{A},周末上课\n,,\n  ,\t,\n李华,{B},\n\n\n",
         headers=["姓名", "手机号", "备注"], leads=[good(5, "王小明", PA), good(8, "李华", PB)])
    case("lines/breaks-in-quotes.csv", f'姓名,手机号,备注\r\n王,{A},"一\r\n二\n三\r四"\r\n李,{B},\r\n',
         leads=[good(2, "王", PA, note="一\n二\n三\n四"), good(3, "李", PB)])
    case("lines/break-in-header.csv", f'"姓\n名",手机号\n王,{A}\n', headers=["姓 名", "手机号"], leads=[good(2, "王", PA)])
    case("lines/other-breaks-are-text.csv", f"姓名,手机号,备注\n王,{A},一\u2028二\u0085三\x0b四\x0c五\n",
         leads=[good(2, "王", PA, note="一\n二\n三\n四\n五")])
    case("lines/break-in-number.csv", f'姓名,手机号\n王,"{A}\n{B}"\n', leads=[good(2, "王", PA, PB)])
    case("lines/crlf-and-open-quote.csv", f'姓名,手机号,备注\r\n王,{A},"没关\r\n李,{B},好\r\n',
         leads=[good(3, "李", PB, note="好")], rejects=[[2, f"crlf-and-open-quote.csv:2: {QUOTE}"]])
    case("lines/returns-and-open-quote.csv", f'姓名,手机号,备注\r王,{A},"没关\r李,{B},好\r',
         leads=[good(3, "李", PB, note="好")], rejects=[[2, f"returns-and-open-quote.csv:2: {QUOTE}"]])


def quotes():
    def refused(name, text, leads, *rows):
        case(f"quotes/{name}", text, leads=leads,
             rejects=[[row, f"{name}:{line}: {QUOTE}"] for row, line in rows])

    refused("open-in-the-middle.csv", f'姓名,手机号,备注\n王,{A},"没关\n李,{B},好\n赵,{C},\n',
            [good(3, "李", PB, note="好"), good(4, "赵", PC)], (2, 2))
    refused("open-in-the-last.csv", f'姓名,手机号,备注\n王,{A},好\n李,{B},"没关', [good(2, "王", PA)], (3, 3))
    refused("open-in-the-first-cell.csv", f'姓名,手机号\n"王,{A}\n李,{B}\n', [good(3, "李", PB)], (2, 2))
    refused("open-before-quoted-rows.csv", f'姓名,手机号,备注\n"王","{A}","没关\n"李","{B}","好"\n"赵","{C}","行"\n',
            [good(3, "李", PB, note="好"), good(4, "赵", PC, note="行")], (2, 2))
    refused("two-open.csv", f'姓名,手机号,备注\n王,{A},"一\n李,{B},"二\n赵,{C},三\n', [good(4, "赵", PC, note="三")], (2, 2), (3, 3))
    refused("open-far-from-the-next.csv",
            f'姓名,手机号,备注\n王,{A},"没关\n' + "".join(f"客{n},{13700000000 + n},\n" for n in range(30)) + f'李,{B},"好"\n',
            [good(3 + n, f"客{n}", f"+86{13700000000 + n}") for n in range(30)] + [good(33, "李", PB, note="好")], (2, 2))
    refused("text-behind-the-quote.csv", f'姓名,手机号,备注\n王,{A},"好"的\n李,{B},\n', [good(3, "李", PB)], (2, 2))
    refused("with-backslashes.csv", f'姓名,手机号,备注\n王,{A},"他说\\"好\\"，再说"再见\n李,{B},\n', [good(3, "李", PB)], (2, 2))
    case("quotes/not-doubled.csv", f'姓名,手机号,备注\n"王","{A}","想学"快乐"英语"\n"李","{B}","他说"好""\n',
         leads=[good(2, "王", PA, note='想学"快乐"英语'), good(3, "李", PB, note='他说"好"')])
    case("quotes/not-doubled-with-comma.csv", f'姓名,手机号,备注\n"王","{A}","说"一","二""\n"李","{B}","好"\n',
         leads=[good(3, "李", PB, note="好")], rejects=[[2, f"not-doubled-with-comma.csv:2: {QUOTE}"]])
    case("quotes/backslash-inside.csv", f'姓名,手机号,备注\n"王","{A}","他说\\"好\\"吧"\n', leads=[good(2, "王", PA, note='他说\\"好\\"吧')])
    case("quotes/doubled.csv", f'姓名,手机号,备注\n"王","{A}","想学""快乐""英语"\n', leads=[good(2, "王", PA, note='想学"快乐"英语')])
    case("quotes/blanks-behind.csv", f'"姓名" ,"手机号" ,"备注" \n"王小明" ,"{A}" ,"周末上课" \n李华,{B},\n', leads=[WANG, LI])
    case("quotes/inside-plain-text.csv", f'姓名,手机号,备注\n王,{A},5" 屏幕\n李,{B},身高6\'2"\n',
         leads=[good(2, "王", PA, note='5" 屏幕'), good(3, "李", PB, note="身高6'2\"")])
    case("quotes/empty.csv", f'姓名,手机号,备注\n"王","{A}",""\n"","{B}",""""\n',
         leads=[good(2, "王", PA, note=""), good(3, "139****9000", PB, note='"')])
    case("quotes/lines-inside.csv", f'姓名,手机号,备注\n王,{A},"第一行\n第二行,有逗号\n""第三行"""\n李,{B},好\n',
         leads=[good(2, "王", PA, note='第一行\n第二行,有逗号\n"第三行"'), good(3, "李", PB, note="好")])
    case("quotes/a-list-inside.csv", f'姓名,手机号,备注\n王,{A},"李,{B},好\n赵,{C},行"\n', leads=[good(2, "王", PA)])
    case("quotes/curly.csv", f"姓名,手机号,备注\n“王”,{A},“好”\n", leads=[good(2, "“王”", PA, note="“好”")])
    case("quotes/single.csv", f"姓名,手机号,备注\n'王','{A}','好, 吗'\n李,{B},\n",
         leads=[good(3, "李", PB)], rejects=[[2, "single.csv:2: 4 cells where the header has 3"]])
    case("quotes/open-in-the-header.csv", f'姓名,"手机号\n王,{A}\n', error="line 1: a row that does not end")
    case("quotes/open-behind-lines.csv", f'姓名,手机号,备注\n王,{A},"一\n二"\n李,{B},"没关\n赵,{C},三\n',
         leads=[good(2, "王", PA, note="一\n二"), good(4, "赵", PC, note="三")], rejects=[[3, f"open-behind-lines.csv:4: {QUOTE}"]])
    case("quotes/all-open.csv", "姓名,手机号\n" + "".join(f'"客{n},{13700000000 + n}\n' for n in range(20)),
         leads=[], rejects=[[2 + n, f"all-open.csv:{2 + n}: {QUOTE}"] for n in range(20)])
    case("quotes/turned-round.csv", "姓名,手机号\n" + 'b","c\n' * 20, leads=[],
         rejects=[[2 + n, f"turned-round.csv:{2 + n}: {QUOTE}"] for n in range(20)])


def ragged():
    reason = "cells where the header has 3; check quotes and separators in the row"
    case("ragged/short.csv", f"姓名,手机号,备注\n王,{A}\n李,{B},\n", leads=[good(3, "李", PB)],
         rejects=[[2, f"short.csv:2: 2 {reason}"]])
    case("ragged/long.csv", f"姓名,手机号,备注\n王,{A},一,二\n李,{B},\n", leads=[good(3, "李", PB)],
         rejects=[[2, f"long.csv:2: 4 {reason}"]])
    case("ragged/long-but-blank.csv", f"姓名,手机号,备注\n王,{A},一,, ,\n李,{B},\n", leads=[good(2, "王", PA), good(3, "李", PB)])
    case("ragged/every-row.csv", f"姓名,手机号,备注\n王,{A}\n李,{B},一,二\n", leads=[],
         rejects=[[2, f"2 {reason}"], [3, f"4 {reason}"]])
    case("ragged/total-line.csv", f"姓名,手机号,备注\n王,{A},\n合计：1\n", leads=[good(2, "王", PA)], rejects=[[3, f"1 {reason}"]])
    case("ragged/two-in-a-line.csv", f"姓名,手机号,备注\n王,{A},一李,{B},二\n赵,{C},\n", leads=[good(3, "赵", PC)],
         rejects=[[2, f"5 {reason}"]])
    case("ragged/comma-in-a-name.csv", f"姓名,手机号,备注\nSmith, John,{A},good\n李,{B},\n", leads=[good(3, "李", PB)],
         rejects=[[2, f"4 {reason}"]])
    case("ragged/comma-in-a-name-and-no-note.csv", f"姓名,手机号,备注\nSmith, John,{A},\n李,{B},\n", leads=[good(3, "李", PB)],
         refused=[[2, "'John' is not a telephone number"]])
    case("ragged/empty-columns.csv", f",姓名,,手机号,,\n,王,,{A},,\n,李,,{B},,\n", headers=["column 1", "姓名", "column 3", "手机号"],
         leads=[good(2, "王", PA), good(3, "李", PB)])
    case("ragged/too-many-cells.csv", f"姓名,手机号\n王,{A}\n" + "x," * 1500 + f"\n李,{B}\n", leads=[good(2, "王", PA), good(4, "李", PB)],
         rejects=[[3, "too-many-cells.csv:3: 1501 cells in one row, more than any list has columns"]])
    case("ragged/too-many-columns.csv", "x," * 1500 + f"\n王,{A}\n", error="line 1: the row of column names is too long")
    case("ragged/blank-rows-of-separators.csv", f"姓名,手机号,备注\n,,\n王,{A},\n,,,,,,\n李,{B},\n",
         leads=[good(3, "王", PA), good(5, "李", PB)])


def write():
    encodings()
    separators()
    line_ends()
    quotes()
    ragged()
