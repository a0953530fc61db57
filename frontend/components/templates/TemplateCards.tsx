// The gallery: a card a template, with what it reads, what it writes and what has to be so.
import type { Schemas, TemplateSummary } from '../../api/types';
import { AppLink } from '../../ui/AppLink';
import { KINDS } from '../../util/kinds';
import { paths } from '../../util/paths';

type Kind = Schemas['DirectoryKind'];

export const PURPOSES: Record<Schemas['Purpose'], string> = {
  hybrid: 'Hybrid accounts',
  coexistence: 'Coexistence',
  migration: 'Migration',
  'tenant-to-tenant': 'Tenant to tenant',
  'hr-driven': 'HR-driven',
};

/** Kinds that a template reads (`source`) or writes (`target`). */
export function kindsOf(template: TemplateSummary, side: 'source' | 'target'): Kind[] {
  return template.directories.filter((role) => role.side === side || role.side === 'both').map((role) => role.kind);
}

export type TemplateFilter = { source?: string | undefined; target?: string | undefined; purpose?: string | undefined };

export function filtered(templates: TemplateSummary[], filter: TemplateFilter): TemplateSummary[] {
  return templates.filter(
    (template) =>
      (!filter.purpose || template.purpose === filter.purpose) &&
      (['source', 'target'] as const).every((side) => !filter[side] || kindsOf(template, side).some((kind) => kind === filter[side])),
  );
}

export function TemplateCards({ tenant, templates }: { tenant: string; templates: TemplateSummary[] }) {
  if (templates.length === 0) return <p className="empty">No template fits. Choose other kinds of directories or another purpose.</p>;
  return (
    <ul className="gallery" aria-label="Templates">
      {templates.map((template) => (
        <li key={template.id} className="card stack">
          <h2>
            <AppLink to={paths.template(tenant, template.id)}>{template.title}</AppLink>
          </h2>
          <p className="muted">
            {PURPOSES[template.purpose]} · from {kindsOf(template, 'source').map((kind) => KINDS[kind]).join(', ') || 'nothing'} to{' '}
            {kindsOf(template, 'target').map((kind) => KINDS[kind]).join(', ') || 'nothing'}
            {template.own && ' · your own'}
          </p>
          {template.summary && <p>{template.summary}</p>}
          <Sentences title="Reads" sentences={template.reads} />
          <Sentences title="Writes" sentences={template.writes} />
          <Sentences title="Assumes" sentences={template.assumptions} />
        </li>
      ))}
    </ul>
  );
}

export function Sentences({ title, sentences }: { title: string; sentences: string[] }) {
  if (sentences.length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <ul className="plain">
        {sentences.map((sentence) => (
          <li key={sentence} className="break">
            {sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
