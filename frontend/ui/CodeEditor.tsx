// The expression editor: CodeMirror under the page's nonce, with the server's diagnostics, and with
// completion, hover and signature help where somebody answers it. Tab leaves it, so that the keyboard
// is never caught.
import { autocompletion, completeFromList, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { Button } from '@fluentui/react-components';
import { tags } from '@lezer/highlight';
import { use, useEffect, useRef } from 'react';

import type { Diagnostic, Dialect } from '../api/types';
import { completeWith } from './editor/completion';
import { format, formatWith } from './editor/format';
import { hoverWith } from './editor/hover';
import { Language } from './editor/language';
import { signatureWith } from './editor/signature';
import { nonce } from './theme';

const KEYWORDS = /^(?:if|else|return|null|true|false|ignore|new|var|in)\b/;

const csharp = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return 'comment';
    if (stream.match(/^\$?@?"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return 'string';
    if (stream.match(/^\d+(?:\.\d+)?/)) return 'number';
    if (stream.match(KEYWORDS)) return 'keyword';
    if (stream.match(/^[A-Za-z_]\w*(?=\()/)) return 'function';
    if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
    stream.next();
    return 'operator';
  },
  tokenTable: { function: tags.function(tags.variableName) },
});

const entra = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|""|\\.)*"?/)) return 'string';
    if (stream.match(/^\[[^\]]*\]?/) || stream.match(/^%[\w.]+%/)) return 'variableName';
    if (stream.match(/^&H[\dA-Fa-f]+/) || stream.match(/^\d+(?:\.\d+)?/)) return 'number';
    if (stream.match(/^(?:NULL|AuthoritativeNull|IgnoreThisFlow|CRLF|True|False)\b/)) return 'keyword';
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'function';
    if (stream.match(/^[$\w]+/)) return 'variableName';
    stream.next();
    return 'operator';
  },
  tokenTable: { function: tags.function(tags.variableName) },
});

const languages: Record<Dialect, StreamLanguage<unknown>> = { csharp, entra };

/** A name as each dialect writes it. */
export const written = (name: string, dialect: Dialect) =>
  dialect === 'entra' ? `[${name}]` : /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--move)' },
  { tag: tags.string, color: 'var(--wait)' },
  { tag: tags.number, color: 'var(--add)' },
  { tag: tags.comment, color: 'var(--colorNeutralForeground2)' },
  { tag: tags.function(tags.variableName), color: 'var(--update)' },
]);

const look = EditorView.theme({
  '&': { border: '1px solid var(--colorNeutralStrokeAccessible)', borderRadius: '4px', background: 'var(--colorNeutralBackground1)' },
  '&.cm-focused': { outline: '2px solid var(--colorStrokeFocus2)' },
  '.cm-content': { caretColor: 'var(--colorNeutralForeground1)', color: 'var(--colorNeutralForeground1)', minHeight: '2.6em' },
  '.cm-told': { padding: '4px 8px', maxWidth: '44em', whiteSpace: 'pre-wrap' },
  '.cm-told p, .cm-completionInfo p': { margin: '2px 0' },
  '.cm-tooltip': { background: 'var(--colorNeutralBackground1)', color: 'var(--colorNeutralForeground1)' },
});

/** Findings as CodeMirror wants them; a span never leaves the document, which may be newer. */
export function marksOf(diagnostics: Diagnostic[], length: number) {
  return diagnostics.map((diagnostic) => {
    const from = Math.min(diagnostic.from ?? 0, length);
    const to = Math.min(Math.max(diagnostic.to ?? length, from), length);
    return { from, to, severity: diagnostic.severity, message: diagnostic.message };
  });
}

type Props = {
  label: string;
  value: string;
  dialect: Dialect;
  onChange: (value: string) => void;
  diagnostics: Diagnostic[];
  /** Names to offer while typing. */
  names: string[];
};

export function CodeEditor({ label, value, dialect, onChange, diagnostics, names }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  const offers = useRef(new Compartment());
  const latest = useRef(value);
  const ask = use(Language);
  useEffect(() => {
    changed.current = onChange;
    latest.current = value;
  });

  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const state = EditorState.create({
      doc: latest.current,
      extensions: [
        EditorView.cspNonce.of(nonce),
        history(),
        bracketMatching(),
        languages[dialect],
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        offers.current.of([]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const text = update.state.doc.toString();
          // Text that came from outside is not a change to tell of.
          if (text !== latest.current) changed.current(text);
        }),
      ],
    });
    const created = new EditorView({ state, parent });
    view.current = created;
    return () => created.destroy();
  }, [label, dialect]);

  useEffect(() => {
    const shown = view.current;
    if (!shown || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value, label, dialect]);

  const offered = names.map((name) => written(name, dialect)).join('\n');
  useEffect(() => {
    const known = completeFromList(offered.split('\n').filter(Boolean));
    const asking = ask
      ? [
          autocompletion({ override: [completeWith(ask, dialect, known)] }),
          hoverWith(ask, dialect),
          signatureWith(ask, dialect),
          formatWith(ask, dialect),
        ]
      : autocompletion({ override: [known] });
    view.current?.dispatch({ effects: offers.current.reconfigure(asking) });
  }, [offered, label, dialect, ask]);

  useEffect(() => {
    const shown = view.current;
    if (shown) shown.dispatch(setDiagnostics(shown.state, marksOf(diagnostics, shown.state.doc.length)));
  }, [diagnostics, value, label, dialect]);

  const tidy = () => {
    if (view.current && ask) void format(view.current, ask, dialect);
  };
  return (
    <div>
      <div ref={place} className="code" />
      {ask && (
        <Button size="small" appearance="subtle" title="Shift+Alt+F" onClick={tidy}>
          Format
        </Button>
      )}
    </div>
  );
}
