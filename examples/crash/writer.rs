//! A writer's process: a session's store with two reps at work without a pause, told on a pipe.

use std::io;
use std::sync::Mutex;
use std::thread;

use corral::domain::time::Timestamp;
use corral::sample::rep::{Next, Rep};
use corral::store::change::Write;
use corral::store::worker::Store;
use corral::store::{Db, agenda};

use crate::child::Child;
use crate::error::Failed;
use crate::line::{Line, line, tell};

/// Reps of one writer, who share its store: their changes often go into one commit.
pub const HANDS: usize = 2;

/// Works until it is killed.
pub fn run(child: &Child) -> Result<(), Failed> {
    let store = Store::open(&child.path)?;
    let pipe = Mutex::new(io::stdout());
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let (store, pipe) = (&store, &pipe);
                scope.spawn(move || work(child, hand, (store, pipe)))
            })
            .collect();
        hands.into_iter().try_for_each(|hand| {
            hand.join().unwrap_or_else(|_| Err(Failed::Part("a rep's thread panicked".to_owned())))
        })
    })
}

fn work(child: &Child, hand: usize, (store, pipe): (&Store, &Mutex<io::Stdout>)) -> Result<(), Failed> {
    let mut eyes = Db::open(&child.path)?;
    let reps = eyes.snapshot(|tx, _| agenda::reps(tx))?;
    let place = child.place * HANDS + hand;
    let user = reps.get(place % reps.len().max(1)).copied();
    let user = user.ok_or_else(|| Failed::Part("no rep to be".to_owned()))?;
    let mut rep = Rep::new(user, child.seed.wrapping_add(place as u64));
    let now = Timestamp(child.now);
    loop {
        let next = eyes.snapshot(|tx, books| rep.next(tx, books, now))?;
        let mut make = |write: &Write| {
            // a pipe that is gone means that the parent is: the kill will come
            let _ = tell(pipe, &Line::Try(Box::new(write.clone())));
            let made = store.make(write.clone());
            let _ = tell(pipe, &line(write, &made));
            made
        };
        match &next {
            Next::Job(job) => drop(rep.work(job, now, &mut make)),
            Next::Own(write) => drop(make(write)),
            Next::Nothing => return Err(Failed::Part("a rep without customers".to_owned())),
        }
    }
}
