// What saving a table or named expression does to the profiles that use it, in words.
import type { AffectedProfile, Schemas } from '../../api/types';

type Named = Pick<Schemas['UsingProfile'], 'id' | 'name'>;
/** A sentence in pieces: text, and profiles to be linked. */
export type Sentence = (string | Named)[];

export const textOf = (sentence: Sentence) => sentence.map((piece) => (typeof piece === 'string' ? piece : piece.name)).join('');

/** "A, B and C". */
function listed(profiles: Named[]): Sentence {
  return profiles.flatMap((profile, i) => (i === 0 ? [profile] : [i === profiles.length - 1 ? ' and ' : ', ', profile]));
}

const usedBy = (profiles: Named[]) => `Used by ${profiles.length} ${profiles.length === 1 ? 'profile' : 'profiles'}: `;

/** Who uses what is saved. */
export function userSentence(profiles: Named[]): Sentence {
  if (profiles.length === 0) return ['No profile uses it.'];
  return [usedBy(profiles), ...listed(profiles), '.'];
}

/** What saving the draft does. */
export function effectSentence(profiles: AffectedProfile[]): Sentence {
  if (profiles.length === 0) return ['No profile uses it: saving changes none.'];
  const broken = profiles.filter((profile) => profile.errors.length > 0);
  const changed = profiles.filter((profile) => profile.errors.length === 0 && profile.is_changed);
  const same = profiles.filter((profile) => profile.errors.length === 0 && !profile.is_changed);
  const clauses = [
    clause(changed, ' will do something else and needs review', ' will do something else and need review'),
    clause(same, ' stays as it is', ' stay as they are'),
    clause(broken, ' would no longer work', ' would no longer work'),
  ].filter((words) => words.length > 0);
  return [usedBy(profiles), ...clauses.flatMap((words, i) => (i === 0 ? words : ['; ', ...words])), '.'];
}

function clause(profiles: Named[], one: string, many: string): Sentence {
  return profiles.length === 0 ? [] : [...listed(profiles), profiles.length === 1 ? one : many];
}
