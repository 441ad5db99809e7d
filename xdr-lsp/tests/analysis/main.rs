//! What the analysis says, asked as an editor asks: a text with a `$0` where the cursor is.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod completion;
mod findings;
mod folder;
mod formatting;
mod hover;
mod names;
mod rename;
mod robust;
mod symbols;

use std::path::{Path, PathBuf};

use xdr_lsp::Settings;
use xdr_lsp::analysis::{Place, Workspace};
use xdr_parser::Profile;

/// A workspace and the cursor in one of its documents.
struct Case {
    workspace: Workspace,
    path: PathBuf,
    offset: u32,
}

/// Open documents, by name and text. The cursor is at `$0` in one of them.
fn case(documents: &[(&str, &str)]) -> Case {
    let mut workspace = Workspace::new(&[], settings());
    let mut cursor = None;
    for (name, text) in documents {
        let path = Path::new("/nowhere").join(name);
        if let Some(at) = text.find("$0") {
            cursor = Some((path.clone(), u32::try_from(at).unwrap()));
        }
        workspace.open(&path, 1, text.replacen("$0", "", 1));
    }
    let (path, offset) = cursor.expect("a cursor");
    Case {
        workspace,
        path,
        offset,
    }
}

fn settings() -> xdr_lsp::Configure {
    Box::new(|_| {
        let mut settings = Settings::default();
        settings.options.profile = Some(Profile::Libvirt);
        Ok(settings)
    })
}

impl Case {
    /// `a.x:4 name`, with the line from 1.
    fn shown(&self, place: &Place) -> String {
        shown(&self.workspace, place)
    }
}

fn shown(workspace: &Workspace, place: &Place) -> String {
    let name = place.path.file_name().unwrap_or_default().to_string_lossy();
    let text = workspace.any_text(&place.path).unwrap_or_default();
    let line = text[..place.span.start as usize].matches('\n').count() + 1;
    format!("{name}:{line} {}", place.span.of(&text))
}
