//! Good news on a screen: one quiet line where nothing else is said, held back in a call.

use std::collections::VecDeque;
use std::time::Duration;

use crate::app::amount::amount;
use crate::app::cx::Cx;
use crate::app::event::{Effect, Event, Ticket};
use crate::app::session::Session;
use crate::app::speak;
use crate::domain::id::NewsId;
use crate::domain::time::Timestamp;
use crate::store::change::Topic;
use crate::store::query::{Answer, GoodNews, GoodNewsAsk, Query, Viewer};
use crate::text::Text;

/// How long one stands.
pub const STANDS: Duration = Duration::from_secs(10);
/// How much waits at most: of more the oldest are left out, the wall and the reports have them.
const WAITING: usize = 8;

/// What was heard and not yet shown.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The newest that was heard of; nothing before the session began.
    after: Option<(Timestamp, NewsId)>,
    asked: Option<Ticket>,
    stale: bool,
    waiting: VecDeque<GoodNews>,
    shown: Option<(GoodNews, Timestamp)>,
}

impl Heard {
    /// What stands on the line now.
    pub fn shown(&self) -> Option<&GoodNews> {
        self.shown.as_ref().map(|(news, _)| news)
    }
}

/// Follows what is committed and answered; to be called with every event after the layers had it.
pub fn follow(event: &Event, cx: &mut Cx<'_>) {
    match event {
        Event::Committed(commit) | Event::Written(_, Ok(commit)) if commit.topics.contains(&Topic::News) => {
            cx.session.heard.stale = true;
        }
        Event::Answered(ticket, answer) if cx.session.heard.asked == Some(*ticket) => {
            let heard = &mut cx.session.heard;
            heard.asked = None;
            if let Ok(Answer::GoodNews(rows)) = answer {
                if let Some(last) = rows.last() {
                    heard.after = Some((last.at, last.id));
                }
                heard.waiting.extend(rows.iter().cloned());
                let over = heard.waiting.len().saturating_sub(WAITING);
                heard.waiting.drain(..over);
            }
        }
        _ => {}
    }
    ask(cx);
    advance(cx);
}

/// Asks for what came, where something did.
fn ask(cx: &mut Cx<'_>) {
    let Some(me) = cx.session.me.as_ref().map(|me| me.user.id) else { return };
    let now = cx.now();
    let after = *cx.session.heard.after.get_or_insert((now, NewsId(0)));
    if !cx.session.heard.stale || cx.session.heard.asked.is_some() {
        return;
    }
    cx.session.heard.stale = false;
    let day = cx.session.zone().day(now);
    let ask = GoodNewsAsk { by: Viewer { id: me, now }, day, after, limit: WAITING };
    let ticket = cx.read(Query::GoodNews(ask));
    cx.session.heard.asked = Some(ticket);
}

/// Shows the next, unless one stands or it is to wait: in a call nothing distracts.
fn advance(cx: &mut Cx<'_>) {
    let now = cx.now();
    let stands = i64::try_from(STANDS.as_millis()).unwrap_or(i64::MAX);
    let heard = &mut cx.session.heard;
    if heard.shown.as_ref().is_some_and(|(_, since)| now.since(*since) >= stands) {
        heard.shown = None;
    }
    if heard.shown.is_some() || cx.session.in_call {
        return;
    }
    if let Some(next) = cx.session.heard.waiting.pop_front() {
        cx.session.heard.shown = Some((next, now));
        cx.effect(Effect::Wake(STANDS));
    }
}

/// What stands on the line in words; `None` where nothing does, and in a call.
pub fn line(session: &Session) -> Option<String> {
    session.heard.shown().filter(|_| !session.in_call).map(|news| words(session, news))
}

/// Good news in words: those of the rule that told it, where the playbook in force still has it.
pub fn words(session: &Session, news: &GoodNews) -> String {
    let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
    let value = amount(news.metric.unit(), currency, news.value);
    let other = news.other.as_deref().unwrap_or_default();
    let rule = session.playbook().filter(|playbook| playbook.id == news.playbook);
    let rule = rule.and_then(|playbook| playbook.good_news.iter().find(|rule| rule.code == news.rule));
    if let Some(rule) = rule {
        speak::named(session, &rule.says)
            .replace("{rep}", &news.rep.1)
            .replace("{amount}", &value)
            .replace("{other}", other)
    } else {
        let text = match news.kind {
            crate::domain::lists::Gladness::OrderWon => Text("good_news.order_won"),
            crate::domain::lists::Gladness::TargetReached => Text("good_news.target_reached"),
            crate::domain::lists::Gladness::RankPassed => Text("good_news.rank_passed"),
        };
        session.words.fill(text, &[("rep", &news.rep.1), ("amount", &value), ("other", &other)])
    }
}
