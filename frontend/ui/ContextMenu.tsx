// A menu at a place of the screen, for the row under the pointer or the focus. It takes the focus, is walked by keys, and
// closes on Escape, on a choice, and when somebody looks elsewhere; who opened it takes the focus back.
import { type KeyboardEvent, useEffect, useRef } from 'react';

export type MenuItem = {
  text: string;
  /** Why it cannot be chosen now. */
  off?: string | undefined;
  onChoose: () => void;
};
export type At = { x: number; y: number };
type Props = { label: string; items: MenuItem[]; at: At; onClose: () => void };

export function ContextMenu({ label, items, at, onClose }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector('button')?.focus();
  }, []);
  useEffect(() => {
    const away = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) onClose();
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [onClose]);
  useEffect(() => {
    const element = menu.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(0, Math.min(at.x, window.innerWidth - width))}px`;
    element.style.top = `${Math.max(0, Math.min(at.y, window.innerHeight - height))}px`;
  }, [at.x, at.y]);

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const here = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (to !== undefined) buttons[to % buttons.length]?.focus();
    else {
      // A choice is made by the button itself; no key of the list behind it counts meanwhile.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={menu} role="menu" aria-label={label} tabIndex={-1} className="menu" onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-disabled={item.off !== undefined}
          title={item.off}
          onClick={() => {
            if (item.off !== undefined) return;
            onClose();
            item.onChoose();
          }}
        >
          {item.text}
        </button>
      ))}
    </div>
  );
}
