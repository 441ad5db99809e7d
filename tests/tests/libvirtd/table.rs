//! More than fifty procedures, each beside what virsh prints of the same thing.

use std::fmt::Write as _;

use libvirt_remote::Connection;
use xdr_wire::{Decode, Encode, Procedure};

use crate::daemon::Daemon;

mod rows;

/// What virsh does first, so that there is something to see.
const BEFORE: &str = "vol-create-as default-pool disk 4096; snapshot-create-as test first; snapshot-create-as test second";

/// Stands between what virsh prints for two commands.
const BETWEEN: &str = "@@@@";

/// A procedure's result, in virsh's words.
struct Row {
    procedure: &'static str,
    /// A command of virsh; behind a colon, the line of its output that counts.
    command: &'static str,
    said: String,
}

struct Table<'a> {
    conn: &'a Connection,
    rows: Vec<Row>,
}

impl Table<'_> {
    /// Calls a procedure, and writes down what virsh should print of that.
    async fn row<P>(
        &mut self,
        command: &'static str,
        args: &P::Args,
        words: impl FnOnce(&P::Ret) -> String,
    ) -> P::Ret
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        let result = self.conn.call::<P>(args).await;
        let result = result.unwrap_or_else(|error| panic!("{}: {error}", P::NAME));
        let said = words(&result);
        self.rows.push(Row {
            procedure: P::NAME,
            command,
            said,
        });
        result
    }
}

#[tokio::test]
async fn fifty_procedures_say_what_virsh_says() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    // The test driver forgets what was done when the last connection to it ends.
    let conn = daemon.open().await;
    daemon.virsh_says("test:///default", &[BEFORE]);
    let mut table = Table {
        conn: &conn,
        rows: Vec::new(),
    };
    rows::node(&mut table).await;
    let dom = rows::domain(&mut table).await;
    rows::facts_of_domain(&mut table, &dom).await;
    rows::processors_of_domain(&mut table, &dom).await;
    rows::guest_of_domain(&mut table, &dom).await;
    rows::snapshots(&mut table, dom).await;
    rows::networks(&mut table).await;
    rows::pools(&mut table).await;
    rows::devices(&mut table).await;

    let rows = &table.rows;
    let commands: Vec<_> = rows.iter().map(|row| split(row.command).0).collect();
    // One virsh for all: it takes as long to start as a hundred commands do.
    let script = commands.join(&format!("; echo {BETWEEN}; "));
    let printed = daemon.virsh_says("test:///default", &[&script]);
    let printed: Vec<_> = printed.split(BETWEEN).collect();
    assert_eq!(printed.len(), rows.len());
    let mut differences = String::new();
    for (row, printed) in rows.iter().zip(printed) {
        let printed = shown(printed, split(row.command).1);
        let (procedure, command, said) = (row.procedure, row.command, row.said.trim());
        if printed.as_deref() != Some(said) {
            let _ = writeln!(
                differences,
                "{procedure}: {said:?}, and virsh {command}: {printed:?}"
            );
        }
        if said.is_empty() {
            let _ = writeln!(differences, "{procedure}: nothing, which shows nothing");
        }
    }
    assert!(differences.is_empty(), "{differences}");
    let mut procedures: Vec<_> = rows.iter().map(|row| row.procedure).collect();
    procedures.sort_unstable();
    procedures.dedup();
    assert!(procedures.len() >= 50, "{} procedures", procedures.len());
}

/// A command, and the line of its output that counts.
fn split(command: &str) -> (&str, Option<&str>) {
    match command.split_once(": ") {
        Some((command, field)) => (command, Some(field)),
        None => (command, None),
    }
}

/// A field's value, if it was printed, or all that was. Tables are printed with spaces around their lines.
fn shown(printed: &str, field: Option<&str>) -> Option<String> {
    let lines = printed.lines().map(str::trim_end);
    let Some(field) = field else {
        return Some(lines.collect::<Vec<_>>().join("\n").trim().to_owned());
    };
    let value = |line: &str| {
        let value = line.trim().strip_prefix(field)?.trim_start();
        Some(value.strip_prefix(':').unwrap_or(value).trim().to_owned())
    };
    let mut lines = lines;
    lines.find_map(value)
}
