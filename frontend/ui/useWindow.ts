// The rows of a long list that are in sight of its scrolled box.
import { type UIEvent, useEffect, useRef, useState } from 'react';

import { ROW_PX, scrollTo, windowOf } from './window';

export function useWindow(count: number) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, viewport: 480 });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setScroll({ top: element.scrollTop, viewport: Math.max(element.clientHeight - ROW_PX, ROW_PX) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return {
    ...windowOf(count, scroll.top, scroll.viewport),
    viewport: scroll.viewport,
    box,
    onScroll: (event: UIEvent<HTMLElement>) => {
      const { scrollTop } = event.currentTarget;
      setScroll((before) => ({ ...before, top: scrollTop }));
    },
    /** Scrolls a row into sight. */
    reveal: (row: number) => {
      const element = box.current;
      if (element) element.scrollTop = scrollTo(row, count, element.scrollTop, scroll.viewport);
    },
  };
}
