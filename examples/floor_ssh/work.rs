//! The parts of the measurement, one after the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::task::JoinHandle;

use crate::figures::{Times, processor, resident};
use crate::ground::{Rep, Server, prepare};
use crate::seat::Seat;

/// A floor at work over SSH
#[derive(Debug, Parser)]
pub struct Args {
    /// Reps who work
    #[arg(long, default_value_t = 500)]
    pub sessions: usize,
    /// People who watch a board
    #[arg(long, default_value_t = 20)]
    pub boards: usize,
    /// How long they work
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// The same in minutes; memory is told after each
    #[arg(long, conflicts_with = "seconds")]
    pub minutes: Option<u64>,
    /// How long nobody presses a key, before they work
    #[arg(long, default_value_t = 30)]
    pub idle: u64,
    /// How often each of them logs an outcome, in seconds
    #[arg(long, default_value_t = 10)]
    pub every: u64,
    /// The program to measure
    #[arg(long, default_value = "target/release/corral")]
    pub program: PathBuf,
}

impl Args {
    /// How long everybody works.
    pub fn lasts(&self) -> Duration {
        Duration::from_secs(self.minutes.map_or(self.seconds, |minutes| minutes * 60))
    }
}

/// Measures.
pub async fn run(args: &Args) {
    let (server, reps) = prepare(args);
    println!("server: {} KiB before anybody comes", resident(server.id()));
    let Some((first, others)) = reps.split_first() else { return };
    let single = alone(&server, first).await;
    let seats = everybody(&server, others).await;
    idle(args, &server, seats.len()).await;
    let all = work(args, &server, seats).await;
    println!("p99 of all is {:.1} times that of one alone", all.at(99) / single.at(99));
}

async fn alone(server: &Server, rep: &Rep) -> Times {
    let mut seat = Seat::take(server.port, rep).await;
    seat.settle(Duration::from_millis(500)).await;
    let mut moves = Vec::new();
    for key in ["j", "k"].iter().cycle().take(20) {
        moves.push(seat.bytes_for(key).await);
    }
    moves.sort_unstable();
    println!("a move of the selection: {} bytes, at most {}", moves[moves.len() / 2], moves[moves.len() - 1]);
    let (mut starts, mut outcomes, mut both) = (Times::default(), Times::default(), Times::default());
    for _ in 0..100 {
        let took = seat.call().await;
        starts.add([took[0]]);
        outcomes.add([took[1]]);
        both.add(took);
    }
    starts.tell("one alone: a call started");
    outcomes.tell("one alone: an outcome");
    both.tell("one alone: key to frame");
    both
}

async fn everybody(server: &Server, reps: &[Rep]) -> Vec<Seat> {
    let (before, ticks, since) = (resident(server.id()), processor(server.id()), Instant::now());
    let mut coming = Vec::new();
    for rep in reps {
        let (port, rep) = (server.port, Rep { login: rep.login.clone(), key: Arc::clone(&rep.key) });
        coming.push(tokio::spawn(async move { Seat::take(port, &rep).await }));
    }
    let mut seats = Vec::new();
    for one in coming {
        seats.push(one.await.unwrap());
    }
    let many = seats.len();
    let (took, busy) = (since.elapsed().as_secs_f64(), (processor(server.id()) - ticks).as_secs_f64());
    println!(
        "{many} signed in, the day on screen, in {took:.1} s, {busy:.1} s of the server's processor time"
    );
    for seat in &mut seats {
        seat.settle(Duration::from_millis(20)).await;
    }
    let each = (resident(server.id()).saturating_sub(before)) as f64 / many as f64;
    println!("memory: {} KiB, {each:.0} KiB a session", resident(server.id()));
    seats
}

async fn idle(args: &Args, server: &Server, many: usize) {
    let (ticks, since) = (processor(server.id()), Instant::now());
    tokio::time::sleep(Duration::from_secs(args.idle)).await;
    let busy = (processor(server.id()) - ticks).as_secs_f64() / since.elapsed().as_secs_f64() * 100.0;
    println!("idle: {busy:.2} % of a processor for {many} sessions in {} s", args.idle);
}

async fn work(args: &Args, server: &Server, mut seats: Vec<Seat>) -> Times {
    let boards = seats.split_off(seats.len().saturating_sub(args.boards));
    let (workers, watched) = (seats.len(), boards.len());
    let until = Instant::now() + args.lasts();
    let (ticks, before) = (processor(server.id()), resident(server.id()));
    for mut board in boards {
        tokio::spawn(async move {
            board.press("3").await;
            board.watch(until).await;
        });
    }
    let (calls, every) = (Arc::new(AtomicUsize::new(0)), Duration::from_secs(args.every));
    let mut working = Vec::new();
    for (place, seat) in (0_u32..).zip(seats) {
        let first = Instant::now() + every * place / u32::try_from(workers.max(1)).unwrap();
        working.push(rep(seat, (first, every, until), Arc::clone(&calls)));
    }
    let reporting = report(args, server.id(), Arc::clone(&calls));
    let (mut starts, mut outcomes, mut both) = (Times::default(), Times::default(), Times::default());
    let mut left = Vec::new();
    let mut took = Vec::new();
    for one in working {
        let (its, seat) = one.await.unwrap();
        took.extend(its);
        left.push(seat);
    }
    reporting.abort();
    starts.add(took.iter().map(|took| took[0]));
    outcomes.add(took.iter().map(|took| took[1]));
    both.add(took.iter().flatten().copied());
    let busy = (processor(server.id()) - ticks).as_secs_f64() / args.lasts().as_secs_f64();
    println!(
        "{workers} at work, {watched} boards: {:.1} outcomes a second",
        took.len() as f64 / args.lasts().as_secs_f64()
    );
    println!("{busy:.2} processors; memory {before} KiB before, {} KiB after", resident(server.id()));
    starts.tell("all at work: a call started");
    outcomes.tell("all at work: an outcome");
    both.tell("all at work: key to frame");
    both
}

/// A rep who makes a call every so often. Answers how long the keys of each took.
fn rep(
    mut seat: Seat,
    (first, every, until): (Instant, Duration, Instant),
    calls: Arc<AtomicUsize>,
) -> JoinHandle<(Vec<[Duration; 2]>, Seat)> {
    tokio::spawn(async move {
        let mut took = Vec::new();
        let mut next = first;
        while next < until {
            seat.watch(next).await;
            took.push(seat.call().await);
            calls.fetch_add(1, Ordering::Relaxed);
            next += every;
        }
        (took, seat)
    })
}

/// Tells memory and calls, minute by minute.
fn report(args: &Args, server: u32, calls: Arc<AtomicUsize>) -> JoinHandle<()> {
    let minutes = args.minutes.unwrap_or_default();
    tokio::spawn(async move {
        for minute in 1..=minutes {
            tokio::time::sleep(Duration::from_mins(1)).await;
            println!("minute {minute}: {} KiB, {} calls", resident(server), calls.load(Ordering::Relaxed));
        }
    })
}
