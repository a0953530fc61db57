// The profile editor. A draft lives in this screen only; saving makes a new version, which needs
// review before anything of it is sent. Open part and expression stand in the address.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';

import { checkQuery, profileQuery, schemaQuery } from '../api/queries';
import type { Diagnostic, Profile as Document, ProfileView } from '../api/types';
import { ReviewBadge } from '../components/ReviewBadge';
import { Findings } from '../components/profile/Findings';
import { PartEditor } from '../components/profile/PartEditor';
import { ProfileActions } from '../components/profile/ProfileActions';
import { ProfileSettings } from '../components/profile/ProfileSettings';
import { Results } from '../components/profile/Results';
import { SlotEditor, slotTitle } from '../components/profile/SlotEditor';
import { Versions } from '../components/profile/Versions';
import { type PartPlace, fixed, metaverseNames, partAt, partsOf, readsOf, slotAt } from '../components/profile/draft';
import { useLanguage } from '../components/profile/useLanguage';
import { useNames, useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { Language } from '../ui/editor/language';
import { put, within } from '../util/pointer';
import { useDebounced } from '../util/useDebounced';

/** Shorter than between two keys of a quick typist, longer than between two changes of one key. */
const SETTLED_MS = 25;
const route = getRouteApi('/t/$tenant/profiles/$profile');

export function Profile() {
  const tenant = useTenant();
  const { profile } = route.useParams();
  const query = useQuery(profileQuery(tenant, profile));
  return <Loaded query={query}>{(data) => <Editor key={data.version} profile={data} />}</Loaded>;
}

function Editor({ profile }: { profile: ProfileView }) {
  const tenant = useTenant();
  const name = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [draft, setDraft] = useState<Document>(profile.document);
  const settled = useDebounced(draft, SETTLED_MS);
  const check = useQuery(checkQuery(tenant, profile.id, settled));
  const diagnostics = useMemo(() => check.data?.diagnostics ?? [], [check.data]);
  const dirty = JSON.stringify(draft) !== JSON.stringify(profile.document);

  const parts = partsOf(draft);
  const place = partAt(draft, search.at) ?? parts.find((part) => part.pointer === search.part) ?? parts[0];
  const slot = slotAt(draft, search.at);
  const names = useAttributeNames(draft, place, slot?.kind === 'key' ? slot.side : undefined);
  const language = useLanguage(profile.id, place, slot?.kind === 'key' ? slot.side : undefined, draft.parameters ?? {});
  const open = useCallback((at: string) => void navigate({ search: { at }, replace: true }), [navigate]);
  const mend = (found: Diagnostic) => setDraft((before) => fixed(before, found));
  const previewable = slot && !(slot.kind === 'key' && typeof slot.key === 'string') && !('rule' in slot && slot.rule === null);

  return (
    <Screen
      title={profile.name}
      about={
        <>
          <ReviewBadge state={profile.state} /> version {profile.version}
          {profile.document.template && ` · made from the template ${profile.document.template.id}, version ${profile.document.template.version}`}
          {dirty && ' · changed, not saved'}
        </>
      }
      actions={<ProfileActions profile={profile} draft={draft} dirty={dirty} sound={check.data?.ok !== false} />}
    >
      <Findings diagnostics={diagnostics} onOpen={open} onFix={mend} />
      <ProfileSettings document={draft} onChange={setDraft} />
      <div className="editor">
        <nav aria-label="Parts" className="parts">
          <ul>
            {parts.map((part) => (
              <li key={part.pointer}>
                <button
                  type="button"
                  aria-current={part.pointer === place?.pointer ? 'true' : undefined}
                  onClick={() => void navigate({ search: { part: part.pointer }, replace: true })}
                >
                  {part.direction === 'inbound' ? 'From' : 'To'} {name(part.part.directory)}: {part.part.type}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <section className="card" aria-label="Part">
          {place ? (
            <PartEditor
              place={place}
              directory={name(place.part.directory)}
              onChange={(part) => setDraft(put(draft, place.pointer, part))}
              open={slot?.pointer}
              onOpen={open}
              diagnostics={diagnostics}
            />
          ) : (
            <p className="empty">This profile has no parts.</p>
          )}
        </section>
        <section className="card stack" aria-label="Expression">
          {slot ? (
            <>
              <h2>{slotTitle(slot)}</h2>
              <Language value={language}>
                <SlotEditor
                  key={slot.pointer}
                  slot={slot}
                  onChange={(value) => setDraft((before) => put(before, slot.pointer, value))}
                  diagnostics={diagnostics}
                  names={names}
                />
              </Language>
              <Findings diagnostics={diagnostics.filter((found) => within(found, slot.pointer) && !within(found, `${slot.pointer}/cases`))} onFix={mend} />
              {previewable && <Results profile={profile.id} document={settled} at={slot.pointer} />}
            </>
          ) : (
            <p className="empty">Choose Edit beside a scope, a match or a map to change its expression and try it on real objects.</p>
          )}
        </section>
      </div>
      <Versions profile={profile.id} current={profile.version} onTake={setDraft} />
    </Screen>
  );
}

/** Names to offer: attributes of the source, or those the profile fills in the metaverse. */
function useAttributeNames(document: Document, place: PartPlace | undefined, side: string | undefined): string[] {
  const tenant = useTenant();
  const schema = useQuery({ ...schemaQuery(tenant, place?.part.directory ?? ''), enabled: place !== undefined, retry: false });
  return useMemo(() => {
    if (!place) return [];
    if (readsOf(place, side) === 'metaverse') return metaverseNames(document, place.part.metaverse_type);
    const type = schema.data?.types.find((t) => t.name === place.part.type);
    return type?.attributes.map((attribute) => attribute.name) ?? [];
  }, [document, place, side, schema.data]);
}
