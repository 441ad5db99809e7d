//! What the worker owns: the workspace, what its client calls documents, and which of their diagnostics are stale.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use async_lsp::ClientSocket;
use async_lsp::lsp_types::notification::{PublishDiagnostics, ShowMessage};
use async_lsp::lsp_types::request::RegisterCapability;
use async_lsp::lsp_types::{
    ClientCapabilities, Diagnostic, DidChangeTextDocumentParams,
    DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, FileSystemWatcher, GlobPattern,
    InitializeParams, InitializedParams, MessageType, PublishDiagnosticsParams, Registration,
    RegistrationParams, ShowMessageParams, Url,
};

use super::convert::{self, Ranges};
use crate::Configure;
use crate::analysis::{Encoding, Position, Workspace};

pub(super) struct State {
    pub(super) workspace: Workspace,
    pub(super) encoding: Encoding,
    client: ClientSocket,
    capabilities: ClientCapabilities,
    /// What the client calls open documents.
    urls: HashMap<PathBuf, Url>,
    /// What it has called documents before that it has opened again by another name, and not closed.
    others: HashMap<PathBuf, Vec<Url>>,
    /// Documents whose diagnostics are yet to be made.
    stale: BTreeSet<PathBuf>,
}

/// Diagnostics on their way to the client.
pub(super) struct News {
    path: PathBuf,
    diagnostics: Vec<Diagnostic>,
}

impl State {
    pub(super) fn new(client: ClientSocket, configure: Configure) -> Self {
        Self {
            workspace: Workspace::new(&[], configure),
            encoding: Encoding::default(),
            client,
            capabilities: ClientCapabilities::default(),
            urls: HashMap::new(),
            others: HashMap::new(),
            stale: BTreeSet::new(),
        }
    }

    pub(super) fn initialize(&mut self, params: InitializeParams, encoding: Encoding) {
        self.encoding = encoding;
        self.capabilities = params.capabilities;
        let folders = params.workspace_folders.unwrap_or_default();
        let mut folders: Vec<PathBuf> = folders
            .iter()
            .filter_map(|folder| folder.uri.to_file_path().ok())
            .collect();
        #[allow(deprecated, reason = "clients that know no folders name a root")]
        let root = params.root_uri;
        if folders.is_empty() {
            folders.extend(root.and_then(|root| root.to_file_path().ok()));
        }
        self.workspace.set_folders(&folders);
    }

    /// Asks the client to say when files change, if it can.
    pub(super) fn watch(&mut self, _: InitializedParams) {
        let workspace = self.capabilities.workspace.as_ref();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files);
        if watched.and_then(|watched| watched.dynamic_registration) != Some(true) {
            return;
        }
        let watchers = ["**/*.x", "**/xdr.toml"].map(|glob| FileSystemWatcher {
            glob_pattern: GlobPattern::String(glob.to_owned()),
            kind: None,
        });
        let options = DidChangeWatchedFilesRegistrationOptions {
            watchers: watchers.to_vec(),
        };
        let registration = Registration {
            id: "files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let client = self.client.clone();
        let ask = move || {
            let registrations = vec![registration];
            let params = RegistrationParams { registrations };
            // A client that does not do it tells of files when they are saved.
            let _ = futures::executor::block_on(client.request::<RegisterCapability>(params));
        };
        // The answer takes its time, and nothing depends on it.
        let _ = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(ask);
    }

    pub(super) fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let path = convert::path(&document.uri);
        self.workspace.open(&path, document.version, document.text);
        let others = self.others.entry(path.clone()).or_default();
        others.retain(|other| *other != document.uri);
        let before = self.urls.insert(path, document.uri.clone());
        others.extend(before.filter(|before| *before != document.uri));
        self.all_stale();
    }

    pub(super) fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let path = convert::path(&document.uri);
        let encoding = self.encoding;
        let edited = self.workspace.edit(&path, document.version, |text| {
            for change in params.content_changes {
                let span = change.range.map(|range| {
                    let position = |at: async_lsp::lsp_types::Position| Position {
                        line: at.line,
                        column: at.character,
                    };
                    text.span(position(range.start), position(range.end), encoding)
                });
                text.replace(span, &change.text);
            }
        });
        match edited {
            Ok(stale) => self.stale.extend(stale),
            Err(error) => super::say(&self.client, &error.to_string()),
        }
    }

    pub(super) fn closed(&mut self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        let path = convert::path(&uri);
        let others = self.others.entry(path.clone()).or_default();
        others.retain(|other| *other != uri);
        match (self.urls.get(&path), others.last()) {
            // By another name it is still open.
            (Some(url), _) if *url != uri => {}
            (Some(_), Some(other)) => {
                self.urls.insert(path.clone(), other.clone());
                others.pop();
            }
            _ => {
                self.others.remove(&path);
                if let Err(error) = self.workspace.close(&path) {
                    return super::say(&self.client, &error.to_string());
                }
                self.urls.remove(&path);
                self.stale.remove(&path);
            }
        }
        self.send(uri, Vec::new(), None);
        self.all_stale();
    }

    /// Files may have changed.
    pub(super) fn look_again(&mut self) {
        self.workspace.forget();
        self.all_stale();
    }

    pub(super) fn moved(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: Vec<async_lsp::lsp_types::WorkspaceFolder>| {
            let folders = folders.into_iter();
            folders.filter_map(|folder| folder.uri.to_file_path().ok())
        };
        let removed: Vec<PathBuf> = paths(params.event.removed).collect();
        let mut folders = self.workspace.folders().to_vec();
        folders.retain(|folder| !removed.contains(folder));
        folders.extend(paths(params.event.added));
        self.workspace.set_folders(&folders);
    }

    fn all_stale(&mut self) {
        self.stale = self.workspace.documents().map(Path::to_owned).collect();
    }

    pub(super) fn is_stale(&self) -> bool {
        !self.stale.is_empty()
    }

    /// Makes the diagnostics of one document.
    pub(super) fn diagnose(&mut self) -> Option<News> {
        let path = self.stale.pop_first()?;
        let findings = self.workspace.findings(&path).ok()?;
        let url = self.urls.get(&path)?;
        let mut ranges = self.ranges();
        let diagnostics = findings
            .iter()
            .map(|finding| convert::diagnostic(finding, &path, url, &mut ranges))
            .collect();
        Some(News { path, diagnostics })
    }

    /// Sends them, unless they have become stale.
    pub(super) fn publish(&self, news: News) {
        if self.stale.contains(&news.path) {
            return;
        }
        if let Some(url) = self.urls.get(&news.path) {
            let version = self.workspace.version(&news.path);
            self.send(url.clone(), news.diagnostics, version);
        }
    }

    fn send(&self, uri: Url, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        // A client that is gone wants no diagnostics.
        let _ = self
            .client
            .notify::<PublishDiagnostics>(PublishDiagnosticsParams {
                uri,
                diagnostics,
                version,
            });
    }

    /// Shows a message to whoever sits at the editor.
    pub(super) fn show(&self, message: &str) {
        let _ = self.client.notify::<ShowMessage>(ShowMessageParams {
            typ: MessageType::WARNING,
            message: message.to_owned(),
        });
    }

    pub(super) fn ranges(&self) -> Ranges<'_> {
        Ranges::new(&self.workspace, &self.urls, self.encoding)
    }

    /// Whether the client takes edits of documents with their versions.
    pub(super) fn takes_versions(&self) -> bool {
        let workspace = self.capabilities.workspace.as_ref();
        let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        edit.and_then(|edit| edit.document_changes) == Some(true)
    }
}
