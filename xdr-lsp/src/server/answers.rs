//! Requests and what is answered: positions to bytes, the question to the workspace, bytes back to ranges.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use async_lsp::lsp_types as lsp;
use async_lsp::lsp_types::request;
use async_lsp::router::Router;
use async_lsp::{ErrorCode, ResponseError};
use xdr_parser::Span;

use super::convert::{self, Ranges};
use super::state::State;
use super::{Front, answer};
use crate::analysis::{
    CompletionKind, FoldKind, Kind, NotLaidOut, NotOpen, Position, Reference, Symbol, plain,
};

type Answer<T> = Result<T, ResponseError>;

pub(super) fn register(router: &mut Router<Front>) {
    answer::<request::HoverRequest>(router, hover);
    answer::<request::GotoDefinition>(router, definition);
    answer::<request::References>(router, references);
    answer::<request::DocumentHighlightRequest>(router, highlights);
    answer::<request::PrepareRenameRequest>(router, prepare_rename);
    answer::<request::Rename>(router, rename);
    answer::<request::DocumentSymbolRequest>(router, document_symbols);
    answer::<request::WorkspaceSymbolRequest>(router, |state, params| {
        Ok(Some(workspace_symbols(state, params)))
    });
    answer::<request::Completion>(router, completion);
    answer::<request::Formatting>(router, formatting);
    answer::<request::RangeFormatting>(router, range_formatting);
    answer::<request::FoldingRangeRequest>(router, folding_ranges);
    answer::<request::SemanticTokensFullRequest>(router, semantic_tokens);
    answer::<request::CodeActionRequest>(router, code_actions);
}

/// The request was right, and there is no answer all the same.
fn failed(why: impl Display) -> ResponseError {
    ResponseError::new(ErrorCode::REQUEST_FAILED, why)
}

/// A place in an open document.
struct At {
    path: PathBuf,
    offset: u32,
}

impl State {
    fn at(&self, document: &lsp::TextDocumentPositionParams) -> Answer<At> {
        let path = convert::path(&document.text_document.uri);
        let offset = self.offset(&path, document.position)?;
        Ok(At { path, offset })
    }

    fn offset(&self, path: &Path, position: lsp::Position) -> Answer<u32> {
        let text = self.workspace.text(path);
        let text = text.ok_or_else(|| failed(NotOpen(plain(path))))?;
        let position = Position {
            line: position.line,
            column: position.character,
        };
        Ok(text.span(position, position, self.encoding).start)
    }

    fn span(&self, path: &Path, range: lsp::Range) -> Answer<Span> {
        let (from, to) = (
            self.offset(path, range.start)?,
            self.offset(path, range.end)?,
        );
        Ok(Span::new(from.min(to), from.max(to)))
    }
}

fn hover(state: &mut State, params: &lsp::HoverParams) -> Answer<Option<lsp::Hover>> {
    let at = state.at(&params.text_document_position_params)?;
    let hover = state.workspace.hover(&at.path, at.offset).map_err(failed)?;
    Ok(hover.map(|hover| lsp::Hover {
        contents: lsp::HoverContents::Markup(lsp::MarkupContent {
            kind: lsp::MarkupKind::Markdown,
            value: hover.markdown,
        }),
        range: state.ranges().range(&at.path, hover.span),
    }))
}

fn definition(
    state: &mut State,
    params: &lsp::GotoDefinitionParams,
) -> Answer<Option<lsp::GotoDefinitionResponse>> {
    let at = state.at(&params.text_document_position_params)?;
    let found = state.workspace.definition(&at.path, at.offset);
    let location = found
        .map_err(failed)?
        .and_then(|(_, place)| state.ranges().location(&place));
    Ok(location.map(lsp::GotoDefinitionResponse::Scalar))
}

fn references(
    state: &mut State,
    params: &lsp::ReferenceParams,
) -> Answer<Option<Vec<lsp::Location>>> {
    let at = state.at(&params.text_document_position)?;
    let found = state.workspace.references(&at.path, at.offset);
    let mut found = found.map_err(failed)?;
    found.retain(|reference| params.context.include_declaration || !reference.defines);
    let mut ranges = state.ranges();
    let locations = found.iter();
    Ok(Some(
        locations
            .filter_map(|reference| ranges.location(&reference.place))
            .collect(),
    ))
}

fn highlights(
    state: &mut State,
    params: &lsp::DocumentHighlightParams,
) -> Answer<Option<Vec<lsp::DocumentHighlight>>> {
    let at = state.at(&params.text_document_position_params)?;
    let found = state.workspace.references_here(&at.path, at.offset);
    let found = found.map_err(failed)?;
    let mut ranges = state.ranges();
    let highlight = |Reference { place, defines }: &Reference| {
        Some(lsp::DocumentHighlight {
            range: ranges.range(&place.path, place.span)?,
            kind: Some(if *defines {
                lsp::DocumentHighlightKind::WRITE
            } else {
                lsp::DocumentHighlightKind::READ
            }),
        })
    };
    Ok(Some(found.iter().filter_map(highlight).collect()))
}

fn prepare_rename(
    state: &mut State,
    params: &lsp::TextDocumentPositionParams,
) -> Answer<Option<lsp::PrepareRenameResponse>> {
    let at = state.at(params)?;
    let span = state.workspace.renameable(&at.path, at.offset);
    let span = span.map_err(failed)?;
    let range = state.ranges().range(&at.path, span);
    Ok(range.map(lsp::PrepareRenameResponse::Range))
}

fn rename(state: &mut State, params: &lsp::RenameParams) -> Answer<Option<lsp::WorkspaceEdit>> {
    let at = state.at(&params.text_document_position)?;
    let edits = state
        .workspace
        .rename(&at.path, at.offset, &params.new_name);
    Ok(Some(state.workspace_edit(&edits.map_err(failed)?)))
}

fn document_symbols(
    state: &mut State,
    params: &lsp::DocumentSymbolParams,
) -> Answer<Option<lsp::DocumentSymbolResponse>> {
    let path = convert::path(&params.text_document.uri);
    let symbols = state.workspace.symbols(&path).map_err(failed)?;
    let mut ranges = state.ranges();
    let symbols = document_symbols_of(&symbols, &path, &mut ranges);
    Ok(Some(lsp::DocumentSymbolResponse::Nested(symbols)))
}

fn document_symbols_of(
    symbols: &[Symbol],
    path: &Path,
    ranges: &mut Ranges<'_>,
) -> Vec<lsp::DocumentSymbol> {
    let mut converted = Vec::new();
    for symbol in symbols {
        let children = document_symbols_of(&symbol.children, path, ranges);
        let range = ranges.range(path, symbol.whole);
        let selection = ranges.range(path, symbol.selection);
        #[allow(deprecated, reason = "the field has to have a value")]
        converted.extend(range.zip(selection).map(|(range, selection_range)| {
            lsp::DocumentSymbol {
                name: symbol.name.clone(),
                detail: Some(symbol.kind.name().to_owned()),
                kind: symbol_kind(symbol.kind),
                tags: None,
                deprecated: None,
                range,
                selection_range,
                children: Some(children).filter(|children| !children.is_empty()),
            }
        }));
    }
    converted
}

fn workspace_symbols(
    state: &mut State,
    params: &lsp::WorkspaceSymbolParams,
) -> lsp::WorkspaceSymbolResponse {
    let found = state.workspace.symbols_named(&params.query);
    let mut ranges = state.ranges();
    let symbols = found.iter().filter_map(|symbol| {
        Some(lsp::WorkspaceSymbol {
            name: symbol.name.clone(),
            kind: symbol_kind(symbol.kind),
            tags: None,
            container_name: symbol.inside.clone(),
            location: lsp::OneOf::Left(ranges.location(&symbol.place)?),
            data: None,
        })
    });
    lsp::WorkspaceSymbolResponse::Nested(symbols.collect())
}

fn symbol_kind(kind: Kind) -> lsp::SymbolKind {
    match kind {
        Kind::Constant | Kind::Define => lsp::SymbolKind::CONSTANT,
        Kind::Typedef => lsp::SymbolKind::TYPE_PARAMETER,
        Kind::Enum => lsp::SymbolKind::ENUM,
        Kind::Enumerator => lsp::SymbolKind::ENUM_MEMBER,
        Kind::Struct => lsp::SymbolKind::STRUCT,
        Kind::Union => lsp::SymbolKind::CLASS,
        Kind::Discriminant => lsp::SymbolKind::KEY,
        Kind::Field => lsp::SymbolKind::FIELD,
        Kind::Program => lsp::SymbolKind::MODULE,
        Kind::Version => lsp::SymbolKind::NAMESPACE,
        Kind::Procedure => lsp::SymbolKind::FUNCTION,
    }
}

fn completion(
    state: &mut State,
    params: &lsp::CompletionParams,
) -> Answer<Option<lsp::CompletionResponse>> {
    let at = state.at(&params.text_document_position)?;
    let found = state.workspace.completions(&at.path, at.offset);
    let found = found.map_err(failed)?;
    let range = state.ranges().range(&at.path, found.span);
    let items = found.items.into_iter().map(|item| lsp::CompletionItem {
        kind: Some(completion_kind(item.kind)),
        detail: Some(item.detail).filter(|detail| !detail.is_empty()),
        text_edit: range.map(|range| {
            lsp::CompletionTextEdit::Edit(lsp::TextEdit::new(range, item.label.clone()))
        }),
        label: item.label,
        ..lsp::CompletionItem::default()
    });
    Ok(Some(lsp::CompletionResponse::List(lsp::CompletionList {
        is_incomplete: found.more,
        items: items.collect(),
    })))
}

fn completion_kind(kind: CompletionKind) -> lsp::CompletionItemKind {
    match kind {
        CompletionKind::Word => lsp::CompletionItemKind::KEYWORD,
        CompletionKind::External => lsp::CompletionItemKind::CONSTANT,
        CompletionKind::Defined(kind) => match kind {
            Kind::Constant | Kind::Define => lsp::CompletionItemKind::CONSTANT,
            Kind::Enumerator => lsp::CompletionItemKind::ENUM_MEMBER,
            Kind::Enum => lsp::CompletionItemKind::ENUM,
            Kind::Struct => lsp::CompletionItemKind::STRUCT,
            Kind::Field | Kind::Discriminant => lsp::CompletionItemKind::FIELD,
            Kind::Program | Kind::Version => lsp::CompletionItemKind::MODULE,
            Kind::Procedure => lsp::CompletionItemKind::FUNCTION,
            Kind::Typedef | Kind::Union => lsp::CompletionItemKind::CLASS,
        },
    }
}

fn formatting(
    state: &mut State,
    params: &lsp::DocumentFormattingParams,
) -> Answer<Option<Vec<lsp::TextEdit>>> {
    layout(state, &params.text_document, None)
}

fn range_formatting(
    state: &mut State,
    params: &lsp::DocumentRangeFormattingParams,
) -> Answer<Option<Vec<lsp::TextEdit>>> {
    layout(state, &params.text_document, Some(params.range))
}

/// A text with mistakes stays as it is, and whoever wanted it laid out is told why.
fn layout(
    state: &mut State,
    document: &lsp::TextDocumentIdentifier,
    range: Option<lsp::Range>,
) -> Answer<Option<Vec<lsp::TextEdit>>> {
    let path = convert::path(&document.uri);
    let part = range.map(|range| state.span(&path, range)).transpose()?;
    let mut edits = match state.workspace.format(&path) {
        Ok(edits) => edits,
        Err(error @ NotLaidOut::Mistakes(_)) => {
            state.show(&error.to_string());
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    edits.retain(|edit| {
        let span = edit.place.span;
        part.is_none_or(|part| part.start <= span.end && span.start <= part.end)
    });
    let mut ranges = state.ranges();
    let edits = edits.into_iter().filter_map(|edit| {
        let range = ranges.range(&path, edit.place.span)?;
        Some(lsp::TextEdit::new(range, edit.replacement))
    });
    Ok(Some(edits.collect()))
}

fn folding_ranges(
    state: &mut State,
    params: &lsp::FoldingRangeParams,
) -> Answer<Option<Vec<lsp::FoldingRange>>> {
    let path = convert::path(&params.text_document.uri);
    let folds = state.workspace.folds(&path).map_err(failed)?;
    let folds = folds.into_iter().map(|fold| lsp::FoldingRange {
        start_line: fold.first,
        end_line: fold.last,
        kind: Some(match fold.kind {
            FoldKind::Region => lsp::FoldingRangeKind::Region,
            FoldKind::Comment => lsp::FoldingRangeKind::Comment,
        }),
        ..lsp::FoldingRange::default()
    });
    Ok(Some(folds.collect()))
}

fn semantic_tokens(
    state: &mut State,
    params: &lsp::SemanticTokensParams,
) -> Answer<Option<lsp::SemanticTokensResult>> {
    let path = convert::path(&params.text_document.uri);
    let highlights = state.workspace.highlights(&path).map_err(failed)?;
    let mut ranges = state.ranges();
    let mut last = lsp::Position::default();
    let tokens = highlights.into_iter().filter_map(|highlight| {
        let range = ranges.range(&path, highlight.span)?;
        let delta_line = range.start.line.saturating_sub(last.line);
        let same_line = delta_line == 0;
        let before = if same_line { last.character } else { 0 };
        last = range.start;
        Some(lsp::SemanticToken {
            delta_line,
            delta_start: range.start.character.saturating_sub(before),
            // No token goes over the end of its line.
            length: range.end.character.saturating_sub(range.start.character),
            token_type: highlight.kind as u32,
            token_modifiers_bitset: u32::from(highlight.defines),
        })
    });
    Ok(Some(lsp::SemanticTokensResult::Tokens(
        lsp::SemanticTokens {
            result_id: None,
            data: tokens.collect(),
        },
    )))
}

fn code_actions(
    state: &mut State,
    params: &lsp::CodeActionParams,
) -> Answer<Option<lsp::CodeActionResponse>> {
    let path = convert::path(&params.text_document.uri);
    let wanted = state.span(&path, params.range)?;
    let findings = state.workspace.findings(&path).map_err(failed)?;
    let mut actions = Vec::new();
    for finding in findings {
        if finding.span.end < wanted.start || wanted.end < finding.span.start {
            continue;
        }
        let uri = &params.text_document.uri;
        let diagnostic = convert::diagnostic(&finding, &path, uri, &mut state.ranges());
        actions.extend(finding.mends.iter().map(|mend| {
            lsp::CodeActionOrCommand::CodeAction(lsp::CodeAction {
                title: mend.title.clone(),
                kind: Some(lsp::CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(state.workspace_edit(&mend.edits)),
                ..lsp::CodeAction::default()
            })
        }));
    }
    Ok(Some(actions))
}
