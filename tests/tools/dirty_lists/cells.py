"""Column names, numbers, what spreadsheets do to cells, and what does not belong in them."""
from .make import case, good

A, B, C = "13800138000", "13900139000", "13700137000"
PA, PB, PC = "+86" + A, "+86" + B, "+86" + C
MASKED = "is masked; ask the source for the whole number"
LOSSY = "was rounded by a spreadsheet; store the column as text"


def headers():
    case("headers/title-line.csv", f"客户名单\n姓名,手机号\n王,{A}\n", headers=["姓名", "手机号"], leads=[good(3, "王", PA)],
         notes=["the column names are in row 2"])
    case("headers/title-lines.csv", f"客户名单,,\n导出时间：2026-11-22,,\n\n姓名,手机号,备注\n王,{A},好\n", headers=["姓名", "手机号", "备注"],
         leads=[good(5, "王", PA, note="好")])
    case("headers/title-of-two-cells.csv", f"导出人,王芳\n导出时间,2026-11-22\n姓名,手机号\n王,{A}\n", headers=["姓名", "手机号"],
         leads=[good(4, "王", PA)])
    case("headers/groups-above.csv", f"家长信息,,孩子信息,\n姓名,电话,年级,备注\n王,{A},三年级,好\n", headers=["姓名", "电话", "年级", "备注"],
         leads=[good(3, "王", PA, note="好")])
    case("headers/names-unknown.csv", f"who,how to reach,when\nAnna,{A},later\nBen,{B},soon\nCarl,{C},never\n",
         headers=["who", "how to reach", "when"],
         leads=[good(2, "138****8000", PA), good(3, "139****9000", PB), good(4, "137****7000", PC)])
    case("headers/names-unknown-words-in-data.csv", f"甲,乙,丙\n张三,{A},微信\n电话,{B},客户\n李四,{C},电话\n", headers=["甲", "乙", "丙"],
         leads=[good(2, "138****8000", PA), good(3, "139****9000", PB), good(4, "137****7000", PC)])
    case("headers/same-name-twice.csv", f"姓名,手机号,手机号,手机号,备注,备注\n王,{A},{B},,一,二\n",
         headers=["姓名", "手机号", "手机号 (2)", "手机号 (3)", "备注", "备注 (2)"],
         leads=[good(2, "王", PA, PB, note="一\n二")])
    case("headers/nameless.csv", f"姓名,,手机号,,\n王,x,{A},y,\n", headers=["姓名", "column 2", "手机号"], leads=[],
         rejects=[[2, "5 cells where the header has 3"]])
    case("headers/once-more.csv", f"姓名,手机号\n王,{A}\n姓名,手机号\n李,{B}\n", leads=[good(2, "王", PA), good(4, "李", PB)],
         rejects=[[3, "once-more.csv:3: the column names once more; nothing is lost"]])
    case("headers/none.csv", f"王,{A},好\n李,{B},\n", error=f"line 1: the first row looks like data ('{A}'); add a row of column names")
    case("headers/none-and-dashes.csv", "王,138-0013-8000\n李,139-0013-9000\n", error="line 1: the first row looks like data")
    case("headers/none-full-width.csv", "王,１３８００１３８０００\n", error="line 1: the first row looks like data")
    case("headers/traditional.csv", f"姓名,聯絡電話,備註,來源\n陳,{A},好,展會\n", leads=[good(2, "陳", PA, note="好", source="展會")])
    case("headers/full-width.csv", f"Ｎａｍｅ,Ｐｈｏｎｅ\nAnna,{A}\n", headers=["Ｎａｍｅ", "Ｐｈｏｎｅ"], leads=[good(2, "Anna", PA)])
    case("headers/with-remarks.csv", f"姓名（必填）,手机号 (11位),备注*\n王,{A},好\n", headers=["姓名（必填）", "手机号 (11位)", "备注*"],
         leads=[good(2, "王", PA, note="好")])
    case("headers/any-case.csv", f"FULL NAME,Phone_No.,E-Mail\nAnna,{A},a@example.com\n", leads=[good(2, "Anna", PA)])
    case("headers/control-characters.csv", f"\x1b[31m姓名\x1b[0m,\u200b手机号\u202e\n王,{A}\n", headers=["姓名", "手机号"],
         leads=[good(2, "王", PA)])
    case("headers/formula.csv", f"=姓名,+手机号\n王,{A}\n", headers=["=姓名", "+手机号"], leads=[good(2, "王", PA)])
    case("headers/numbers.csv", f"1,2,3\nAnna,{A},x\nBen,{B},y\nCarl,{C},z\n", headers=["1", "2", "3"],
         leads=[good(2, "138****8000", PA), good(3, "139****9000", PB), good(4, "137****7000", PC)])
    case("headers/only-a-title.csv", "客户名单\n", headers=["客户名单"], leads=None)
    case("headers/two-columns-of-numbers.csv", f"姓名,手机1,备用电话,微信号\n王,{A},021-62345678,wx_wang\n李,,{B},\n",
         leads=[good(2, "王", PA, "+862162345678", wechat="wx_wang"), good(3, "李", PB)])
    case("headers/hundreds-of-one-name.csv", "姓名,手机号" + ",x" * 1_000 + f"\n王,{A}" + ",1" * 1_000 + "\n", leads=[good(2, "王", PA)],
         headers=["姓名", "手机号", "x"] + [f"x ({n})" for n in range(2, 1_001)])
    case("headers/name-in-a-long-cell.csv", "x" * 70_000 + f",手机号\n王,{A}\n", error="line 1: the row of column names is too long")


def numbers():
    def numbers(name, cell, *phones, **more):
        """A list with one row whose number is written so, in quotes."""
        quoted = cell.replace('"', '""')
        case(f"numbers/{name}.csv", f'姓名,手机号\n王,"{quoted}"\n', leads=[good(2, "王", *phones, **more)])

    def refused(name, cell, reason):
        quoted = cell.replace('"', '""')
        case(f"numbers/{name}.csv", f'姓名,手机号\n王,"{quoted}"\n', leads=[], refused=[[2, reason]])

    land = "+862162345678"
    numbers("slash", f"{A}/{B}", PA, PB)
    numbers("semicolon", f"{A};{B}；{C}", PA, PB, PC)
    numbers("enumeration", f"{A}、{B}", PA, PB)
    numbers("comma", f"{A}，{B},{C}", PA, PB, PC)
    numbers("blank", f"{A} {B}", PA, PB)
    numbers("blanks-inside-too", "138 0013 8000  139 0013 9000", PA, PB)
    numbers("and", f"{A}和{B}", PA, PB)
    numbers("or", f"{A} 或 {B}", PA, PB)
    numbers("ampersand", f"{A} & {B}", PA, PB)
    numbers("lines", f"{A}\n{B}\r\n{C}", PA, PB, PC)
    numbers("same-twice", f"{A}/+86 138-0013-8000", PA)
    numbers("with-names", "妈妈13800138000，爸爸：13900139000", PA, PB)
    numbers("with-remarks", "13800138000（妈妈） 13900139000（爸爸）", PA, PB)
    numbers("good-beside-masked", f"{A}/139****9000", PA)
    numbers("good-beside-short", f"{A}/95588", PA)
    numbers("one-in-full-width", "１３８－００１３－８０００", PA)
    numbers("country-code", "+86 138 0013 8000", PA)
    numbers("country-code-zeros", "0086-13800138000", PA)
    numbers("country-code-bare", "8613800138000", PA)
    numbers("carrier-prefix", "17951 13800138000", PA)
    numbers("trunk-zero", "013800138000", PA)
    numbers("label", "手机号码：13800138000", PA)
    numbers("dots", "138.0013.8000", PA)
    numbers("phone-book-marks", "\u202d138 0013 8000\u202c", PA)
    numbers("no-break-spaces", "138\u00a00013\u20078000", PA)
    numbers("landline", "(021) 6234-5678", land)
    numbers("landline-slash", "021/62345678", land)
    numbers("extension-zhuan", "021-62345678转801", land + "x801")
    numbers("extension-dash", "021-62345678-801", land + "x801")
    numbers("extension-ext", "021-62345678 ext. 801", land + "x801")
    numbers("extension-brackets", "021-62345678（分机801）", land + "x801")
    numbers("extension-and-mobile", f"021-62345678转801、{A}", land + "x801", PA)
    numbers("service-number", "400-820-8820", "+864008208820")
    numbers("hong-kong", "+852 6123 4567", "+85261234567")
    numbers("taiwan", "00886-912-345-678", "+886912345678")
    numbers("united-states", "+1 (415) 555-2671", "+14155552671")
    numbers("test-number", "100 1234 0001", "+8610012340001")
    refused("masked-stars", "138****8000", MASKED)
    refused("masked-letters", "138xxxx8000", MASKED)
    refused("masked-capitals", "138XXXX8000", MASKED)
    refused("masked-full-width", "１３８＊＊＊＊８０００", MASKED)
    refused("masked-dots", "138••••8000", MASKED)
    refused("masked-dashes", "138----8000", MASKED)
    refused("masked-words", "138某某某某8000", MASKED)
    refused("masked-end", "1380013****", MASKED)
    refused("no-area-code", "62345678", "has no area code; write it as in 021-62345678")
    refused("hotline", "95588", "has too few digits")
    refused("too-long", "138001380001", "'138001380001'")
    refused("two-without-anything-between", A + B, "has too many digits")
    refused("words", "没有", "is not a telephone number; write digits only")
    refused("letter-for-zero", "138oo138ooo", "is not a telephone number")
    refused("no-such-prefix", "12800138000", "is no number in use in CN")
    refused("pupil-number", "学号2120260001", "is not a telephone number")
    case("numbers/dash-for-none.csv", "姓名,手机号,微信\n王,-,wx_wang\n李,无,\n", leads=[good(2, "王", wechat="wx_wang")],
         refused=[[3, "no phone, WeChat id or external id; a lead needs one of them"]])
    case("numbers/masked-but-wechat.csv", "姓名,手机号,微信\n王,138****8000,wx_wang\n", leads=[good(2, "王", wechat="wx_wang", unread=1)])
    case("numbers/in-the-wechat-column.csv", f"姓名,手机号,微信\n王,,{A}\n", leads=[good(2, "王", wechat=A)])


def artefacts():
    def numbers(name, cell, *phones):
        quoted = cell.replace('"', '""')
        case(f"artefacts/{name}.csv", f'姓名,手机号\n王,"{quoted}"\n', leads=[good(2, "王", *phones)])

    def refused(name, cell, reason):
        case(f"artefacts/{name}.csv", f'姓名,手机号\n王,"{cell}"\n', leads=[], refused=[[2, reason]])

    def dated(name, cell, at):
        case(f"artefacts/{name}.csv", f"姓名,手机号,创建时间\n王,{A},{cell}\n", leads=[good(2, "王", PA, created_at=at)])

    refused("rounded", "1.38E+10", LOSSY)
    refused("rounded-five-digits", "1.38001E+10", LOSSY)
    refused("rounded-with-country-code", "8.6138E+12", LOSSY)
    refused("rounded-small-letter", "1.38e10", LOSSY)
    numbers("exact-exponent", "1.3800138000E+10", PA)
    numbers("exact-java", "1.3800138E10", PA)
    numbers("exact-java-country-code", "8.613800138E12", PA)
    numbers("point-zero", "13800138000.0", PA)
    numbers("point-zeros", "13800138000.00", PA)
    numbers("apostrophe", "'13800138000", PA)
    numbers("apostrophe-full-width", "’13800138000", PA)
    numbers("apostrophe-before-plus", "'+86 13800138000", PA)
    numbers("formula-of-text", '="13800138000"', PA)
    numbers("tab-behind", "13800138000\t", PA)
    numbers("thousands", "13,800,138,000", PA)
    case("artefacts/formula-of-text-everywhere.csv", f'姓名,手机号,编号\n"=""王""","=""{A}""","=""00123"""\n',
         leads=[good(2, "王", PA, external_id="00123")])
    case("artefacts/errors.csv", f"姓名,手机号,备注\n#N/A,{A},#REF!\n王,{B},#VALUE!\n",
         leads=[good(2, "138****8000", PA, note=""), good(3, "王", PB, note="")])
    case("artefacts/nulls.csv", f"姓名,手机号,备注\nNULL,{A},\\N\n王,{B},null\n",
         leads=[good(2, "138****8000", PA, note=""), good(3, "王", PB, note="")])
    case("artefacts/truths.csv", f"姓名,手机号,免打扰\n甲,{A},TRUE\n乙,{B},FALSE\n丙,{C},是\n",
         leads=[good(2, "甲", PA, do_not_call=True), good(3, "乙", PB, do_not_call=False), good(4, "丙", PC, do_not_call=True)])
    # 2026-11-22 00:00 in Shanghai is 2026-11-21 16:00 UTC, 1,795,276,800 seconds after 1970 (date -u -d … +%s).
    midnight, half_past_nine = 1795276800000, 1795311000000
    dated("date-iso", "2026-11-22", midnight)
    dated("date-slashes", "2026/11/22 09:30", half_past_nine)
    dated("date-chinese", "2026年11月22日", midnight)
    dated("date-half-days", "2026/11/22 上午9:30", half_past_nine)
    dated("date-serial", "46348", midnight)
    dated("date-serial-and-time", "46348.3958333333", half_past_nine)
    dated("date-seconds", "1795311000", half_past_nine)
    dated("date-compact", "20261122", midnight)
    case("artefacts/date-of-two-digits.csv", f"姓名,手机号,创建时间\n王,{A},22/11/26\n", leads=[],
         refused=[[2, "创建时间: '22/11/26' is not a day or time; write it as 2026-11-22"]])
    case("artefacts/date-as-number-sign.csv", f"姓名,手机号,创建时间\n王,{A},########\n", leads=[],
         refused=[[2, "创建时间: '########' is not a day or time"]])


def hostile():
    case("hostile/escape-sequences.csv", f"姓名,手机号,备注\n\x1b[2J\x1b[31m王\x1b[0m,{A},\x1b]0;title\x07好\x9b1m\n".encode(),
         leads=[good(2, "王", PA, note="好")])
    case("hostile/clipboard.csv", f"姓名,手机号\n王\x1b]52;c;cm0gLXJm\x1b\\芳,{A}\n", leads=[good(2, "王芳", PA)])
    case("hostile/backwards.csv", f"姓名,手机号\n\u202e芳王\u202c\u2066,{A}\n", leads=[good(2, "芳王", PA)])
    case("hostile/invisible-in-number.csv", f"姓名,手机号\n王,138\u200b0013\u200d80\ufeff00\n", leads=[good(2, "王", PA)])
    case("hostile/invisible-name.csv", f"姓名,手机号\n\u3164\u200b\u2060,{A}\n", leads=[good(2, "138****8000", PA)])
    case("hostile/formulas.csv",
         f"姓名,手机号,备注\n=1+1,{A},=HYPERLINK(A1)\n@SUM(A1),{B},+1-1\n-2,{C},\"'=cmd|' /C calc'!A0\"\n",
         leads=[good(2, "=1+1", PA, note="=HYPERLINK(A1)"), good(3, "@SUM(A1)", PB, note="+1-1"),
                good(4, "-2", PC, note="=cmd|' /C calc'!A0")])
    case("hostile/tower.csv", "姓名,手机号\n王" + "\u0489" * 40 + f",{A}\n", leads=[good(2, "王" + "\u0489" * 5, PA)])
    case("hostile/long-cell.csv", "姓名,手机号,备注\n王,13800138000," + "长" * 22_000 + f"\n李,{B},\n", leads=[good(3, "李", PB)],
         rejects=[[2, "long-cell.csv:2: the cell '备注' has 66000 bytes, more than 64 KiB"]])
    case("hostile/long-quoted-cell.csv", '姓名,手机号,备注\n王,13800138000,"' + "x\n" * 33_000 + f'"\n李,{B},\n', leads=[good(3, "李", PB)],
         rejects=[[2, "long-quoted-cell.csv:2: the cell '备注' has 66000 bytes"]])
    case("hostile/longest-cell.csv", "姓名,手机号,备注\n王,13800138000," + "x" * 65_536 + "\n", leads=[good(2, "王", PA)])
    case("hostile/sql.csv", f"姓名,手机号\nRobert'); DROP TABLE customer;--,{A}\n",
         leads=[good(2, "Robert'); DROP TABLE customer;--", PA)])
    case("hostile/paths.csv", f"姓名,手机号\n../../etc/passwd,{A}\n%s%n,{B}\n{{{{name}}}},{C}\n",
         leads=[good(2, "../../etc/passwd", PA), good(3, "%s%n", PB), good(4, "{{name}}", PC)])
    case("hostile/lone-controls.csv", f"姓名,手机号\n王\x08\x7f\x05芳,{A}\n", leads=[good(2, "王芳", PA)])
    case("hostile/markup-in-cells.csv", f"姓名,手机号\n<script>alert(1)</script>,{A}\n", leads=[good(2, "<script>alert(1)</script>", PA)])


def write():
    headers()
    numbers()
    artefacts()
    hostile()
