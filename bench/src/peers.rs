//! What a user would pick instead.

use crate::race::Race;

mod fastxdr;
mod libtirpc;
mod nfs3;
mod stellar;
mod xdr_codec;

pub(crate) fn enter(race: &mut Race) {
    libtirpc::enter(race);
    xdr_codec::enter(race);
    stellar::enter(race);
    nfs3::enter(race);
    fastxdr::enter(race);
}
