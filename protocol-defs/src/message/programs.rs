//! The calls, replies and events of all programs whose features are on.

#[cfg(any(
    feature = "remote",
    feature = "admin",
    feature = "lock",
    feature = "log",
    feature = "lxc-monitor"
))]
use xdr_wire::Message as _;
use xdr_wire::{EncodeError, Options, Payload, ProcedureInfo};

use super::ProcedureId;
use super::error::ReadError;

/// A program that is on.
pub(super) struct Program {
    number: u32,
    version: u32,
    procedures: &'static [ProcedureInfo],
}

macro_rules! programs {
    ($($feature:literal $module:ident $version:ident)*) => {
        const PROGRAMS: &[Program] = &[$(
            #[cfg(feature = $feature)]
            Program {
                number: crate::$module::PROGRAM,
                version: crate::$module::$version,
                procedures: crate::$module::proc::PROCEDURES,
            },
        )*];
    };
}

programs! {
    "remote" remote PROTOCOL_VERSION
    "qemu" qemu PROTOCOL_VERSION
    "lxc" lxc PROTOCOL_VERSION
    "admin" admin PROTOCOL_VERSION
    "lock" lock PROGRAM_VERSION
    "log" log PROGRAM_VERSION
    "lxc-monitor" lxc_monitor PROGRAM_VERSION
}

impl Program {
    /// The program of a procedure, in its version.
    pub(super) fn of(id: ProcedureId) -> Result<&'static Self, ReadError> {
        let ProcedureId {
            program, version, ..
        } = id;
        match PROGRAMS.iter().find(|found| found.number == program) {
            None => Err(ReadError::UnknownProgram { program }),
            Some(found) if found.version == version => Ok(found),
            Some(found) => Err(ReadError::WrongVersion {
                program,
                version,
                known: found.version,
            }),
        }
    }

    /// What is known of a procedure of this number.
    pub(super) fn find(&self, number: u32) -> Option<&'static ProcedureInfo> {
        ProcedureInfo::find(self.procedures, number)
    }

    /// What came with this number.
    pub(super) fn payload<'a>(
        &self,
        number: u32,
        bytes: &'a [u8],
        options: Options,
    ) -> Payload<'a> {
        Payload::new(self.procedures, number, bytes, options)
    }
}

/// An enum over the programs that have such messages.
macro_rules! messages {
    ($(#[$docs:meta])* $name:ident: $($feature:literal $variant:ident $module:ident)*) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("Of the program in [`", stringify!($module), "`](crate::", stringify!($module), ").")]
                #[cfg(feature = $feature)]
                $variant(crate::$module::$name),
            )*
        }

        impl $name {
            /// What a payload says that came with this procedure, and with a packet of the right kind.
            ///
            /// # Errors
            /// [`ReadError`]: a number that nobody has, or a payload that is not what it should be.
            pub fn decode(
                id: ProcedureId,
                payload: &[u8],
                options: Options,
            ) -> Result<Self, ReadError> {
                let program = Program::of(id)?;
                let number = id.procedure;
                let message = match id.program {
                    $(
                        #[cfg(feature = $feature)]
                        crate::$module::PROGRAM => {
                            crate::$module::$name::decode(number, payload, options).map(Self::$variant)
                        }
                    )*
                    _ => program.payload(number, payload, options).refuse(),
                };
                Ok(message?)
            }

            pub(super) fn body(&self) -> &dyn Body {
                match *self {
                    $(
                        #[cfg(feature = $feature)]
                        Self::$variant(ref message) => message,
                    )*
                }
            }

            /// The procedure that it belongs to.
            pub fn procedure(&self) -> ProcedureId {
                self.body().procedure_id()
            }
        }

        $(
            #[cfg(feature = $feature)]
            impl From<crate::$module::$name> for $name {
                fn from(message: crate::$module::$name) -> Self {
                    Self::$variant(message)
                }
            }
        )*
    };
}

messages! {
    /// The call of a procedure, with its arguments.
    Call:
    "remote" Remote remote
    "qemu" Qemu qemu
    "lxc" Lxc lxc
    "admin" Admin admin
    "lock" Lock lock
    "log" Log log
}

messages! {
    /// The result of a procedure.
    Reply:
    "remote" Remote remote
    "qemu" Qemu qemu
    "lxc" Lxc lxc
    "admin" Admin admin
    "lock" Lock lock
    "log" Log log
}

messages! {
    /// An event. Those that a newer daemon sends are in their programs' variants `Unknown`; the programs that are not
    /// here have no events.
    Event:
    "remote" Remote remote
    "qemu" Qemu qemu
    "lxc-monitor" LxcMonitor lxc_monitor
}

/// What is the same in the messages of all programs.
pub(super) trait Body {
    fn procedure_id(&self) -> ProcedureId;

    fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

impl<T: xdr_wire::Message<'static>> Body for T {
    fn procedure_id(&self) -> ProcedureId {
        ProcedureId {
            program: T::PROGRAM,
            version: T::VERSION,
            procedure: self.procedure(),
        }
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.encode_into(out, Options::new())
    }
}
