//! URI → open connection: what a client says first, in libvirt's order.

use std::io;

use protocol_defs::remote::{ConnectOpenArgs, proc};
use tokio::time::timeout;

use super::link::Opened;
use super::{Feature, supports};
use crate::auth;
use crate::client::{Client, Options};
use crate::error::Error;
use crate::transport::Transport;
use crate::uri::{self, Endpoint, Surroundings, Uri};

/// The flag that opens for reading only (`VIR_CONNECT_RO`).
const READ_ONLY: u32 = 1;

/// Connects to where the URI leads, and opens.
pub(super) async fn by_uri(uri: &Uri, options: Options) -> Result<Opened, Error> {
    in_time(options, async |options| {
        let transport = connect(uri, &options).await?;
        let keeps_queues = options.reconnect.is_some();
        begin(Client::begin(transport, options, keeps_queues), uri).await
    })
    .await
}

/// Opens over what is connected already.
pub(super) async fn over(
    transport: Transport,
    uri: &Uri,
    options: Options,
) -> Result<Opened, Error> {
    in_time(options, async |options| {
        begin(Client::new(transport, options), uri).await
    })
    .await
}

async fn in_time(
    options: Options,
    open: impl AsyncFnOnce(Options) -> Result<Opened, Error>,
) -> Result<Opened, Error> {
    let after = options.open_timeout;
    let timed_out = |_| Error::Timeout {
        what: "the opening of a connection",
        after,
    };
    timeout(after, open(options)).await.map_err(timed_out)?
}

async fn connect(uri: &Uri, options: &Options) -> Result<Transport, Error> {
    let endpoint = uri.endpoint(options.read_only, &Surroundings::here())?;
    let (address, connected) = match &endpoint {
        Endpoint::Unix(path) => (
            path.display().to_string(),
            Transport::connect_unix(path).await,
        ),
        Endpoint::Tcp { host, port } => (
            place(host, *port),
            Transport::connect_tcp(host, *port).await,
        ),
        Endpoint::Tls { host, port } => (place(host, *port), connect_tls(host, *port, uri).await),
        Endpoint::Program { program, arguments } => {
            let connected = run(program, arguments);
            let is_private = uri.transport() == uri::Transport::Ssh;
            let connected = connected.map(|it| if is_private { it.private() } else { it });
            (format!("the daemon behind {program}"), connected)
        }
    };
    connected.map_err(|error| Error::Connect { address, error })
}

/// A port as errors name it.
fn place(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(feature = "tls")]
async fn connect_tls(host: &str, port: u16, uri: &Uri) -> io::Result<Transport> {
    Transport::connect_tls(host, port, uri).await
}

#[cfg(not(feature = "tls"))]
#[expect(clippy::unused_async, reason = "it stands for one that waits")]
async fn connect_tls(_: &str, _: u16, _: &Uri) -> io::Result<Transport> {
    let why = "this program was built without TLS";
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

#[cfg(feature = "ssh")]
fn run(program: &str, arguments: &[String]) -> io::Result<Transport> {
    let mut command = std::process::Command::new(program);
    command.args(arguments);
    Transport::program(command)
}

#[cfg(not(feature = "ssh"))]
fn run(_: &str, _: &[String]) -> io::Result<Transport> {
    let why = "this program was built without SSH";
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

/// Authentication, keepalive, the driver, and what the daemon can.
async fn begin(client: Client, uri: &Uri) -> Result<Opened, Error> {
    auth::authenticate(&client, uri).await?;
    let options = client.options();
    if let Some(keepalive) = options.keepalive
        && supports(&client, Feature::KEEPALIVE).await?
    {
        client.start_keepalive(keepalive);
    }
    let args = ConnectOpenArgs {
        name: Some(uri.name()),
        flags: if options.read_only { READ_ONLY } else { 0 },
    };
    client.call::<proc::ConnectOpen>(&args).await?;
    let has_callbacks = supports(&client, Feature::EVENT_CALLBACK).await?;
    Ok(Opened {
        client,
        has_callbacks,
    })
}
