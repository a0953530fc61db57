import { expect, test } from 'vitest';

import { importSentence } from '../components/resources/ImportRows';
import { parseRows, rowsText } from '../util/rows';

const pairs = (text: string, heading = false) => parseRows(text, heading).rows.map(({ key, value }) => [key, value]);

test.each([
  ['a spreadsheet', 'DE\tGermany\r\nFR\tFrance\r\n'],
  ['a file with semicolons', 'DE;Germany\nFR;France'],
  ['a file with commas', '"DE",Germany\n"FR","France"\n'],
  ['empty lines between', '\nDE,Germany\n\n\nFR,France\n\n'],
])('two columns of %s are rows', (_, text) => {
  expect(pairs(text)).toEqual([['DE', 'Germany'], ['FR', 'France']]);
});

test('quotes hold delimiters, line ends and doubled quotes; a single quote is a character', () => {
  expect(pairs('a,"x, ""y""\nz"\n5",inch')).toEqual([['a', 'x, "y"\nz'], ['5"', 'inch']]);
});

test('a tab counts more than a semicolon, and that more than a comma', () => {
  expect(pairs('a;b\tc')).toEqual([['a;b', 'c']]);
  expect(pairs('Byron, Ada;1')).toEqual([['Byron, Ada', '1']]);
});

test('nothing is trimmed, and an empty value is a value', () => {
  expect(pairs(' DE , Germany \nXX,')).toEqual([[' DE ', ' Germany '], ['XX', '']]);
});

test('a heading is left out, where it is said that there is one', () => {
  expect(pairs('key,value\nDE,Germany', true)).toEqual([['DE', 'Germany']]);
  expect(pairs('key,value\nDE,Germany')).toHaveLength(2);
});

test('lines without two columns are left out and told by their numbers', () => {
  const parsed = parseRows('DE,Germany\nFR\nIT,Italy,Rome\nES,Spain');

  expect(parsed.rows.map(({ key }) => key)).toEqual(['DE', 'ES']);
  expect(parsed.odd).toEqual([2, 3]);
});

test('what is copied out is read back as it was', () => {
  const rows = [
    { key: 'a,b;c', value: '' },
    { key: '"quoted"', value: 'two\nlines\tand a tab' },
    { key: ' ', value: '5"' },
  ];

  expect(parseRows(rowsText(rows))).toEqual({ rows, odd: [] });
});

test('what an import does is said before it is done', () => {
  const told = (text: string, keep = false) => importSentence(parseRows(text), 2000, keep);

  expect(told('')).toBe('Nothing to import yet.');
  expect(told('DE,Germany')).toBe('1 row in place of 2,000; the first gives “Germany” for “DE”.');
  expect(told('DE,Germany\nFR', true)).toBe(
    '1 row after the 2,000 that are there; the first gives “Germany” for “DE”. Line 2 does not have two columns and is left out.',
  );
  expect(told('DE\nFR')).toBe('No row can be read. 2 lines do not have two columns and are left out: 1, 2.');
});
