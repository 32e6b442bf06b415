"""How the dirty files are written: workbooks and containers byte by byte, without libraries, the same every time."""
import struct
import zipfile
import io

CASES = []


def case(name, data, **expected):
    """One file and what reading it must give. `data` is bytes, or text that is written as UTF-8."""
    if any(known[0] == name for known in CASES):
        raise ValueError(f"{name} is there twice")
    CASES.append((name, data.encode() if isinstance(data, str) else data, expected))


def good(row, name, *phones, **more):
    """A lead: its row, name and numbers (`+86…`, with `x801` behind for an extension), and what else matters."""
    return {"row": row, "name": name, "phones": list(phones), **more}


def zipped(parts, stored=()):
    """A zip archive of named parts, with one fixed time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2026, 11, 22, 9, 30, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def letters(column):
    """The letters of a column from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def sheet_xml(rows):
    """Rows by number; a cell is text, a number, True/False, ("date", serial), ("error", text), ("raw", xml) or None."""
    out = []
    for number, cells in rows:
        out.append(f'<row r="{number}">')
        for column, cell in enumerate(cells):
            at = f'r="{letters(column)}{number}"'
            if cell is None:
                continue
            if isinstance(cell, bool):
                out.append(f'<c {at} t="b"><v>{int(cell)}</v></c>')
            elif isinstance(cell, (int, float)):
                out.append(f"<c {at}><v>{cell!r}</v></c>")
            elif isinstance(cell, str):
                out.append(f'<c {at} t="inlineStr"><is><t>{escaped(cell)}</t></is></c>')
            elif cell[0] == "date":
                out.append(f'<c {at} s="1"><v>{cell[1]!r}</v></c>')
            elif cell[0] == "error":
                out.append(f'<c {at} t="e"><v>{cell[1]}</v></c>')
            else:
                out.append(cell[1].replace("@AT", at))
        out.append("</row>")
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet {NS}><sheetData>{"".join(out)}</sheetData></worksheet>'


def xlsx(sheets, hidden=(), shared=None, extra=(), date1904=False):
    """A workbook; `sheets` is a list of names and rows (a list of rows is numbered from 1)."""
    parts = []
    entries, rels, types = [], [], []
    for index, (name, rows) in enumerate(sheets, 1):
        if rows and not isinstance(rows[0], tuple):
            rows = list(enumerate(rows, 1))
        state = ' state="hidden"' if name in hidden else ""
        entries.append(f'<sheet name="{escaped(name)}" sheetId="{index}"{state} r:id="rId{index}"/>')
        rels.append(f'<Relationship Id="rId{index}" Type="{REL}/worksheet" Target="worksheets/sheet{index}.xml"/>')
        types.append(
            f'<Override PartName="/xl/worksheets/sheet{index}.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        )
        parts.append((f"xl/worksheets/sheet{index}.xml", sheet_xml(rows)))
    rels.append(f'<Relationship Id="rId98" Type="{REL}/styles" Target="styles.xml"/>')
    if shared is not None:
        rels.append(f'<Relationship Id="rId99" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>')
        parts.append(("xl/sharedStrings.xml", f"<sst {NS}>{shared}</sst>"))
    epoch = '<workbookPr date1904="1"/>' if date1904 else ""
    parts += [
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="xml" ContentType="application/xml"/>'
         '<Override PartName="/xl/workbook.xml" ContentType='
         '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>' + "".join(types) + "</Types>"),
        ("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook {NS} xmlns:r="{REL}">{epoch}<sheets>{"".join(entries)}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         + "".join(rels) + "</Relationships>"),
        ("xl/styles.xml", f'<styleSheet {NS}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'),
    ]
    return zipped(parts + list(extra))


def ods(tables, mimetype="application/vnd.oasis.opendocument.spreadsheet", encrypted=False):
    """An OpenDocument workbook; `tables` is a list of names and the XML of their rows."""
    body = "".join(f'<table:table table:name="{escaped(name)}">{rows}</table:table>' for name, rows in tables)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )
    data = '<manifest:encryption-data manifest:checksum="x"/>' if encrypted else ""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="content.xml">{data}</manifest:file-entry></manifest:manifest>'
    )
    parts = [("mimetype", mimetype), ("content.xml", content), ("META-INF/manifest.xml", manifest)]
    return zipped(parts, stored=("mimetype",))


def ods_row(*cells, repeated=1):
    """A row of an OpenDocument table; a cell is text, a number, or XML in a tuple."""
    out = []
    for cell in cells:
        if cell is None:
            out.append("<table:table-cell/>")
        elif isinstance(cell, tuple):
            out.append(cell[0])
        elif isinstance(cell, str):
            lines = "".join(f"<text:p>{escaped(line)}</text:p>" for line in cell.split("\n"))
            out.append(f'<table:table-cell office:value-type="string">{lines}</table:table-cell>')
        else:
            out.append(
                f'<table:table-cell office:value-type="float" office:value="{cell!r}">'
                f"<text:p>{cell:.2E}</text:p></table:table-cell>"
            )
    count = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{count}>{''.join(out)}</table:table-row>"


def record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def wide(text, count="<H"):
    """A text of version 8 in UTF-16."""
    return struct.pack(count, len(text)) + b"\x01" + text.encode("utf-16-le")


def biff8(sheets, password=False, codepage=1200):
    """The stream of a workbook of version 8: names and rows of text, numbers or ("date", serial)."""
    strings, cells = [], []
    for name, rows in sheets:
        body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        for number, row in rows:
            for column, cell in enumerate(row):
                head = struct.pack("<HHH", number - 1, column, 0)
                if cell is None:
                    continue
                if isinstance(cell, tuple):
                    body += record(0x0203, struct.pack("<HHHd", number - 1, column, 1, cell[1]))
                elif isinstance(cell, str):
                    if cell not in strings:
                        strings.append(cell)
                    body += record(0x00FD, head + struct.pack("<I", strings.index(cell)))
                else:
                    body += record(0x0203, head + struct.pack("<d", cell))
        cells.append((name, body + record(0x000A, b"")))
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if password:
        head += record(0x002F, struct.pack("<HHHH", 0, 1, 2, 3))
    head += record(0x0042, struct.pack("<H", codepage))
    head += record(0x00E0, struct.pack("<HH", 0, 0) + bytes(16)) + record(0x00E0, struct.pack("<HH", 0, 14) + bytes(16))
    tail = record(0x00FC, struct.pack("<II", len(strings), len(strings)) + b"".join(wide(s) for s in strings))
    tail += record(0x000A, b"")
    bounds = sum(len(record(0x0085, bytes(6) + wide(name, "<B"))) for name, _ in cells)
    at = len(head) + bounds + len(tail)
    entries = b""
    for name, body in cells:
        entries += record(0x0085, struct.pack("<IBB", at, 0, 0) + wide(name, "<B"))
        at += len(body)
    return head + entries + tail + b"".join(body for _, body in cells)


def compound(streams):
    """A compound file of sectors of 512 bytes; every stream is filled to 4,096 bytes, so that none is small."""
    streams = [(name, data + bytes(max(0, 4096 - len(data)))) for name, data in streams]
    sectors, starts = [], []
    for _, data in streams:
        starts.append(len(sectors))
        sectors += [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    entries += [(name, 2, start, len(data)) for (name, data), start in zip(streams, starts)]
    directory = b""
    for name, kind, start, size in entries:
        encoded = name.encode("utf-16-le")
        directory += encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(36) + struct.pack("<IQ", start, size)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first = len(sectors)
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    table_at = len(sectors)
    count = -(-(table_at + 1) // 128)
    while -(-(table_at + count) // 128) > count:
        count += 1
    table = []
    for (_, data), start in zip(streams, starts):
        length = -(-len(data) // 512)
        table += [start + step + 1 for step in range(length - 1)] + [0xFFFFFFFE]
    length = len(directory) // 512
    table += [first + step + 1 for step in range(length - 1)] + [0xFFFFFFFE] + [0xFFFFFFFD] * count
    table += [0xFFFFFFFF] * (count * 128 - len(table))
    sectors += [struct.pack("<128I", *table[at : at + 128]) for at in range(0, len(table), 128)]
    header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, count, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *[table_at + step for step in range(count)], *[0xFFFFFFFF] * (109 - count))
    return header + b"".join(sectors)
