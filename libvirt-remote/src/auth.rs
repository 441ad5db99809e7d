//! Who the client is, before anything else is said.

#[cfg(feature = "sasl")]
mod file;
#[cfg(feature = "sasl")]
mod sasl;

use protocol_defs::remote::{AuthType, proc};

use crate::client::Client;
use crate::error::{AuthError, Error};
use crate::uri::{AuthChoice, Uri};

/// Authenticates in the way that the URI chooses, or in the first that the daemon offers and that is known here: daemons
/// offer one.
pub(crate) async fn authenticate(client: &Client, uri: &Uri) -> Result<(), Error> {
    let offered = client.call::<proc::AuthList>(&()).await?.types;
    let is_known = |way: &&AuthType| {
        let is_meant = matches!(
            (way, &uri.auth),
            (AuthType::None, None | Some(AuthChoice::None))
                | (AuthType::Polkit, None | Some(AuthChoice::Polkit))
                | (AuthType::Sasl, None | Some(AuthChoice::Sasl(_)))
        );
        is_meant && (cfg!(feature = "sasl") || **way != AuthType::Sasl)
    };
    match offered.iter().find(is_known) {
        Some(AuthType::None) => Ok(()),
        Some(AuthType::Polkit) => polkit(client).await,
        #[cfg(feature = "sasl")]
        Some(AuthType::Sasl) => {
            let mechanism = match &uri.auth {
                Some(AuthChoice::Sasl(mechanism)) => mechanism.as_deref(),
                _ => None,
            };
            sasl::authenticate(client, mechanism, uri).await
        }
        _ => {
            let offered = offered.into_iter().map(name).collect();
            Err(AuthError::NoWay { offered }.into())
        }
    }
}

/// The daemon asks polkit, which asks whoever it is set up to ask. The client has nothing to say.
async fn polkit(client: &Client) -> Result<(), Error> {
    match client.call::<proc::AuthPolkit>(&()).await?.complete {
        0 => Err(AuthError::Polkit.into()),
        _ => Ok(()),
    }
}

fn name(way: AuthType) -> String {
    match way {
        AuthType::None => "none".to_owned(),
        AuthType::Sasl => "sasl".to_owned(),
        AuthType::Polkit => "polkit".to_owned(),
        AuthType::Unknown(number) => format!("number {number}"),
    }
}
