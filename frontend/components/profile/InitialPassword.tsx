// Which password accounts of a part get, and who gets the password.
import { Checkbox, Field, Input, Select } from '@fluentui/react-components';

import type { Diagnostic, InitialPassword as Policy, OutboundPart } from '../../api/types';
import { words } from '../../util/format';
import { within } from '../../util/pointer';

type Props = { part: OutboundPart; pointer: string; diagnostics: Diagnostic[]; onChange: (part: OutboundPart) => void };
type Kind = 'none' | 'random' | 'disabled-until-handed-over';

const KINDS: Record<Kind, string> = {
  none: 'None is handed over',
  random: 'Random, sealed for a recipient',
  'disabled-until-handed-over': 'Random, and disabled until it is handed over',
};
const CLASSES = ['upper', 'lower', 'digit', 'symbol'] as const;

/** What a part has that names a recipient and nothing else. */
export const usual = (): Policy => ({
  length: 20,
  classes: [...CLASSES],
  must_change: true,
  keep_days: 14,
  recipient: { name: '', key: '' },
});

export function kindOf(policy: Policy | null | undefined): Kind {
  if (!policy) return 'none';
  return policy.disabled_until_handed_over ? 'disabled-until-handed-over' : 'random';
}

/** The policy after another kind was chosen; what was written stays. */
export function become(kind: Kind, policy: Policy | null | undefined): Policy | undefined {
  if (kind === 'none') return undefined;
  return { ...(policy ?? usual()), disabled_until_handed_over: kind === 'disabled-until-handed-over' };
}

export function InitialPassword({ part, pointer, diagnostics, onChange }: Props) {
  const policy = part.initial_password;
  const save = (change: Partial<Policy>) => policy && onChange({ ...part, initial_password: { ...policy, ...change } });
  const choose = (kind: Kind) => {
    const { initial_password: _, ...rest } = part;
    const next = become(kind, policy);
    onChange(next ? { ...rest, initial_password: next } : rest);
  };
  const trouble = (field: string) =>
    diagnostics
      .filter((found) => within(found, `${pointer}${field}`))
      .map((found) => found.message)
      .join(' ') || undefined;
  return (
    <section className="stack" aria-label="Initial password">
      <h3>Initial password</h3>
      <div className="fields">
        <Field label="Of accounts it creates" size="small" validationMessage={policy ? undefined : trouble('')}>
          <Select size="small" value={kindOf(policy)} onChange={(_, data) => choose(data.value as Kind)}>
            {Object.entries(KINDS).map(([kind, text]) => (
              <option key={kind} value={kind}>
                {text}
              </option>
            ))}
          </Select>
        </Field>
        {policy && (
          <>
            <Field label="Recipient" size="small" validationMessage={trouble('/recipient/name')}>
              <Input
                size="small"
                value={policy.recipient.name}
                onChange={(_, { value }) => save({ recipient: { ...policy.recipient, name: value } })}
              />
            </Field>
            <Field
              label="Recipient's public key"
              hint="The line that age-keygen prints: age1… The private key stays with the recipient."
              size="small"
              validationMessage={trouble('/recipient/key')}
            >
              <Input
                size="small"
                value={policy.recipient.key}
                autoComplete="off"
                spellCheck={false}
                onChange={(_, { value }) => save({ recipient: { ...policy.recipient, key: value.trim() } })}
              />
            </Field>
            <NumberField label="Characters" value={policy.length ?? 20} problem={trouble('/length')} onChange={(length) => save({ length })} />
            <NumberField
              label="Days it waits to be collected"
              value={policy.keep_days ?? 14}
              problem={trouble('/keep_days')}
              onChange={(keep_days) => save({ keep_days })}
            />
          </>
        )}
      </div>
      {policy && (
        <Field validationMessage={trouble('/classes') ?? trouble('/disabled_until_handed_over')}>
          <div>
            {CLASSES.map((name) => (
              <Checkbox
                key={name}
                label={words(name)}
                checked={(policy.classes ?? CLASSES).includes(name)}
                onChange={(_, { checked }) =>
                  save({ classes: CLASSES.filter((one) => (one === name ? checked === true : (policy.classes ?? CLASSES).includes(one))) })
                }
              />
            ))}
            <Checkbox
              label="Must be changed at the first sign-in"
              checked={policy.must_change ?? true}
              onChange={(_, { checked }) => save({ must_change: checked === true })}
            />
          </div>
        </Field>
      )}
    </section>
  );
}

type NumberProps = { label: string; value: number; problem: string | undefined; onChange: (value: number) => void };

function NumberField({ label, value, problem, onChange }: NumberProps) {
  return (
    <Field label={label} size="small" validationMessage={problem}>
      <Input size="small" type="number" value={String(value)} onChange={(_, data) => onChange(Number.parseInt(data.value, 10) || 0)} />
    </Field>
  );
}
