// What saving does to the profiles that use a table or named expression, before it is done.
import type { AffectedProfile, RuleResourceSummary } from '../../api/types';
import { AppLink } from '../../ui/AppLink';
import { paths, withSearch } from '../../util/paths';
import { sentence } from '../profile/Findings';
import { type Sentence, effectSentence, userSentence } from './effect';

type Props = {
  tenant: string;
  /** What the checker says of the draft; absent while nothing is changed. */
  affected: AffectedProfile[] | undefined;
  usedBy: RuleResourceSummary['used_by'];
};

export function Effect({ tenant, affected, usedBy }: Props) {
  return (
    <section className="card stack" aria-labelledby="effect">
      <h2 id="effect">{affected ? 'What saving does' : 'Where it is used'}</h2>
      <p>
        <Said tenant={tenant} words={affected ? effectSentence(affected) : userSentence(usedBy)} />
      </p>
      {affected && <Broken tenant={tenant} profiles={affected} />}
    </section>
  );
}

/** A sentence whose profiles are links. */
export function Said({ tenant, words }: { tenant: string; words: Sentence }) {
  return words.map((piece) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      <AppLink key={piece.id} to={paths.profile(tenant, piece.id)}>
        {piece.name}
      </AppLink>
    ),
  );
}

function Broken({ tenant, profiles }: { tenant: string; profiles: AffectedProfile[] }) {
  const errors = profiles.flatMap((profile) => profile.errors.map((found) => ({ profile, found })));
  if (errors.length === 0) return null;
  return (
    <ul className="plain" aria-label="Errors of profiles">
      {errors.map(({ profile, found }, i) => (
        <li key={`${i} ${profile.id} ${found.at}`}>
          <strong className="trouble-error">Error</strong>{' '}
          <AppLink to={withSearch(paths.profile(tenant, profile.id), { at: found.at })}>
            {profile.name}, {found.at || 'document'}
          </AppLink>
          : {sentence(found.message)} <code>{found.code}</code>
        </li>
      ))}
    </ul>
  );
}
