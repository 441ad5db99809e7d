//! Edits of several documents, as clients take them.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use async_lsp::lsp_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit,
    Url, WorkspaceEdit,
};

use super::state::State;
use crate::analysis::Edit;

impl State {
    /// Edits with the versions of the documents that they are for, if the client takes those.
    pub(super) fn workspace_edit(&self, edits: &[Edit]) -> WorkspaceEdit {
        let mut ranges = self.ranges();
        let mut by_path: BTreeMap<PathBuf, Vec<TextEdit>> = BTreeMap::new();
        for edit in edits {
            if let Some(range) = ranges.range(&edit.place.path, edit.place.span) {
                let edits = by_path.entry(edit.place.path.clone()).or_default();
                edits.push(TextEdit::new(range, edit.replacement.clone()));
            }
        }
        let by_url = by_path.into_iter().filter_map(|(path, edits)| {
            Some((ranges.url(&path)?, self.workspace.version(&path), edits))
        });
        if !self.takes_versions() {
            let changes: HashMap<Url, Vec<TextEdit>> =
                by_url.map(|(url, _, edits)| (url, edits)).collect();
            return WorkspaceEdit::new(changes);
        }
        let documents = by_url.map(|(uri, version, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(documents.collect())),
            ..WorkspaceEdit::default()
        }
    }
}
