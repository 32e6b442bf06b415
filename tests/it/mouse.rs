//! The mouse: what is pointed at is what was drawn.

use corral::app::action::Context;
use corral::app::keymap::Keymap;
use corral::app::{Effect, Event};
use corral::domain::id::{CustomerId, TaskId};
use corral::domain::lists::Role;
use corral::input::{Input, Mouse, MouseKind, Size};
use corral::screen::board::Board;
use corral::screen::card::Card;
use corral::screen::customers::Customers;
use corral::screen::sign_in::SignIn;
use corral::screen::targets::Targets;
use corral::store::change::{Change, WorkChange};
use corral::store::query::{Answer, Found};
use corral::text::Lang;
use corral::widget::screen_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::screens_desk::desk::{self, Desk};
use crate::screens_work::floor::Floor;

/// Where a text stands on a screen: its first cell.
fn place(buf: &Buffer, text: &str) -> Position {
    for y in buf.area.top()..buf.area.bottom() {
        let mut row = String::new();
        let mut starts = Vec::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let symbol = buf.cell((x, y)).unwrap().symbol();
            starts.push((row.len(), x));
            row.push_str(symbol);
            x += u16::try_from(corral::text::width::cells(symbol).max(1)).unwrap();
        }
        if let Some(at) = row.find(text) {
            let (_, x) = starts.iter().rev().find(|(start, _)| *start <= at).unwrap();
            return Position { x: *x, y };
        }
    }
    panic!("'{text}' is not on the screen:\n{}", screen_text(buf));
}

fn event(kind: MouseKind, at: Position) -> Event {
    Event::Input(Input::Mouse(Mouse { kind, x: at.x, y: at.y }))
}

/// A screen that was drawn, and the hand on the mouse.
trait Hand {
    fn take_in(&mut self, event: Event);
    fn picture(&mut self, width: u16, height: u16) -> Buffer;

    fn click(&mut self, text: &str) {
        let buf = self.picture(120, 36);
        self.take_in(event(MouseKind::Click, place(&buf, text)));
    }

    fn wheel(&mut self, text: &str, kind: MouseKind) {
        let buf = self.picture(120, 36);
        self.take_in(event(kind, place(&buf, text)));
    }

    fn shown(&mut self) -> String {
        screen_text(&self.picture(120, 36))
    }
}

impl Hand for Desk {
    fn take_in(&mut self, event: Event) {
        self.event(event);
    }

    fn picture(&mut self, width: u16, height: u16) -> Buffer {
        self.draw(width, height)
    }
}

impl Hand for Floor {
    fn take_in(&mut self, event: Event) {
        self.event(event);
    }

    fn picture(&mut self, width: u16, height: u16) -> Buffer {
        self.draw(width, height)
    }
}

fn day() -> Floor {
    Floor::new("edu-english", Lang::En)
}

/// The row with the mark of the selection.
fn selected(screen: &str) -> String {
    screen.lines().find(|line| line.contains('▸')).unwrap_or_else(|| panic!("{screen}")).to_owned()
}

#[test]
fn a_click_selects_a_row_and_a_second_opens_it() {
    let mut floor = day();
    floor.click("欧阳娜娜");
    assert_eq!(floor.context(), Context::Today);
    assert!(selected(&floor.shown()).contains("欧阳娜娜"));
    floor.click("欧阳娜娜");
    assert_eq!(floor.context(), Context::Call);
    assert!(floor.shown().contains("欧阳娜娜"));
}

#[test]
fn a_first_click_on_the_row_that_is_selected_already_does_not_open_it() {
    let mut floor = day();
    assert!(selected(&floor.shown()).contains("张小明家"));
    floor.click("张小明家");
    assert_eq!(floor.context(), Context::Today);
    // and a key between two clicks makes the second a first one
    floor.play("down up");
    floor.click("张小明家");
    assert_eq!(floor.context(), Context::Today);
    floor.click("张小明家");
    assert_eq!(floor.context(), Context::Call);
}

#[test]
fn a_click_on_a_pen_gives_it_the_keys_and_the_wheel_scrolls_it() {
    let mut floor = day();
    floor.click("Coupons");
    let coupon = floor.today.pens.iter().find(|pen| pen.lane == corral::domain::lists::Lane::Coupon).unwrap();
    let name = coupon.rows[0].customer_name.clone();
    assert!(selected(&floor.shown()).contains(&name), "{}", floor.shown());
    // the wheel goes to the pen under it and moves by three rows
    let calls: Vec<String> = floor.today.pens[0].rows.iter().map(|row| row.customer_name.clone()).collect();
    floor.wheel(&calls[1], MouseKind::ScrollDown);
    assert!(selected(&floor.shown()).contains(&calls[3.min(calls.len() - 1)]), "{}", floor.shown());
    floor.wheel(&calls[1], MouseKind::ScrollUp);
    assert!(selected(&floor.shown()).contains(&calls[0]), "{}", floor.shown());
}

#[test]
fn in_a_narrow_window_the_tabs_of_the_pens_can_be_clicked() {
    let mut floor = day();
    let buf = floor.draw(80, 24);
    floor.event(event(MouseKind::Click, place(&buf, "Materials")));
    let narrow = floor.screen(80, 24);
    let material =
        floor.today.pens.iter().find(|pen| pen.lane == corral::domain::lists::Lane::Material).unwrap();
    assert!(selected(&narrow).contains(&material.rows[0].customer_name), "{narrow}");
}

#[test]
fn a_label_of_the_footer_is_the_key_beside_it() {
    let mut floor = day();
    floor.click("Skip");
    assert_eq!(floor.context(), Context::Form);
    assert!(floor.shown().contains("Skip: why?"), "{}", floor.shown());
    floor.play("esc");
    floor.click("Help");
    assert_eq!(floor.context(), Context::Reader);
}

#[test]
fn the_tabs_on_top_are_the_screens() {
    let mut desk = Desk::new(Lang::En, Customers::new());
    desk.click("3 Board");
    assert_eq!(desk.app.context(), Some(Context::Board));
    desk.click("2 Customers");
    assert_eq!(desk.app.context(), Some(Context::Customers));
}

#[test]
fn an_outcome_can_be_clicked_once_the_call_has_begun() {
    let mut floor = day();
    floor.play("enter");
    floor.click("1 No answer");
    assert_eq!(floor.touches().len(), 1);
    assert_eq!(floor.touches()[0].task, Some(TaskId(1)));
    // the next record is not started: the same click says so and saves nothing
    floor.click("1 No answer");
    assert_eq!(floor.touches().len(), 1);
    floor.click("Enter starts");
    floor.click("1 No answer");
    assert_eq!(floor.touches().len(), 2);
}

#[test]
fn a_click_acts_on_the_row_that_was_drawn_there() {
    let mut desk = Desk::new(Lang::En, Customers::new());
    let buf = desk.draw(120, 36);
    let at = place(&buf, "customer 7 ");
    // the list changes before the click is taken in, and nothing was drawn since
    desk.silent = true;
    desk.play("m");
    let rows = [9, 8, 7, 6, 5].map(|id| desk::customer(id, &format!("customer {id}"))).to_vec();
    let ticket = desk.last_ticket();
    desk.event(Event::Answered(ticket, Ok(Answer::Found(Found { rows, more: false }))));
    desk.event(event(MouseKind::Click, at));
    assert!(selected(&desk.screen(120, 36)).contains("customer 7 "), "{}", desk.screen(120, 36));
}

#[test]
fn a_click_on_a_row_that_has_gone_opens_nothing() {
    let mut desk = Desk::new(Lang::En, Customers::new());
    let buf = desk.draw(120, 36);
    let at = place(&buf, "customer 7 ");
    desk.event(event(MouseKind::Click, at));
    desk.silent = true;
    let commit = desk::news(&[corral::store::change::Topic::Customer]);
    desk.event(Event::Written(corral::domain::id::WriteId(1), Ok(commit)));
    let rows = [9, 8].map(|id| desk::customer(id, &format!("customer {id}"))).to_vec();
    let ticket = desk.last_ticket();
    desk.event(Event::Answered(ticket, Ok(Answer::Found(Found { rows, more: false }))));
    desk.event(event(MouseKind::Click, at));
    assert_eq!(desk.app.context(), Some(Context::Customers), "no other customer was opened");
}

#[test]
fn what_lies_under_a_dialog_cannot_be_clicked() {
    let mut floor = day();
    let buf = floor.draw(120, 36);
    let at = place(&buf, "张小明家");
    floor.play("z");
    floor.draw(120, 36);
    floor.event(event(MouseKind::Click, at));
    floor.event(event(MouseKind::Click, at));
    assert_eq!(floor.context(), Context::Form);
    // and what was drawn before the dialog came is no place to click
    let mut floor = day();
    let buf = floor.draw(120, 36);
    floor.play("z");
    floor.event(event(MouseKind::Click, place(&buf, "Skip")));
    assert!(!floor.shown().contains("Skip: why?"));
    assert!(floor.writes().is_empty());
}

#[test]
fn a_reason_is_chosen_by_two_clicks() {
    let mut floor = day();
    floor.play("s");
    let reason = crate::screens_work::floor::playbook("edu-english").reasons.skip[1].clone();
    floor.click(&reason.name.en);
    assert!(floor.writes().is_empty());
    floor.click(&reason.name.en);
    assert!(matches!(
        floor.writes().as_slice(),
        [Change::Work(WorkChange::Skip { reason: given, .. })] if *given == reason.code
    ));
}

#[test]
fn customers_boards_targets_and_people_are_opened_by_two_clicks() {
    let mut desk = Desk::new(Lang::En, Customers::new());
    desk.click("customer 5 ");
    desk.click("customer 5 ");
    assert_eq!(desk.app.context(), Some(Context::Card));

    let mut board = Desk::as_role(Role::Lead, Lang::En, Board::new());
    board.click("rep 5 ");
    assert!(selected(&board.shown()).contains("rep 5 "));
    board.click("rep 5 ");
    assert_eq!(board.app.context(), Some(Context::Facts));

    let mut targets = Desk::as_role(Role::Lead, Lang::En, Targets::new());
    targets.click("赵磊");
    targets.click("赵磊");
    assert_eq!(targets.app.context(), Some(Context::Form));
    assert!(targets.shown().contains("赵磊 · New revenue"), "{}", targets.shown());

    let mut people = Desk::anonymous(Lang::En, SignIn::new());
    people.click("赵磊");
    people.click("赵磊");
    assert_eq!(people.app.session().me.as_ref().map(|me| me.user.name.as_str()), Some("赵磊"));
}

#[test]
fn the_metric_of_a_board_is_a_click_away() {
    let mut board = Desk::as_role(Role::Lead, Lang::En, Board::new());
    board.click("Valid calls");
    let screen = board.shown();
    assert!(screen.contains("Valid calls · this month"), "{screen}");
}

#[test]
fn the_wheel_scrolls_the_side_of_the_card_it_is_over() {
    let mut card = Desk::new(Lang::En, Card::new(CustomerId(1)));
    let before = card.screen(80, 24);
    let buf = card.draw(80, 24);
    card.event(event(MouseKind::ScrollDown, place(&buf, "Timeline")));
    let after = card.screen(80, 24);
    assert!(after.contains("▸ Timeline") && !before.contains("▸ Timeline"), "{after}");
}

#[test]
fn one_key_gives_the_mouse_to_the_terminal_and_takes_it_back() {
    for keys in ["", "/", "z", "enter", "enter n", "ctrl-p", "?"] {
        let mut floor = day();
        floor.play(keys);
        let before = floor.app.session().mouse;
        let effects = floor.play("ctrl-g");
        assert!(effects.contains(&Effect::Pointer(!before)), "after '{keys}'");
        let effects = floor.play("ctrl-g");
        assert!(effects.contains(&Effect::Pointer(before)), "after '{keys}'");
    }
    let mut floor = day();
    floor.play("ctrl-g");
    assert!(floor.shown().contains("the mouse works here again"), "{}", floor.shown());
    floor.play("ctrl-g");
    assert!(floor.shown().contains("Ctrl-G takes it back"), "{}", floor.shown());
}

#[test]
fn clicks_anywhere_at_any_time_write_nothing_but_what_a_key_would() {
    let (keymap, _) = Keymap::load("", "keys.toml");
    for size in [(1, 1), (40, 12), (80, 24), (200, 60)] {
        let mut desk = Desk::with_keys(keymap.clone(), Customers::new());
        desk.event(Event::Input(Input::Resize(Size::clamped(size.0, size.1))));
        for step in 0..200_u16 {
            let at = Position { x: (step * 7) % size.0, y: (step * 3) % size.1 };
            let kind = [MouseKind::Click, MouseKind::ScrollDown, MouseKind::ScrollUp][usize::from(step % 3)];
            desk.draw(size.0, size.1);
            desk.event(event(kind, at));
        }
        assert!(
            desk.writes().iter().all(|change| matches!(change, Change::Undo { .. })),
            "{:?}",
            desk.writes()
        );
    }
}
