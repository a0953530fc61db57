// One job's track: bars of its runs, the line of now, and the same in words for who does not see them.
import { useId } from 'react';

import { type Window, barsOf, trackText } from './track';
import type { Job } from './tree';

const WIDTH = 600;
const HEIGHT = 20;
/** A run of milliseconds is seen as well. */
const LEAST = 3;

export function Track({ job, now, window }: { job: Job; now: string; window: Window }) {
  const hatch = useId();
  const at = ((new Date(now).getTime() - window.from) / (window.to - window.from)) * WIDTH;
  return (
    <svg role="img" aria-label={trackText(job)} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="track">
      <title>{trackText(job)}</title>
      <defs>
        <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="5" className="track-hatch" />
        </pattern>
      </defs>
      {barsOf(job, now, window).map((bar) => (
        <rect
          key={`${bar.kind} ${bar.from}`}
          x={bar.from * WIDTH}
          y={4}
          width={Math.max(LEAST, (bar.to - bar.from) * WIDTH)}
          height={HEIGHT - 8}
          fill={bar.kind === 'next' ? `url(#${hatch})` : undefined}
          className={`track-${bar.kind} track-${bar.tone}`}
        />
      ))}
      <line x1={at} x2={at} y1={0} y2={HEIGHT} className="track-now" />
    </svg>
  );
}
