// A question before something happens, in the browser's own modal dialog (focus stays inside,
// Escape cancels).
import { Button } from '@fluentui/react-components';
import { type ReactNode, useEffect, useId, useRef } from 'react';

import { ProblemBar } from './ProblemBar';

type Props = {
  title: string;
  yes: string;
  busy?: boolean;
  error?: unknown;
  disabled?: boolean;
  onYes: () => void;
  onClose: () => void;
  children: ReactNode;
};

export function Confirm({ title, yes, busy, error, disabled, onYes, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const label = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={label} onCancel={onClose} className="dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onYes();
        }}
      >
        <h2 id={label}>{title}</h2>
        <div className="stack">
          {children}
          <ProblemBar error={error} />
        </div>
        <div className="actions dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button appearance="primary" type="submit" disabled={busy || disabled}>
            {yes}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
