//! From the number of a procedure and a payload to a typed message, and back.

use alloc::vec::Vec;
use core::fmt;

use crate::error::{DecodeError, EncodeError};
use crate::message::from_bytes_with;
use crate::options::Options;
use crate::procedure::{Priority, Procedure, ProcedureKind, StreamDirection};
use crate::traits::Decode;

/// All messages of one kind that a version of a program has: its calls, its replies, or its events. Generated enums
/// implement it (`messages` of `xdr-build`).
pub trait Message<'de>: Sized {
    /// The program number.
    const PROGRAM: u32;
    /// The version of the program.
    const VERSION: u32;
    /// All procedures of the version, by number.
    const PROCEDURES: &'static [ProcedureInfo];

    /// Reads the payload of a message that is of this kind and has this procedure's number.
    ///
    /// # Errors
    /// [`MessageError`]: the number is none of this kind, or the payload is not of its type.
    fn decode(procedure: u32, payload: &'de [u8], options: Options) -> Result<Self, MessageError>;

    /// The number of the procedure.
    fn procedure(&self) -> u32;

    /// Appends the payload to `out`. On an error `out` is as it was.
    ///
    /// # Errors
    /// [`EncodeError`] if the payload is over a bound or a limit.
    fn encode_into(&self, out: &mut Vec<u8>, options: Options) -> Result<(), EncodeError>;

    /// The XDR name of the procedure, if it has one.
    fn name(&self) -> Option<&'static str> {
        ProcedureInfo::find(Self::PROCEDURES, self.procedure()).map(|procedure| procedure.name)
    }
}

/// What is known of a [`Procedure`], as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ProcedureInfo {
    /// [`Procedure::NAME`].
    pub name: &'static str,
    /// [`Procedure::NUMBER`].
    pub number: u32,
    /// [`Procedure::KIND`].
    pub kind: ProcedureKind,
    /// [`Procedure::PRIORITY`].
    pub priority: Priority,
    /// [`Procedure::ACL`].
    pub acl: &'static [&'static str],
    /// [`Procedure::ACL_FILTER`].
    pub acl_filter: &'static [&'static str],
    /// [`Procedure::READ_ONLY`].
    pub read_only: bool,
    /// [`Procedure::STREAM`].
    pub stream: Option<StreamDirection>,
}

impl ProcedureInfo {
    /// What is known of `P`.
    pub const fn of<P: Procedure>() -> Self {
        Self {
            name: P::NAME,
            number: P::NUMBER,
            kind: P::KIND,
            priority: P::PRIORITY,
            acl: P::ACL,
            acl_filter: P::ACL_FILTER,
            read_only: P::READ_ONLY,
            stream: P::STREAM,
        }
    }

    /// The procedure of this number in a table that is sorted by number.
    pub fn find(table: &'static [Self], number: u32) -> Option<&'static Self> {
        let at = table.binary_search_by_key(&number, |procedure| procedure.number);
        table.get(at.ok()?)
    }
}

/// A payload and the number that says what it is: what implementations of [`Message::decode`] are made with.
///
/// ```
/// use xdr_wire::{MessageError, Options, Payload};
///
/// let payload = Payload::new(&[], 7, &[0, 0, 0, 1], Options::new());
/// assert_eq!(payload.read(|flag: bool| flag), Ok(true));
/// assert_eq!(payload.refuse::<bool>(), Err(MessageError::UnknownProcedure { number: 7 }));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Payload<'de> {
    table: &'static [ProcedureInfo],
    procedure: u32,
    bytes: &'de [u8],
    options: Options,
}

impl<'de> Payload<'de> {
    /// The payload of a message. `table` has all procedures there are, by number.
    pub const fn new(
        table: &'static [ProcedureInfo],
        procedure: u32,
        bytes: &'de [u8],
        options: Options,
    ) -> Self {
        Self {
            table,
            procedure,
            bytes,
            options,
        }
    }

    /// Reads the whole payload, and makes a message of it.
    ///
    /// # Errors
    /// [`MessageError::Payload`].
    pub fn read<T: Decode<'de>, M>(self, message: impl FnOnce(T) -> M) -> Result<M, MessageError> {
        match from_bytes_with(self.bytes, self.options) {
            Ok(value) => Ok(message(value)),
            Err(error) => Err(self.fault(error)),
        }
    }

    /// The message, if the payload is empty as it should be.
    ///
    /// # Errors
    /// [`MessageError::Payload`].
    pub fn void<M>(self, message: M) -> Result<M, MessageError> {
        self.read(|()| message)
    }

    /// The message of an event that nobody knows.
    ///
    /// # Errors
    /// [`MessageError::IsCall`] if the number is known, as it then is not an event's.
    pub fn unknown<M>(self, message: impl FnOnce(u32, Vec<u8>) -> M) -> Result<M, MessageError> {
        match ProcedureInfo::find(self.table, self.procedure) {
            Some(_) => self.refuse(),
            None => Ok(message(self.procedure, self.bytes.to_vec())),
        }
    }

    /// The error for a number that no message of the kind has.
    ///
    /// # Errors
    /// Always: what the number is instead.
    #[cold]
    pub fn refuse<M>(self) -> Result<M, MessageError> {
        let number = self.procedure;
        Err(match ProcedureInfo::find(self.table, number) {
            None => MessageError::UnknownProcedure { number },
            Some(found) => match found.kind {
                ProcedureKind::Call => MessageError::IsCall {
                    procedure: found.name,
                },
                ProcedureKind::Event => MessageError::IsEvent {
                    procedure: found.name,
                },
            },
        })
    }

    #[cold]
    fn fault(self, error: DecodeError) -> MessageError {
        let found = ProcedureInfo::find(self.table, self.procedure);
        MessageError::Payload {
            procedure: found.map_or("an unknown procedure", |procedure| procedure.name),
            error,
        }
    }
}

/// Why a number and a payload are not a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// The program has no procedure of this number.
    UnknownProcedure {
        /// The number.
        number: u32,
    },
    /// The number, that of a call or a reply, is one of an event.
    IsEvent {
        /// The XDR name of the event.
        procedure: &'static str,
    },
    /// The number of an event is one of a procedure to be called.
    IsCall {
        /// The XDR name of the procedure.
        procedure: &'static str,
    },
    /// The payload is not of the type that the procedure has for it.
    Payload {
        /// The XDR name of the procedure.
        procedure: &'static str,
        /// What is wrong with it.
        error: DecodeError,
    },
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProcedure { number } => write!(f, "no procedure has the number {number}"),
            Self::IsEvent { procedure } => {
                write!(f, "{procedure} is an event, which nobody calls")
            }
            Self::IsCall { procedure } => {
                write!(f, "{procedure} is a procedure to be called, not an event")
            }
            Self::Payload { procedure, error } => write!(f, "payload of {procedure}: {error}"),
        }
    }
}

impl core::error::Error for MessageError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Payload { error, .. } => Some(error),
            _ => None,
        }
    }
}
