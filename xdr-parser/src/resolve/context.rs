//! Says of each diagnostic that points at one place only in which definition that is.

use crate::ast::{File, Identifier, Item, ItemKind};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Location};

pub(crate) fn add<'a>(
    diagnostics: &mut [Diagnostic],
    files: impl Iterator<Item = (FileId, &'a File)>,
) {
    let mut by_file: Vec<(FileId, &File)> = files.collect();
    by_file.sort_by_key(|(file, _)| *file);
    for diagnostic in diagnostics
        .iter_mut()
        .filter(|diagnostic| diagnostic.secondary.is_empty())
    {
        let place = diagnostic.primary.location;
        let Ok(unit) = by_file.binary_search_by_key(&place.file, |(file, _)| *file) else {
            continue;
        };
        let items = &by_file[unit].1.items;
        let next = items.partition_point(|item| item.span.start <= place.span.start);
        let around = next.checked_sub(1).map(|index| &items[index]);
        let around = around.filter(|item| place.span.end <= item.span.end);
        let Some(name) = around.and_then(name) else {
            continue;
        };
        // Nothing is said by pointing at what is pointed at already.
        if name.span.end <= place.span.start || place.span.end <= name.span.start {
            let location = Location {
                file: place.file,
                span: name.span,
            };
            let located = diagnostic.clone().also(location, "in this definition");
            *diagnostic = located;
        }
    }
}

fn name(item: &Item) -> Option<&Identifier> {
    match &item.kind {
        ItemKind::Const(constant) => Some(&constant.name),
        ItemKind::Typedef(declaration) => declaration.name.as_ref(),
        ItemKind::Enum(name, _) | ItemKind::Struct(name, _) | ItemKind::Union(name, _) => {
            Some(name)
        }
        ItemKind::Program(program) => Some(&program.name),
    }
}
