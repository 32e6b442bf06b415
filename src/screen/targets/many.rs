//! Several targets at once: what is asked before a form for them opens.

use super::{Line, Targets};
use crate::app::{Cx, Notice, Session, Ticket};
use crate::dialog::filling::Filling;
use crate::dialog::targets::{CopyTargets, ShareTarget, Sharer};
use crate::domain::gap::bounds;
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Level, Metric};
use crate::domain::span::Span;
use crate::store::change::people::TargetOf;
use crate::store::query::board::BoardBy;
use crate::store::query::{Answer, BoardAsk, Query, SharedBoard};
use crate::text::Text;

/// The boards that a team's target is shared out by: this period's and the one before.
#[derive(Debug, Clone)]
pub(super) struct Sharing {
    name: String,
    whole: i64,
    asked: [Ticket; 2],
    boards: [Option<SharedBoard>; 2],
}

impl Targets {
    /// What a form for several is about.
    fn about(&self, session: &Session, name: &str, metric: Metric, count: usize) -> String {
        let words = &session.words;
        let period = words.name("period", self.period.as_str()).to_owned();
        let period = match self.level {
            Level::Goal => period,
            level => format!("{period} · {}", words.name("level", level.as_str())),
        };
        let metric = words.name("metric", metric.as_str());
        let parts: [(&str, &dyn std::fmt::Display); 4] =
            [("n", &count), ("name", &name), ("metric", &metric), ("period", &period)];
        words.fill(Text("targets.about"), &parts)
    }

    /// Asks what was in force the day before this period began.
    pub(super) fn ask_before(&mut self, cx: &mut Cx<'_>) {
        let Some(line) = self.selected().cloned() else { return };
        let zone = cx.session.zone();
        let (first, _) = bounds(self.period, zone.day(cx.now()));
        let ticket = cx.read(Query::Targets { now: zone.start(first.plus(-1)) });
        self.before_asked = Some((ticket, line));
    }

    /// Opens the form where this was asked for; whether it was.
    pub(super) fn answered_before(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> bool {
        let Answer::Targets(rows) = answer else { return false };
        let Some((_, line)) = self.before_asked.take_if(|(asked, _)| *asked == ticket) else { return false };
        let Some(metric) = self.metric() else { return true };
        let (first, _) = bounds(self.period, cx.session.zone().day(cx.now()));
        // of a team its members with it
        let of_team = |one: &&Line| matches!(line.scope, TargetOf::Team(_)) && one.team == line.name;
        let mut whose: Vec<TargetOf> = self.lines.iter().filter(of_team).map(|one| one.scope).collect();
        whose.push(line.scope);
        let entry = CopyTargets::new(rows, &whose, (metric, self.period, self.level), first);
        if entry.count() == 0 {
            let words = cx.session.words.say(Text("targets.none_before")).to_owned();
            cx.say(Notice::refused(words));
            return true;
        }
        let about = self.about(cx.session, &line.name, metric, entry.count());
        let form = entry.form(cx.session, about);
        cx.push(Filling::new(entry, form));
        true
    }

    /// The team that is selected, with its target; `None` for a person, and where there is none.
    pub(super) fn shared(&self) -> Option<(TeamId, &str, i64)> {
        let (line, metric) = self.selected().zip(self.metric())?;
        let TargetOf::Team(team) = line.scope else { return None };
        let value = self.target(line.scope, metric, self.period)?.value;
        (value > 0).then_some((team, line.name.as_str(), value))
    }

    /// Asks who there is to share a team's target, what each has now and what each did before.
    pub(super) fn ask_shares(&mut self, cx: &mut Cx<'_>) {
        let (Some((team, name, whole)), Some(metric)) = (self.shared(), self.metric()) else { return };
        let now = cx.now();
        let board = |back| BoardAsk {
            team: Some(team),
            ..BoardAsk::new(metric, Span::Of(self.period, back), BoardBy::Rep, now)
        };
        let name = name.to_owned();
        let asked = [cx.read(Query::Board(board(0))), cx.read(Query::Board(board(1)))];
        self.sharing = Some(Sharing { name, whole, asked, boards: [None, None] });
    }

    /// Opens the form once both boards are there; whether an answer was one of them.
    pub(super) fn answered_shares(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> bool {
        let Some(metric) = self.metric() else { return false };
        let (Answer::Board(board), Some(sharing)) = (answer, &mut self.sharing) else { return false };
        let mut is_ours = false;
        for (asked, kept) in sharing.asked.iter().zip(&mut sharing.boards) {
            if *asked == ticket {
                *kept = Some(SharedBoard::clone(board));
                is_ours = true;
            }
        }
        let [Some(now), Some(before)] = &sharing.boards else { return is_ours };
        let sharers = now.rows.iter().filter_map(|row| {
            let done = before.rows.iter().find(|old| old.id == row.id).map_or(0, |old| old.gap.done);
            let user = row.id.parse().ok().map(UserId)?;
            Some(Sharer { user, target: row.gap.target, done })
        });
        let (first, sharers): (_, Vec<Sharer>) = (now.days.0, sharers.collect());
        let (count, whole, name) = (sharers.len(), sharing.whole, sharing.name.clone());
        self.sharing = None;
        let entry = ShareTarget::new((metric, self.period, self.level), whole, sharers, first);
        let about = self.about(cx.session, &name, metric, count);
        let form = entry.form(cx.session, about);
        cx.push(Filling::new(entry, form));
        is_ours
    }
}
