//! A call that was answered and long enough to count, logged by hand: at the instant it is made, whatever is due.

use corral::domain::code::OutcomeCode;
use corral::domain::id::{CustomerId, IdMaker, UserId, WriteId};
use corral::domain::lists::{Lane, OutcomeFlag};
use corral::domain::origin::Origin;
use corral::domain::time::Timestamp;
use corral::playbook::Playbook;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, WorkChange, Write};

use crate::error::Failed;

/// How a call ends that was answered and brings nothing else about.
pub fn answered(book: &Playbook) -> Result<OutcomeCode, Failed> {
    let plain = [OutcomeFlag::NodeBooked, OutcomeFlag::Sale, OutcomeFlag::Callback, OutcomeFlag::WechatAdded];
    let outcome = book.outcomes_for(Lane::Call).find(|outcome| {
        outcome.needs.is_empty()
            && outcome.flags.contains(&OutcomeFlag::Connected)
            && !outcome.flags.iter().any(|flag| plain.contains(flag))
    });
    let outcome = outcome.ok_or_else(|| Failed::Part("nobody ever answers here".to_owned()))?;
    Ok(outcome.code.clone())
}

/// A call of five minutes.
pub fn call((by, customer): (UserId, CustomerId), outcome: &OutcomeCode, at: Timestamp) -> Write {
    let touch = LogTouch {
        customer: Some(customer),
        outcome: outcome.clone(),
        seconds: Some(300),
        ..LogTouch::default()
    };
    write(by, at, Change::Work(WorkChange::Log(Box::new(touch))))
}

/// A change made now.
pub fn write(by: UserId, at: Timestamp, change: Change) -> Write {
    let id = WriteId(IdMaker::new(at, u64::from(std::process::id())).make());
    Write { id, by, at, from: Origin::Local, change }
}
