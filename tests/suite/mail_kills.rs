//! The real program, killed at every place on the way of a mail: nothing is lost, and
//! nothing arrives twice but where the documentation says so.
//!
//! `TOMOSHIBI_FAULT_ROUNDS` says how many rounds (`make faults`: 200), and
//! `TOMOSHIBI_FAULT_SEED` which ones.
#![cfg(debug_assertions)]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use mail_parser::MessageParser;
use tomoshibi::{
    clock::{Clock as _, SystemClock},
    domain::{
        access::{Moment, Reader},
        duty::{DutyKind, MailState, TaskKind},
        id::CaseId,
    },
    store::{Store, StoredMail},
};

use crate::{
    mail_faults::owed,
    support::{
        engines::Database,
        mail_server::{Act, At, MailServer},
        process::{Running, run, tomoshibi},
    },
};

crate::on_every_engine!(
    a_killed_process_loses_no_mail_and_doubles_it_in_the_window_alone,
    a_killed_process_doubles_no_mail_where_doubt_is_held,
);

/// In a run of the whole suite: every place has its turn.
const ROUNDS: u64 = 20;

/// For how long no clean process has to wait for the lease of a dead one: longer than
/// the settings below make it.
const LATER: &str = "3600";

/// Where a process is stopped. From the third on a mail may be in its hands.
const POINTS: [&str; 7] = [
    "handing_over",
    "accepted",
    "before_commit",
    "after_claim",
    "before_claim",
    "planned",
    "planning",
];

/// Whether a mail may be in doubt when a process is stopped there.
fn in_window(point: &str) -> bool {
    POINTS[..3].contains(&point)
}

/// Whether the process holds the database's lock there, so that nobody else goes on
/// before it is dead.
fn holds_lock(point: &str) -> bool {
    matches!(point, "planning" | "before_commit")
}

/// What is drawn (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % bound as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |word| word.parse().expect("a number"))
}

/// How the processes of a round meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One is stopped, and stays there while the other works; then it is killed.
    OneStands,
    /// Both run at once, each until its place or its end.
    Both,
    /// A server and a command, both at once.
    Serve,
    /// The mail server falls silent in a mail; then both are killed.
    Silence(At),
}

struct Round<'r> {
    way: Way,
    /// Where, and the how manieth time: of the first process, and of the second.
    stops: [Option<(&'static str, usize)>; 2],
    workers: usize,
    dice: &'r mut Dice,
}

impl<'r> Round<'r> {
    fn draw(number: usize, dice: &'r mut Dice) -> Self {
        let workers = dice.of(&[1, 1, 3]);
        let time = |dice: &mut Dice| dice.of(&[1, 1, 2, 3]);
        // Every other round one place after the other, so that each has its turn.
        let (way, stops) = if number.is_multiple_of(2) {
            let point = POINTS[number / 2 % POINTS.len()];
            (Way::OneStands, [Some((point, 1)), None])
        } else {
            let way = dice.of(&[
                Way::Both,
                Way::Both,
                Way::Serve,
                Way::Silence(At::End),
                Way::Silence(At::Midway),
                Way::Silence(At::Rcpt),
            ]);
            let mut stop = || Some((dice.of(&POINTS), time(dice)));
            let stops = match way {
                Way::Silence(_) => [None, None],
                _ => [stop(), stop().filter(|(_, time)| *time < 3)],
            };
            (way, stops)
        };
        Self {
            way,
            stops,
            workers,
            dice,
        }
    }
}

/// A database, its mail server and the settings of every process.
struct World<'w> {
    db: &'w Database,
    store: Store,
    server: MailServer,
    folder: tempfile::TempDir,
    /// A mail in doubt is held.
    holds: bool,
}

/// What one round has written: the recipients, and whose mail it is.
struct Planted {
    to: BTreeMap<String, CaseId>,
}

/// What the killing has left open.
#[derive(Debug, Default)]
struct Deaths {
    /// Processes that were killed where a mail may have been in their hands.
    in_window: usize,
    /// Those of them of which that is certain: one mail each, with one worker.
    certain: usize,
}

impl<'w> World<'w> {
    async fn new(db: &'w Database, holds: bool) -> Self {
        let store = Store::open(&db.url).await.expect("a database");
        // Makes the keys, before two processes would.
        let first = run(&db.url, &["remind"]);
        assert!(first.status.success(), "{first:?}");
        Self {
            db,
            store,
            server: MailServer::start(),
            folder: tempfile::tempdir().expect("a folder"),
            holds,
        }
    }

    /// A command of the program with these settings. Their file is written once: a
    /// process that begins meanwhile would read half of it, and hand its mail to a
    /// folder.
    fn command(&self, workers: usize) -> Command {
        let file = self.folder.path().join(format!("{workers}.toml"));
        let text = format!(
            "[mail]\nserver = \"localhost\"\nport = {}\nsecurity = \"none\"\n\
             from = \"desk@example.org\"\nconnect_seconds = 5\ncommand_seconds = 20\n\
             content_seconds = 60\nper_second = 0\nworkers = {workers}\non_doubt = \"{}\"\n",
            self.server.port,
            if self.holds { "hold" } else { "resend" },
        );
        if !file.exists() {
            std::fs::write(&file, text).expect("it is written");
        }
        let mut command = tomoshibi(&self.db.url);
        command.arg("--config").arg(file);
        command
    }

    fn deliver(&self, workers: usize, stop: Option<(&str, usize)>) -> Running {
        let mut command = self.command(workers);
        command.args(["remind", "--deliver"]);
        Running::start(stopped(&mut command, stop))
    }

    /// Children of whom something is due today.
    async fn plant(&self, round: usize, dice: &mut Dice) -> Planted {
        let (now, today) = (SystemClock.now(), SystemClock.today());
        let mut to = BTreeMap::new();
        let mut tx = self.store.begin().await.expect("a unit of work");
        for place in 0..3 + dice.below(3) {
            let parents = 1 + usize::from(dice.below(3) == 0);
            let addresses: Vec<(String, bool)> = (0..parents)
                .map(|parent| {
                    let address = format!("r{round}-{place}-{parent}@example.jp");
                    (address, dice.below(2) == 0)
                })
                .collect();
            let number = format!("F-{round:03}{place:02}");
            let due = (DutyKind::ApplyPlan, today);
            let case = owed(&mut tx, &number, &addresses, due, now).await;
            to.extend(addresses.into_iter().map(|(address, _)| (address, case)));
        }
        tx.commit().await.expect("it is kept");
        Planted { to }
    }

    /// The processes of a round, and how they died.
    async fn kill(&self, round: &mut Round<'_>) -> Deaths {
        let mut deaths = Deaths::default();
        let [first, second] = round.stops;
        match round.way {
            Way::OneStands => {
                let (point, _) = first.expect("it has a place");
                let mut one = self.deliver(round.workers, first);
                assert!(one.says("stopped at ").await, "{point}: {:?}", one.said);
                if holds_lock(point) {
                    one.kill();
                }
                let mut two = self.deliver(round.workers, second);
                assert_eq!(two.ends().await, Some(0), "{:?}", two.said);
                if !holds_lock(point) {
                    one.kill();
                }
                if in_window(point) {
                    deaths.in_window += 1;
                    deaths.certain += usize::from(round.workers == 1);
                }
            }
            Way::Both => {
                let mut one = self.deliver(round.workers, first);
                let mut two = self.deliver(round.workers, second);
                let ends = tokio::join!(until_its_place(&mut one), until_its_place(&mut two));
                for (died, stop) in [(ends.0, first), (ends.1, second)] {
                    if died && stop.is_some_and(|(point, _)| in_window(point)) {
                        deaths.in_window += 1;
                        deaths.certain += usize::from(round.workers == 1);
                    }
                }
            }
            Way::Serve => self.kill_a_server(round, &mut deaths).await,
            Way::Silence(at) => {
                let before = self.server.hangs();
                self.server.once(at, Act::Hang);
                let mut one = self.deliver(round.workers, None);
                let mut two = self.deliver(round.workers, None);
                self.server.silent(before + 1).await;
                one.kill();
                two.kill();
                deaths.in_window += 2;
            }
        }
        deaths
    }

    /// A server that hands over what a command has planned, and a command that does
    /// too: each until its place; the server at the latest when the command is over.
    async fn kill_a_server(&self, round: &mut Round<'_>, deaths: &mut Deaths) {
        let [first, second] = round.stops;
        let mut plans = self.command(round.workers);
        let planned = plans.arg("remind").output().expect("the program starts");
        assert!(planned.status.success(), "{planned:?}");
        let mut server = self.command(round.workers);
        server.args(["serve", "--listen", "127.0.0.1:0"]);
        let mut server = Running::start(stopped(&mut server, first));
        assert!(server.says("http://").await, "{:?}", server.said);
        let mut command = self.deliver(round.workers, second);
        // Whichever is at its place first may hold a lock that the other waits for.
        let first_dead = tokio::select! {
            stopped = server.says("stopped at ") => {
                assert!(stopped, "{:?}", server.said);
                None
            }
            died = until_its_place(&mut command) => Some(died),
        };
        // Wherever it is: nobody says that it is at its place.
        server.kill();
        deaths.in_window += 1;
        let died = match first_dead {
            Some(died) => died,
            None => until_its_place(&mut command).await,
        };
        if died && second.is_some_and(|(point, _)| in_window(point)) {
            deaths.in_window += 1;
        }
    }

    /// Lets processes that nobody kills do the rest, after the leases of the dead.
    async fn finish(&self, workers: usize) {
        // A server of PostgreSQL may still be about to notice that its client is dead.
        for _ in 0..3 {
            let mut command = self.command(workers);
            command.args(["remind", "--deliver"]);
            let mut clean = Running::start(command.env("TOMOSHIBI_CLOCK_AHEAD", LATER));
            let code = clean.ends().await;
            // 1: something is held.
            assert!(
                code == Some(0) || (self.holds && code == Some(1)),
                "{code:?} {:?}",
                clean.said
            );
            let mut tx = self.store.read().await.expect("a unit of work");
            if tx.next_mail_at().await.expect("a look-up").is_none() {
                return;
            }
        }
        panic!("mail still waits: {:?}", self.mails(None).await);
    }

    async fn mails(&self, state: Option<MailState>) -> Vec<StoredMail> {
        let mut tx = self.store.read().await.expect("a unit of work");
        tx.mails(state, 100_000).await.expect("mails")
    }

    /// What has arrived at each address of a round.
    fn arrived(&self, planted: &Planted) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut arrived: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for taken in self.server.taken() {
            let [to] = &taken.to[..] else {
                panic!("one recipient a mail: {:?}", taken.to)
            };
            if planted.to.contains_key(to) {
                arrived.entry(to.clone()).or_default().push(taken.bytes);
            }
        }
        arrived
    }

    /// Checks what is in doubt, and decides as somebody would who reads the mail
    /// server's log: what has arrived is dropped, what has not is sent.
    async fn decide(&self, planted: &Planted) -> usize {
        let held = self.mails(Some(MailState::Held)).await;
        let arrived = self.arrived(planted);
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for mails in arrived.values() {
            ids.extend(mails.iter().map(|bytes| message_id(bytes)));
        }
        let mut tx = self.store.begin().await.expect("a unit of work");
        let at = Moment {
            now: SystemClock.now(),
            today: SystemClock.today(),
        };
        let tasks = tx
            .staff_tasks(&Reader::Operator, at, 100_000)
            .await
            .expect("tasks");
        for mail in &held {
            let (case, _) = tx
                .mail_went_to(mail.id)
                .await
                .expect("a look-up")
                .expect("a mail");
            let told = tasks
                .iter()
                .any(|task| task.kind == TaskKind::InDoubt && Some(task.case) == case);
            assert!(told, "nobody is told of {mail:?}");
            let there = ids.iter().any(|id| id.starts_with(&mail.id.to_string()));
            let done = if there {
                tx.drop_mail(mail.id).await
            } else {
                tx.retry_mail(mail.id, at.now).await
            };
            assert!(done.expect("it is decided"), "{mail:?}");
        }
        tx.commit().await.expect("it is kept");
        held.len()
    }
}

fn message_id(bytes: &[u8]) -> String {
    let mail = MessageParser::default().parse(bytes).expect("a message");
    mail.message_id().expect("an id").to_owned()
}

fn stopped<'c>(command: &'c mut Command, stop: Option<(&str, usize)>) -> &'c mut Command {
    if let Some((point, time)) = stop {
        command.env("TOMOSHIBI_STOP_AT", format!("{point}:{time}"));
    }
    command
}

/// Waits until a process is at its place, and kills it there; `false`: it came to its
/// end before.
async fn until_its_place(process: &mut Running) -> bool {
    if process.says("stopped at ").await {
        process.kill();
        return true;
    }
    assert_eq!(process.ends().await, Some(0), "{:?}", process.said);
    false
}

async fn rounds(db: &Database, holds: bool) {
    let world = World::new(db, holds).await;
    let seed = number("TOMOSHIBI_FAULT_SEED", 6);
    let rounds = number("TOMOSHIBI_FAULT_ROUNDS", ROUNDS) as usize;
    eprintln!("TOMOSHIBI_FAULT_SEED={seed} TOMOSHIBI_FAULT_ROUNDS={rounds}");
    let mut dice = Dice(seed + u64::from(holds));
    let mut doubles = 0;
    for number in 0..rounds {
        let mut round = Round::draw(number, &mut dice);
        let planted = world.plant(number, round.dice).await;
        let deaths = world.kill(&mut round).await;
        world.server.recover();
        let about = format!(
            "seed {seed}, round {number}: {:?} {:?}, {} workers, {deaths:?}",
            round.way, round.stops, round.workers
        );
        eprintln!("{about}");
        world.finish(round.workers).await;
        if holds {
            let held = world.decide(&planted).await;
            assert!(
                held <= deaths.in_window * round.workers,
                "{about}: {held} held"
            );
            assert!(held >= deaths.certain, "{about}: {held} held");
            if held > 0 {
                world.finish(round.workers).await;
            }
        }
        let arrived = world.arrived(&planted);
        let mut twice = 0;
        for address in planted.to.keys() {
            let mails = arrived.get(address).map_or(&[][..], Vec::as_slice);
            assert!(!mails.is_empty(), "{about}: nothing for {address}");
            assert!(mails.len() <= 2, "{about}: {} for {address}", mails.len());
            assert!(
                mails.iter().all(|bytes| *bytes == mails[0]),
                "{about}: two different mails for {address}"
            );
            twice += mails.len() - 1;
        }
        let most = if holds {
            0
        } else {
            deaths.in_window * round.workers
        };
        assert!(twice <= most, "{about}: {twice} twice");
        if let (Way::OneStands, Some(("accepted" | "before_commit", _)), false) =
            (round.way, round.stops[0], holds)
        {
            // It has left, and nobody knew: the price of losing nothing.
            assert!(twice >= deaths.certain, "{about}: {twice} twice");
        }
        doubles += twice;
        // Nothing waits, has failed or is held.
        let open = world.mails(None).await;
        assert!(open.is_empty(), "{about}: {open:?}");
    }
    eprintln!("{rounds} rounds, {doubles} mails twice");
}

async fn a_killed_process_loses_no_mail_and_doubles_it_in_the_window_alone(db: Database) {
    rounds(&db, false).await;
}

async fn a_killed_process_doubles_no_mail_where_doubt_is_held(db: Database) {
    rounds(&db, true).await;
}
