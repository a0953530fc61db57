// What an export became: how much of it, draft by draft, rule by rule.
import { Button, Field, Select } from '@fluentui/react-components';
import { useState } from 'react';

import type { Schemas } from '../../api/types';
import { Facts } from '../../ui/Facts';
import { Table } from '../../ui/Table';
import { count } from '../../util/format';
import { saveText } from '../../util/download';

type Drafted = Schemas['Drafted'];
type Rule = Schemas['ImportedRule'];
type Outcome = Schemas['ImportOutcome'];

const OUTCOMES: Record<Outcome, string> = {
  imported: 'Imported',
  differs: 'Differs',
  covered: 'Covered',
  disabled: 'Switched off',
  work: 'Work',
};

type Props = { drafted: Drafted; disabled: boolean; onSave: (document: Schemas['Profile']) => void };

export function DraftReport({ drafted, disabled, onSave }: Props) {
  const { report, drafts } = drafted;
  const [outcome, setOutcome] = useState<Outcome | ''>('');
  const shown = report.rules.filter((rule) => outcome === '' || rule.outcome === outcome);
  return (
    <>
      <section className="card stack" aria-label="Drafts">
        <h2>Drafts</h2>
        <Table
          label="Drafts"
          rows={drafts}
          id={(draft) => draft.metaverse_type}
          empty="Nothing could be drafted. The rules below say why."
          columns={[
            { title: 'Name', cell: (draft) => draft.document.name },
            { title: 'Inbound parts', cell: (draft) => count(draft.document.inbound?.length ?? 0), numeric: true },
            { title: 'Outbound parts', cell: (draft) => count(draft.document.outbound?.length ?? 0), numeric: true },
            { title: 'Warnings', cell: (draft) => count(draft.diagnostics.length), numeric: true },
            {
              title: '',
              cell: (draft) => (
                <Button size="small" disabled={disabled} onClick={() => onSave(draft.document)}>
                  Save {draft.document.name}
                </Button>
              ),
            },
          ]}
        />
      </section>
      <section className="card stack" aria-label="Report">
        <h2>Report</h2>
        <Facts facts={[['Rules', told(report.rules_count)], ['Flows', told(report.flows_count)]]} />
        <div className="filters">
          <Field label="Outcome">
            <Select value={outcome} onChange={(_, data) => setOutcome(data.value as Outcome | '')}>
              <option value="">Any</option>
              {Object.entries(OUTCOMES).map(([name, text]) => (
                <option key={name} value={name}>
                  {text}
                </option>
              ))}
            </Select>
          </Field>
          <Button onClick={() => saveText('report.json', JSON.stringify(report, null, 2))}>Save the report</Button>
        </div>
        <Table
          label="Rules"
          rows={shown}
          id={(rule) => rule.id}
          empty="No rule has this outcome."
          columns={[
            { title: 'Precedence', cell: (rule) => rule.precedence, numeric: true },
            { title: 'Rule', cell: (rule) => <RuleDetail rule={rule} /> },
            { title: 'Connector', cell: (rule) => rule.connector },
            { title: 'Outcome', cell: (rule) => OUTCOMES[rule.outcome] },
            { title: 'Flows', cell: (rule) => count(rule.flows.length), numeric: true },
          ]}
        />
        <Table
          label="Everything else"
          rows={report.matters.map((matter, index) => ({ ...matter, index }))}
          id={(matter) => String(matter.index)}
          empty="There is nothing else to say."
          columns={[
            { title: 'About', cell: (matter) => matter.about },
            { title: 'What there is', cell: (matter) => matter.message },
            { title: 'Code', cell: (matter) => <code>{matter.code}</code> },
          ]}
        />
      </section>
    </>
  );
}

/** A rule's name; what there is to say of it and its flows unfolds below. */
function RuleDetail({ rule }: { rule: Rule }) {
  const flows = rule.flows.filter((flow) => (flow.remarks ?? []).length > 0);
  const own = rule.remarks ?? [];
  if (own.length === 0 && flows.length === 0) return <>{rule.name}</>;
  return (
    <details>
      <summary>{rule.name}</summary>
      <ul className="plain">
        {own.map((remark) => (
          <li key={`${remark.code} ${remark.message}`}>
            {remark.message} <code>{remark.code}</code>
          </li>
        ))}
        {flows.map((flow, index) => (
          <li key={`${flow.to} ${index}`}>
            <code>{flow.to}</code> {OUTCOMES[flow.outcome]}: {(flow.remarks ?? []).map((remark) => `${remark.message} (${remark.code})`).join(' ')}
          </li>
        ))}
      </ul>
    </details>
  );
}

function told(counts: Schemas['ImportCounts']): string {
  const entries = Object.entries(OUTCOMES) as [Outcome, string][];
  const words = entries.filter(([name]) => counts[name] > 0).map(([name, text]) => `${text.toLowerCase()} ${count(counts[name])}`);
  return words.join(', ');
}
