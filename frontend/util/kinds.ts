// Kinds of directories, for people.
import type { Schemas } from '../api/types';

export const KINDS: Record<Schemas['DirectoryKind'], string> = {
  'active-directory': 'Active Directory',
  openldap: 'OpenLDAP',
  'entra-id': 'Microsoft Entra ID',
  'hr-file': 'HR files of a folder',
};
