// The text in its canonical form: by Shift+Alt+F, or by a button.
import { type Extension } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';

import type { Dialect } from '../../api/types';
import type { Ask } from './language';

/** Asks for the canonical form and puts it in the text's place, unless the text changed meanwhile. False where there is none. */
export async function format(view: EditorView, ask: Ask, dialect: Dialect): Promise<boolean> {
  const { doc } = view.state;
  const text = (await ask({ ask: 'format', dialect, text: doc.toString(), at: 0 }))?.format?.text;
  if (text == null || view.state.doc !== doc || !view.dom.isConnected) return false;
  if (text !== doc.toString()) view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  return true;
}

export function formatWith(ask: Ask, dialect: Dialect): Extension {
  const run = (view: EditorView) => {
    void format(view, ask, dialect);
    return true;
  };
  return keymap.of([{ key: 'Shift-Alt-f', run }]);
}
