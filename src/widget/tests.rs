//! Every part at every size, and how the parts look.

use proptest::prelude::*;
use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::*;
use crate::theme::{Depth, Theme};

const NAMES: [&str; 6] =
    ["张小明 妈妈", "李先生", "Ms. O'Brien-Featherstonehaugh", "赵敏👩‍👧", "e\u{301}toile ﾊﾞﾅﾅ", ""];

fn theme() -> Theme {
    Theme::builtin("dark", Depth::True).unwrap()
}

fn blank(width: u16, height: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, width, height))
}

fn columns() -> [Column; 4] {
    [
        Column::fixed("due", 5).priority(0),
        Column::fixed("why", 10).priority(2),
        Column::flex("customer", 8).weight(2).priority(0),
        Column::fixed("left", 6).right().priority(3),
    ]
}

fn rows(count: usize) -> Vec<Row<'static>> {
    (0..count)
        .map(|index| {
            Row::new([
                vec![piece("11:30", Role::Promised)],
                vec![piece("promised", Role::Bad), piece(" 试听", Role::Dim)],
                vec![piece(NAMES[index % NAMES.len()], Role::Accent)],
                vec![piece(format!("{index} d"), Role::Held)],
            ])
        })
        .collect()
}

/// Draws one of the parts; the number chooses which, and its state.
fn draw_part(number: usize, seed: usize, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let theme = theme();
    let name = NAMES[seed % NAMES.len()];
    let hints = [
        Hint::new("Enter", "开始"),
        Hint::new("s", name).off(seed.is_multiple_of(2)),
        Hint::new("?", "help"),
    ];
    let items = [Item::new("1", "接通"), Item::new("12", name), Item::new("", "x").blocked("静默时段 21:00")];
    let paragraphs =
        [vec![piece(name, Role::Merge), piece("，今天下午三点 see you there", Role::Text)], vec![]];
    match number {
        0 => {
            let (columns, rows) = (columns(), rows(seed % 40));
            let table = Table::new(&columns, &rows).total(seed).offset(seed / 3).top(seed % 7);
            return table
                .selected((!seed.is_multiple_of(3)).then_some(seed % 50))
                .head(seed.is_multiple_of(2))
                .render(area, buf, &theme);
        }
        1 => {
            let count = vec![piece(name, Role::Dim)];
            Pane::new(name)
                .right(count.clone())
                .bottom(count)
                .focused(seed.is_multiple_of(2))
                .render(area, buf, &theme);
        }
        2 => {
            Tabs::new(NAMES, seed % 8).render(area, buf, &theme);
        }
        3 => Footer::new(&hints).render(area, buf, &theme),
        4 => return Notice::refused(name).render(area, buf, &theme),
        5 => {
            let (wide, high) = (u16::try_from(seed % 70).unwrap(), u16::try_from(seed % 23).unwrap());
            Popup::new(name, wide, high).render(area, buf, &theme);
        }
        6 => {
            let mut field = TextField::new(&name.repeat(seed % 4));
            field.left();
            return field.view().placeholder("备注").render(area, buf, &theme);
        }
        7 => Bar::new(i64::try_from(seed).unwrap(), 50).plan(20).render(area, buf, &theme),
        8 => {
            let choice = Choice::new(&items).selected((!seed.is_multiple_of(4)).then_some(seed % 4));
            let choice = if seed.is_multiple_of(2) { choice.in_columns() } else { choice };
            return choice.render(area, buf, &theme);
        }
        9 => Lines::new(&paragraphs).scroll(u16::try_from(seed % 5).unwrap()).render(area, buf, &theme),
        10 => {
            let value = vec![piece(name, Role::Text), piece(" 3 个孩子", Role::Dim)];
            Facts::new().row("称呼", value.clone()).slot("note").row(name, value).render(area, buf, &theme);
        }
        11 => {
            draw(&paragraphs[0], area, buf, &theme);
        }
        _ => {
            draw_right(&paragraphs[0], area, buf, &theme);
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn every_part_stays_inside_at_any_size(
        number in 0usize..13,
        seed in 0usize..120,
        (x, y, width, height) in (0u16..6, 0u16..4, 0u16..=60, 0u16..=20),
        tight: bool,
    ) {
        let area = Rect { x, y, width, height };
        // A buffer larger than the area, or smaller, so that the area hangs over its edge.
        let mut buf = if tight { blank(width, height) } else { blank(width + 10, height + 6) };
        let untouched = Cell::new("·");
        buf.content.fill(untouched.clone());
        let caret = draw_part(number, seed, area, &mut buf);
        for place in buf.area.positions().filter(|place| !area.contains(*place)) {
            prop_assert_eq!(&buf[place], &untouched, "outside at {:?}", place);
        }
        if let Some(caret) = caret {
            prop_assert!(area.contains(caret), "caret {:?} outside {:?}", caret, area);
        }
        // Blank what only this test put there, then no glyph may be cut.
        for cell in buf.content.iter_mut().filter(|cell| cell.symbol() == "·") {
            cell.set_symbol(" ");
        }
        prop_assert_eq!(cut_glyphs(&buf), []);
    }
}

#[test]
fn an_empty_area_and_an_area_off_the_screen_are_left_alone() {
    for number in 0..13 {
        for area in
            [Rect::new(0, 0, 0, 0), Rect::new(3, 3, 0, 5), Rect::new(90, 90, 10, 10), Rect::new(0, 0, 9, 0)]
        {
            let mut buf = blank(20, 5);
            draw_part(number, 31, area, &mut buf);
            assert_eq!(buf, blank(20, 5), "{number} {area:?}");
        }
    }
}

#[test]
fn a_table_shows_its_window_under_its_columns() {
    let (columns, rows) = (columns(), rows(3));
    let mut buf = blank(42, 5);
    let caret = Table::new(&columns, &rows).total(42).head(true).selected(Some(1)).render(
        buf.area,
        &mut buf,
        &theme(),
    );
    assert_eq!(
        screen_text(&buf),
        " due   why        customer           left ▐\n\
         \u{20}11:30 promised … 张小明 妈妈         0 d│\n\
         ▸11:30 promised … 李先生              1 d│\n\
         \u{20}11:30 promised … Ms. O'Brien-Fea…    2 d│\n\
         \u{20}                                        │\n"
            .replace("left ▐", "left")
            .replacen("0 d│", "0 d▐", 1)
    );
    assert_eq!(caret, Some(Position { x: 0, y: 2 }));
}

#[test]
fn columns_give_way_by_priority() {
    let (columns, rows) = (columns(), rows(1));
    // All four need 1 + 5 + 10 + 8 + 6 cells and 3 between them: 33. Then `left` goes, then `why`.
    for (width, expected) in [
        (33, " 11:30 promised … 张小明 …    0 d\n"),
        (32, " 11:30 promised … 张小明 妈妈\n"),
        (26, " 11:30 promised … 张小明 …\n"),
        (25, " 11:30 张小明 妈妈\n"),
        (15, " 11:30 张小明 …\n"),
        (14, " 11:30\n"),
        (4, "11:…\n"),
    ] {
        let mut buf = blank(width, 1);
        Table::new(&columns, &rows).render(buf.area, &mut buf, &theme());
        assert_eq!(screen_text(&buf), expected, "{width}");
    }
}

#[test]
fn a_selected_row_keeps_the_meaning_of_its_pieces() {
    let (theme, columns, rows) = (theme(), columns(), rows(2));
    let mut buf = blank(40, 2);
    Table::new(&columns, &rows).selected(Some(0)).render(buf.area, &mut buf, &theme);
    assert_eq!(buf[(1, 0)].fg, theme.style(Role::Promised).fg.unwrap());
    for x in 0..40 {
        assert_eq!(
            buf[(x, 0)].bg,
            theme.style(Role::Selected).bg.unwrap(),
            "the bar is as wide as the table: {x}"
        );
    }
    let mono = Theme::builtin("mono", Depth::None).unwrap();
    let mut buf = blank(40, 2);
    Table::new(&columns, &rows).selected(Some(0)).render(buf.area, &mut buf, &mono);
    assert!((0..40).all(|x| buf[(x, 0)].modifier.contains(Modifier::REVERSED)));
}

#[test]
fn the_selected_row_is_in_sight_and_the_mouse_finds_it() {
    let (columns, rows) = (columns(), rows(20));
    let table = Table::new(&columns, &rows).head(true).selected(Some(15));
    let area = Rect::new(0, 0, 40, 6);
    let mut buf = blank(40, 6);
    let caret = table.render(area, &mut buf, &theme()).unwrap();
    assert_eq!(caret.y, 5);
    assert_eq!(table.row_at(area, caret), Some(15));
    assert_eq!(table.row_at(area, Position { x: 0, y: 1 }), Some(11));
    assert_eq!(table.row_at(area, Position { x: 0, y: 0 }), None);
}

#[test]
fn a_pane_has_its_title_and_its_count() {
    let mut buf = blank(24, 3);
    let inside = Pane::new("电话").right(vec![piece("剩 42", Role::Dim)]).focused(true).render(
        buf.area,
        &mut buf,
        &theme(),
    );
    assert_eq!(
        screen_text(&buf),
        "┏ 电话 ━━━━━━━━━ 剩 42 ┓\n┃                      ┃\n┗━━━━━━━━━━━━━━━━━━━━━━┛\n"
    );
    assert_eq!(inside, Rect::new(1, 1, 22, 1));
    let mut buf = blank(12, 2);
    Pane::new("电话").right(vec![piece("剩 42", Role::Dim)]).render(buf.area, &mut buf, &theme());
    assert_eq!(screen_text(&buf), "┌ 电话 ────┐\n└──────────┘\n", "a count that does not fit gives way");
}

#[test]
fn a_popup_mends_the_glyph_its_left_edge_cuts() {
    let mut buf = blank(60, 16);
    for y in 0..16 {
        buf.set_string(0, y, "围场作业".repeat(8), Style::new());
    }
    // Sixty cells less 9 (its inside is 5 wide) leave 51: the frame starts at 25, inside the thirteenth glyph.
    let inside = Popup::new("确定", 5, 1).render(buf.area, &mut buf, &theme());
    let text = screen_text(&buf);
    let rows: Vec<&str> = text.lines().skip(6).take(3).collect();
    let (left, right) = ("围场作业围场作业围场作业 ", "场作业围场作业围场作业围场");
    let frame = ["┏ 确定 ━┓", "┃       ┃", "┗━━━━━━━┛"].map(|row| format!("{left}{row}{right}"));
    assert_eq!(rows, frame);
    assert_eq!(inside, Rect::new(27, 7, 5, 1));
    assert_eq!(cut_glyphs(&buf), []);
}

#[test]
fn in_a_small_window_a_popup_is_a_sheet_without_sides() {
    let mut buf = blank(40, 12);
    let bottom = vec![piece("Esc", Role::Dim)];
    let inside = Popup::new("确定", 5, 1).bottom(bottom).render(buf.area, &mut buf, &theme());
    let text = screen_text(&buf);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[1], format!("━ 确定 {}", "━".repeat(33)));
    assert_eq!(rows[10], format!("{} Esc ━", "━".repeat(34)));
    // the first and the last row of the window are left, two are rules, a cell of margin at each side
    assert_eq!(inside, Rect::new(1, 2, 38, 8));
}

#[test]
fn the_footer_drops_what_does_not_fit_and_keeps_help() {
    let hints =
        [Hint::new("Enter", "start"), Hint::new("s", "skip"), Hint::new("u", "undo"), Hint::new("?", "help")];
    for (width, expected) in [
        (40, "Enter start  s skip  u undo  ? help\n"),
        (34, "Enter start  s skip  ? help\n"),
        (12, "? help\n"),
        (4, "? h…\n"),
    ] {
        let mut buf = blank(width, 1);
        Footer::new(&hints).render(buf.area, &mut buf, &theme());
        assert_eq!(screen_text(&buf), expected, "{width}");
    }
}

#[test]
fn the_open_tab_is_always_shown_and_found_by_the_mouse() {
    let tabs = Tabs::new(["1 今日", "2 客户", "3 公海"], 2);
    for (width, expected) in [(30, " 1 今日  2 客户  3 公海\n"), (17, " 2 客户  3 公海\n"), (7, " 3 公…\n")]
    {
        let mut buf = blank(width, 1);
        tabs.render(buf.area, &mut buf, &theme());
        assert_eq!(screen_text(&buf), expected, "{width}");
    }
    let area = Rect::new(0, 0, 30, 1);
    assert_eq!(tabs.at(area, 7), Some(0));
    assert_eq!(tabs.at(area, 8), Some(1));
    assert_eq!(tabs.at(area, 29), None);
}

#[test]
fn a_bar_reads_without_colour() {
    let mut buf = blank(20, 1);
    Bar::new(63, 100).plan(50).render(buf.area, &mut buf, &theme());
    assert_eq!(screen_text(&buf), "▓▓▓▓▓▓▓▓▓▓┃▓░░░░░░░░\n");
    let mut buf = blank(20, 1);
    Bar::new(140, 100).render(buf.area, &mut buf, &theme());
    assert_eq!(screen_text(&buf), "▓▓▓▓▓▓▓▓▓▓▓▓▓▓██████\n");
}

#[test]
fn options_flow_into_columns_and_say_why_they_are_blocked() {
    let items = [
        Item::new("1", "接通"),
        Item::new("2", "未接"),
        Item::new("3", "拒绝"),
        Item::new("4", "成交").blocked("缺决策人"),
    ];
    let mut buf = blank(44, 2);
    let choice = Choice::new(&items).in_columns().selected(Some(1));
    let caret = choice.render(buf.area, &mut buf, &theme());
    // The widest is 17 cells and its margin 3: two columns of 22.
    assert_eq!(
        screen_text(&buf),
        " 1 接通                3 拒绝\n▸2 未接                4 成交 · 缺决策人\n"
    );
    assert_eq!(caret, Some(Position { x: 0, y: 1 }));
    assert_eq!(choice.item_at(buf.area, Position { x: 25, y: 1 }), Some(3));
    assert_eq!(choice.height(44), 2);
}

#[test]
fn facts_stand_in_two_columns_and_give_slots_to_fields() {
    let facts = Facts::new()
        .row("称呼", vec![piece("张小明妈妈", Role::Accent)])
        .slot("备注")
        .row("家庭成员", vec![piece("两个孩子，一个在读", Role::Text)]);
    let mut buf = blank(24, 5);
    let used = facts.render(buf.area, &mut buf, &theme());
    assert_eq!(screen_text(&buf), "称呼     张小明妈妈\n备注\n家庭成员 两个孩子，一个\n         在读\n\n");
    assert_eq!(used, 4);
    assert_eq!(facts.places(buf.area)[1], Rect::new(9, 1, 15, 1));
}

#[test]
fn a_line_that_does_not_fit_ends_in_an_ellipsis() {
    let line = [piece("gap ", Role::Dim), piece("33,600", Role::Money), piece(" · pace", Role::Dim)];
    for (width, expected) in
        [(17, "gap 33,600 · pace"), (16, "gap 33,600 · pa…"), (10, "gap 33,60…"), (4, "gap…"), (1, "…")]
    {
        let mut buf = blank(width, 1);
        draw(&line, buf.area, &mut buf, &theme());
        assert_eq!(screen_text(&buf).trim_end(), expected, "{width}");
    }
}

#[test]
fn a_cut_glyph_is_found() {
    let mut buf = blank(6, 1);
    buf[(0, 0)].set_symbol("张");
    buf[(3, 0)].set_symbol("小");
    buf[(4, 0)].set_symbol("x");
    buf[(5, 0)].set_symbol("明");
    assert_eq!(cut_glyphs(&buf), [Position { x: 3, y: 0 }, Position { x: 5, y: 0 }]);
}
