//! Targets: what is to be reached, by person and team, set by whoever leads (S001-110, S001-124).

mod many;
mod view;

use many::Sharing;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View};
use crate::dialog::filling::Filling;
use crate::dialog::target::SetTarget;
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Level, Metric, Period, Role, UserState};
use crate::screen::board::leads;
use crate::screen::facts::Whose;
use crate::screen::frame::frame;
use crate::screen::pay::Pay;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::query::{Answer, Query, TargetRow, UserRow};
use crate::text::Text;

/// A line of the list: a team, or a member under it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    scope: TargetOf,
    name: String,
    team: String,
}

/// The targets.
#[derive(Debug, Clone)]
pub struct Targets {
    metrics: Vec<Metric>,
    metric: usize,
    period: Period,
    level: Level,
    users: Vec<UserRow>,
    rows: Vec<TargetRow>,
    lines: Vec<Line>,
    loaded: bool,
    asked: Option<Ticket>,
    users_asked: Option<Ticket>,
    /// Those of the period before, to be set again.
    before_asked: Option<(Ticket, Line)>,
    /// The team's board of this period and of the one before, to share its target out.
    sharing: Option<Sharing>,
    select: Select<TargetOf>,
}

impl Default for Targets {
    fn default() -> Self {
        Self::new()
    }
}

impl Targets {
    /// The screen before its first answer.
    pub fn new() -> Self {
        Self {
            metrics: Vec::new(),
            metric: 0,
            period: Period::Month,
            level: Level::Goal,
            users: Vec::new(),
            rows: Vec::new(),
            lines: Vec::new(),
            loaded: false,
            asked: None,
            users_asked: None,
            before_asked: None,
            sharing: None,
            select: Select::default(),
        }
    }

    fn metric(&self) -> Option<Metric> {
        self.metrics.get(self.metric).copied()
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        if let (true, Some(playbook)) = (self.metrics.is_empty(), cx.session.playbook()) {
            self.metrics = playbook.summed();
        }
        let now = cx.now();
        self.users_asked = Some(cx.read(Query::Users));
        self.asked = Some(cx.read(Query::Targets { now }));
    }

    fn keys(&self) -> Vec<TargetOf> {
        self.lines.iter().map(|line| line.scope).collect()
    }

    fn selected(&self) -> Option<&Line> {
        self.lines.get(self.select.at())
    }

    /// The target in force; `None` where there is none.
    fn target(&self, scope: TargetOf, metric: Metric, period: Period) -> Option<&TargetRow> {
        self.rows.iter().find(|row| {
            (row.scope, row.metric, row.period, row.level) == (scope, metric, period, self.level)
                && row.part.is_whole()
        })
    }

    /// Whoever leads a team sees the team and its members; who leads several sees all; a rep the own line and the team's.
    fn arrange(&mut self, session: &Session) {
        let Some(me) = session.me.as_ref().map(|me| &me.user) else { return };
        let all = me.role >= Role::Manager;
        let mine = me.team.as_ref().map(|(team, _)| *team);
        let mut teams: Vec<(TeamId, String)> = Vec::new();
        for (team, name) in self.users.iter().filter_map(|user| user.team.clone()) {
            if !teams.iter().any(|(known, _)| *known == team) && (all || Some(team) == mine) {
                teams.push((team, name));
            }
        }
        teams.sort_by(|(_, a), (_, b)| a.cmp(b));
        let leads = leads(session);
        self.lines.clear();
        for (team, name) in teams {
            self.lines.push(Line { scope: TargetOf::Team(team), name: name.clone(), team: String::new() });
            let members = self.users.iter().filter(|user| {
                user.state != UserState::Left
                    && user.team.as_ref().is_some_and(|(of, _)| *of == team)
                    && (leads || user.id == me.id)
            });
            let line = |user: &UserRow| Line {
                scope: TargetOf::User(user.id),
                name: user.name.clone(),
                team: name.clone(),
            };
            self.lines.extend(members.map(line));
        }
        // somebody without a team still has the own line
        let own = TargetOf::User(me.id);
        if !self.lines.iter().any(|line| line.scope == own) {
            self.lines.push(Line { scope: own, name: me.name.clone(), team: String::new() });
        }
        if self.select.key().is_none() {
            self.select.choose(own);
        }
        let keys = self.keys();
        self.select.settle(&keys);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            return Flow::Used;
        }
        let count = self.metrics.len().max(1);
        match act {
            Act::Left => self.metric = (self.metric + count - 1) % count,
            Act::Right => self.metric = (self.metric + 1) % count,
            Act::Period => {
                self.period = self.period.next();
            }
            Act::TargetLevel => self.level = self.level.next(),
            Act::Accept | Act::SetTarget => self.set(cx),
            Act::CopyTargets => self.ask_before(cx),
            Act::ShareTarget => self.ask_shares(cx),
            Act::Statement => {
                if let Some(line) = self.selected() {
                    cx.push(Pay::new(Whose { scope: line.scope, name: line.name.clone() }));
                }
            }
            Act::Back => return switch(Act::Today, cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    /// A click on a metric shows it, one on a row selects it.
    fn pointed(&mut self, spot: Spot) -> Flow {
        let keys = self.keys();
        match spot {
            Spot::Part(Part(part)) if (1..=self.metrics.len()).contains(&part) => self.metric = part - 1,
            Spot::Row(_, id) => {
                let Some(scope) = keys.iter().copied().find(|scope| row_id(*scope) == id) else {
                    return Flow::Passed;
                };
                self.select.point(scope, &keys);
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn set(&self, cx: &mut Cx<'_>) {
        let Some((line, metric)) = self.selected().zip(self.metric()) else { return };
        let entry = SetTarget::new(line.scope, metric, self.period, self.level);
        let value = self.target(line.scope, metric, self.period).map(|row| row.value);
        let form = entry.form(cx.session, &line.name, value);
        cx.push(Filling::new(entry, form));
    }

    /// Whether a line is of the person that is signed in.
    fn is_own(scope: TargetOf, session: &Session) -> bool {
        let me: Option<UserId> = session.me.as_ref().map(|me| me.user.id);
        matches!(scope, TargetOf::User(user) if Some(user) == me)
    }
}

/// What a row is pointed at by: ids of teams and of people may be alike.
fn row_id(scope: TargetOf) -> i64 {
    match scope {
        TargetOf::Team(team) => team.0.wrapping_neg(),
        TargetOf::User(user) => user.0,
    }
}

impl Layer for Targets {
    fn context(&self) -> Context {
        Context::Targets
    }

    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        match act {
            Act::Accept | Act::SetTarget | Act::CopyTargets | Act::ShareTarget if !leads(view.session) => {
                Err(Text("targets.read_only"))
            }
            Act::ShareTarget if self.shared().is_none() => Err(Text("targets.no_team")),
            // a team's is of whoever leads it; the own is everybody's
            Act::Statement
                if !leads(view.session)
                    && self.selected().is_none_or(|line| !Self::is_own(line.scope, view.session)) =>
            {
                Err(Text("pay.not_yours"))
            }
            Act::Accept | Act::SetTarget | Act::CopyTargets | Act::Statement if self.selected().is_none() => {
                Err(Text("board.nothing"))
            }
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| matches!(act, Act::Accept | Act::SetTarget) || moves(act);
        let reading = self.asked.is_some() || self.users_asked.is_some();
        reading && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(spot) => return self.pointed(*spot),
            Event::Answered(ticket, Ok(answer)) if self.answered_before(*ticket, answer, cx) => {}
            Event::Answered(ticket, Ok(answer)) if self.answered_shares(*ticket, answer, cx) => {}
            Event::Answered(ticket, Ok(Answer::Users(users))) if self.users_asked == Some(*ticket) => {
                self.users_asked = None;
                self.users.clone_from(users);
                self.arrange(cx.session);
            }
            Event::Answered(ticket, Ok(Answer::Targets(targets))) if self.asked == Some(*ticket) => {
                self.asked = None;
                self.loaded = true;
                self.rows.clone_from(targets);
            }
            Event::Answered(ticket, Err(error))
                if [self.asked, self.users_asked].contains(&Some(*ticket)) =>
            {
                cx.refuse(error);
            }
            Event::Committed(commit) | Event::Written(_, Ok(commit))
                if commit.topics.iter().any(|topic| matches!(topic, Topic::Targets | Topic::People)) =>
            {
                self.ask(cx);
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Targets, self);
        self.body(body, buf, *view)
    }
}
