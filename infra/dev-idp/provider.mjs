// One directory tenant's OpenID provider: its own issuer `<origin>/<tid>/v2.0`, tokens shaped like
// Entra's v2.0 tokens.
//
// Invariants: every token names its tenant in `tid` and in `iss`; access tokens for the API are JWTs
// whose audience is the API's client id; nobody is asked for consent.

import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { Provider, interactionPolicy } from 'oidc-provider';
import { app, cli, daemon, findUser } from './directory.mjs';
import { memoryAdapter } from './memory.mjs';

const PROFILE_CLAIMS = ['oid', 'tid', 'name', 'preferred_username'];
const BASE_CLAIMS = ['sub', 'ver', 'nbf', 'uti', 'sid', 'roles', 'auth_time'];

export function createProvider(origin, tenant, index, signingKey, settings) {
  const provider = new Provider(`${origin}/${tenant.tid}/v2.0`, {
    adapter: memoryAdapter(),
    clients: clients(settings),
    jwks: { keys: [signingKey] },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: `session-${index}`, interaction: `interaction-${index}`, resume: `resume-${index}` },
      long: { sameSite: 'lax' },
    },
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/oidc/userinfo',
    },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_ctx, oid, client) => pairwise(tenant.tid, oid, client.clientId),
    claims: { openid: BASE_CLAIMS, profile: PROFILE_CLAIMS, email: ['email'] },
    conformIdTokenClaims: false,
    extraParams: ['picked', 'domain_hint'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    pkce: { required: (_ctx, client) => client.grantTypeAllowed('authorization_code') },
    interactions: { policy: signInOnly(), url: (_ctx, interaction) => `/${tenant.tid}/interaction/${interaction.uid}` },
    findAccount: (ctx, oid, token) => account(ctx, tenant, oid, token),
    loadExistingGrant: grantEverything,
    formats: { customizers: { jwt: (ctx, token, jwt) => shapeAccessToken(ctx, token, jwt, tenant) } },
    ttl: { AccessToken: 3600, ClientCredentials: 3600, IdToken: 3600, Session: 86400, Interaction: 3600, Grant: 86400 },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: app.scopes.join(' '),
          audience: app.clientId,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });

  // As Entra does for loopback addresses: the port of a redirect address is not compared.
  const allowed = (value, registered) => registered.includes(value) || registered.includes(withoutPort(value));
  provider.Client.prototype.redirectUriAllowed = function redirectUriAllowed(value) {
    return allowed(value, this.redirectUris);
  };
  provider.Client.prototype.postLogoutRedirectUriAllowed = function postLogoutRedirectUriAllowed(value) {
    return allowed(value, this.postLogoutRedirectUris ?? []);
  };
  // A client may address its assertion to the token endpoint it calls: the tenant's or the shared one.
  const { prototype: context } = provider.OIDCContext;
  const own = context.clientJwtAuthExpectedAudience;
  context.clientJwtAuthExpectedAudience = function clientJwtAuthExpectedAudience() {
    return own.call(this).add(`${origin}/organizations/oauth2/v2.0/token`);
  };
  const { prototype: idToken } = provider.IdToken;
  const issue = idToken.issue;
  idToken.issue = async function issueTyped(...options) {
    return typed(await issue.apply(this, options), signingKey);
  };
  return provider;
}

// The library leaves `typ` out of ID tokens; Entra's say `JWT`.
function typed(token, signingKey) {
  const [header, payload] = token.split('.');
  const fields = { typ: 'JWT', ...JSON.parse(Buffer.from(header, 'base64url')) };
  const unsigned = `${Buffer.from(JSON.stringify(fields)).toString('base64url')}.${payload}`;
  const key = createPrivateKey({ key: signingKey, format: 'jwk' });
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`;
}

// `http://127.1.2.3:8080/x` -> `http://localhost/x`: every loopback address counts as localhost.
function withoutPort(value) {
  const url = URL.parse(value);
  if (!url || !(url.hostname === 'localhost' || /^127(\.\d+){3}$/.test(url.hostname))) return value;
  return `${url.protocol}//localhost${url.pathname}`;
}

function clients({ redirectPath, postLogoutPath, clientKeys }) {
  const loopback = (path) => [`http://localhost${path}`, `https://localhost${path}`];
  const publicKeys = clientKeys && { jwks: { keys: clientKeys }, token_endpoint_auth_method: 'private_key_jwt' };
  const signIn = {
    client_id: app.clientId,
    client_name: 'Syncline',
    redirect_uris: loopback(redirectPath),
    post_logout_redirect_uris: loopback(postLogoutPath),
    grant_types: ['authorization_code'],
    response_types: ['code'],
    ...(publicKeys ?? { client_secret: app.secret, token_endpoint_auth_method: 'client_secret_basic' }),
  };
  return [
    signIn,
    {
      client_id: cli.clientId,
      client_name: 'Syncline command line',
      application_type: 'native',
      redirect_uris: ['http://localhost/callback'],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    {
      client_id: daemon.clientId,
      client_name: 'Syncline automation',
      client_secret: daemon.secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ];
}

// Consent is never asked for, not of native clients either.
function signInOnly() {
  const policy = interactionPolicy.base();
  policy.get('consent').checks.remove('native_client_prompt');
  return policy;
}

async function grantEverything(ctx) {
  const { provider, session, client, params } = ctx.oidc;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid profile email offline_access');
  for (const resource of [params.resource ?? []].flat()) grant.addResourceScope(resource, app.scopes.join(' '));
  await grant.save();
  return grant;
}

function account(ctx, tenant, oid, token) {
  const user = findUser(tenant.tid, oid);
  if (!user) return undefined;
  return {
    accountId: oid,
    async claims() {
      return {
        sub: oid,
        tid: user.tid,
        oid: user.oid,
        name: user.name,
        preferred_username: user.username,
        email: user.username,
        roles: user.roles.length ? user.roles : undefined,
        sid: token?.sessionUid ?? ctx.oidc.session?.uid,
        ver: '2.0',
        nbf: now(),
        uti: randomBytes(16).toString('base64url'),
      };
    },
  };
}

// `sub` differs from application to application, as Entra's does: nobody may use it as a key.
function pairwise(tid, oid, clientId) {
  return createHash('sha256').update(`${tid}|${oid}|${clientId}`).digest('base64url');
}

function shapeAccessToken(ctx, token, jwt, tenant) {
  const { iss, aud, iat, exp } = jwt.payload;
  const user = token.accountId && findUser(tenant.tid, token.accountId);
  const principal = daemon.principals[tenant.tid];
  const shared = {
    aud, iss, iat, nbf: iat, exp,
    azp: token.clientId,
    azpacr: token.clientId === cli.clientId ? '0' : ctx.oidc.params.client_assertion ? '2' : '1',
    rh: `1.${randomBytes(18).toString('base64url')}.`,
    tid: tenant.tid,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  };
  const own = user
    ? {
        idtyp: 'user',
        oid: user.oid,
        sub: pairwise(user.tid, user.oid, aud),
        name: user.name,
        preferred_username: user.username,
        scp: jwt.payload.scope,
        sid: token.sessionUid,
        roles: user.roles,
      }
    : { idtyp: 'app', oid: principal?.oid, sub: principal?.oid, roles: principal?.roles ?? [] };
  if (own.roles.length === 0) delete own.roles;
  jwt.header = { typ: 'JWT' };
  jwt.payload = { ...shared, ...own };
}

function now() {
  return Math.floor(Date.now() / 1000);
}
