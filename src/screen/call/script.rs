//! The script beside the card: its lines filled in, the one reached marked, what goes with the stage under them.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::Session;
use crate::app::speak::{self, merge, named};
use crate::dialog::answers::merged;
use crate::domain::lists::LineKind;
use crate::playbook::model::ScriptLine;
use crate::screen::call::{Call, target};
use crate::text::Text;
use crate::text::width::{cells, pad};
use crate::theme::Role;
use crate::widget::{Line, Lines, Mark, draw, piece};

/// A paragraph of the panel: what stands in the gutter and the text beside it.
struct Block {
    gutter: Line<'static>,
    text: Vec<Line<'static>>,
}

impl Block {
    /// Puts what stands in the gutter before the text: what a line is comes before what it says.
    fn say(&mut self) {
        let mut gutter = std::mem::take(&mut self.gutter);
        if let (Some(first), false) = (self.text.first_mut(), gutter.is_empty()) {
            if let Some(last) = gutter.last_mut() {
                last.text = last.text.trim_end().to_owned().into();
            }
            gutter.push(piece(": ", Role::Dim));
            gutter.append(first);
            *first = gutter;
        }
    }
}

/// The title of the panel: the script's name.
pub fn title(call: &Call, session: &Session) -> String {
    let script = target::script(session, call.row(), call.card.as_deref());
    script.map_or_else(|| session.words.say(Text("call.no_script")).to_owned(), |s| named(session, &s.name))
}

/// Draws the panel.
///
/// Answers where the line to say next stands.
pub fn render(call: &Call, session: &Session, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let spoken = session.theme.manner().is_spoken();
    let gutter = if spoken { 0 } else { gutter_width(session).min(area.width / 3) };
    let width = area.width.saturating_sub(gutter);
    let mut blocks = blocks(call, session);
    if spoken {
        blocks.iter_mut().for_each(Block::say);
    }
    let heights: Vec<u16> = blocks.iter().map(|block| Lines::new(&block.text).height(width).max(1)).collect();
    // the line after the one reached must be in sight; the lines before it give way
    let next = call.reached.map_or(0, |at| at + 1).min(blocks.len().saturating_sub(1));
    let mut first = 0;
    let through =
        |from: usize| heights.iter().skip(from).take(next + 1 - from).map(|h| u32::from(*h)).sum::<u32>();
    while first < next && through(first) > u32::from(area.height) {
        first += 1;
    }
    let mut y = area.y;
    let mut active = None;
    for (index, (block, height)) in blocks.iter().zip(&heights).enumerate().skip(first) {
        if y >= area.bottom() {
            break;
        }
        let high = (*height).min(area.bottom() - y);
        if index == next {
            active = Some(Position { x: area.x, y });
        }
        draw(&block.gutter, Rect { y, height: 1, width: gutter, ..area }, buf, &session.theme);
        let place = Rect { x: area.x + gutter, y, width, height: high };
        Lines::new(&block.text).render(place, buf, &session.theme);
        y += high;
    }
    active
}

fn gutter_width(session: &Session) -> u16 {
    let widest = LineKind::ALL.iter().map(|kind| cells(session.words.name("line", kind.as_str()))).max();
    u16::try_from(widest.unwrap_or(4)).unwrap_or(4) + 3
}

fn blocks(call: &Call, session: &Session) -> Vec<Block> {
    let mut blocks = Vec::new();
    let script = target::script(session, call.row(), call.card.as_deref());
    for (index, line) in script.map(|script| script.lines.as_slice()).unwrap_or_default().iter().enumerate() {
        blocks.push(spoken(call, session, index, line));
    }
    blocks.push(Block { gutter: Vec::new(), text: vec![Vec::new()] });
    blocks.extend(tools(call, session));
    blocks
}

fn spoken(call: &Call, session: &Session, index: usize, line: &ScriptLine) -> Block {
    let words = &session.words;
    let said = call.reached.is_some_and(|at| index <= at);
    let next = call.reached.map_or(0, |at| at + 1) == index && call.started.is_some();
    let role = role(line.kind);
    let mark = if said {
        speak::mark(session, Mark::Done, Role::Good)
    } else if next {
        speak::mark(session, Mark::Here, Role::Accent)
    } else {
        piece("  ", Role::Dim)
    };
    let kind = piece(words.name("line", line.kind.as_str()).to_owned(), role);
    let mut text = vec![match call.card.as_deref() {
        Some(card) => {
            let person = call.row().and_then(|row| row.person.as_ref()).map(|(id, _, _)| *id);
            let deal = target::deal(call.row(), card).map(|deal| deal.id);
            let filled = merge::text(session, &line.text, merge::For { card, person, deal, coupon: None });
            merged(&filled.parts, if said { Role::Dim } else { role })
        }
        None => vec![piece(named(session, &line.text), Role::Dim)],
    }];
    if let Some(proof) = line.proof.as_ref().and_then(|code| session.playbook()?.material(code)) {
        let name = named(session, &proof.name);
        text.push(vec![piece(words.fill(Text("call.proof"), &[("name", &name)]), Role::Dim)]);
    }
    Block { gutter: vec![mark, kind], text }
}

const fn role(kind: LineKind) -> Role {
    match kind {
        LineKind::Ask => Role::ScriptAsk,
        LineKind::Tell => Role::ScriptTell,
        LineKind::Claim => Role::ScriptClaim,
        LineKind::Close => Role::ScriptClose,
    }
}

/// The same as lines of their own.
pub fn tool_lines(call: &Call, session: &Session) -> Vec<Line<'static>> {
    tools(call, session)
        .into_iter()
        .flat_map(|block| std::iter::once(block.gutter).chain(block.text))
        .collect()
}

/// Materials and coupons that go with the stage, and the answers used in this call.
fn tools(call: &Call, session: &Session) -> Vec<Block> {
    let words = &session.words;
    let (row, card) = (call.row(), call.card.as_deref());
    let mut blocks = Vec::new();
    let width = usize::from(gutter_width(session));
    let mut add = |label: Text, names: Vec<String>, role: Role| {
        if !names.is_empty() {
            let label = pad(words.say(label), width.saturating_sub(1));
            blocks.push(Block {
                gutter: vec![piece(label, Role::Dim)],
                text: names.into_iter().map(|name| vec![piece(name, role)]).collect(),
            });
        }
    };
    let materials = target::materials(session, row, card);
    add(Text("call.materials"), materials.iter().map(|m| named(session, &m.name)).collect(), Role::Text);
    let coupons = target::coupons(session, row, card);
    add(Text("call.coupons"), coupons.iter().map(|c| named(session, &c.name)).collect(), Role::Text);
    let used = call.questions.iter().map(|(code, solved)| {
        let question = session.playbook().and_then(|p| p.questions.iter().find(|q| q.code == *code));
        let name = question.and_then(|q| q.ask.first()).map_or_else(|| code.to_string(), Clone::clone);
        let mark = if *solved { Mark::Done } else { Mark::Lost };
        format!("{name} {}", mark.text(words, &session.theme))
    });
    add(Text("call.used"), used.collect(), Role::Text);
    blocks
}
