// What the name under the pointer is; F1 tells it of the name at the cursor, Escape closes it.
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, type Tooltip, hoverTooltip, keymap, showTooltip } from '@codemirror/view';

import type { Dialect, LanguageHover } from '../../api/types';
import { paragraphs } from './completion';
import { type Ask, fillText } from './language';

const tell = StateEffect.define<Tooltip | null>();

const told = StateField.define<Tooltip | null>({
  create: () => null,
  update(before, transaction) {
    for (const effect of transaction.effects) if (effect.is(tell)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : before;
  },
  provide: (field) => showTooltip.from(field),
});

export function hoverWith(ask: Ask, dialect: Dialect): Extension {
  const about = async (view: EditorView, at: number): Promise<Tooltip | null> => {
    const { doc } = view.state;
    const hover = (await ask({ ask: 'hover', dialect, text: doc.toString(), at }))?.hover;
    return hover && view.state.doc === doc ? tooltipOf(hover) : null;
  };
  const open = (view: EditorView) => {
    void about(view, view.state.selection.main.head).then((tooltip) => {
      if (tooltip && view.dom.isConnected) view.dispatch({ effects: tell.of(tooltip) });
    });
    return true;
  };
  const close = (view: EditorView) => {
    if (!view.state.field(told)) return false;
    view.dispatch({ effects: tell.of(null) });
    return true;
  };
  return [
    told,
    hoverTooltip(about),
    keymap.of([
      { key: 'F1', run: open, preventDefault: true },
      { key: 'Escape', run: close },
    ]),
  ];
}

function tooltipOf(hover: LanguageHover): Tooltip {
  return {
    pos: hover.span.from,
    end: hover.span.to,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-told';
      // Read out when F1 opens it.
      dom.setAttribute('role', 'status');
      dom.append(hoverText(hover));
      return { dom };
    },
  };
}

/** What is told of a name. */
export function hoverText(hover: LanguageHover): HTMLElement {
  const { signatures = [], errors = [], samples = [], example = [] } = hover;
  const failing = errors.length > 0 ? `May fail with ${errors.join(', ')}${hover.advice ? `: ${hover.advice}` : ''}.` : undefined;
  return paragraphs([
    `${hover.name}${hover.type ? `: ${hover.type}` : ''}`,
    hover.doc,
    ...signatures,
    failing,
    example.length === 2 ? `${example[0]} gives ${example[1]}` : undefined,
    hover.fill == null ? undefined : fillText(hover.fill),
    samples.length > 0 ? `For example ${samples.join(', ')}` : undefined,
  ]);
}
