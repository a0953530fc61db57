// The cases of a flow: objects with what it must give for them. One that fails keeps the profile from being saved.
import { Button } from '@fluentui/react-components';
import { useState } from 'react';

import type { Diagnostic, RuleCase } from '../../api/types';
import { within } from '../../util/pointer';
import { CaseEditor } from './CaseEditor';
import { Findings } from './Findings';
import { newCase } from './cases';

type Props = {
  cases: RuleCase[];
  /** Of the list in the document. */
  pointer: string;
  /** Attributes that an object can have. */
  names: string[];
  diagnostics: Diagnostic[];
  onChange: (cases: RuleCase[]) => void;
};

export function Cases({ cases, pointer, names, diagnostics, onChange }: Props) {
  const mine = diagnostics.filter((found) => within(found, pointer));
  const failing = mine.some((found) => found.severity === 'error');
  const [open, setOpen] = useState(false);
  return (
    <details open={open || failing} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Cases ({cases.length}) {failing && <strong className="trouble-error">Error</strong>}
      </summary>
      <div className="stack">
        <p className="muted">A case is an object and what the map must give for it. The profile cannot be saved while one fails.</p>
        <Findings diagnostics={mine.filter((found) => found.at === pointer)} />
        {cases.map((one, i) => (
          <CaseEditor
            key={i}
            number={i + 1}
            value={one}
            diagnostics={mine.filter((found) => within(found, `${pointer}/${i}`))}
            onChange={(next) => onChange(cases.map((old, j) => (j === i ? next : old)))}
            onRemove={() => onChange(cases.filter((_, j) => j !== i))}
          />
        ))}
        <div>
          <Button size="small" onClick={() => onChange([...cases, newCase()])}>
            Add a case
          </Button>
        </div>
        <datalist id="case-attributes">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
    </details>
  );
}
