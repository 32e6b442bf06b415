//! Any bytes as a lead list, in any encoding: read to the end, every row told as good or as bad, every lead clean.

#![no_main]

use std::io::Cursor;
use std::path::Path;

use corral::domain::phone::{PhoneNumber, Region};
use corral::domain::time::Zone;
use corral::intake::encoding::Found;
use corral::intake::lead::{Context, lead};
use corral::intake::mapping::{self, Vocabulary, propose};
use corral::intake::seen::Seen;
use corral::intake::table::{CELL_BYTES_MAX, Options, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let names = ["utf-8", "gbk", "big5", "shift_jis", "utf-16le", "utf-16be", "windows-1252", "euc-kr"];
    let encoding = names.get(usize::from(first)).map(|name| Found::named(name).unwrap());
    let sheet = (first == 100).then(|| "2".to_owned());
    let options = Options { sheet, encoding };
    let path = Path::new("fuzz.csv");
    let open = || Table::read(path, Box::new(Cursor::new(rest.to_vec())), &options);
    let table = match open() {
        Ok(table) => table,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let region = Region::china();
    let headers = table.headers.clone();
    let again = table.again(&options);
    let (mut numbers, mut last) = (Vec::new(), 0);
    let mut sample = Vec::new();
    for item in table {
        let Ok(item) = item else { break };
        let number = match item {
            Ok(row) => {
                assert_eq!(row.cells.len(), headers.len());
                assert!(row.cells.iter().all(|cell| cell.len() <= CELL_BYTES_MAX));
                if sample.len() < 50 {
                    sample.push(row.cells);
                }
                row.number
            }
            Err(reject) => {
                assert!(!reject.reason.is_empty());
                reject.row
            }
        };
        assert!(number > last, "row {number} behind row {last}");
        last = number;
        numbers.push(number);
    }
    let mapping = propose(&headers, &sample, &Vocabulary::default(), &region);
    let written = mapping.render(&headers);
    let read = mapping::read(&written, Path::new("fuzz.toml"), &headers, &Vocabulary::default());
    assert_eq!(read.as_ref(), Ok(&mapping), "{written}");
    let context = Context { region, zone: Zone::UTC };
    let mut seen = Seen::default();
    let again = Table::read(path, Box::new(Cursor::new(rest.to_vec())), &again).unwrap();
    let mut second = Vec::new();
    for item in again {
        let Ok(item) = item else { break };
        match item {
            Ok(row) => {
                second.push(row.number);
                let Ok(lead) = lead(&row, &mapping, &context) else { continue };
                assert!(!lead.name.is_empty());
                let texts = [&lead.name, &lead.customer_name, &lead.wechat, &lead.source, &lead.city, &lead.external_id];
                assert!(!texts.into_iter().chain(&lead.tags).any(|text| text.chars().any(char::is_control)));
                assert!(!lead.note.chars().any(|c| c.is_control() && c != '\n'));
                assert!(lead.phones.iter().all(|phone| PhoneNumber::new(phone.e164.as_str()).is_ok()));
                let _ = seen.check(&lead);
            }
            Err(reject) => second.push(reject.row),
        }
    }
    assert_eq!(second, numbers, "read again, it is another list");
});
