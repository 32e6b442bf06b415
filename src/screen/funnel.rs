//! A funnel by when its deals opened (S001-64): every cell opens its deals, every stage names what is done there (AP-04).

mod deals;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, time};
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View};
use crate::domain::code::{PipelineCode, ScriptCode, SopCode};
use crate::domain::lists::{FunnelCell, Period};
use crate::domain::report::share::{CASES_MIN, Share};
use crate::domain::span::Span;
use crate::screen::frame::frame;
use crate::screen::funnel::deals::Deals;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::query::report::{FunnelAsk, FunnelRowsAsk, FunnelSheet, FunnelStage};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Bar, Column, Line, Row, Table, draw, draw_right, piece, window};

/// Cells of the bar of a stage.
const BAR: u16 = 12;

/// A funnel.
#[derive(Debug, Clone)]
pub struct Funnels {
    whose: Option<TargetOf>,
    pipeline: Option<PipelineCode>,
    span: Span,
    sheet: Option<FunnelSheet>,
    select: Select<String>,
    cell: usize,
    asked: Option<Ticket>,
}

impl Funnels {
    /// The funnel of somebody's deals; of one's own, the team's or everybody's where nobody is named.
    pub fn new(whose: Option<TargetOf>) -> Self {
        Self {
            whose,
            pipeline: None,
            span: Span::this(Period::Month),
            sheet: None,
            select: Select::default(),
            cell: 0,
            asked: None,
        }
    }

    fn query(&self, cx: &Cx<'_>) -> FunnelAsk {
        FunnelAsk { by: cx.viewer(), whose: self.whose, pipeline: self.pipeline.clone(), span: self.span }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let ask = self.query(cx);
        self.asked = Some(cx.read(Query::Report(ReportAsk::Funnel(ask))));
    }

    fn turn(&mut self, cx: &mut Cx<'_>) {
        self.sheet = None;
        self.ask(cx);
    }

    fn stages(&self) -> &[FunnelStage] {
        self.sheet.as_ref().map_or(&[], |sheet| &sheet.stages)
    }

    fn keys(&self) -> Vec<String> {
        self.stages().iter().map(|stage| stage.stage.as_str().to_owned()).collect()
    }

    fn selected(&self) -> Option<&FunnelStage> {
        self.stages().get(self.select.at())
    }

    fn cell(&self) -> FunnelCell {
        FunnelCell::ALL.get(self.cell).copied().unwrap_or(FunnelCell::Entered)
    }

    fn next_pipeline(&mut self) {
        let Some(sheet) = &self.sheet else { return };
        let at = sheet.pipelines.iter().position(|code| *code == sheet.pipeline).unwrap_or(0);
        self.pipeline = sheet.pipelines.get(at + 1).or_else(|| sheet.pipelines.first()).cloned();
        self.select.reset();
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            return Flow::Used;
        }
        let count = FunnelCell::ALL.len();
        match act {
            Act::Left => self.cell = (self.cell + count - 1) % count,
            Act::Right => self.cell = (self.cell + 1) % count,
            Act::Period => {
                self.span = Span::this(self.span.period().unwrap_or(Period::Quarter).next());
                self.turn(cx);
            }
            Act::Earlier | Act::Later => {
                self.span = self.span.moved(act == Act::Later);
                self.turn(cx);
            }
            Act::FunnelPipeline => {
                self.next_pipeline();
                self.turn(cx);
            }
            Act::Accept | Act::Explain => self.open(cx),
            Act::News => self.ask(cx),
            Act::Back | Act::Funnel => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn open(&self, cx: &mut Cx<'_>) {
        let Some(stage) = self.selected() else { return };
        let name = self.sheet.as_ref().map(|sheet| stage_name(cx.session, sheet, stage)).unwrap_or_default();
        let cell = cx.session.words.name("funnel", self.cell().as_str()).to_owned();
        let ask = FunnelRowsAsk {
            funnel: self.query(cx),
            stage: stage.stage.clone(),
            cell: self.cell(),
            after: None,
            limit: deals::WINDOW,
        };
        cx.push(Deals::new(ask, format!("{name} · {cell}")));
    }

    /// What is done at a stage: its script, its procedure.
    fn action(session: &Session, stage: &FunnelStage) -> String {
        let words = &session.words;
        let book = session.playbook();
        let script = stage.script.as_ref().and_then(|code| {
            let script = book?.script(&ScriptCode::from(code.as_str()))?;
            Some(words.fill(Text("funnel.script"), &[("name", &speak::named(session, &script.name))]))
        });
        let step = stage.step.as_ref().and_then(|code| {
            let sop = book?.sop(&SopCode::from(code.as_str()))?;
            Some(words.fill(Text("funnel.procedure"), &[("name", &speak::named(session, &sop.name))]))
        });
        [script, step].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn row(
        &self,
        session: &Session,
        sheet: &FunnelSheet,
        (place, stage): (usize, &FunnelStage),
    ) -> Row<'static> {
        let level = &stage.level;
        let selected = place == self.select.at();
        let counted = |cell: FunnelCell, count: i64| -> Line<'static> {
            let chosen = selected && cell == self.cell();
            let mark = if chosen { "▸" } else { "" };
            let role = if chosen { Role::Accent } else { Role::Money };
            vec![piece(format!("{mark}{count}"), role)]
        };
        let reasons: Vec<String> = level
            .reasons
            .iter()
            .take(3)
            .map(|(code, count)| {
                let reason = session.playbook().and_then(|book| book.reason(&code.as_str().into()));
                let name = reason.map_or_else(|| code.clone(), |reason| speak::named(session, &reason.name));
                format!("{name} {count}")
            })
            .collect();
        let most = sheet.stages.first().map_or(0, |first| first.level.entered);
        Row::new([
            vec![piece(stage_name(session, sheet, stage), Role::Accent)],
            Bar::new(level.entered, most.max(1)).line(BAR),
            counted(FunnelCell::Entered, level.entered),
            counted(FunnelCell::Passed, level.passed),
            vec![piece(level.conversion().shown(), Role::Text)],
            vec![piece(stage.team.map(Share::shown).unwrap_or_default(), Role::Dim)],
            counted(FunnelCell::Open, level.open),
            counted(FunnelCell::Lost, level.lost),
            vec![piece(level.days.map_or_else(|| "–".to_owned(), |days| days.to_string()), Role::Text)],
            vec![piece(reasons.join(" "), Role::Dim)],
        ])
    }
}

fn stage_name(session: &Session, sheet: &FunnelSheet, stage: &FunnelStage) -> String {
    speak::stage(session, &sheet.pipeline, &stage.stage)
}

impl Layer for Funnels {
    fn context(&self) -> Context {
        Context::Funnel
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            Act::Accept | Act::Explain if self.selected().is_none() => Err(Text("board.nothing")),
            Act::Later if self.span.moved(true) == self.span => Err(Text("board.newest")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| moves(act) || matches!(act, Act::Accept | Act::Explain);
        let reading = self.asked.is_some() && self.sheet.is_none();
        reading && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            // a funnel of many deals is not read again for each of them: once a minute
            Event::Shown | Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                let Some(key) = usize::try_from(*id).ok().and_then(|at| keys.get(at).cloned()) else {
                    return Flow::Passed;
                };
                self.select.point(key, &keys);
            }
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Report(ReportAnswer::Funnel(sheet))) => {
                        self.sheet = Some((**sheet).clone());
                        let keys = self.keys();
                        self.select.settle(&keys);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
                    }
                }
            }
            Event::Written(_, Ok(commit)) if commit.topics.contains(&Topic::Customer) => self.ask(cx),
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let area = frame(area, buf, view, ScreenId::Report, self);
        let row = |y: u16| {
            Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 }.intersection(area)
        };
        let Some(sheet) = &self.sheet else {
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], area, buf, theme);
            return None;
        };
        let name = if sheet.name.is_empty() { String::new() } else { format!("{} · ", sheet.name) };
        let title = format!(
            "{name}{} · {} · {}",
            words.say(Text("funnel.title")),
            speak::pipeline(session, &sheet.pipeline),
            time::span(session, self.span)
        );
        draw(&[piece(title, Role::Title)], row(area.y), buf, theme);
        let won = format!(
            "{} {} / {} · {}",
            words.say(Text("funnel.won")),
            sheet.won.part,
            sheet.won.of,
            sheet.won.shown()
        );
        if area.width >= 70 {
            draw_right(&[piece(won, Role::Good)], row(area.y), buf, theme);
        }
        if sheet.won.of == 0 {
            let text = format!(" {}", words.say(Text("funnel.none")));
            let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            draw(&[piece(text, Role::Dim)], below.intersection(area), buf, theme);
            return None;
        }
        let say = |key| words.say(Text(key));
        let columns = [
            Column::flex(say("funnel.stage"), 10).weight(2).priority(0),
            Column::fixed("", BAR).priority(5),
            Column::fixed(say("funnel.entered"), 7).right().priority(0),
            Column::fixed(say("funnel.passed"), 8).right().priority(0),
            Column::fixed(say("funnel.conversion"), 7).right().priority(1),
            Column::fixed(say("funnel.team"), 7).right().priority(4),
            Column::fixed(say("funnel.open"), 6).right().priority(1),
            Column::fixed(say("funnel.lost"), 6).right().priority(1),
            Column::fixed(say("funnel.days"), 5).right().priority(2),
            Column::flex(say("funnel.reasons"), 14).weight(3).priority(3),
        ];
        let list = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area }.intersection(area);
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, sheet.stages.len());
        let rows: Vec<Row<'_>> = sheet
            .stages
            .iter()
            .enumerate()
            .skip(top)
            .take(high)
            .map(|stage| self.row(session, sheet, stage))
            .collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(sheet.stages.len())
            .offset(top)
            .selected(Some(self.select.at().saturating_sub(top)));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| i64::try_from(top + at).ok())
        });
        let caret = table.render(list, buf, theme);
        if let Some(stage) = self.selected() {
            let action = Self::action(session, stage);
            let mut line = Vec::new();
            if !action.is_empty() {
                line.push(piece(words.fill(Text("funnel.next"), &[("what", &action)]), Role::Accent));
            }
            draw(&line, row(list.bottom()), buf, theme);
        }
        if sheet.stages.iter().any(|stage| (1..CASES_MIN).contains(&stage.level.entered)) {
            draw(&[piece(say("funnel.few"), Role::Dim)], row(list.bottom() + 1), buf, theme);
        }
        caret
    }
}
