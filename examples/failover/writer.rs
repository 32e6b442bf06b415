//! A writer's process: a session's store with two reps at work without a pause, who send a change until it is acknowledged.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use corral::domain::time::Timestamp;
use corral::sample::rep::{Next, Rep};
use corral::store::change::{Commit, Write};
use corral::store::worker::Store;
use corral::store::{Db, StoreError, agenda};

use crate::again::until_there;
use crate::child::Child;
use crate::error::Failed;
use crate::line::{Line, line, tell};

/// Reps of one writer, who share its store: their changes often go into one commit.
pub const HANDS: usize = 2;

/// Works until nobody listens at the other end of standard input.
pub fn run(child: &Child) -> Result<(), Failed> {
    let store = Store::open(&child.path)?;
    // a session hears of everybody's commits
    let news = store.subscribe();
    thread::spawn(move || news.into_iter().for_each(drop));
    let (pipe, over) = (Mutex::new(io::stdout()), AtomicBool::new(false));
    thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let (store, pipe, over) = (&store, &pipe, &over);
                scope.spawn(move || work(child, hand, (store, pipe, over)))
            })
            .collect();
        // nothing is ever typed: it ends when it is over
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        over.store(true, Ordering::Release);
        hands.into_iter().try_for_each(|hand| {
            hand.join().unwrap_or_else(|_| Err(Failed::Part("a rep's thread panicked".to_owned())))
        })
    })
}

fn work(
    child: &Child,
    hand: usize,
    (store, pipe, over): (&Store, &Mutex<io::Stdout>, &AtomicBool),
) -> Result<(), Failed> {
    let mut eyes = Db::open(&child.path)?;
    let reps = eyes.snapshot(|tx, _| agenda::reps(tx))?;
    let place = child.place * HANDS + hand;
    let user = reps.get(place % reps.len().max(1)).copied();
    let user = user.ok_or_else(|| Failed::Part("no rep to be".to_owned()))?;
    let mut rep = Rep::new(user, child.seed.wrapping_add(place as u64));
    let now = Timestamp(child.now);
    while !over.load(Ordering::Acquire) {
        let next = until_there(|| eyes.snapshot(|tx, books| rep.next(tx, books, now)))?;
        let mut make = |write: &Write| {
            // a pipe that is gone means that the parent is
            let _ = tell(pipe, &Line::Try(Box::new(write.clone())));
            let made = until_there(|| store.make(write.clone()));
            let _ = tell(pipe, &line(write, &made));
            made
        };
        match &next {
            Next::Job(job) => drop(rep.work(job, now, &mut make)),
            Next::Own(write) => drop::<Result<Commit, StoreError>>(make(write)),
            Next::Nothing => return Err(Failed::Part("a rep without customers".to_owned())),
        }
    }
    Ok(())
}
