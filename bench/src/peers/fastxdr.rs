//! fastxdr, which only decodes: opaque data refers to the message, strings do not.

use std::convert::TryFrom;

use bytes::Bytes;

use crate::ours::owned as ours;
use crate::race::{Direction, Race};
use crate::workload::Workload;

#[allow(
    warnings,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "it is fastxdr's code"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/fastxdr.rs"));

    pub(crate) use xdr::*;
}

const WHO: &str = "fastxdr";

pub(crate) fn enter(race: &mut Race) {
    match race.workload {
        Workload::W1 => decode::<generated::graphics<Bytes>, ours::Graphics>(race),
        Workload::W2 => decode::<generated::domains<Bytes>, ours::Domains>(race),
        Workload::W3 => decode::<generated::records<Bytes>, ours::Records>(race),
        Workload::W4 => decode::<generated::blob<Bytes>, ours::Blob>(race),
        Workload::W5a => decode::<generated::words, ours::Words>(race),
        Workload::W5b => decode::<generated::longs, ours::Longs>(race),
        Workload::W6 => decode::<generated::header, ours::Header>(race),
    }
}

/// As it writes nothing, this project writes what it has read.
fn decode<T, Ours>(race: &mut Race)
where
    T: TryFrom<Bytes, Error = generated::Error> + 'static,
    Ours: From<T> + xdr_wire::Encode,
{
    let message = Bytes::copy_from_slice(race.wire);
    let decode = move || T::try_from(message.clone()).expect("the message is valid");
    let value = Ours::from(decode());
    let bytes = xdr_wire::to_vec(&value).expect("the message is valid");
    race.check(WHO, &bytes);
    race.enter(WHO, Direction::DecodeBorrowed, move |times| {
        for _ in 0..times {
            std::hint::black_box(&decode());
        }
    });
}

fn all<T, Ours: From<T>>(items: Vec<T>) -> Vec<Ours> {
    items.into_iter().map(Ours::from).collect()
}

impl From<generated::domain<Bytes>> for ours::Domain {
    fn from(it: generated::domain<Bytes>) -> Self {
        Self {
            name: it.name,
            uuid: it.uuid.as_ref().try_into().expect("16 bytes"),
            id: it.id,
        }
    }
}

impl From<generated::address> for ours::Address {
    fn from(it: generated::address) -> Self {
        Self {
            family: it.family,
            node: it.node,
            service: it.service,
        }
    }
}

impl From<generated::identity> for ours::Identity {
    fn from(it: generated::identity) -> Self {
        Self {
            scheme: it.scheme,
            name: it.name,
        }
    }
}

impl From<generated::graphics<Bytes>> for ours::Graphics {
    fn from(it: generated::graphics<Bytes>) -> Self {
        Self {
            callback: it.callback,
            dom: it.dom.into(),
            phase: it.phase,
            here: it.here.into(),
            there: it.there.into(),
            auth: it.auth,
            subject: all(it.subject),
        }
    }
}

impl From<generated::domains<Bytes>> for ours::Domains {
    fn from(it: generated::domains<Bytes>) -> Self {
        Self {
            list: all(it.list),
            count: it.count,
        }
    }
}

impl From<generated::param> for ours::Param {
    fn from(it: generated::param) -> Self {
        use generated::param_value as value;
        Self {
            field: it.field,
            value: match it.value {
                value::v_1(i) => ours::ParamValue::I(i),
                value::v_2(ui) => ours::ParamValue::Ui(ui),
                value::v_3(l) => ours::ParamValue::L(l),
                value::v_4(ul) => ours::ParamValue::Ul(ul),
                value::v_5(d) => ours::ParamValue::D(d),
                value::v_6(b) => ours::ParamValue::B(b),
                value::v_7(text) => ours::ParamValue::S(text.s),
            },
        }
    }
}

impl From<generated::record<Bytes>> for ours::Record {
    fn from(it: generated::record<Bytes>) -> Self {
        Self {
            dom: it.dom.into(),
            params: all(it.params),
        }
    }
}

impl From<generated::records<Bytes>> for ours::Records {
    fn from(it: generated::records<Bytes>) -> Self {
        Self { list: all(it.list) }
    }
}

impl From<generated::blob<Bytes>> for ours::Blob {
    fn from(it: generated::blob<Bytes>) -> Self {
        Self {
            bytes: it.bytes.to_vec(),
        }
    }
}

impl From<generated::words> for ours::Words {
    fn from(it: generated::words) -> Self {
        Self {
            list: it.list.into_iter().map(|word| word.0).collect(),
        }
    }
}

impl From<generated::longs> for ours::Longs {
    fn from(it: generated::longs) -> Self {
        Self {
            list: it.list.into_iter().map(|word| word.0).collect(),
        }
    }
}

impl From<generated::header> for ours::Header {
    fn from(it: generated::header) -> Self {
        let (kind, status) = (it.kind as i32, it.status as i32);
        Self {
            prog: it.prog,
            vers: it.vers,
            proc: it.proc,
            kind: kind.try_into().expect("it has the same enumerators"),
            serial: it.serial,
            status: status.try_into().expect("it has the same enumerators"),
        }
    }
}
