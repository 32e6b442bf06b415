//! Lead files on disk into clean rows: formats, encodings, mappings, rejects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail the test that calls them"
)]

use std::path::{Path, PathBuf};

use corral::domain::phone::Region;
use corral::domain::time::Zone;
use corral::intake::lead::{Context, LeadRow, lead};
use corral::intake::mapping::{LeadField, Mapping, Target, Vocabulary, propose, read};
use corral::intake::rejects::{Rejects, beside, harmless};
use corral::intake::seen::{SameBy, Seen};
use corral::intake::table::{CELL_BYTES_MAX, Format, Row, Table};
use corral::intake::{IntakeError, Reject};
use proptest::prelude::*;
use rstest::rstest;

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/leads").join(name)
}

fn context() -> Context {
    Context { region: Region::china(), zone: Zone("Asia/Shanghai".parse().unwrap()) }
}

fn vocabulary() -> Vocabulary {
    let grade = Target { code: "grade".into(), names: vec!["年级".into(), "School year".into()] };
    Vocabulary { fields: vec![grade], roles: vec!["mum".into(), "dad".into()] }
}

/// All rows of a file that has no bad ones.
fn rows(table: Table) -> Vec<Row> {
    table.map(|item| item.unwrap().unwrap()).collect()
}

/// Proposes a mapping from the first rows and reads the whole file with it.
fn leads(path: &Path) -> (Mapping, Vec<Result<LeadRow, Reject>>) {
    let sample: Vec<_> =
        Table::open(path, None).unwrap().filter_map(|r| r.unwrap().ok()).take(20).map(|r| r.cells).collect();
    let table = Table::open(path, None).unwrap();
    let mapping = propose(&table.headers, &sample, &vocabulary(), &Region::china());
    let read = table.map(|item| item.unwrap().and_then(|row| lead(&row, &mapping, &context()))).collect();
    (mapping, read)
}

#[rstest]
#[case("chinese.utf8.csv", "UTF-8", ',')]
#[case("chinese.bom.csv", "UTF-8 with a byte order mark", ';')]
#[case("chinese.gb18030.csv", "GB18030", ',')]
#[case("chinese.utf16le.csv", "UTF-16LE with a byte order mark", '\t')]
#[case("chinese.utf16be-unmarked.csv", "UTF-16BE", ',')]
fn one_list_in_every_encoding_gives_the_same_leads(
    #[case] file: &str,
    #[case] expected_encoding: &str,
    #[case] expected_delimiter: char,
) {
    let table = Table::open(&corpus(file), None).unwrap();
    let Format::Csv { encoding, delimiter } = &table.format else { panic!("{:?}", table.format) };
    assert_eq!((encoding.to_string().as_str(), *delimiter), (expected_encoding, expected_delimiter));
    assert_eq!(table.headers, ["姓名", "手机号", "微信号", "来源", "备注", "年级", "免打扰"]);

    let (mapping, read) = leads(&corpus(file));
    assert_eq!(mapping.ignore_values, ["", "Select"]);
    let read: Vec<LeadRow> = read.into_iter().map(Result::unwrap).collect();
    let [wang, li, han, zeng] = read.as_slice() else { panic!("{read:?}") };
    // The quoted line break is a line of the text and no row of the table.
    assert_eq!([wang.row, li.row, han.row, zeng.row], [2, 3, 4, 5]);
    assert_eq!(
        (wang.name.as_str(), wang.note.replace("\r\n", "\n").as_str()),
        ("王小明", "想周末上课\n有弟弟")
    );
    assert_eq!(wang.custom, [("grade".into(), "三年级".to_owned())]);
    let phones: Vec<_> = li.phones.iter().map(|p| (p.e164.as_str(), p.extension.as_deref())).collect();
    assert_eq!(phones, [("+8613900139000", None), ("+862162345678", Some("801"))]);
    assert_eq!((han.wechat.as_str(), han.do_not_call, han.phones.len()), ("HanMM", true, 0));
    assert_eq!((zeng.phones[0].e164.as_str(), zeng.source.as_str()), ("+8613700137000", ""));
}

#[test]
fn a_western_list_is_not_taken_for_chinese() {
    let table = Table::open(&corpus("western.latin1.csv"), None).unwrap();
    assert_eq!(rows(table)[0].cells, ["José Núñez", "+1 415 555 2671"]);
}

#[rstest]
#[case("empty.csv", "is empty; export the list again")]
#[case("blank.csv", "is empty; export the list again")]
#[case(
    "damaged.csv",
    "line 3: the text is in no encoding that is known; name it with --encoding, or save it as UTF-8"
)]
#[case(
    "no-header.csv",
    "line 1: the first row looks like data ('13800138000'); add a row of column names above it"
)]
#[case("excel97.csv", "cannot be read as a workbook: its container is damaged; open it and save it as")]
#[case("pretends.csv", "cannot be read as a workbook")]
#[case(".", "is a directory, not a file; name one file with a list")]
#[case("absent.csv", "cannot read")]
fn a_file_that_is_no_list_is_told_so(#[case] file: &str, #[case] expected: &str) {
    let path = corpus(file);
    let Err(error) = Table::open(&path, None) else { panic!("{file} was opened") };
    let message = error.to_string();
    assert!(message.contains(expected), "{message}");
    assert!(message.contains(&path.display().to_string()), "{message}");
}

#[test]
fn ragged_rows_are_refused_with_their_number_and_the_others_kept() {
    let table = Table::open(&corpus("ragged.csv"), None).unwrap();
    assert_eq!(table.headers, ["name", "phone", "city"], "a trailing comma makes no column");
    let (good, bad): (Vec<_>, Vec<_>) = table.map(Result::unwrap).partition(Result::is_ok);
    let good: Vec<_> =
        good.into_iter().map(Result::unwrap).map(|row| (row.number, row.cells[0].clone())).collect();
    // Row 5 is blank: a person counts it.
    assert_eq!(good, [(2, "Anna".to_owned()), (6, "Dora".to_owned())]);
    let bad: Vec<_> = bad.into_iter().map(Result::unwrap_err).collect();
    assert_eq!((bad[0].row, bad[1].row), (3, 4));
    assert_eq!(
        bad[0].reason,
        "ragged.csv:3: 2 cells where the header has 3; check quotes and separators in the row"
    );
    assert_eq!(
        bad[1].reason,
        "ragged.csv:4: 5 cells where the header has 3; check quotes and separators in the row"
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row_and_no_other() {
    let (_, read) = leads(&corpus("quote.csv"));
    let [anna, ben, carl] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((anna.as_ref().unwrap().row, carl.as_ref().unwrap().row), (2, 4));
    let refused = ben.as_ref().unwrap_err();
    assert_eq!(
        (refused.row, refused.cells.as_slice()),
        (3, ["Ben".to_owned(), "\"13900139000".into()].as_slice())
    );
    assert!(
        refused.reason.starts_with("quote.csv:3: a quote (\") in this row is never closed"),
        "{}",
        refused.reason
    );
}

#[test]
fn a_nul_inside_a_cell_costs_its_row() {
    let (_, read) = leads(&corpus("nul.csv"));
    assert!(read[0].is_ok());
    assert!(read[1].as_ref().unwrap_err().reason.starts_with("nul.csv:3: a NUL byte inside a cell"));
}

#[test]
fn an_over_long_cell_is_refused_and_shortened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.csv");
    std::fs::write(
        &path,
        format!("name,phone\n{},13800138000\nB,13900139000\n", "长".repeat(CELL_BYTES_MAX)),
    )
    .unwrap();
    let read: Vec<_> = Table::open(&path, None).unwrap().map(Result::unwrap).collect();
    let reject = read[0].as_ref().unwrap_err();
    assert!(
        reject.reason.starts_with("long.csv:2: the cell 'name' has 196608 bytes, more than 64 KiB"),
        "{}",
        reject.reason
    );
    assert_eq!(reject.cells[0].chars().count(), 201);
    assert!(read[1].is_ok());
}

#[test]
fn lists_with_a_separator_line_or_bare_returns_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (text, numbers) in [
        ("sep=|\r\nname|phone\r\nAnna|13800138000\r\nBen|13900139000", [3, 4]),
        ("name,phone\rAnna,13800138000\rBen,13900139000\r", [2, 3]),
        ("\n\nname,phone\nAnna,13800138000\n\nBen,13900139000\n", [4, 6]),
    ] {
        let path = folder.path().join("list.csv");
        std::fs::write(&path, text).unwrap();
        let table = Table::open(&path, None).unwrap();
        assert_eq!(table.headers, ["name", "phone"]);
        assert_eq!(rows(table).iter().map(|row| row.number).collect::<Vec<_>>(), numbers, "{text:?}");
    }
}

#[test]
fn a_workbook_gives_numbers_and_dates_as_text() {
    use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("十一月").unwrap();
    sheet.write(0, 0, "客户名单").unwrap();
    for (column, header) in (0..).zip(["姓名", "手机", "创建时间", "备注"]) {
        sheet.write(2, column, header).unwrap();
    }
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    sheet.write(3, 0, "王小明").unwrap();
    sheet.write(3, 1, 13_800_138_000_f64).unwrap();
    sheet.write_with_format(3, 2, ExcelDateTime::from_ymd(2026, 11, 22).unwrap(), &date).unwrap();
    sheet.write(4, 1, "0086 139 0013 9000").unwrap();
    sheet.write(5, 1, 1.38e16).unwrap();
    book.add_worksheet().set_name("Other").unwrap().write(0, 0, "name").unwrap();
    book.save(&path).unwrap();

    let table = Table::open(&path, None).unwrap();
    assert_eq!(table.format, Format::Xlsx { sheet: "十一月".into() });
    assert_eq!(table.headers, ["姓名", "手机", "创建时间", "备注"]);
    assert_eq!(
        rows(table)[0],
        Row { number: 4, cells: ["王小明", "13800138000", "2026-11-22", ""].map(String::from).into() }
    );

    let (_, read) = leads(&path);
    assert_eq!(read[0].as_ref().unwrap().created_at.unwrap().0, 1_795_276_800_000);
    assert_eq!(read[1].as_ref().unwrap().name, "139****9000", "a lead without a name goes by its number");
    let refused = read[2].as_ref().unwrap_err();
    assert_eq!(
        (refused.row, refused.reason.contains("rounded by a spreadsheet")),
        (6, true),
        "{}",
        refused.reason
    );

    let Err(error) = Table::open(&path, Some("Dezember")) else { panic!() };
    assert!(
        error.to_string().ends_with("has no sheet 'Dezember'; its sheets are '十一月', 'Other'"),
        "{error}"
    );
    assert_eq!(Table::open(&path, Some("Other")).unwrap().headers, ["name"]);
}

#[test]
fn dirt_is_cleaned_or_refused_with_the_reason() {
    let (_, read) = leads(&corpus("dirt.csv"));
    let eve = read[0].as_ref().unwrap();
    assert_eq!(
        (eve.name.as_str(), eve.phones[0].e164.as_str(), eve.note.as_str()),
        ("Eve", "+8613800138000", "=1+1")
    );
    assert_eq!((eve.tags.as_slice(), eve.do_not_call), (["vip".to_owned(), "warm".into()].as_slice(), true));
    let reason = |at: usize| read[at].as_ref().unwrap_err().reason.clone();
    assert_eq!(reason(1), "'138****8000' is masked; ask the source for the whole number");
    let kept = read[2].as_ref().unwrap();
    assert_eq!((kept.wechat.as_str(), kept.unread_phones.len()), ("maskwx", 1));
    assert_eq!(reason(3), "no phone, WeChat id or external id; a lead needs one of them");
    assert_eq!(
        reason(4),
        "Do Not Call: 'perhaps' is neither yes nor no; add it under [values] of the mapping"
    );
    assert!(reason(5).starts_with("Created At: 'soon' is not a day or time"), "{}", reason(5));
    assert_eq!(read[6].as_ref().unwrap().name, "136****6000");
}

#[test]
fn a_proposed_mapping_read_back_is_the_same() {
    let table = Table::open(&corpus("chinese.utf8.csv"), None).unwrap();
    let headers = table.headers.clone();
    let sample: Vec<_> = rows(table).into_iter().map(|row| row.cells).collect();
    let mut mapping = propose(&headers, &sample, &vocabulary(), &Region::china());
    mapping.region = Some("CN".into());
    mapping.constants.push((LeadField::Source, "a \"fair\" \\ 展会".into()));
    mapping.columns[3].values.insert("抖音".into(), "Douyin".into());
    let text = mapping.render(&headers);
    assert_eq!(read(&text, Path::new("m.toml"), &headers, &vocabulary()), Ok(mapping), "{text}");
}

#[test]
fn a_column_of_numbers_needs_no_known_name() {
    let headers = ["who".to_owned(), "how".to_owned(), "when".to_owned()];
    let row = |phone: &str| vec!["a".to_owned(), phone.to_owned(), "2026-11-22".to_owned()];
    let sample = [row("13800138000"), row("139 0013 9000"), row("10012340001"), row("later")];
    let mapping = propose(&headers, &sample, &Vocabulary::default(), &Region::china());
    assert_eq!(mapping.columns.len(), 1);
    assert_eq!(
        (mapping.columns[0].index, mapping.columns[0].fields.as_slice()),
        (1, [LeadField::Phone].as_slice())
    );
    assert!(mapping.render(&headers).contains("# \"who\" = \"\"\n"));
}

#[test]
fn a_bad_mapping_is_told_all_its_problems() {
    let headers = Table::open(&corpus("chinese.utf8.csv"), None).unwrap().headers;
    let text = std::fs::read_to_string(corpus("bad.map.toml")).unwrap();
    let problems = read(&text, Path::new("bad.map.toml"), &headers, &vocabulary()).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = std::fs::read_to_string(corpus("bad.map.expected")).unwrap();
    assert_eq!(told, expected.lines().collect::<Vec<_>>());

    let broken = read("[columns\n\"a\" = ", Path::new("b.toml"), &headers, &vocabulary()).unwrap_err();
    assert_eq!(broken[0].line, 1);
    let empty = read("", Path::new("b.toml"), &headers, &vocabulary()).unwrap_err();
    assert!(empty[0].message.starts_with("there is no [columns]"));
}

#[test]
fn constants_fill_what_the_row_leaves_empty() {
    let headers = ["phone", "source", "role"].map(String::from);
    let text = "[columns]\nphone = \"phone\"\nsource = \"source\"\nrole = \"role\"\n[constants]\nsource = \"fair\"\ncity = \"Wuhan\"\n[values.role]\n妈妈 = \"mum\"\n";
    let mapping = read(text, Path::new("m"), &headers, &vocabulary());
    // TOML's bare keys are ASCII only.
    assert!(mapping.is_err());
    let mapping = read(&text.replace("妈妈", "\"妈妈\""), Path::new("m"), &headers, &vocabulary()).unwrap();
    let row = |cells: [&str; 3]| Row { number: 2, cells: cells.map(String::from).into() };
    let filled = lead(&row(["13800138000", "", "妈妈"]), &mapping, &context()).unwrap();
    assert_eq!((filled.source.as_str(), filled.city.as_str()), ("fair", "Wuhan"));
    assert_eq!(filled.role.unwrap().as_str(), "mum");
    assert_eq!(lead(&row(["13800138000", "web", ""]), &mapping, &context()).unwrap().source, "web");
    let refused = lead(&row(["13800138000", "", "uncle"]), &mapping, &context()).unwrap_err();
    assert!(
        refused.reason.starts_with("role: 'uncle' is not a role; the playbook has mum, dad"),
        "{}",
        refused.reason
    );
}

#[test]
fn a_repeated_row_is_told_with_the_first_one() {
    let headers = ["phone", "wechat", "id"].map(String::from);
    let mapping = propose(&headers, &[], &vocabulary(), &Region::china());
    let mut seen = Seen::default();
    let mut check = |number, cells: [&str; 3]| {
        let row = Row { number, cells: cells.map(String::from).into() };
        seen.check(&lead(&row, &mapping, &context()).unwrap()).map(|repeats| (repeats.row, repeats.by))
    };
    assert_eq!(check(2, ["13800138000", "a", "1"]), None);
    assert_eq!(check(3, ["+86 138 0013 8000", "", ""]), Some((2, SameBy::Phone)));
    assert_eq!(check(4, ["13900139000/0086-13800138000", "", ""]), Some((2, SameBy::Phone)));
    assert_eq!(check(5, ["", "Ａ", ""]), Some((2, SameBy::WeChat)));
    assert_eq!(check(6, ["", "", "1"]), Some((2, SameBy::ExternalId)));
    assert_eq!(check(7, ["021-62345678转1", "", ""]), None);
    assert_eq!(check(8, ["021-62345678转2", "", ""]), None);
    assert_eq!(check(9, ["02162345678#1", "", ""]), Some((7, SameBy::Phone)));
    // Row 4 was refused as a repetition, so its other number is still new.
    assert_eq!(check(10, ["13900139000", "", ""]), None);
}

#[test]
fn rejects_are_written_only_when_there_are_some_and_harmlessly() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(&list, "a").unwrap();
    let headers = ["姓名", "=phone"].map(String::from);
    assert_eq!(Rejects::new(&list, None, &headers).unwrap().finish().unwrap(), None);
    assert!(!beside(&list).exists());
    assert!(matches!(Rejects::new(&list, Some(&list), &headers), Err(IntakeError::RejectsOverList { .. })));

    let mut rejects = Rejects::new(&list, None, &headers).unwrap();
    let cells = ["=cmd|' /C calc'!A0", "+86 138", "@spare"].map(String::from).to_vec();
    rejects.write(&Reject { row: 7, reason: "masked, \"so\"".into(), cells }).unwrap();
    rejects.write(&Reject { row: 9, reason: "short".into(), cells: vec!["王".into()] }).unwrap();
    assert_eq!(rejects.finish().unwrap(), Some((beside(&list), 2)));
    let text = std::fs::read_to_string(beside(&list)).unwrap();
    assert_eq!(
        text,
        "\u{feff}姓名,'=phone,row,reason\r\n'=cmd|' /C calc'!A0,+86 138,7,\"masked, \"\"so\"\"\",'@spare\r\n王,,9,short\r\n"
    );
}

#[rstest]
#[case("-1+2", "'-1+2")]
#[case("+1+cmd", "'+1+cmd")]
#[case("\t=1", "'\t=1")]
#[case("+8613800138000", "+8613800138000")]
#[case("王=1", "王=1")]
fn formulas_are_made_text(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(harmless(cell), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_a_csv_holds_is_read_back(
        written in prop::collection::vec(prop::collection::vec("[\\PC,;\"\n ]{0,12}|[王小明，；]{0,6}", 3), 1..12),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).quote_style(csv::QuoteStyle::Always)
            .from_path(&path).unwrap();
        writer.write_record(["name", "phone", "note"]).unwrap();
        for row in &written {
            writer.write_record(row).unwrap();
        }
        drop(writer);
        let table = Table::open(&path, None).unwrap();
        let format = table.format.clone();
        let read: Vec<(u64, Vec<String>)> = rows(table).into_iter().map(|row| (row.number, row.cells)).collect();
        let expected: Vec<(u64, Vec<String>)> = written.iter().zip(2..)
            .filter(|(row, _)| row.iter().any(|cell| !cell.trim().is_empty()))
            .map(|(row, number)| (number, row.clone()))
            .collect();
        prop_assert_eq!(read, expected, "{:?}", format);
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, &bytes).unwrap();
        if let Ok(table) = Table::open(&path, None) {
            for _ in table {}
        }
    }
}

/// The real lead list, where it is at hand.
fn real_leads() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/data", "../../shared/data"]
        .iter()
        .map(|folder| here.join(folder).join("x-education-leads.csv"))
        .find(|path| path.is_file())
}

#[rstest]
#[case("utf-8", "UTF-8")]
#[case("gb18030", "GB18030")]
fn the_real_leads_are_read_and_every_row_is_accounted_for(#[case] encoding: &str, #[case] found: &str) {
    let Some(list) = real_leads() else {
        println!("SKIPPED: ../shared/data/x-education-leads.csv is not here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.csv");
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/add_phones.py");
    let made = std::process::Command::new("python3")
        .args([
            tool.as_os_str(),
            list.as_os_str(),
            path.as_os_str(),
            "--encoding".as_ref(),
            encoding.as_ref(),
        ])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let made = |kind: &str| made[kind].as_u64().unwrap();

    let table = Table::open(&path, None).unwrap();
    assert!(matches!(&table.format, Format::Csv { encoding, .. } if encoding.to_string() == found));
    let map = corpus("x-education.map.toml");
    let text = std::fs::read_to_string(&map).unwrap();
    let mapping = read(&text, &map, &table.headers, &Vocabulary::default()).unwrap();
    let (mut good, mut repeated, mut refused) = (0, 0, 0);
    let mut seen = Seen::default();
    for item in table {
        match item.unwrap().and_then(|row| lead(&row, &mapping, &context())) {
            Ok(lead) if seen.check(&lead).is_none() => good += 1,
            Ok(_) => repeated += 1,
            Err(_) => refused += 1,
        }
    }
    assert_eq!(good + repeated + refused, made("rows"));
    assert_eq!(
        (good, repeated, refused),
        (made("good"), made("duplicate"), made("masked") + made("invalid"))
    );
}
