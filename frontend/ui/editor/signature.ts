// Signature help: how the function around the cursor is called, from its parenthesis on. Escape closes it.
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, type PluginValue, type Tooltip, ViewPlugin, type ViewUpdate, keymap, showTooltip } from '@codemirror/view';

import type { Dialect, LanguageSignature } from '../../api/types';
import { type Ask, callAround, formFor } from './language';

type Shown = { open: number; argument: number; help: LanguageSignature };

const show = StateEffect.define<Shown | null>();

const shown = StateField.define<Shown | null>({
  create: () => null,
  update(before, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    return before && { ...before, open: transaction.changes.mapPos(before.open) };
  },
  provide: (field) => showTooltip.from(field, (value) => value && tooltipOf(value)),
});

/** Between the keys of a quick typist nothing is asked. */
const SETTLED_MS = 60;

class Calls implements PluginValue {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What stands before the parenthesis of the call that was asked about last, and what was told of it. */
  private asked: { before: string; help: LanguageSignature | undefined } | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly ask: Ask,
    private readonly dialect: Dialect,
  ) {}

  update(update: ViewUpdate) {
    if (!update.docChanged && !update.selectionSet) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), SETTLED_MS);
  }

  destroy() {
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const { state } = this.view;
    const { main } = state.selection;
    const text = state.doc.toString();
    const call = main.empty ? callAround(text.slice(0, main.head)) : undefined;
    if (!call) return this.put(null);
    const before = text.slice(0, call.open + 1);
    if (this.asked?.before !== before) {
      this.asked = { before, help: undefined };
      const help = (await this.ask({ ask: 'signature', dialect: this.dialect, text, at: main.head }))?.signature;
      if (this.asked.before !== before) return;
      this.asked.help = help ?? undefined;
      // The cursor may stand elsewhere by now, and findings that came meanwhile are no reason to be silent.
      return this.look();
    }
    const { help } = this.asked;
    this.put(help ? { ...call, help } : null);
  }

  /** Escape closes it until another call is entered. */
  close() {
    if (!this.view.state.field(shown)) return false;
    if (this.asked) this.asked.help = undefined;
    this.put(null);
    return true;
  }

  private put(value: Shown | null) {
    const before = this.view.state.field(shown);
    const same = before?.open === value?.open && before?.argument === value?.argument && before?.help === value?.help;
    if (!same && this.view.dom.isConnected) this.view.dispatch({ effects: show.of(value) });
  }
}

export function signatureWith(ask: Ask, dialect: Dialect): Extension {
  const plugin = ViewPlugin.define((view) => new Calls(view, ask, dialect));
  return [shown, plugin, keymap.of([{ key: 'Escape', run: (view) => view.plugin(plugin)?.close() ?? false }])];
}

function tooltipOf({ open, argument, help }: Shown): Tooltip {
  return {
    pos: open,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-told';
      dom.setAttribute('role', 'status');
      dom.append(signatureText(help, argument));
      return { dom };
    },
  };
}

/** The form that fits, its parameter in bold, and what the function does. */
export function signatureText(help: LanguageSignature, argument: number): HTMLElement {
  const box = document.createElement('div');
  const line = document.createElement('p');
  const fitting = formFor(help, argument);
  if (fitting) {
    const { form, parameter } = fitting;
    const { from, to } = parameter ?? { from: form.label.length, to: form.label.length };
    const bold = document.createElement('strong');
    bold.textContent = form.label.slice(from, to);
    line.append(form.label.slice(0, from), bold, form.label.slice(to));
  }
  const doc = document.createElement('p');
  doc.textContent = help.doc ?? '';
  box.append(line, doc);
  return box;
}
