use super::*;
use crate::source::Sources;
use crate::{Compilation, Profile, compile};
use std::path::PathBuf;

#[test]
fn real() {
    let mut options = Options::default();
    options.profile = Some(Profile::Libvirt);
    options.include = vec!["/work/scratch/libvirt-9.0.0/src/remote".into()];
    for path in std::env::var("X").unwrap().split_whitespace() {
        let now = std::time::Instant::now();
        let Compilation {
            diagnostics,
            sources,
            schema,
            ..
        } = compile(&[PathBuf::from(path)], &options);
        println!(
            "{path} {:?} {:?}",
            now.elapsed(),
            schema.as_ref().map(|s| (
                s.types.len(),
                s.constants.len(),
                s.programs.len(),
                s.procedure_enums
                    .iter()
                    .map(|p| p.procedures.len())
                    .sum::<usize>()
            ))
        );
        for d in diagnostics {
            let l = d.primary.location;
            let s = sources.get(l.file).unwrap();
            println!(
                "  {} {:?} {} {} @ {:?} [{}] {:?} {:?}",
                s.name,
                s.line_column(l.span.start),
                d.code,
                d.message,
                sources.text(l),
                d.primary.text,
                d.secondary
                    .iter()
                    .map(|s| (&s.text, sources.text(s.location)))
                    .collect::<Vec<_>>(),
                d.help
            );
        }
    }
    let _ = Sources::default();
}
