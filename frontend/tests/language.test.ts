import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, expect, test, vi } from 'vitest';

import type { Dialect, LanguageAnswer, LanguageItem, LanguageSignature } from '../api/types';
import { completeWith } from '../ui/editor/completion';
import { format } from '../ui/editor/format';
import { hoverText } from '../ui/editor/hover';
import { type Ask, callAround, formFor, invites, wordBefore } from '../ui/editor/language';
import { signatureText, signatureWith } from '../ui/editor/signature';

const item = (label: string, more: Partial<LanguageItem> = {}): LanguageItem => ({
  label,
  kind: 'attribute',
  insert: label,
  caret: label.length,
  span: { from: 0, to: 0 },
  ...more,
});

const mid: LanguageSignature = {
  signatures: [
    { label: 'Substring(int startIndex): string', parameters: [{ from: 10, to: 24 }] },
    { label: 'Substring(int startIndex, int length): string', parameters: [{ from: 10, to: 24 }, { from: 26, to: 36 }] },
  ],
  active: 0,
  parameter: 0,
  doc: 'A part of the text.',
};

/** Answers with this, and remembers what it was asked. */
const answering = (answer: LanguageAnswer | undefined) => vi.fn<Ask>(() => Promise.resolve(answer));

const none = () => null;

function completed(ask: Ask, marked: string, dialect: Dialect = 'csharp', explicit = false) {
  const [before = '', after = ''] = marked.split('|');
  const state = EditorState.create({ doc: before + after });
  return completeWith(ask, dialect, none)(new CompletionContext(state, before.length, explicit));
}

afterEach(() => vi.useRealTimers());

test('a word is asked about where it begins, and the rest of it is matched here', async () => {
  const ask = answering({ complete: { items: [item('mail', { fill: 0.75 }), item('mailNickname')], more: false } });

  const found = await completed(ask, 'sn + mai|');

  expect(ask.mock.calls.map(([question]) => question)).toEqual([{ ask: 'complete', dialect: 'csharp', text: 'sn + mai', at: 5 }]);
  expect(found?.from).toBe(5);
  expect(found?.options.map((option) => option.label)).toEqual(['mail', 'mailNickname']);
  expect(found?.validFor).toBeInstanceOf(RegExp);
});

test('where there is more than could be told, what was typed is asked about and nothing is kept', async () => {
  const ask = answering({ complete: { items: [item('mail')], more: true } });

  const found = await completed(ask, 'mai|');

  expect(ask.mock.calls.map(([question]) => question.at)).toEqual([0, 3]);
  expect(found?.validFor).toBeUndefined();
});

test('nothing is asked where nothing is being typed, unless somebody asks for it', async () => {
  const ask = answering({ complete: { items: [item('mail')], more: false } });

  expect(await completed(ask, 'mail + |')).toBeNull();
  expect(ask).not.toHaveBeenCalled();
  expect((await completed(ask, 'mail + |', 'csharp', true))?.options).toHaveLength(1);
});

test('without an answer the names of the page are offered', async () => {
  const state = EditorState.create({ doc: 'ma' });
  const known = vi.fn(() => ({ from: 0, options: [{ label: 'mail' }] }));

  const found = await completeWith(answering(undefined), 'csharp', known)(new CompletionContext(state, 2, false));

  expect(found?.options).toEqual([{ label: 'mail' }]);
});

test('what is chosen replaces the whole word and leaves the cursor where it says', async () => {
  const ask = answering({ complete: { items: [item('Substring', { kind: 'method', insert: 'Substring()', caret: 10 })], more: false } });
  const found = await completed(ask, 'mail.Sub|str');
  const view = new EditorView({ state: EditorState.create({ doc: 'mail.Substr' }) });
  const [option] = found?.options ?? [];

  if (typeof option?.apply === 'function') option.apply(view, option, 5, 8);

  expect(view.state.doc.toString()).toBe('mail.Substring()');
  expect(view.state.selection.main.head).toBe(15);
});

test('brackets of the Entra functions and backticks are part of a name, those of an index are not', () => {
  expect(wordBefore('Left([ms-DS', 'entra')).toEqual({ from: 6, enclosed: true });
  expect(wordBefore('[mail] & Le', 'entra')).toEqual({ from: 9, enclosed: false });
  expect(wordBefore('parts[ma', 'csharp')).toEqual({ from: 6, enclosed: false });
  expect(wordBefore('`a` + `ms-', 'csharp')).toEqual({ from: 7, enclosed: true });
  expect(wordBefore('`a` + ms', 'csharp')).toEqual({ from: 6, enclosed: false });
  expect([invites('[', 'entra'), invites('mail.', 'csharp'), invites('mail + ', 'csharp')]).toEqual([true, true, false]);
});

test('the call around the cursor is the innermost one that is open', () => {
  expect(callAround('mail.Substring(1, ')).toEqual({ open: 14, argument: 1 });
  expect(callAround('a.Join(", (", b.Trim(), ')).toEqual({ open: 6, argument: 2 });
  expect(callAround('list.Where(p => (p + ')).toEqual({ open: 10, argument: 0 });
  expect(callAround('mail.Trim()')).toBeUndefined();
  expect(callAround('if (mail == ')).toBeUndefined();
  expect(callAround("a.Split('(', ")).toEqual({ open: 7, argument: 1 });
  expect(callAround('a.Trim("')).toEqual({ open: 6, argument: 0 });
});

test('a call is asked about once, whatever is typed into it', async () => {
  vi.useFakeTimers();
  const ask = answering({ signature: mid });
  const view = new EditorView({ state: EditorState.create({ extensions: signatureWith(ask, 'csharp') }) });
  const type = async (text: string) => {
    const at = view.state.doc.length;
    view.dispatch({ changes: { from: at, insert: text }, selection: { anchor: at + text.length } });
    await vi.advanceTimersByTimeAsync(1_000);
  };

  for (const text of ['mail', '.Substring(', '1', ', ', '2']) await type(text);

  expect(ask.mock.calls.map(([question]) => [question.ask, question.text])).toEqual([['signature', 'mail.Substring(']]);
  await type(') + sn.Trim(');
  expect(ask).toHaveBeenCalledTimes(2);
  view.destroy();
});

test('signature help shows the form that fits, with its argument in bold', () => {
  const shown = signatureText(mid, 1);

  expect(shown.querySelector('strong')?.textContent).toBe('int length');
  expect(shown.textContent).toContain('A part of the text.');
  expect(formFor(mid, 7)?.form.label).toBe('Substring(int startIndex): string');
});

test('hover tells type, meaning, errors and values', () => {
  const text = hoverText({
    span: { from: 0, to: 4 },
    name: 'mail',
    type: 'string?',
    doc: 'An attribute of the object.',
    errors: ['format'],
    advice: 'test it first',
    fill: 0.75,
    samples: ['ada@contoso.com'],
  });

  expect([...text.children].map((line) => line.textContent)).toEqual([
    'mail: string?',
    'An attribute of the object.',
    'May fail with format: test it first.',
    '75 % of objects have a value',
    'For example ada@contoso.com',
  ]);
});

test('the canonical form takes the place of the text, unless it was changed meanwhile or there is none', async () => {
  const parent = document.body.appendChild(document.createElement('div'));
  const view = new EditorView({ doc: 'sn+mail', parent });

  const done = await format(view, answering({ format: { text: 'sn + mail' } }), 'csharp');
  const none = await format(view, answering({ format: null }), 'csharp');
  const late: Ask = () => {
    view.dispatch({ changes: { from: 0, insert: 'x' } });
    return Promise.resolve({ format: { text: 'sn' } });
  };
  const typed = await format(view, late, 'csharp');

  expect([done, none, typed]).toEqual([true, false, false]);
  expect(view.state.doc.toString()).toBe('xsn + mail');
  view.destroy();
});
