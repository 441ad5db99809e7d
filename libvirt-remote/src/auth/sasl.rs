//! SASL (RFC 4422): messages of a mechanism, carried by three procedures. The daemon names its mechanisms; the client
//! begins one, and each step is a call.

use protocol_defs::remote::{AuthSaslStartArgs, AuthSaslStepArgs, proc};
use rsasl::mechname::Mechname;
use rsasl::prelude::{MessageSent, SASLClient, SASLConfig, State};

use super::file;
use crate::client::{Client, Credentials};
use crate::error::{AuthError, CloseReason, Closed, Error};
use crate::uri::Uri;

/// A mechanism that gives the password away to whoever listens.
const PLAIN: &str = "PLAIN";

pub(super) async fn authenticate(
    client: &Client,
    mechanism: Option<&str>,
    uri: &Uri,
) -> Result<(), Error> {
    let offered = client.call::<proc::AuthSaslInit>(&()).await?.mechlist;
    let credentials = match &client.options().credentials {
        Some(credentials) => credentials.clone(),
        None => looked_up(uri).await?,
    };
    let mut exchange = Exchange::new(client, &offered, mechanism, credentials, uri)?;
    let first = exchange.step(None)?;
    let args = AuthSaslStartArgs {
        mech: exchange.mechanism.clone(),
        nil: i32::from(first.is_none()),
        data: first.unwrap_or_default(),
    };
    let ret = client.call::<proc::AuthSaslStart>(&args).await?;
    let (mut is_complete, mut said) = (ret.complete != 0, (ret.nil == 0).then_some(ret.data));
    loop {
        let next = exchange.step(said)?;
        if is_complete {
            return exchange.end(next.as_ref());
        }
        if next.is_none() && exchange.is_over {
            exchange.empty_steps += 1;
        }
        let args = AuthSaslStepArgs {
            nil: i32::from(next.is_none()),
            data: next.unwrap_or_default(),
        };
        let ret = client.call::<proc::AuthSaslStep>(&args).await?;
        is_complete = ret.complete != 0;
        said = (ret.nil == 0).then_some(ret.data);
    }
}

/// What libvirt's own clients would look up.
async fn looked_up(uri: &Uri) -> Result<Credentials, Error> {
    let uri = uri.clone();
    let read = tokio::task::spawn_blocking(move || file::credentials(&uri));
    let ended = |_| Error::Closed(Closed::new(CloseReason::Runtime));
    let found = read.await.map_err(ended)??;
    Ok(found.ok_or(AuthError::NoCredentials)?)
}

/// This side of a mechanism.
struct Exchange {
    session: rsasl::prelude::Session,
    mechanism: String,
    /// This side has said all, and believes the other.
    is_over: bool,
    /// Times that the daemon wanted more nevertheless.
    empty_steps: u32,
}

impl Exchange {
    fn new(
        client: &Client,
        offered: &str,
        mechanism: Option<&str>,
        credentials: Credentials,
        uri: &Uri,
    ) -> Result<Self, Error> {
        let Credentials { user, password } = credentials;
        let user = user.or_else(|| uri.user.clone());
        let user = user.ok_or(AuthError::NoCredentials)?;
        let config = SASLConfig::with_credentials(None, user, password);
        let config = config.map_err(failed)?;

        let is_private = client.is_private();
        let names: Vec<_> = offered
            .split([',', ' '])
            .filter(|name| !name.is_empty())
            .collect();
        let usable = names.iter().filter(|name| {
            let is_meant = mechanism.is_none_or(|meant| name.eq_ignore_ascii_case(meant));
            is_meant && (is_private || !name.eq_ignore_ascii_case(PLAIN))
        });
        let usable: Vec<_> = usable
            .filter_map(|name| Mechname::parse(name.as_bytes()).ok())
            .collect();
        let session = SASLClient::new(config).start_suggested(&usable);
        let session = session.map_err(|_| AuthError::NoMechanism {
            offered: names.iter().map(|name| (*name).to_owned()).collect(),
        })?;
        Ok(Self {
            mechanism: session.get_mechname().as_str().to_owned(),
            session,
            is_over: false,
            empty_steps: 0,
        })
    }

    /// What this side says to what the other has said, if it says anything.
    fn step(&mut self, said: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Error> {
        if self.is_over {
            // One empty step ends mechanisms whose last word was this side's.
            let is_wanting = said.is_some_and(|said| !said.is_empty()) || self.empty_steps > 1;
            return if is_wanting {
                let why = "the daemon goes on after the end".to_owned();
                Err(AuthError::Sasl { why }.into())
            } else {
                Ok(None)
            };
        }
        if said.is_none() && !self.session.are_we_first() {
            return Ok(None);
        }
        let mut out = Vec::new();
        let state = self
            .session
            .step(said.as_deref(), &mut out)
            .map_err(failed)?;
        self.is_over = state.is_finished();
        match state {
            State::Finished(MessageSent::No) => Ok(None),
            _ => Ok(Some(out)),
        }
    }

    /// The daemon says that the client is in. It has to have shown by then that it knows the password as well, if the
    /// mechanism has that.
    fn end(&self, unsent: Option<&Vec<u8>>) -> Result<(), Error> {
        if self.is_over && unsent.is_none() {
            return Ok(());
        }
        let why = "the daemon lets the client in before it has shown who it is".to_owned();
        Err(AuthError::Sasl { why }.into())
    }
}

fn failed(error: impl std::error::Error) -> Error {
    let why = error.to_string();
    AuthError::Sasl { why }.into()
}
