// Quiet hours as lines that people type: `22:00-07:00`, or `saturday sunday 00:00-00:00`.
import type { Schemas } from '../api/types';

export type QuietHours = Schemas['QuietHours'];
type Weekday = Schemas['Weekday'];

const DAYS: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const SPAN = /^(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2})$/;

export function printHours(hours: QuietHours[]): string {
  return hours.map(({ days = [], from, to }) => [...days, `${from}-${to}`].join(' ')).join('\n');
}

/** The spans of a text; the first line that is none is an error. */
export function readHours(text: string): { hours: QuietHours[] } | { wrong: string } {
  const lines = text.split('\n').map((line) => line.trim());
  const hours: QuietHours[] = [];
  for (const line of lines.filter((one) => one !== '')) {
    const words = line.split(/[\s,]+(?=[a-z]|\d{2}:\d{2}\s*[-–])/i);
    const span = SPAN.exec(words.at(-1) ?? '');
    const days = words.slice(0, -1).map((word) => DAYS.find((day) => day === word.toLowerCase()));
    if (!span || days.includes(undefined)) return { wrong: line };
    hours.push({ days: days as Weekday[], from: span[1] ?? '', to: span[2] ?? '' });
  }
  return { hours };
}
