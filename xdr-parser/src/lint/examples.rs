//! For each rule a text that it finds fault with, and the same mended. Tests hold both to their word.

use super::rules::Rule;

/// A text with a mistake, and without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Example {
    /// What the rule finds fault with.
    pub wrong: &'static str,
    /// The same mended.
    pub mended: &'static str,
    /// The packet limit that the example is about, in bytes.
    pub packet_limit: Option<u64>,
}

impl Rule {
    /// What the rule is about, as text.
    pub const fn example(self) -> Example {
        let (wrong, mended) = self.texts();
        let packet_limit = match self {
            Self::BoundOverPacket => Some(65536),
            _ => None,
        };
        Example {
            wrong,
            mended,
            packet_limit,
        }
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::UnboundedString => (
                "typedef string file_name<>;\n",
                "typedef string file_name<255>;\n",
            ),
            Self::UnboundedOpaque => (
                "struct handle {\n    opaque data<>;\n};\n",
                "struct handle {\n    opaque data<64>;\n};\n",
            ),
            Self::UnboundedArray => (
                "struct group {\n    int members<>;\n};\n",
                "struct group {\n    int members<1024>;\n};\n",
            ),
            Self::BoundOverPacket => (
                "/* Packets of this protocol hold 65536 bytes. */\nstruct chunk {\n    opaque data<1048576>;\n};\n",
                "/* Packets of this protocol hold 65536 bytes. */\nstruct chunk {\n    opaque data<65000>;\n};\n",
            ),
            Self::NestedBounds => (
                "struct listing {\n    opaque first<100>;\n    entry entries<65536>;\n};\nstruct entry {\n    opaque data<1048576>;\n};\n",
                "struct listing {\n    opaque first<100>;\n    entry entries<64>;\n};\nstruct entry {\n    opaque data<1048576>;\n};\n",
            ),
            Self::SignedLength => (
                "struct request {\n    int count;\n};\n",
                "struct request {\n    unsigned int count;\n};\n",
            ),
            Self::CharArray => (
                "struct label {\n    char text[32];\n};\n",
                "struct label {\n    opaque text[32];\n};\n",
            ),
            Self::EnumeratorWithoutValue => (
                "enum color {\n    RED,\n    GREEN\n};\n",
                "enum color {\n    RED = 0,\n    GREEN = 1\n};\n",
            ),
            Self::OctalNumber => ("const LENGTH = 010;\n", "const LENGTH = 8;\n"),
            Self::RecursiveType => (
                "struct tree {\n    int key;\n    tree *left;\n    tree *right;\n};\n",
                "struct node {\n    int key;\n    node *next;\n};\n",
            ),
            Self::ProcedureGap => (
                "program CLOCK {\n    version FIRST {\n        int HOUR(void) = 1;\n        int MINUTE(void) = 3;\n    } = 1;\n} = 0x20000001;\n",
                "program CLOCK {\n    version FIRST {\n        int HOUR(void) = 1;\n        int MINUTE(void) = 2;\n    } = 1;\n} = 0x20000001;\n",
            ),
            Self::ProgramReuse => (
                "program CLOCK {\n    version FIRST {\n        int HOUR(void) = 1;\n    } = 1;\n} = 0x20000001;\nprogram DIARY {\n    version OLD {\n        int TODAY(void) = 1;\n    } = 1;\n} = 0x20000001;\n",
                "program CLOCK {\n    version FIRST {\n        int HOUR(void) = 1;\n    } = 1;\n} = 0x20000001;\nprogram DIARY {\n    version OLD {\n        int TODAY(void) = 1;\n    } = 1;\n} = 0x20000002;\n",
            ),
            Self::MissingPartner => (
                "const CLOCK_PROGRAM = 0x20000001;\nconst CLOCK_PROTOCOL_VERSION = 1;\nstruct clock_get_hours_ret {\n    int hour;\n};\nenum clock_procedure {\n    CLOCK_PROC_GET_HOUR = 1\n};\n",
                "const CLOCK_PROGRAM = 0x20000001;\nconst CLOCK_PROTOCOL_VERSION = 1;\nstruct clock_get_hour_ret {\n    int hour;\n};\nenum clock_procedure {\n    CLOCK_PROC_GET_HOUR = 1\n};\n",
            ),
            Self::UnknownAnnotation => (
                "const CLOCK_PROGRAM = 0x20000001;\nconst CLOCK_PROTOCOL_VERSION = 1;\nenum clock_procedure {\n    /**\n     * @priorty: high\n     */\n    CLOCK_PROC_TICK = 1\n};\n",
                "const CLOCK_PROGRAM = 0x20000001;\nconst CLOCK_PROTOCOL_VERSION = 1;\nenum clock_procedure {\n    /**\n     * @priority: high\n     */\n    CLOCK_PROC_TICK = 1\n};\n",
            ),
            Self::MisplacedAnnotation => (
                "struct clock_set_args {\n    int hour;\n    /* insert@1 */\n    int minute;\n};\n",
                "struct clock_set_args {\n    int hour;\n    int minute; /* insert@1 */\n};\n",
            ),
            Self::UnknownAllow => (
                "typedef string name<>; /* xdr:allow(unbounded-string, boundless) */\n",
                "typedef string name<>; /* xdr:allow(unbounded-string) */\n",
            ),
            Self::UselessAllow => (
                "typedef string name<255>; /* xdr:allow(unbounded-string) */\n",
                "typedef string name<255>;\n",
            ),
            Self::UnusedType => (
                "typedef unsigned int minute;\nprogram CLOCK {\n    version FIRST {\n        int HOUR(void) = 1;\n    } = 1;\n} = 0x20000001;\n",
                "typedef unsigned int minute;\nprogram CLOCK {\n    version FIRST {\n        minute HOUR(void) = 1;\n    } = 1;\n} = 0x20000001;\n",
            ),
            Self::UnusedConstant => (
                "const MAX_NAME = 255;\ntypedef string name<100>;\nprogram CLOCK {\n    version FIRST {\n        name ZONE(void) = 1;\n    } = 1;\n} = 0x20000001;\n",
                "const MAX_NAME = 255;\ntypedef string name<MAX_NAME>;\nprogram CLOCK {\n    version FIRST {\n        name ZONE(void) = 1;\n    } = 1;\n} = 0x20000001;\n",
            ),
            Self::TypeNaming => (
                "struct FileHandle {\n    opaque data[32];\n};\n",
                "struct file_handle {\n    opaque data[32];\n};\n",
            ),
            Self::FieldNaming => (
                "struct handle {\n    unsigned int fileId;\n};\n",
                "struct handle {\n    unsigned int file_id;\n};\n",
            ),
            Self::ConstantNaming => ("const maxName = 255;\n", "const MAX_NAME = 255;\n"),
            Self::IntegerSpelling => (
                "struct stamp {\n    uint64_t seconds;\n    unsigned nanoseconds;\n};\n",
                "struct stamp {\n    unsigned hyper seconds;\n    unsigned int nanoseconds;\n};\n",
            ),
        }
    }
}
