// Who exists: directory tenants, users and applications. Every id is fixed, so tests can name them.
//
// Two directory tenants are organisations. The third carries the tenant id of personal accounts;
// its token is well-formed and a relying party must refuse it.

export const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';

export const tenants = [
  { tid: 'a1f0c0de-0001-4000-8000-00000000c001', name: 'Contoso', domain: 'contoso.test' },
  { tid: 'a1f0c0de-0002-4000-8000-0000000fab01', name: 'Fabrikam', domain: 'fabrikam.test' },
  { tid: CONSUMERS, name: 'Personal accounts', domain: 'outlook.example' },
];
const [contoso, fabrikam, personal] = tenants;

// `roles` are the app roles assigned to the user, as `Syncline.Owner`, `.Admin`, `.Operator`, `.Viewer`.
export const users = [
  user(contoso, '0001', 'Ada Byron', 'ada.byron', ['Syncline.Owner']),
  user(contoso, '0002', 'Ben Costa', 'ben.costa', ['Syncline.Admin']),
  user(contoso, '0003', 'Chiara Nyström', 'chiara.nystrom', []),
  user(fabrikam, '0004', 'Olga Tanaka', 'olga.tanaka', ['Syncline.Owner']),
  user(fabrikam, '0005', 'Pedro Varga', 'pedro.varga', ['Syncline.Viewer']),
  user(personal, '0006', 'Pat Personal', 'pat', []),
];

function user(tenant, number, name, alias, roles) {
  return {
    tid: tenant.tid,
    oid: `0b1ec700-${number}-4000-8000-000000000000`,
    name,
    username: `${alias}@${tenant.domain}`,
    roles,
  };
}

// The application registrations. `app` is Syncline itself: the confidential client of the browser's
// sign-in and the API resource whose client id is the audience of access tokens.
export const app = {
  clientId: '5e9c11de-0000-4000-8000-0000000000a1',
  secret: 'dev-only-secret-of-the-sign-in-client',
  uri: 'api://syncline',
  scopes: ['access', 'manage'],
};

// A command-line tool: a public client that asks for tokens to the API in a user's name.
export const cli = { clientId: '5e9c11de-0000-4000-8000-0000000000c1' };

// A daemon: client credentials. It has the application role in Contoso and none in Fabrikam, where it
// gets a token without roles, as Entra gives one to anybody.
export const daemon = {
  clientId: '5e9c11de-0000-4000-8000-0000000000d1',
  secret: 'dev-only-secret-of-the-automation-client',
  principals: {
    [contoso.tid]: { oid: '0b1ec700-00d1-4000-8000-00000000c001', roles: ['Syncline.Automation'] },
    [fabrikam.tid]: { oid: '0b1ec700-00d1-4000-8000-0000000fab01', roles: [] },
  },
};

export function findUser(tid, oid) {
  return users.find((candidate) => candidate.tid === tid && candidate.oid === oid);
}
