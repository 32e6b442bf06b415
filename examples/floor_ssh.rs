//! A floor at work over SSH: many reps who log an outcome every ten seconds, and people who watch boards.
//!
//! ```sh
//! cargo run --release --example floor_ssh -- --sessions 500 --boards 20 --seconds 60
//! ```
//!
//! It makes a floor in a folder of its own, starts the release program's `serve` on it, signs everybody in with a real SSH client
//! library, lets one session work alone, then all of them, and prints what that took: the time from a key to the frame it caused as
//! the client receives it, memory, processor time while nobody presses a key, bytes for a move of the selection, sign-ins a second.

#![allow(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unchecked_time_subtraction,
    clippy::unwrap_used,
    reason = "a program to measure with"
)]

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead as _, BufReader};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use clap::Parser;
    use russh::client::{self, Handle, Msg};
    use russh::keys::{Algorithm, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate, key::safe_rng};
    use russh::{Channel, ChannelMsg};
    use serde_json::Value;

    /// What ends a frame.
    const FRAME: &[u8] = b"\x1b[?2026l";
    /// How long a frame may take before that is a failure.
    const PATIENCE: Duration = Duration::from_secs(30);

    #[derive(Debug, Parser)]
    struct Args {
        /// Reps who work
        #[arg(long, default_value_t = 100)]
        sessions: usize,
        /// People who watch a board
        #[arg(long, default_value_t = 20)]
        boards: usize,
        /// How long they work
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// How often each of them logs an outcome, in seconds
        #[arg(long, default_value_t = 10)]
        every: u64,
        /// The program to measure
        #[arg(long, default_value = "target/release/corral")]
        program: PathBuf,
    }

    struct Trusting;

    impl client::Handler for Trusting {
        type Error = russh::Error;

        async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
            // a server of our own, of a moment ago
            Ok(true)
        }
    }

    /// A server on a floor of its own, ended when dropped.
    struct Server {
        child: Child,
        port: u16,
        _folder: tempfile::TempDir,
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
            let _ = self.child.wait();
        }
    }

    struct Rep {
        login: String,
        key: Arc<PrivateKey>,
    }

    /// Somebody at a terminal.
    struct Seat {
        _connection: Handle<Trusting>,
        channel: Channel<Msg>,
    }

    impl Seat {
        async fn press(&mut self, keys: &str) -> usize {
            self.channel.data_bytes(keys.as_bytes().to_vec()).await.unwrap();
            self.frame().await
        }

        /// Waits for the end of a frame; answers with the bytes until then.
        async fn frame(&mut self) -> usize {
            let mut seen = Vec::new();
            let wait = async {
                loop {
                    match self.channel.wait().await {
                        Some(ChannelMsg::Data { data }) => {
                            seen.extend_from_slice(&data);
                            if seen.windows(FRAME.len()).any(|end| end == FRAME) {
                                return;
                            }
                        }
                        Some(_) => {}
                        None => panic!("the session ended: {}", String::from_utf8_lossy(&seen)),
                    }
                }
            };
            tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| {
                panic!("no frame came; the last bytes: {}", String::from_utf8_lossy(&seen).escape_debug())
            });
            seen.len()
        }

        /// Takes in what comes by itself, until nothing does for a while.
        async fn settle(&mut self, quiet: Duration) {
            while tokio::time::timeout(quiet, self.channel.wait())
                .await
                .is_ok_and(|message| message.is_some())
            {}
        }
    }

    pub fn main() {
        let args = Args::parse();
        tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run(&args));
    }

    async fn run(args: &Args) {
        let (server, reps) = prepare(args);
        let pid = server.child.id();
        println!("server: {} KiB before anybody comes", resident(pid));

        // one alone
        let mut alone = sit(server.port, &reps[0]).await;
        alone.settle(Duration::from_millis(500)).await;
        let mut moves = Vec::new();
        for key in ["j", "k"].iter().cycle().take(20) {
            moves.push(alone.press(key).await);
            alone.settle(Duration::from_millis(30)).await;
        }
        moves.sort_unstable();
        println!(
            "a move of the selection: {} bytes, at most {}",
            moves[moves.len() / 2],
            moves[moves.len() - 1]
        );
        let mut single = Vec::new();
        for _ in 0..40 {
            single.extend(call(&mut alone).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tell("one alone: key to frame", &mut single);
        drop(alone);
        tokio::time::sleep(Duration::from_secs(1)).await;

        // everybody signs in
        let (before, since) = (resident(pid), Instant::now());
        let mut coming = Vec::new();
        for rep in reps.into_iter().skip(1) {
            let port = server.port;
            coming.push(tokio::spawn(async move { sit(port, &rep).await }));
        }
        let mut seats = Vec::new();
        for one in coming {
            seats.push(one.await.unwrap());
        }
        let (many, took) = (seats.len(), since.elapsed());
        println!("{many} signed in with a first frame each in {:.1} s", took.as_secs_f64());
        for seat in &mut seats {
            seat.settle(Duration::from_millis(20)).await;
        }
        let each = (resident(pid).saturating_sub(before)) as f64 / many as f64;
        println!("memory: {} KiB, {each:.0} KiB a session", resident(pid));

        // nobody presses a key
        let (ticks, since) = (processor(pid), Instant::now());
        tokio::time::sleep(Duration::from_secs(15)).await;
        let idle = (processor(pid) - ticks).as_secs_f64() / since.elapsed().as_secs_f64() * 100.0;
        println!("idle: {idle:.2} % of a processor for {many} sessions");

        // everybody works
        let boards: Vec<Seat> = seats.split_off(many - args.boards.min(many));
        let until = Instant::now() + Duration::from_secs(args.seconds);
        let ticks = processor(pid);
        let mut working = Vec::new();
        let workers = seats.len() as u64;
        for (place, mut seat) in (0_u64..).zip(seats) {
            let every = Duration::from_secs(args.every);
            let offset = Duration::from_millis(args.every * 1_000 * place / workers.max(1));
            working.push(tokio::spawn(async move {
                let mut took = Vec::new();
                let mut next = Instant::now() + offset;
                while next < until {
                    // what comes meanwhile by itself is taken in, as a terminal does
                    while let Some(rest) = next.checked_duration_since(Instant::now()) {
                        let _ = tokio::time::timeout(rest, seat.channel.wait()).await;
                    }
                    took.extend(call(&mut seat).await);
                    next += every;
                }
                (took, seat)
            }));
        }
        for mut board in boards {
            tokio::spawn(async move {
                board.press("3").await;
                while board.channel.wait().await.is_some() {}
            });
        }
        let (mut all, mut left) = (Vec::new(), Vec::new());
        for one in working {
            let (took, seat) = one.await.unwrap();
            all.extend(took);
            left.push(seat);
        }
        let busy = (processor(pid) - ticks).as_secs_f64() / args.seconds as f64;
        println!("{workers} at work, {} boards: {busy:.2} processors, {} KiB", args.boards, resident(pid));
        tell("all at work: key to frame", &mut all);
        let (one, many) = (single[single.len() * 99 / 100], all[all.len() * 99 / 100]);
        println!("p99 of all is {:.1} times that of one alone", many.as_secs_f64() / one.as_secs_f64());
    }

    /// A call: Enter starts it, `1` says how it ended. Answers how long each took to its frame.
    async fn call(seat: &mut Seat) -> Vec<Duration> {
        let mut took = Vec::new();
        for key in ["\r", "1"] {
            let since = Instant::now();
            seat.press(key).await;
            took.push(since.elapsed());
            // the card, the save, the news of it: the next key is a person's
            seat.settle(Duration::from_millis(150)).await;
        }
        took
    }

    fn tell(what: &str, took: &mut [Duration]) {
        took.sort_unstable();
        let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1_000.0;
        println!(
            "{what}: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, n {}",
            at(50),
            at(90),
            at(99),
            took.len()
        );
    }

    async fn sit(port: u16, rep: &Rep) -> Seat {
        let config =
            Arc::new(client::Config { window_size: 256 * 1_024, nodelay: true, ..Default::default() });
        let mut connection = client::connect(config, ("127.0.0.1", port), Trusting).await.unwrap();
        let key = PrivateKeyWithHashAlg::new(Arc::clone(&rep.key), None);
        let signed = connection.authenticate_publickey(&rep.login, key).await.unwrap();
        assert!(signed.success(), "{} does not come in", rep.login);
        let channel = connection.channel_open_session().await.unwrap();
        channel.request_pty(true, "xterm-256color", 120, 36, 0, 0, &[]).await.unwrap();
        channel.request_shell(true).await.unwrap();
        let mut seat = Seat { _connection: connection, channel };
        seat.frame().await;
        seat
    }

    /// Makes a floor, lets a key of everybody's in, and starts the server.
    fn prepare(args: &Args) -> (Server, Vec<Rep>) {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("floor.db");
        let many = args.sessions + args.boards + 1;
        corral(
            args,
            folder.path(),
            &db,
            &[
                "sample",
                db.to_str().unwrap(),
                "--reps",
                &many.to_string(),
                "--customers",
                &(many * 60).to_string(),
                "--days",
                "3",
                "--playbook",
                "edu-english",
            ],
        );
        let listed = corral(args, folder.path(), &db, &["user", "list", "--json"]);
        let listed: Value = serde_json::from_slice(&listed).unwrap();
        let users = listed["users"].as_array().unwrap().iter();
        let logins = users.filter(|user| user["role"] == "rep").map(|user| user["login"].as_str().unwrap());
        let mut reps = Vec::new();
        for login in logins.take(many) {
            let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
            let file = folder.path().join("key.pub");
            std::fs::write(&file, key.public_key().to_openssh().unwrap()).unwrap();
            corral(args, folder.path(), &db, &["user", "key", "add", login, file.to_str().unwrap()]);
            reps.push(Rep { login: login.to_owned(), key: Arc::new(key) });
        }
        println!("{} reps, {} keys", many, reps.len());
        let mut child = command(args, folder.path(), &db)
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = told["listen"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        (Server { child, port, _folder: folder }, reps)
    }

    fn command(args: &Args, home: &Path, db: &Path) -> Command {
        let mut command = Command::new(&args.program);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, home);
        }
        command.env_remove("CORRAL_USER").arg("--db").arg(db);
        command
    }

    fn corral(args: &Args, home: &Path, db: &Path, words: &[&str]) -> Vec<u8> {
        let output = command(args, home, db).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Memory of a process in KiB.
    fn resident(pid: u32) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Processor time a process has used.
    fn processor(pid: u32) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let after = text.rsplit_once(") ").unwrap().1;
        let fields: Vec<u64> =
            after.split(' ').skip(11).take(2).map(|field| field.parse().unwrap()).collect();
        // a hundred ticks a second, as Linux tells them to everybody
        Duration::from_millis((fields[0] + fields[1]) * 10)
    }
}
