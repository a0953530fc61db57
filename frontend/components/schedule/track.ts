// Where bars stand in a track of time: past runs as they were, the one at work, and the next as it is expected.
import { duration, time, words } from '../../util/format';
import { toneOf } from '../runs';
import type { Job } from './tree';

const HOUR = 3_600_000;
export const ZOOMS = { '1h': HOUR, '6h': 6 * HOUR, day: 24 * HOUR, week: 168 * HOUR };
export type Zoom = keyof typeof ZOOMS;
export const ZOOM_NAMES = Object.keys(ZOOMS) as Zoom[];

/** A stretch of time, in milliseconds since 1970. */
export type Window = { from: number; to: number };

export type Bar = { from: number; to: number; kind: 'past' | 'running' | 'next'; tone: 'good' | 'wait' | 'bad' | 'plain' };

/** Two thirds of what is shown have passed. */
export function windowOf(now: string, zoom: Zoom): Window {
  const at = new Date(now).getTime();
  return { from: at - (ZOOMS[zoom] * 2) / 3, to: at + ZOOMS[zoom] / 3 };
}

/** The next zoom in a direction; the last one stays. */
export function zoomed(zoom: Zoom, by: -1 | 1): Zoom {
  return ZOOM_NAMES[ZOOM_NAMES.indexOf(zoom) + by] ?? zoom;
}

const ms = (at: string) => new Date(at).getTime();

/** The bars of a job that can be seen, as parts of the track from 0 to 1. */
export function barsOf(job: Job, now: string, window: Window): Bar[] {
  const bars: Bar[] = job.runs.map((run) => ({
    from: ms(run.started_at),
    to: ms(run.ended_at ?? now),
    kind: run.status ? 'past' : 'running',
    tone: run.status ? toneOf(run.status) : 'plain',
  }));
  if (job.next && job.state !== 'running') {
    const from = ms(job.next.starts_at);
    bars.push({ from, to: job.next.ends_at ? ms(job.next.ends_at) : from, kind: 'next', tone: 'plain' });
  }
  const part = (at: number) => (Math.min(Math.max(at, window.from), window.to) - window.from) / (window.to - window.from);
  return bars
    .filter((bar) => bar.to >= window.from && bar.from <= window.to)
    .map((bar) => ({ ...bar, from: part(bar.from), to: part(bar.to) }));
}

/** The same in words: what a track shows has to be readable without seeing it. */
export function trackText(job: Job): string {
  const last = job.runs.find((run) => run.status);
  const past = last?.ended_at
    ? `Last ${words(last.status ?? '').toLocaleLowerCase()}, ${duration(ms(last.ended_at) - ms(last.started_at))}`
    : 'Never ran';
  const usual = job.usual ? `usually ${duration(job.usual.median_ms)}` : 'how long it takes is not known yet';
  const next = job.next && job.state !== 'running' ? `next ${time(job.next.starts_at)}, ${usual}` : usual;
  return `${past}; ${next}`;
}

/** "in 13 min", "3 h ago": for a glance, the exact time stands beside it. */
export function fromNow(at: string, now: string): string {
  const away = ms(at) - ms(now);
  const minutes = Math.round(Math.abs(away) / 60_000);
  if (minutes === 0) return 'now';
  const span = minutes < 60 ? `${minutes} min` : minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
  return away > 0 ? `in ${span}` : `${span} ago`;
}
