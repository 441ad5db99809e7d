//! How fast a list of domains becomes JSON, and JSON a list of domains: `cargo run --release --example throughput`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use xdr_dynamic::Codec;

const TYPES: &str = "
    struct domain { string name<>; opaque uuid[16]; int id; };
    struct domains { domain found<>; };
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compiled =
        xdr_parser::compile_text("domains.x", TYPES, None, &xdr_parser::Options::default());
    let schema = compiled.schema.ok_or("the schema has errors")?;
    let codec = Codec::named(&schema, "domains")?;
    let mut json = r#"{"found":["#.to_owned();
    for id in 0..100_000 {
        let comma = if id == 0 { "" } else { "," };
        write!(
            json,
            r#"{comma}{{"name":"instance-{id:08x}","uuid":"{id:032x}","id":{id}}}"#
        )?;
    }
    json.push_str("]}");
    let wire = codec.encode_json(&json)?;
    assert_eq!(codec.decode_json(&wire)?, json);
    for _ in 0..5 {
        measure("bytes to JSON", wire.len(), || {
            codec.decode_json(&wire).map(|json| json.len())
        });
        measure("JSON to bytes", wire.len(), || {
            codec.encode_json(&json).map(|wire| wire.len())
        });
    }
    Ok(())
}

fn measure<E>(what: &str, bytes: usize, work: impl Fn() -> Result<usize, E>) {
    const TIMES: u32 = 20;
    let start = Instant::now();
    for _ in 0..TIMES {
        let _ = black_box(work());
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(TIMES);
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let rate = bytes as f64 / 1e6 / seconds;
    println!("{what}: {rate:.0} MB/s of XDR");
}
