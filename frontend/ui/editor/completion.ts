// Completion: one question a word, answered again while the word grows only if there was more than could be told.
import { type Completion, type CompletionContext, type CompletionResult, type CompletionSource, pickedCompletion } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';

import type { Dialect, LanguageItem } from '../../api/types';
import { type Ask, boostOf, fillText, invites, wordBefore } from './language';

const ICONS: Record<string, string> = { attribute: 'variable', parameter: 'variable' };

/** Offers what the service says; without an answer, what `otherwise` knows. */
export function completeWith(ask: Ask, dialect: Dialect, otherwise: CompletionSource): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    const before = text.slice(0, context.pos);
    if (!context.explicit && !invites(before, dialect)) return null;
    const { from, enclosed } = wordBefore(before, dialect);
    const stop = new AbortController();
    context.addEventListener('abort', () => stop.abort());
    const items = async (at: number) => (await ask({ ask: 'complete', dialect, text, at }, stop.signal))?.complete;
    const found = await items(from);
    if (context.aborted) return null;
    if (!found) return otherwise(context);
    if (!found.more) return { from, options: found.items.map(optionOf), validFor: enclosed ? /^[^\]`\n]*$/ : /^[$\p{L}\p{N}_]*$/u };
    // More than could be told: what was typed of the word says which.
    const fitting = from === context.pos ? found : ((await items(context.pos)) ?? found);
    return { from, options: fitting.items.map(optionOf) };
  };
}

function optionOf(item: LanguageItem): Completion {
  return {
    label: item.label,
    detail: item.type,
    type: ICONS[item.kind] ?? item.kind,
    boost: boostOf(item),
    info: item.doc || item.fill != null ? () => infoOf(item) : undefined,
    apply: (view, picked, from, to) => {
      // What follows the cursor of the same word is replaced with it.
      const rest = /^[\p{L}\p{N}_]*/u.exec(view.state.sliceDoc(to))?.[0].length ?? 0;
      insert(view, picked, { from, to: to + rest }, item);
    },
  };
}

function insert(view: EditorView, picked: Completion, span: { from: number; to: number }, item: LanguageItem) {
  view.dispatch({
    changes: { ...span, insert: item.insert },
    selection: { anchor: span.from + item.caret },
    annotations: pickedCompletion.of(picked),
    userEvent: 'input.complete',
    scrollIntoView: true,
  });
}

function infoOf(item: LanguageItem): HTMLElement {
  const lines = [item.doc, item.fill == null ? undefined : fillText(item.fill), item.samples?.length ? `For example ${item.samples.join(', ')}` : undefined];
  return paragraphs(lines);
}

/** Lines of text, one below the other. */
export function paragraphs(lines: (string | undefined)[]): HTMLElement {
  const box = document.createElement('div');
  for (const line of lines.filter(Boolean)) {
    const paragraph = document.createElement('p');
    paragraph.textContent = line ?? '';
    box.append(paragraph);
  }
  return box;
}
