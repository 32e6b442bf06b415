//! Lead files of people who do not exist.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [char; 20] = [
    '伟', '芳', '娜', '敏', '静', '丽', '强', '磊', '军', '洋', '勇', '艳', '杰', '娟', '晨', '曦', '若',
    '彤', '佑', '安',
];
const CITIES: [&str; 8] = ["上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "成都"];

/// Writes a file whose numbers are nobody's, apart from those of every other file.
pub fn write(path: &Path, number: usize, rows: usize) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    writeln!(out, "姓名,电话,微信,城市,来源,备注").unwrap();
    for row in 0..rows {
        let person = number * rows + row;
        let surname = SURNAMES[person % SURNAMES.len()];
        let given: String = [GIVEN[person / 12 % 20], GIVEN[person / 240 % 20]].iter().collect();
        // every seventh has a WeChat id beside the number, every fifth came with a word
        let wechat = if person.is_multiple_of(7) { format!("wx_lead_{person}") } else { String::new() };
        let note = if person.is_multiple_of(5) { "想先试听一节" } else { "" };
        writeln!(out, "{surname}{given},139{person:08},{wechat},{},地推,{note}", CITIES[person % 8]).unwrap();
    }
    out.flush().unwrap();
}
