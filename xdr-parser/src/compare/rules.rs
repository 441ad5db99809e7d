//! The kinds of change, each with its severity and with who breaks by it.

use std::fmt;

/// What a change does to those who already speak the protocol; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Severity {
    /// Bytes of one side are misread or refused by the other in ordinary use.
    BreaksWire,
    /// Peers of the old side refuse some of what the new side may send; the rest still works.
    OldPeersReject,
    /// The bytes are the same; names, or source generated from them, change.
    SourceOnly,
    /// Neither bytes nor existing source change.
    Safe,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::BreaksWire => "breaks the wire",
            Self::OldPeersReject => "old peers reject",
            Self::SourceOnly => "source only",
            Self::Safe => "safe",
        })
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $severity:ident $who:literal),* $(,)?) => {
        /// A kind of change. Its id, once given out, keeps its meaning.
        ///
        /// | rule | severity | who breaks, and why |
        /// | --- | --- | --- |
        $(#[doc = concat!("| `", $id, "` | ", stringify!($severity), " | ", $who, " |")])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = $who]
                #[cfg_attr(feature = "serde", serde(rename = $id))]
                $name,
            )*
        }

        impl Rule {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it is printed and named: `field-added`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// The rule of this id.
            pub fn named(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.id() == id)
            }

            /// How bad such a change is.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// Who breaks by it and why, in one sentence.
            pub const fn who_breaks(self) -> &'static str {
                match self {
                    $(Self::$name => $who,)*
                }
            }
        }
    };
}

rules! {
    ConstantAdded "constant-added" Safe
        "Nobody: what uses the constant is reported by itself.",
    ConstantRemoved "constant-removed" SourceOnly
        "Code that names the constant no longer builds.",
    ConstantRenamed "constant-renamed" SourceOnly
        "Code that names the constant no longer builds.",
    ConstantValueChanged "constant-value-changed" SourceOnly
        "Code built with the old value goes on using it; bounds, labels and numbers made of it are reported where they stand.",
    NumberRespelled "number-respelled" SourceOnly
        "Nobody on the wire: the same number is written by another name, or as a plain number.",

    TypeAdded "type-added" Safe
        "Nobody: what uses the type is reported by itself.",
    TypeRemoved "type-removed" SourceOnly
        "Code that names the type no longer builds; what used it on the wire is reported where it did.",
    TypeRenamed "type-renamed" SourceOnly
        "Code that names the type no longer builds; its bytes are the same.",
    TypeRespelled "type-respelled" SourceOnly
        "Code that relies on the generated type may no longer build; the bytes are the same by way of another type.",
    TypeChanged "type-changed" BreaksWire
        "Both sides misread each other: the bytes of the one type are not those of the other.",
    TypeKindChanged "type-kind-changed" BreaksWire
        "Both sides misread each other: a struct, a union and an enum have different bytes.",
    ListFormChanged "list-form-changed" SourceOnly
        "Code that walks the values: what was generated as a list is now nested optionals, or the other way round.",
    MarksChanged "marks-changed" SourceOnly
        "libvirt's stubs: they are generated otherwise.",

    FieldAdded "field-added" BreaksWire
        "Both sides misread what follows: a struct says nowhere which fields it has.",
    FieldRemoved "field-removed" BreaksWire
        "Both sides misread what follows: a struct says nowhere which fields it has.",
    FieldMoved "field-moved" BreaksWire
        "Both sides misread the fields: they are told apart by their place alone.",
    FieldRenamed "field-renamed" SourceOnly
        "Code that names the field no longer builds.",

    BoundTightened "bound-tightened" BreaksWire
        "New peers refuse what old peers send at more than the new length.",
    BoundAdded "bound-added" BreaksWire
        "New peers refuse what old peers send at more than the new length.",
    BoundWidened "bound-widened" OldPeersReject
        "Old peers refuse what new peers send at more than the old length.",
    BoundDropped "bound-dropped" OldPeersReject
        "Old peers refuse what new peers send at more than the old length.",
    FixedLengthChanged "fixed-length-changed" BreaksWire
        "Both sides misread what follows: a fixed length is not on the wire.",
    OptionalChanged "optional-changed" BreaksWire
        "Both sides misread what follows: an optional begins with a word that says whether it is there.",
    StringToOpaque "string-to-opaque" OldPeersReject
        "Old peers may refuse bytes that are no text; lengths and padding are the same.",
    OpaqueToString "opaque-to-string" BreaksWire
        "New peers may refuse bytes of old peers that are no text; lengths and padding are the same.",
    SignednessChanged "signedness-changed" BreaksWire
        "A number that only one of the types has is read as another one, or refused.",
    WidthChanged "width-changed" BreaksWire
        "Both sides misread what follows: the numbers take four bytes on one side and eight or sixteen on the other.",
    ValueRangeNarrowed "value-range-narrowed" BreaksWire
        "New peers refuse numbers that old peers send.",
    ValueRangeWidened "value-range-widened" OldPeersReject
        "Old peers refuse numbers that only the new type has.",

    EnumeratorAdded "enumerator-added" OldPeersReject
        "Old peers refuse the new number, unless they take enums as open.",
    EnumeratorRemoved "enumerator-removed" BreaksWire
        "New peers refuse the number when old peers send it, unless they take enums as open.",
    EnumeratorRenumbered "enumerator-renumbered" BreaksWire
        "The sides mean different things by one number, or refuse it.",
    EnumeratorRenamed "enumerator-renamed" SourceOnly
        "Code that names the enumerator no longer builds.",
    EnumeratorAliasAdded "enumerator-alias-added" Safe
        "Nobody: a number that the enum has got another name.",
    EnumeratorAliasRemoved "enumerator-alias-removed" SourceOnly
        "Code that uses this one of the number's names no longer builds.",

    DiscriminantRenamed "discriminant-renamed" SourceOnly
        "Code that names the discriminant, and JSON made of the union.",
    DiscriminantTypeChanged "discriminant-type-changed" SourceOnly
        "Code that relies on the discriminant's type; its cases, and so its bytes, are reported by themselves.",
    ArmAdded "arm-added" OldPeersReject
        "Old peers refuse a union with the new label.",
    ArmRemoved "arm-removed" BreaksWire
        "New peers refuse a union with the label that old peers send.",
    ArmRenamed "arm-renamed" SourceOnly
        "Code that names the arm no longer builds.",
    ArmRelabelled "arm-relabelled" BreaksWire
        "Each side refuses or misreads the arm under the other's label.",
    ArmPayloadChanged "arm-payload-changed" BreaksWire
        "Both sides misread what follows the label: one sends something there, the other nothing, or another thing.",
    ArmRegrouped "arm-regrouped" SourceOnly
        "Code that matches on the arms: the same labels with the same bytes share an arm otherwise.",
    DefaultArmAdded "default-arm-added" OldPeersReject
        "Old peers refuse labels that only the default arm takes.",
    DefaultArmRemoved "default-arm-removed" BreaksWire
        "New peers refuse labels that only the default arm took.",

    ProgramAdded "program-added" Safe
        "Nobody: a peer without the program says so.",
    ProgramRemoved "program-removed" BreaksWire
        "Peers that speak the program find nobody to talk to.",
    ProgramRenamed "program-renamed" SourceOnly
        "Code that names the program no longer builds.",
    ProgramNumberChanged "program-number-changed" BreaksWire
        "The sides do not find each other.",
    VersionAdded "version-added" Safe
        "Nobody: a peer without the version says so.",
    VersionRemoved "version-removed" BreaksWire
        "Peers that speak this version only are turned away.",
    VersionRenamed "version-renamed" SourceOnly
        "Code that names the version no longer builds.",
    VersionNumberChanged "version-number-changed" BreaksWire
        "The sides turn each other away for the wrong version.",
    ProcedureAdded "procedure-added" Safe
        "Nobody: a peer without the procedure says so.",
    ProcedureRemoved "procedure-removed" BreaksWire
        "Callers of the procedure are told that there is none.",
    ProcedureRenamed "procedure-renamed" SourceOnly
        "Code that names the procedure no longer builds.",
    ProcedurePrefixChanged "procedure-prefix-changed" SourceOnly
        "Code that names the procedures' numbers no longer builds.",
    ProcedureRenumbered "procedure-renumbered" BreaksWire
        "The sides mean different procedures by one number, or have none of that number.",
    ArgsGained "args-gained" BreaksWire
        "The procedure refuses a call without arguments, or with too many.",
    ArgsLost "args-lost" BreaksWire
        "The procedure refuses a call with too few arguments, or with arguments that it no longer has.",
    RetGained "ret-gained" BreaksWire
        "Callers refuse the reply: one side has a result where the other has none.",
    RetLost "ret-lost" BreaksWire
        "Callers refuse the reply: one side has a result where the other has none.",
    CallBecameEvent "call-became-event" BreaksWire
        "Callers get no reply, and clients get a message that they do not know.",
    EventBecameCall "event-became-call" BreaksWire
        "Clients wait for an event that is no longer sent.",

    GenerateChanged "generate-changed" SourceOnly
        "Code that relies on stubs of libvirt's generator being there, or not.",
    PriorityChanged "priority-changed" SourceOnly
        "Nobody on the wire: the daemon serves the call from another pool of threads.",
    AclChanged "acl-changed" SourceOnly
        "Nobody by the bytes: the daemon may deny the call to others than before.",
    AclFilterChanged "acl-filter-changed" SourceOnly
        "Nobody by the bytes: the daemon may leave other things out of the reply.",
    StreamChanged "stream-changed" BreaksWire
        "One side sends, or waits for, a stream that the other knows nothing of.",
    StreamParameterChanged "stream-parameter-changed" SourceOnly
        "libvirt's stubs: the stream is another parameter of the API function.",
    SparseFlagAdded "sparse-flag-added" OldPeersReject
        "Old peers refuse the flag that asks for a stream with holes.",
    SparseFlagRemoved "sparse-flag-removed" BreaksWire
        "New peers refuse the flag by which old peers ask for a stream with holes.",
    SparseFlagRenamed "sparse-flag-renamed" SourceOnly
        "Nobody, if the API flag of the new name has the number of the old one.",
}
