//! What is known of procedures, as values, and numbers that none has.

use xdr_wire::{
    MessageError, Options, Payload, Priority, Procedure, ProcedureInfo, ProcedureKind,
    StreamDirection,
};

/// It has nothing of what goes without saying.
struct Upload;

impl Procedure for Upload {
    type Args = ();
    type Ret = ();

    const NAME: &'static str = "DESK_PROC_UPLOAD";
    const PROGRAM: u32 = 1;
    const VERSION: u32 = 2;
    const NUMBER: u32 = 7;
    const PRIORITY: Priority = Priority::High;
    const ACL: &'static [&'static str] = &["storage_vol:data_write"];
    const ACL_FILTER: &'static [&'static str] = &["storage_vol:getattr"];
    const READ_ONLY: bool = true;
    const STREAM: Option<StreamDirection> = Some(StreamDirection::Write);
}

/// All of this goes without saying, but for its kind.
struct Rang;

impl Procedure for Rang {
    type Args = ();
    type Ret = ();

    const NAME: &'static str = "DESK_PROC_RANG";
    const PROGRAM: u32 = 1;
    const VERSION: u32 = 2;
    const NUMBER: u32 = 9;
    const KIND: ProcedureKind = ProcedureKind::Event;
}

const PROCEDURES: &[ProcedureInfo] = &[ProcedureInfo::of::<Upload>(), ProcedureInfo::of::<Rang>()];

#[test]
fn all_that_a_procedure_says_of_itself_is_known_by_its_number() {
    let upload = ProcedureInfo::find(PROCEDURES, 7).unwrap();
    assert_eq!(
        (upload.name, upload.number, upload.kind),
        ("DESK_PROC_UPLOAD", 7, ProcedureKind::Call)
    );
    assert_eq!(upload.priority, Priority::High);
    assert_eq!(upload.acl, ["storage_vol:data_write"]);
    assert_eq!(upload.acl_filter, ["storage_vol:getattr"]);
    assert!(upload.read_only);
    assert_eq!(upload.stream, Some(StreamDirection::Write));

    let rang = ProcedureInfo::find(PROCEDURES, 9).unwrap();
    assert_eq!(
        (rang.kind, rang.priority, rang.read_only, rang.stream),
        (ProcedureKind::Event, Priority::Low, false, None)
    );
    assert_eq!(ProcedureInfo::find(PROCEDURES, 8), None);
}

#[test]
fn a_payload_of_no_message_is_refused_for_what_its_number_is() {
    let refused = |number| {
        let payload = Payload::new(PROCEDURES, number, &[], Options::new());
        payload.refuse::<()>().unwrap_err()
    };
    let (upload, rang) = ("DESK_PROC_UPLOAD", "DESK_PROC_RANG");
    assert_eq!(refused(7), MessageError::IsCall { procedure: upload });
    assert_eq!(refused(8), MessageError::UnknownProcedure { number: 8 });
    assert_eq!(refused(9), MessageError::IsEvent { procedure: rang });
}
