//! What is measured of the client.

use std::fs;
use std::time::{Duration, Instant};

use libvirt_remote::{Connection, Options};
use protocol_defs::remote::{
    DomainEventLifecycleMsg, DomainLookupByNameArgs, DomainSetVcpusArgs, NonnullDomain, proc,
};

use crate::Result;

async fn open(uri: &str) -> Result<Connection> {
    let options = Options {
        keepalive: None,
        // All events of a run may wait.
        event_queue: usize::MAX,
        event_queue_bytes: usize::MAX,
        ..Options::default()
    };
    Ok(Connection::open_with(&uri.parse()?, options).await?)
}

async fn lookup(conn: &Connection) -> std::result::Result<NonnullDomain, libvirt_remote::Error> {
    let args = DomainLookupByNameArgs {
        name: "guest".to_owned(),
    };
    Ok(conn.call::<proc::DomainLookupByName>(&args).await?.dom)
}

/// Calls per second over so many connections, on each of which so many are under way all the time.
pub(crate) async fn calls(
    uri: &str,
    connections: usize,
    in_flight: usize,
    seconds: f64,
) -> Result<f64> {
    let mut conns = Vec::new();
    for _ in 0..connections {
        conns.push(open(uri).await?);
    }
    let start = Instant::now();
    let end = start + Duration::from_secs_f64(seconds);
    let mut callers = Vec::new();
    for conn in &conns {
        for _ in 0..in_flight {
            let conn = conn.clone();
            callers.push(tokio::spawn(async move {
                let mut calls = 0_u32;
                while Instant::now() < end {
                    lookup(&conn).await?;
                    calls += 1;
                }
                Ok::<_, libvirt_remote::Error>(calls)
            }));
        }
    }
    let mut calls = 0.0;
    for caller in callers {
        calls += f64::from(caller.await??);
    }
    Ok(calls / start.elapsed().as_secs_f64())
}

/// Events per second, of all connections together, each of which gets so many.
pub(crate) async fn events(uri: &str, connections: u32, count: u32) -> Result<f64> {
    let mut readers = Vec::new();
    let mut conns = Vec::new();
    for _ in 0..connections {
        let conn = open(uri).await?;
        let mut events = conn.events::<DomainEventLifecycleMsg>(None).await?;
        readers.push(tokio::spawn(async move {
            for _ in 0..count {
                match events.recv().await {
                    Some(Ok(event)) if event.event == 2 => {}
                    other => return Err(format!("no event: {other:?}")),
                }
            }
            Ok(())
        }));
        conns.push(conn);
    }
    let dom = lookup(&conns[0]).await?;
    let start = Instant::now();
    let args = DomainSetVcpusArgs { dom, nvcpus: count };
    conns[0].call::<proc::DomainSetVcpus>(&args).await?;
    for reader in readers {
        reader.await??;
    }
    Ok(f64::from(connections) * f64::from(count) / start.elapsed().as_secs_f64())
}

/// Bytes of memory that a connection takes which has made a call.
pub(crate) async fn memory(uri: &str, connections: u32) -> Result<f64> {
    // What the first one takes is the process's.
    let first = open(uri).await?;
    lookup(&first).await?;
    let before = resident()?;
    let mut conns = Vec::new();
    for _ in 0..connections {
        let conn = open(uri).await?;
        lookup(&conn).await?;
        conns.push(conn);
    }
    Ok((resident()? - before) / f64::from(connections))
}

fn resident() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: f64 = kilobytes.ok_or("Linux does not say it")?.parse()?;
    Ok(kilobytes * 1024.0)
}
