//! What a daemon says when it could not do what it was asked (libvirt, `struct virNetMessageError`).

use std::fmt;

use xdr_wire::{Decode, Encode};

use super::numbers::{ErrorCode, ErrorLevel, ErrorOrigin};

/// Bytes of the longest string in a [`MessageError`] (`VIR_NET_MESSAGE_STRING_MAX`).
const STRING_MAX: u32 = 4_194_304;

/// How the text begins by which clients know that a procedure is unknown.
const UNKNOWN_PROCEDURE: &str = "unknown procedure";

/// An error in place of a result, or at the end of a stream; the same for all programs.
///
/// The numbers are those of libvirt's `virterror.h`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct MessageError {
    /// What went wrong, of `enum virErrorNumber`.
    pub code: i32,
    /// In which part of libvirt, of `enum virErrorDomain`.
    pub domain: i32,
    /// The same for people.
    #[xdr(max = STRING_MAX)]
    pub message: Option<String>,
    /// How bad it is, of `enum virErrorLevel`: 0 is none, 1 a warning, 2 an error.
    pub level: i32,
    /// Not used any more.
    pub dom: Option<ErrorDomain>,
    /// Details that depend on the code, mostly the parts of the message.
    #[xdr(max = STRING_MAX)]
    pub str1: Option<String>,
    /// More of them.
    #[xdr(max = STRING_MAX)]
    pub str2: Option<String>,
    /// More of them.
    #[xdr(max = STRING_MAX)]
    pub str3: Option<String>,
    /// A number that depends on the code.
    pub int1: i32,
    /// Another one.
    pub int2: i32,
    /// Not used any more.
    pub net: Option<ErrorNetwork>,
}

/// The domain in an old error (`struct virNetMessageNonnullDomain`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct ErrorDomain {
    /// Its name.
    #[xdr(max = STRING_MAX)]
    pub name: String,
    /// Its UUID.
    pub uuid: [u8; 16],
    /// Its number while it runs, −1 otherwise.
    pub id: i32,
}

/// The network in an old error (`struct virNetMessageNonnullNetwork`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct ErrorNetwork {
    /// Its name.
    #[xdr(max = STRING_MAX)]
    pub name: String,
    /// Its UUID.
    pub uuid: [u8; 16],
}

impl MessageError {
    /// What a daemon answers to a call of a procedure that it does not have, so that clients see that they may try an
    /// older one; no other text tells them.
    pub fn unknown_procedure(number: u32) -> Self {
        Self::rpc(format!("{UNKNOWN_PROCEDURE}: {number}"))
    }

    /// What a daemon answers to a call that it cannot make out: of an unknown program or version, or with arguments
    /// that are none.
    pub fn rpc(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::new(ErrorCode::RPC, ErrorOrigin::RPC)
        }
    }

    /// An error without a text.
    pub fn new(code: ErrorCode, origin: ErrorOrigin) -> Self {
        Self {
            code: code.0,
            domain: origin.0,
            level: ErrorLevel::ERROR.0,
            ..Self::default()
        }
    }

    /// [`code`](Self::code), which has a name.
    pub const fn error_code(&self) -> ErrorCode {
        ErrorCode(self.code)
    }

    /// [`domain`](Self::domain), which has a name.
    pub const fn origin(&self) -> ErrorOrigin {
        ErrorOrigin(self.domain)
    }

    /// [`level`](Self::level), which has a name.
    pub const fn error_level(&self) -> ErrorLevel {
        ErrorLevel(self.level)
    }

    /// Whether it says that the daemon does not know the procedure, so that a client may try an older one.
    ///
    /// There is no code for that: libvirt's own client, too, knows it by the beginning of the text.
    pub fn is_unsupported(&self) -> bool {
        // Daemons said `VIR_FROM_REMOTE` before.
        self.error_code() == ErrorCode::RPC
            && matches!(self.origin(), ErrorOrigin::RPC | ErrorOrigin::REMOTE)
            && self.error_level() == ErrorLevel::ERROR
            && self
                .message
                .as_deref()
                .is_some_and(|text| text.starts_with(UNKNOWN_PROCEDURE))
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, domain, .. } = self;
        let message = self.message.as_deref().unwrap_or("unknown error");
        write!(f, "{message} (code {code}, domain {domain})")
    }
}

impl std::error::Error for MessageError {}
