//! What is generated of bench/proto/bench.x.

macro_rules! generated {
    ($($module:ident)*) => {$(
        #[allow(dead_code, unreachable_pub, clippy::pedantic, reason = "it is made for users")]
        pub(crate) mod $module {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($module), "/bench.rs"));
        }
    )*};
}

generated!(owned bytes borrowed);
