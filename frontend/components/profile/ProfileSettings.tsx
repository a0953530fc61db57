// What a profile is called, when it runs, and what an approval does.
import { Checkbox, Field, Input, Select } from '@fluentui/react-components';

import type { Profile, Schemas } from '../../api/types';
import { Parameters } from './Parameters';

export function ProfileSettings({ document, onChange }: { document: Profile; onChange: (document: Profile) => void }) {
  const triggers = document.triggers ?? {};
  return (
    <section className="stack" aria-label="Profile">
      <div className="fields">
        <Field label="Name" size="small">
          <Input size="small" value={document.name} onChange={(_, data) => onChange({ ...document, name: data.value })} />
        </Field>
        <Field label="Run at least every" size="small" hint="Such as PT15M; empty for never">
          <Input
            size="small"
            value={triggers.every ?? ''}
            onChange={(_, data) => onChange({ ...document, triggers: { ...triggers, every: data.value || null } })}
          />
        </Field>
        <Field label="After an approved plan" size="small">
          <Select
            size="small"
            value={document.approval?.then ?? 'live'}
            onChange={(_, data) => onChange({ ...document, approval: { then: data.value as Schemas['Then'] } })}
          >
            <option value="live">Live</option>
            <option value="hold">Hold</option>
          </Select>
        </Field>
      </div>
      <Checkbox
        label="Run when a directory reports a change"
        checked={triggers.on_change ?? false}
        onChange={(_, data) => onChange({ ...document, triggers: { ...triggers, on_change: data.checked === true } })}
      />
      <Checkbox
        label="Strict: an expression that may fail on some objects cannot be saved unless a default follows"
        checked={document.strict ?? false}
        onChange={(_, data) => onChange({ ...document, strict: data.checked === true })}
      />
      <Parameters values={document.parameters ?? {}} onChange={(parameters) => onChange({ ...document, parameters })} />
    </section>
  );
}
