// What the editor asks while somebody types, and what it can answer by itself.
//
// The service says what can stand where a word begins; the rest of the word is matched here. Which argument of a call the
// cursor is in is counted here as well, so that a call is asked about once.
import { createContext } from 'react';

import type { Dialect, LanguageAnswer, LanguageAsk, LanguageItem, LanguageSignature } from '../../api/types';

export type Question = { ask: LanguageAsk; dialect: Dialect; text: string; at: number };

/** Asks about a place in a text; nothing where there is no answer. */
export type Ask = (question: Question, signal?: AbortSignal) => Promise<LanguageAnswer | undefined>;

/** Who answers the editors below; without it they know the names they were given and no more. */
export const Language = createContext<Ask | undefined>(undefined);

/** Where the word begins that ends at the cursor, and whether brackets or backticks are open around it. */
export function wordBefore(text: string, dialect: Dialect): { from: number; enclosed: boolean } {
  const open = dialect === 'entra' ? /\[[^\]"\n]*$/.exec(text) : text.split('`').length % 2 === 0 ? /`[^`\n]*$/.exec(text) : null;
  if (open) return { from: open.index + 1, enclosed: true };
  const word = /[$\p{L}_][\p{L}\p{N}_]*$/u.exec(text);
  return { from: word?.index ?? text.length, enclosed: false };
}

/** Is there something to offer at this place without being asked to? */
export function invites(text: string, dialect: Dialect): boolean {
  const { from, enclosed } = wordBefore(text, dialect);
  return enclosed || from < text.length || text.endsWith('.');
}

/** The innermost call that is open at the end of a text: where its parenthesis stands, and the argument. */
export function callAround(text: string): { open: number; argument: number } | undefined {
  const opened: { at: number; mark: string; commas: number }[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '"') {
      const end = closing(text, i);
      if (end === undefined) break;
      i = end;
    } else if (c === "'") {
      i += (/^'(?:[^'\\]|\\.)'/.exec(text.slice(i, i + 4))?.[0].length ?? 1) - 1;
    } else if ('([{'.includes(c)) {
      opened.push({ at: i, mark: c, commas: 0 });
    } else if (')]}'.includes(c)) {
      opened.pop();
    } else if (c === ',') {
      const around = opened.at(-1);
      if (around) around.commas += 1;
    }
  }
  const call = opened.findLast(({ at, mark }) => mark === '(' && /[\p{L}\p{N}_]\s*$/u.test(text.slice(0, at)) && !/\b(?:if|switch)\s*$/.test(text.slice(0, at)));
  return call && { open: call.at, argument: call.commas };
}

/** The end of a text in quotes. What an interpolated text holds is passed over as well. */
function closing(text: string, from: number): number | undefined {
  for (let i = from + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i;
  }
  return undefined;
}

/** The form of a function that has this argument, and where it stands in the label. */
export function formFor(help: LanguageSignature, argument: number) {
  const many = (label: string) => label.includes('…') || label.includes('params ');
  const form = help.signatures.find((f) => f.parameters.length > argument) ?? help.signatures.find((f) => many(f.label)) ?? help.signatures[0];
  if (!form) return undefined;
  const last = many(form.label) ? form.parameters.length - 1 : argument;
  return { form, parameter: form.parameters[Math.min(argument, last)] };
}

/** The share of objects that have a value, in words. */
export const fillText = (fill: number) => `${Math.round(fill * 100)} % of objects have a value`;

/** How much likelier an item is than others that fit as well. */
export const boostOf = (item: LanguageItem) => (item.kind === 'variable' ? 60 : Math.round((item.fill ?? 0) * 50));
