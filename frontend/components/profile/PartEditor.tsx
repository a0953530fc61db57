// One part of a profile: what it joins, its scope, match and maps. Expressions open beside it.
import { Button, Checkbox, Field, Input, Select } from '@fluentui/react-components';
import type { ReactNode } from 'react';

import type { Diagnostic, InboundPart, OutboundPart } from '../../api/types';
import { words } from '../../util/format';
import { within } from '../../util/pointer';
import { InitialPassword } from './InitialPassword';
import { type PartPlace, dialectOf, dialects, flowText, keyText, ruleText } from './draft';
import { inwardWords, modeWord } from './flowWords';

type Part = InboundPart | OutboundPart;
type Props = {
  place: PartPlace;
  directory: string;
  onChange: (part: Part) => void;
  open: string | undefined;
  onOpen: (pointer: string) => void;
  diagnostics: Diagnostic[];
};

export function PartEditor(props: Props) {
  const { place, directory } = props;
  return (
    <div className="stack">
      <h2>
        {place.direction === 'inbound' ? `From ${directory}: ${place.part.type}` : `To ${directory}: ${place.part.type}`}
      </h2>
      <Basics {...props} />
      <Line {...props} title="Scope" pointer={`${place.pointer}/scope`}>
        {ruleText(place.part.scope) || 'All objects'}
      </Line>
      {place.direction === 'outbound' && (
        <Line {...props} title="Distinguished name" pointer={`${place.pointer}/dn`}>
          {ruleText(place.part.dn) || 'none'}
        </Line>
      )}
      <Matches {...props} />
      <Maps {...props} />
      {place.direction === 'outbound' && (
        <InitialPassword
          part={place.part}
          pointer={`${place.pointer}/initial_password`}
          diagnostics={props.diagnostics}
          onChange={props.onChange}
        />
      )}
    </div>
  );
}

function Basics({ place, onChange }: Props) {
  const type = (
    <Field label="Metaverse type" size="small">
      <Input size="small" value={place.part.metaverse_type} onChange={(_, data) => onChange({ ...place.part, metaverse_type: data.value })} />
    </Field>
  );
  if (place.direction === 'inbound') {
    const part = place.part;
    return (
      <div className="fields">
        {type}
        <Field label="Link" size="small">
          <Select size="small" value={part.link} onChange={(_, data) => onChange({ ...part, link: data.value as InboundPart['link'] })}>
            {(['provision', 'sticky', 'join'] as const).map((link) => (
              <option key={link} value={link}>
                {words(link)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    );
  }
  const part = place.part;
  return (
    <>
      <div className="fields">
        {type}
        <Field label="Action" size="small">
          <Select size="small" value={part.action} onChange={(_, data) => onChange({ ...part, action: data.value as OutboundPart['action'] })}>
            {(['create-or-update', 'update-only', 'create-only', 'match-only'] as const).map((action) => (
              <option key={action} value={action}>
                {words(action)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="When it no longer applies" size="small">
          <Select
            size="small"
            value={part.deprovision ?? 'disconnect'}
            onChange={(_, data) => onChange({ ...part, deprovision: data.value as OutboundPart['deprovision'] })}
          >
            {DEPROVISION.map((choice) => (
              <option key={choice} value={choice} disabled={choice === 'disable' && part.disable == null}>
                {words(choice)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <div>
        <Checkbox
          label="Adopt an existing object whose name collides"
          checked={part.adopt_on_conflict ?? false}
          onChange={(_, data) => onChange({ ...part, adopt_on_conflict: data.checked === true })}
        />
        <Checkbox
          label="Delete adopted objects too"
          checked={part.delete_adopted ?? false}
          onChange={(_, data) => onChange({ ...part, delete_adopted: data.checked === true })}
        />
      </div>
    </>
  );
}

function Trouble({ diagnostics, pointer }: { diagnostics: Diagnostic[]; pointer: string }) {
  const mine = diagnostics.filter((found) => within(found, pointer));
  if (mine.length === 0) return null;
  const worst = mine.some((found) => found.severity === 'error') ? 'error' : 'warning';
  return <strong className={`trouble-${worst}`}>{words(worst)}</strong>;
}

/** What disabling means is written with the API: it has values of its own. */
const DEPROVISION = ['disconnect', 'disconnect-explicit', 'delete', 'leave', 'disable'] as const;

type LineProps = Props & { title: string; pointer: string; children: ReactNode };

function Line({ title, pointer, open, onOpen, diagnostics, children }: LineProps) {
  return (
    <div className="line">
      <span className="line-title">{title}</span>
      <code className="break">{children}</code>
      <Trouble diagnostics={diagnostics} pointer={pointer} />
      <Button size="small" aria-pressed={open === pointer} onClick={() => onOpen(pointer)} aria-label={`Edit ${title.toLowerCase()}`}>
        Edit
      </Button>
    </div>
  );
}

function Matches(props: Props) {
  const { place, onChange, onOpen, open, diagnostics } = props;
  const other = place.direction === 'inbound' ? 'source' : 'target';
  const pair = { metaverse: '', [other]: '' };
  const groups = (place.part.match ?? []) as Record<string, string | { expr: string }>[][];
  const save = (match: typeof groups) => onChange({ ...place.part, match } as Part);
  return (
    <section className="stack" aria-label="Match">
      <div className="head">
        <h3>Match</h3>
        <Button size="small" onClick={() => save([...groups, [pair]])}>
          Add a match
        </Button>
      </div>
      {groups.length === 0 && <p className="muted">Nothing is matched with objects that exist already.</p>}
      {groups.map((group, g) => (
        <div key={g} className="match-group">
          {group.map((entry, p) => {
            const at = `${place.pointer}/match/${g}/${p}`;
            return (
              <div key={p} className="line">
                <span className="line-title">{p === 0 ? `Group ${g + 1}` : 'and'}</span>
                {['metaverse', other].map((side, i) => (
                  <span key={side} className="line-side">
                    {i > 0 && <span>= </span>}
                    <button
                      type="button"
                      className="slot"
                      aria-pressed={open === `${at}/${side}`}
                      aria-label={`Edit ${side} side of match ${g + 1}.${p + 1}`}
                      onClick={() => onOpen(`${at}/${side}`)}
                    >
                      <code>{keyText(entry[side] ?? '') || '…'}</code>
                    </button>
                    <span className="muted">{side}</span>
                  </span>
                ))}
                <Trouble diagnostics={diagnostics} pointer={at} />
                <Button
                  size="small"
                  aria-label={`Remove match ${g + 1}.${p + 1}`}
                  onClick={() => save(groups.map((old, i) => (i === g ? old.filter((_, j) => j !== p) : old)).filter((rest) => rest.length > 0))}
                >
                  Remove
                </Button>
              </div>
            );
          })}
          <Button
            size="small"
            aria-label={`Add a pair to group ${g + 1}`}
            onClick={() => save(groups.map((old, i) => (i === g ? [...old, pair] : old)))}
          >
            And…
          </Button>
        </div>
      ))}
    </section>
  );
}

function Maps({ place, onChange, open, onOpen, diagnostics }: Props) {
  const flows = place.part.flows ?? [];
  const save = (next: typeof flows) => onChange({ ...place.part, flows: next });
  return (
    <section className="stack" aria-label="Maps">
      <div className="head">
        <h3>Maps</h3>
        <Button
          size="small"
          onClick={() => {
            save([...flows, { to: '', expr: '' }]);
            onOpen(`${place.pointer}/flows/${flows.length}`);
          }}
        >
          Add a map
        </Button>
      </div>
      <table className="table" aria-label="Maps">
        <thead>
          <tr>
            <th scope="col">Attribute written</th>
            <th scope="col">Rule</th>
            <th scope="col">When</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow, i) => {
            const at = `${place.pointer}/flows/${i}`;
            const name = flow.to || `map ${i + 1}`;
            return (
              <tr key={i} className={open === at ? 'open' : undefined}>
                <th scope="row">{name}</th>
                <td>
                  <code className="break">{flowText(flow)}</code>{' '}
                  {dialectOf(flow) !== 'csharp' && <span className="muted">{dialects[dialectOf(flow)]} </span>}
                  <Trouble diagnostics={diagnostics} pointer={at} />
                </td>
                <td>{place.direction === 'inbound' ? inwardWords(flow) : modeWord(flow)}</td>
                <td className="actions">
                  <Button size="small" aria-label={`Edit map to ${name}`} onClick={() => onOpen(at)}>
                    Edit
                  </Button>
                  <Button size="small" aria-label={`Remove map to ${name}`} onClick={() => save(flows.filter((_, j) => j !== i))}>
                    Remove
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
