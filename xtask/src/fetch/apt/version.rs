//! Debian's version numbers, deb-version(7).

/// The version that the project itself gave: without epoch, Debian's revision, and the mark that says that parts which
/// Debian may not distribute were left out.
pub(crate) fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let version = version.rsplit_once('-').map_or(version, |(rest, _)| rest);
    let repacked = ["+ds", "+dfsg", "~ds", "~dfsg"];
    let mark = repacked.iter().filter_map(|mark| version.find(mark)).min();
    &version[..mark.unwrap_or(version.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_off_what_debian_adds() {
        for (debian, upstream_version) in [
            ("9.0.0-4+deb12u2", "9.0.0"),
            ("11.3.0-2~bpo12+1", "11.3.0"),
            ("2:12.5.0-2+deb13u1", "12.5.0"),
            ("1.3.6+ds-1", "1.3.6"),
            ("1.2~dfsg2-1", "1.2"),
            ("4.2", "4.2"),
        ] {
            assert_eq!(upstream(debian), upstream_version, "{debian}");
        }
    }

    #[test]
    fn a_candidate_is_not_the_release() {
        assert_eq!(upstream("9.1.0~rc1-1"), "9.1.0~rc1");
    }
}
