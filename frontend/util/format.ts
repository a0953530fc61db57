// Numbers, times and durations as the viewer's own locale writes them.

const numbers = new Intl.NumberFormat();
const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const count = (n: number) => numbers.format(n);

/** "1 change", "2,000 changes". */
export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function time(at: string | null | undefined): string {
  if (!at) return 'never';
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : times.format(date);
}

/** A duration with three significant figures. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toPrecision(3)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `full-import` and `objects_read` as words. */
export const words = (name: string) => {
  const text = name.replaceAll(/[-_]/g, ' ').replace('entra connect', 'Entra Connect');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** A hash short enough to compare by eye. */
export const short = (hash: string) => `${hash.slice(0, 4)}…${hash.slice(-4)}`;

/** The value of a distinguished name's first part: `CN=Byron\, Ada,OU=Staff` is `Byron, Ada`. */
export function leaf(dn: string): string {
  const first = /^[^=]+=((?:\\.|[^,\\])*)/.exec(dn)?.[1];
  return first === undefined ? dn : first.replaceAll(/\\([^0-9A-Fa-f])/g, '$1');
}
