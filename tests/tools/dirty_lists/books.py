"""Workbooks, web pages, and files that are no lists."""
import struct

from .make import NS, biff8, case, compound, good, ods, ods_row, record, xlsx, zipped

A, B, C = "13800138000", "13900139000", "13700137000"
PA, PB, PC = "+86" + A, "+86" + B, "+86" + C
ROWS = [["姓名", "手机号", "备注"], ["王小明", A, "周末上课"], ["李华", B]]
WANG, LI = good(2, "王小明", PA, note="周末上课"), good(3, "李华", PB)


def xlsx_books():
    case("xlsx/plain.xlsx", xlsx([("名单", ROWS)]), format="xlsx", sheet="名单", notes=[], leads=[WANG, LI])
    case("xlsx/called-csv.csv", xlsx([("名单", ROWS)]), format="xlsx", leads=[WANG, LI],
         notes=["the name ends in .csv, the content is an XLSX workbook"])
    case("xlsx/called-xls.xls", xlsx([("名单", ROWS)]), format="xlsx", leads=[WANG, LI])
    case("xlsx/title.xlsx", xlsx([("名单", [(1, ["客户名单"]), (3, ROWS[0]), (4, ROWS[1])])]),
         leads=[good(4, "王小明", PA)], notes=["the column names are in row 3"])
    case("xlsx/first-sheet-empty.xlsx", xlsx([("说明", []), ("名单", ROWS), ("旧名单", [["姓名", "手机号"], ["赵", C]])]),
         sheet="名单", leads=[WANG, LI], notes=["of 3 sheets '名单' was read, the first with text; --sheet names another"])
    case("xlsx/first-sheet-hidden.xlsx", xlsx([("旧", [["姓名", "手机号"], ["赵", C]]), ("名单", ROWS)], hidden=["旧"]),
         sheet="名单", leads=[WANG, LI])
    case("xlsx/sheet-by-name.xlsx", xlsx([("一", [["姓名", "手机号"], ["赵", C]]), ("二", ROWS)]), options={"sheet": "二"},
         sheet="二", notes=[], leads=[WANG, LI])
    case("xlsx/sheet-by-number.xlsx", xlsx([("一", [["姓名", "手机号"], ["赵", C]]), ("二", ROWS)]), options={"sheet": "2"},
         sheet="二", leads=[WANG, LI])
    case("xlsx/sheet-missing.xlsx", xlsx([("一", ROWS), ("二", ROWS)]), options={"sheet": "三"},
         error="has no sheet '三'; its sheets are '一', '二'")
    case("xlsx/all-empty.xlsx", xlsx([("一", []), ("二", [])]), error="is empty; export the list again")
    case("xlsx/numbers.xlsx",
         xlsx([("名单", [["姓名", "手机号", "微信", "备注"], ["王", 13800138000, None, 0.5], ["李", 13900139000.0, None, 7],
                       ["赵", 1.38e16, "wx_zhao", 3]])]),
         leads=[good(2, "王", PA, note="0.5"), good(3, "李", PB, note="7"), good(4, "赵", wechat="wx_zhao", unread=1, note="3")])
    case("xlsx/dates.xlsx",
         xlsx([("名单", [["姓名", "手机号", "创建时间"], ["王", A, ("date", 46348)], ["李", B, ("date", 46348.395833333336)],
                       ["赵", C, 46348]])]),
         leads=[good(2, "王", PA, created_at=1795276800000), good(3, "李", PB, created_at=1795311000000),
                good(4, "赵", PC, created_at=1795276800000)])
    case("xlsx/dates-from-1904.xlsx", xlsx([("名单", [["姓名", "手机号", "创建时间"], ["王", A, ("date", 44886)]])], date1904=True),
         leads=[good(2, "王", PA, created_at=1795276800000)])
    case("xlsx/truths-and-errors.xlsx",
         xlsx([("名单", [["姓名", "手机号", "免打扰", "备注"], ["王", A, True, ("error", "#N/A")], ["李", B, False, ("error", "#DIV/0!")]])]),
         leads=[good(2, "王", PA, do_not_call=True, note=""), good(3, "李", PB, do_not_call=False, note="")])
    shared = "<si><t>姓名</t></si><si><t>手机号</t></si><si><r><t>王</t></r><r><rPr><b/></rPr><t>小明</t></r></si>"
    text = [("raw", f'<c @AT t="s"><v>{index}</v></c>') for index in range(3)]
    case("xlsx/shared-and-rich-texts.xlsx", xlsx([("名单", [text[:2], [text[2], A]])], shared=shared), leads=[good(2, "王小明", PA)])
    case("xlsx/formula.xlsx",
         xlsx([("名单", [["姓名", "手机号"], ["王", ("raw", '<c @AT t="str"><f>"138"&amp;"00138000"</f><v>13800138000</v></c>')]])]),
         leads=[good(2, "王", PA)])
    case("xlsx/gaps.xlsx", xlsx([("名单", [(2, [None, "姓名", None, "手机号"]), (5, [None, "王", "x", A]), (9, [None, "李", None, B])])]),
         headers=["column 1", "姓名", "column 3", "手机号"], leads=[good(5, "王", PA), good(9, "李", PB)])
    case("xlsx/wider-than-the-header.xlsx", xlsx([("名单", [["姓名", "手机号"], ["王", A, "多的"], ["李", B]])]),
         leads=[good(3, "李", PB)], rejects=[[2, "3 cells where the header has 2"]])
    far = ("raw", '<c r="XFD3" t="inlineStr"><is><t>远</t></is></c>')
    case("xlsx/far-to-the-right.xlsx", xlsx([("名单", [["姓名", "手机号"], ["王", A], ["李", B, far]])]),
         error="has more than 1,024 columns, the most a workbook may have; split it, or save it as CSV")
    case("xlsx/control-characters.xlsx", xlsx([("名单", [["姓名", "手机号"], ["王_x001B_[31m\u202e芳", A]])]),
         leads=[good(2, "王芳", PA)])
    case("xlsx/long-cell.xlsx", xlsx([("名单", [["姓名", "手机号", "备注"], ["王", A, "x" * 70_000], ["李", B]])]),
         leads=[good(3, "李", PB)], rejects=[[2, "the cell '备注' has 70000 bytes, more than 64 KiB"]])
    case("xlsx/strange-size.xlsx",
         xlsx([("名单", ROWS)]).replace(b"nothing", b""), leads=[WANG, LI])
    case("xlsx/with-pictures.xlsx", xlsx([("名单", ROWS)], extra=[("xl/media/image1.png", b"\x89PNG" + bytes(5000))]), leads=[WANG, LI])
    case("xlsx/cut-off.xlsx", xlsx([("名单", ROWS)])[:900], error="cannot be read as a workbook")
    broken = xlsx([("名单", ROWS)])
    case("xlsx/damaged.xlsx", broken[:60] + b"\0\0\0\0\0\0" + broken[66:], error="cannot be read as a workbook")
    case("xlsx/password.xlsx", compound([("EncryptionInfo", bytes(100)), ("EncryptedPackage", bytes(5000))]),
         error="is protected by a password; open it, save it without one")
    bomb = zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>"), ("xl/worksheets/sheet1.xml", b" " * 300_000)])
    # What the directory says of the sheet's size is made 4 GB, as a bomb's would be.
    at = bomb.rfind(b"xl/worksheets/sheet1.xml") - 46
    case("xlsx/bomb.xlsx", bomb[: at + 24] + struct.pack("<I", 0xFFFF_FFF0) + bomb[at + 28 :], error="512 MiB when unpacked")
    case("xlsx/many-parts.xlsx", zipped([("[Content_Types].xml", ""), ("xl/workbook.xml", "")] + [(f"x/{n}", "") for n in range(1_000)]),
         error="cannot be read as a workbook")


def other_zips():
    case("zip/binary-workbook.xlsb", zipped([("[Content_Types].xml", ""), ("xl/workbook.bin", "")]), error="is a binary workbook (.xlsb), not a list")
    case("zip/word.docx", zipped([("[Content_Types].xml", ""), ("word/document.xml", "")]), error="is a Word document, not a list")
    case("zip/slides.pptx", zipped([("[Content_Types].xml", ""), ("ppt/presentation.xml", "")]), error="is a PowerPoint presentation")
    case("zip/numbers.numbers", zipped([("Index/Document.iwa", ""), ("Metadata/Properties.plist", "")]), error="is an Apple Numbers or Pages document")
    case("zip/packed-list.csv", zipped([("名单.csv", "姓名,手机号\n")]), error="is a zip archive, not a list; export the list as CSV or XLSX")
    case("zip/empty.xlsx", b"PK\x05\x06" + bytes(18), error="is an empty zip archive")


def old_books():
    numbered = list(enumerate(ROWS, 1))
    case("xls/plain.xls", compound([("Workbook", biff8([("名单", numbered)]))]), format="xls", sheet="名单", notes=[], leads=[WANG, LI])
    case("xls/called-csv.csv", compound([("Workbook", biff8([("名单", numbered)]))]), format="xls", leads=[WANG, LI],
         notes=["the name ends in .csv, the content is an old Excel workbook"])
    case("xls/numbers-and-dates.xls",
         compound([("Workbook", biff8([("名单", [(1, ["姓名", "手机号", "创建时间"]), (2, ["王", 13800138000.0, ("date", 46348.0)])])]))]),
         leads=[good(2, "王", PA, created_at=1795276800000)])
    case("xls/second-sheet.xls", compound([("Workbook", biff8([("空", []), ("名单", numbered)]))]), sheet="名单", leads=[WANG, LI],
         notes=["of 2 sheets '名单' was read"])
    case("xls/long-stream.xls",
         compound([("Workbook", biff8([("名单", [(1, ROWS[0])] + [(n, [f"客户{n}", str(13700000000 + n), "备注" * 20]) for n in range(2, 60)])]))]),
         leads=[good(n, f"客户{n}", f"+86{13700000000 + n}") for n in range(2, 60)])
    case("xls/password.xls", compound([("Workbook", biff8([("名单", numbered)], password=True))]), error="is protected by a password")
    case("xls/word.doc", compound([("WordDocument", b"x")]), error="is an old Word document, not a list")
    case("xls/slides.ppt", compound([("PowerPoint Document", b"x")]), error="is an old PowerPoint presentation")
    case("xls/mail.msg", compound([("__properties_version1.0", b"x")]), error="is a saved e-mail")
    case("xls/nothing-known.xls", compound([("Something", b"x")]), error="is an old Office file without a workbook in it")
    case("xls/cut-off.xls", compound([("Workbook", biff8([("名单", numbered)]))])[:1000], error="its container is damaged")
    circle = bytearray(compound([("Workbook", biff8([("名单", numbered)]))]))
    table = len(circle) - 512
    circle[table : table + 4] = struct.pack("<I", 0)
    case("xls/circle.xls", bytes(circle), error="its container is damaged")
    gbk = "姓名", "手机号", "王小明"
    def label(row, column, text):
        data = text.encode("gbk")
        return record(0x0204, struct.pack("<HHHH", row, column, 0, len(data)) + data)
    bare = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + label(0, 0, gbk[0]) + label(0, 1, gbk[1]) + label(1, 0, gbk[2])
    bare += record(0x0203, struct.pack("<HHHd", 1, 1, 0, 13800138000.0)) + record(0x000A, b"")
    case("xls/without-container.xls", bare, format="xls", leads=[good(2, "王小明", PA)])
    first = record(0x0009, struct.pack("<HH", 2, 0x0010))
    for column, text in enumerate(["name", "phone"]):
        first += record(0x0004, struct.pack("<HH", 0, column) + bytes(3) + bytes([len(text)]) + text.encode())
    first += record(0x0004, struct.pack("<HH", 1, 0) + bytes(3) + b"\x04Anna")
    first += record(0x0003, struct.pack("<HH", 1, 1) + bytes(3) + struct.pack("<d", 13800138000.0)) + record(0x000A, b"")
    case("xls/version-2.xls", first, format="xls", leads=[good(2, "Anna", PA)])


def open_documents():
    head, row = ods_row("姓名", "手机号", "备注"), ods_row("王小明", A, "周末上课")
    case("ods/plain.ods", ods([("名单", head + row + ods_row("李华", B))]), format="ods", sheet="名单", leads=[WANG, LI])
    case("ods/numbers.ods", ods([("名单", head + ods_row("王", 13800138000.0, 0.5))]), leads=[good(2, "王", PA, note="0.5")])
    case("ods/date.ods",
         ods([("名单", ods_row("姓名", "手机号", "创建时间") + ods_row(
             "王", A, ('<table:table-cell office:value-type="date" office:date-value="2026-11-22T09:30:00">'
                      "<text:p>22.11.26</text:p></table:table-cell>",)))]),
         leads=[good(2, "王", PA, created_at=1795311000000)])
    case("ods/repeated.ods",
         ods([("名单", ods_row("姓名", None, None, "手机号") + ods_row(repeated=3) + ods_row(
             "王", ('<table:table-cell table:number-columns-repeated="2"/>',), A) + ods_row(repeated=1_048_000))]),
         headers=["姓名", "column 2", "column 3", "手机号"], leads=[good(5, "王", PA)])
    case("ods/same-row-twice.ods", ods([("名单", head + ods_row("王", A, "好", repeated=2))]),
         leads=[good(2, "王", PA, note="好"), good(3, "王", PA, note="好")])
    case("ods/lines-and-remarks.ods",
         ods([("名单", head + ods_row("王", A, (
             '<table:table-cell office:value-type="string"><office:annotation><text:p>内部</text:p></office:annotation>'
             '<text:p>一<text:s text:c="2"/>二</text:p><text:p>三</text:p></table:table-cell>',)))]),
         leads=[good(2, "王", PA, note="一  二\n三")])
    wide = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    case("ods/repeated-text.ods", ods([("名单", head + ods_row((wide,), repeated=1_000_000))]), error="has more than 1,024 columns")
    tall = ods_row("x" * 60_000, repeated=1_000_000)
    case("ods/repeated-rows.ods", ods([("名单", head + tall)]), error="has more than 512 MiB of cells")
    case("ods/second-sheet.ods", ods([("空", ""), ("名单", head + row)]), sheet="名单", leads=[WANG])
    case("ods/password.ods", ods([("名单", head)], encrypted=True), error="is protected by a password")
    case("ods/text.odt", ods([("名单", head)], mimetype="application/vnd.oasis.opendocument.text"),
         error="is a text document or a package without sheets, not a list")


PAGE = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="@"><style>td { mso-number-format:"\\@"; }</style></head>'
    f"<body><table border=1><tr><th>姓名</th><th>手机号</th><th>备注</th></tr><tr><td>王小明</td><td>{A}</td><td>周末上课</td></tr>"
    f"<tr><td>李华</td><td>{B}</td><td>&nbsp;</td></tr></table></body></html>"
)


def pages():
    case("pages/saved-as.xls", PAGE.replace("@", "utf-8"), format="html", leads=[WANG, LI],
         notes=["the name ends in .xls, the content is a web page"])
    case("pages/in-gbk.xls", PAGE.replace("@", "gb2312").encode("gbk"), format="html", leads=[WANG, LI])
    case("pages/in-utf16.xls", b"\xFF\xFE" + PAGE.encode("utf-16-le"), format="html", leads=[WANG, LI])
    case("pages/bare-table.xls", f"<table><tr><td>姓名<td>手机号<tr><td>王小明<td>{A}<tr><td>李华<td>{B}</table>", format="html",
         leads=[good(2, "王小明", PA), good(3, "李华", PB)])
    case("pages/spans.html",
         f"<table><tr><td colspan=3>客户名单</td></tr><tr><td>来源</td><td>姓名</td><td>手机号</td></tr><tr><td rowspan=2>展会</td>"
         f"<td>王</td><td>{A}</td></tr><tr><td>李</td><td>{B}</td></tr><tr><td>网络</td><td>赵</td><td>{C}</td></tr></table>",
         format="html", leads=[good(3, "王", PA, source="展会"), good(4, "李", PB, source="展会"), good(5, "赵", PC, source="网络")])
    case("pages/table-in-table.html",
         f"<!DOCTYPE html><body><table><tr><td>菜单</td><td><table><tr><th>姓名</th><th>手机号</th></tr><tr><td>王</td><td>{A}</td></tr>"
         "</table></td></tr></table>", format="html", leads=[good(2, "王", PA)])
    case("pages/entities-and-breaks.html",
         f"<table><tr><td>姓名</td><td>手机号</td><td>备注</td></tr><tr><td>王 &amp;\n &#33459;</td><td>{A}<br>{B}</td><td>&lt;一&gt;<br/>二</td></tr></table>",
         format="html", leads=[good(2, "王 & 芳", PA, PB, note="<一>\n二")])
    case("pages/exact-number.xls", f'<html><table><tr><td>姓名</td><td>手机号</td></tr><tr><td>王</td><td x:num="{A}">1.38E+10</td></tr></table>',
         format="html", leads=[good(2, "王", PA)])
    case("pages/script-and-comment.html",
         f"<html><script>var x = '<table><tr><td>no</td></tr></table>';</script><!-- <table><tr><td>no --><table><tr><td>姓名</td><td>手机号</td></tr>"
         f"<tr><td>王</td><td>{A}</td></tr></table>", format="html", leads=[good(2, "王", PA)])
    case("pages/cut-off.html", f"<html><table><tr><td>姓名</td><td>手机号</td></tr><tr><td>王</td><td>{A}", format="html", leads=[good(2, "王", PA)])
    case("pages/no-table.html", "<!DOCTYPE html><html><body><p>请先登录</p></body></html>", error="is a page without a table, not a list")
    case("pages/control-characters.html", f"<table><tr><td>姓名</td><td>手机号</td></tr><tr><td>&#27;[31m王&#x202e;</td><td>{A}</td></tr></table>",
         format="html", leads=[good(2, "王", PA)])
    book = (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="名单"><Table>'
        '<Row><Cell><Data ss:Type="String">姓名</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">手机号</Data></Cell></Row>'
        f'<Row ss:Index="4"><Cell><Data ss:Type="String">王&amp;芳</Data><Comment><Data>内部</Data></Comment></Cell>'
        f'<Cell ss:Index="3"><Data ss:Type="Number">{A}</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    case("pages/xml-workbook.xls", book, format="xml", sheet="名单", headers=["姓名", "column 2", "手机号"], leads=[good(4, "王&芳", PA)],
         notes=["the name ends in .xls, the content is an XML workbook"])
    case("pages/xml-workbook-other-sheet.xml", book, options={"sheet": "旧"}, error="has no sheet '旧'; its sheets are '名单'")


def no_lists():
    case("other/empty.csv", "", error="is empty; export the list again")
    case("other/blank.csv", " \n\t\r\n ", error="is empty; export the list again")
    case("other/commas-only.csv", ",,,\n,,,\n", error="is empty; export the list again")
    case("other/json.csv", '[{"name": "Anna", "phone": "13800138000"}]', error="is JSON, not a list")
    case("other/json-lines.csv", '{"name": "Anna"}\n{"name": "Ben"}\n', error="is JSON, not a list")
    case("other/contacts.csv", "BEGIN:VCARD\nVERSION:3.0\nFN:王小明\nEND:VCARD\n", error="is a list of contacts in vCard form")
    case("other/dump.csv", "-- MySQL dump 10.13\nINSERT INTO leads VALUES (1,'王');\n", error="is an SQL script")
    case("other/archive.xls", "MIME-Version: 1.0\nContent-Type: multipart/related\n\n", error="is a web archive (MHTML)")
    case("other/document.csv", "{\\rtf1\\ansi list}", error="is an RTF document")
    case("other/pdf.csv", b"%PDF-1.7\n1 0 obj\n", error="is a PDF, not a list")
    case("other/picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", error="is a picture, not a list")
    case("other/packed.csv", b"\x1F\x8B\x08\0\0\0\0\0", error="is a gzip archive, not a list")
    case("other/database.csv", b"SQLite format 3\0", error="is an SQLite database, not a list")
    case("other/program.csv", b"\x7FELF\x02\x01\x01\0", error="is a program, not a list")


def write():
    xlsx_books()
    other_zips()
    old_books()
    open_documents()
    pages()
    no_lists()
