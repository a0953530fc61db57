// Rows of two columns as spreadsheets and CSV files write them.
//
// Invariants: nothing is trimmed or guessed: a line without exactly two columns is told and left out; what `rowsText` writes,
// `parseRows` reads back.
import type { LookupRow } from '../api/types';

export type Parsed = {
  rows: LookupRow[];
  /** Numbers of the lines that do not have two columns. */
  odd: number[];
};

const DELIMITERS = ['\t', ';', ','];

type Line = { number: number; cells: string[] };

export function parseRows(text: string, heading = false): Parsed {
  const ways = DELIMITERS.map((delimiter) => linesOf(text, delimiter));
  const lines = (ways.find(([first]) => first && first.cells.length > 1) ?? ways[0] ?? []).slice(heading ? 1 : 0);
  const parsed: Parsed = { rows: [], odd: [] };
  for (const { number, cells } of lines) {
    const [key, value] = cells;
    if (cells.length === 2 && key !== undefined && value !== undefined) parsed.rows.push({ key, value });
    else parsed.odd.push(number);
  }
  return parsed;
}

/** The lines that are not empty. A cell in quotes may hold delimiters, line ends and doubled quotes. */
function linesOf(text: string, delimiter: string): Line[] {
  const cell = new RegExp(`"((?:[^"]|"")*)"(?=${delimiter}|\\r?\\n|$)|([^${delimiter}\\r\\n]*)`, 'y');
  const lines: Line[] = [];
  let at = 0;
  for (let number = 1; at < text.length; number += 1) {
    const line: Line = { number, cells: [] };
    for (;;) {
      cell.lastIndex = at;
      const found = cell.exec(text);
      line.cells.push(found?.[1]?.replaceAll('""', '"') ?? found?.[2] ?? '');
      at += found?.[0].length ?? 0;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    const end = /\r?\n|\r/y;
    end.lastIndex = at;
    at += end.exec(text)?.[0].length ?? 0;
    if (line.cells.length > 1 || line.cells[0] !== '') lines.push(line);
  }
  return lines;
}

/** The rows as a spreadsheet takes them from the clipboard. */
export function rowsText(rows: LookupRow[]): string {
  const cell = (text: string) => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map(({ key, value }) => `${cell(key)}\t${cell(value)}\n`).join('');
}
