//! URI → open connection: what a client says first, in libvirt's order.

use std::io;
use std::sync::Arc;

use protocol_defs::remote::{ConnectOpenArgs, proc};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Connection, Feature, Opened, supports};
use crate::auth;
use crate::client::{Client, Options};
use crate::error::Error;
use crate::transport::Transport;
use crate::uri::{Endpoint, Surroundings, Uri};

/// The flag that opens for reading only (`VIR_CONNECT_RO`).
const READ_ONLY: u32 = 1;

pub(super) async fn by_uri(uri: &Uri, options: Options) -> Result<Connection, Error> {
    in_time(options, async |options| {
        let transport = connect(uri, &options).await?;
        begin(transport, uri, options).await
    })
    .await
}

pub(super) async fn over(
    transport: Transport,
    uri: &Uri,
    options: Options,
) -> Result<Connection, Error> {
    in_time(options, async |options| {
        begin(transport, uri, options).await
    })
    .await
}

async fn in_time(
    options: Options,
    open: impl AsyncFnOnce(Options) -> Result<Connection, Error>,
) -> Result<Connection, Error> {
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
            format!("{host}:{port}"),
            Transport::connect_tcp(host, *port).await,
        ),
        Endpoint::Tls { host, port } => (
            format!("{host}:{port}"),
            connect_tls(host, *port, uri).await,
        ),
    };
    connected.map_err(|error| Error::Connect { address, error })
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

/// Authentication, keepalive, the driver, and what the daemon can.
async fn begin(transport: Transport, uri: &Uri, options: Options) -> Result<Connection, Error> {
    let client = Client::new(transport, options);
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
    Ok(Connection {
        client,
        opened: Arc::new(Opened {
            has_callbacks,
            legacy: Mutex::new(()),
        }),
    })
}
