// Text to take elsewhere, with a button that copies it.
import { Button } from '@fluentui/react-components';
import { useState } from 'react';

export function Copyable({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true));
  };
  return (
    <div className="copyable">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so it takes the focus */}
      <pre aria-label={label} role="region" tabIndex={0}>
        {text}
      </pre>
      <Button size="small" onClick={copy} aria-label={`Copy ${label.toLowerCase()}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
