// The frame of a screen: title, what can be done, content. The title takes the focus when the
// screen opens, so that a screen reader says where one is.
import { type ReactNode, useEffect, useRef } from 'react';

type Props = { title: string; about?: ReactNode; actions?: ReactNode; children?: ReactNode; fill?: boolean };

export function Screen({ title, about, actions, children, fill }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Syncline`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={fill ? 'screen screen-fill' : 'screen'}>
      <header className="screen-head">
        <div className="screen-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {about && <div className="muted">{about}</div>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
