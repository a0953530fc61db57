// A value of a case: a text, a list of texts, or anything else as JSON.
import { Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { type Written, valueOf, valueText, writtenOf } from './cases';

const KINDS: Record<Written, string> = { text: 'Text', list: 'List, one a line', json: 'Number, true or false' };

type Props = { label: string; value: unknown; onChange: (value: unknown) => void };

export function ValueField({ label, value, onChange }: Props) {
  const [typed, setTyped] = useState({ written: writtenOf(value), text: valueText(value) });
  // What was typed is shown for as long as the draft says the same.
  const stands = JSON.stringify(valueOf(typed.text, typed.written).value) === JSON.stringify(value);
  const { written, text } = stands ? typed : { written: writtenOf(value), text: valueText(value) };
  const { problem } = valueOf(text, written);
  const type = (change: Partial<typeof typed>) => {
    const next = { written, text, ...change };
    setTyped(next);
    onChange(valueOf(next.text, next.written).value);
  };
  return (
    <>
      <Field label={label} size="small" validationMessage={problem}>
        {written === 'list' || text.includes('\n') ? (
          <Textarea size="small" value={text} onChange={(_, data) => type({ text: data.value })} />
        ) : (
          <Input size="small" value={text} onChange={(_, data) => type({ text: data.value })} autoComplete="off" />
        )}
      </Field>
      <Field label={`Kind of ${label.toLowerCase()}`} size="small">
        <Select size="small" value={written} onChange={(_, data) => type({ written: data.value as Written })}>
          {Object.entries(KINDS).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
    </>
  );
}
