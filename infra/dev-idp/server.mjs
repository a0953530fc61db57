#!/usr/bin/env node
// The development identity provider: `node server.mjs [options]`, see README.md.
//
// It mounts one provider per directory tenant and adds what Entra has on top: the shared
// `organizations` authority with a templated issuer, one page to pick an account, sign-out in
// front channels. Invariants: listens on loopback only; keeps everything in memory; tokens come
// from a tenant's provider only, never from the shared authority.

import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { app, cli, daemon, CONSUMERS, findUser, tenants, users } from './directory.mjs';
import { failure, pickAccount, signedOut } from './pages.mjs';
import { createProvider } from './provider.mjs';

const { values: options } = parseArgs({
  options: {
    address: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'redirect-path': { type: 'string', default: '/auth/callback' },
    'post-logout-path': { type: 'string', default: '/' },
    'frontchannel-logout-uri': { type: 'string' },
    'client-key': { type: 'string' },
  },
});
if (!/^(127(\.\d+){3}|localhost|::1)$/.test(options.address)) {
  console.error(`dev-idp: ${options.address} is no loopback address; this provider lets anybody in and stays on loopback`);
  process.exit(2);
}

const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
Object.assign(signingKey, { use: 'sig', alg: 'RS256', kid: randomBytes(16).toString('base64url') });
const publicKey = { kty: 'RSA', use: 'sig', kid: signingKey.kid, n: signingKey.n, e: signingKey.e };

const server = createServer((request, response) => {
  route(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) html(response, 500, failure(500, error.message));
  });
});
server.listen(Number(options.port), options.address, start);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

let origin;
const providers = new Map();
// One-time proofs that a person picked an account on the shared page: nonce -> oid.
const picks = new Map();

function start() {
  const host = options.address.includes(':') ? `[${options.address}]` : options.address;
  origin = `http://${host}:${server.address().port}`;
  const settings = {
    redirectPath: options['redirect-path'],
    postLogoutPath: options['post-logout-path'],
    clientKeys: options['client-key'] && [publicJwk(options['client-key'])],
  };
  tenants.forEach((tenant, index) => {
    providers.set(tenant.tid, createProvider(origin, tenant, index, signingKey, settings));
  });
  console.log(JSON.stringify({
    ready: true,
    origin,
    authority: `${origin}/organizations/v2.0`,
    client: {
      id: app.clientId,
      secret: options['client-key'] ? null : app.secret,
      redirect_path: settings.redirectPath,
      post_logout_path: settings.postLogoutPath,
    },
    api: { uri: app.uri, audience: app.clientId, scopes: app.scopes },
    cli: { id: cli.clientId },
    daemon: { id: daemon.clientId, secret: daemon.secret },
    tenants: tenants.map(({ tid, name }) => ({ tid, name, issuer: `${origin}/${tid}/v2.0` })),
    users,
  }));
}

// A PEM certificate, PEM public key or JWK file, as the key that the client signs its assertions with.
function publicJwk(file) {
  const text = readFileSync(file, 'utf8');
  if (text.trimStart().startsWith('{')) return { use: 'sig', ...JSON.parse(text) };
  const key = text.includes('BEGIN CERTIFICATE') ? new X509Certificate(text).publicKey : createPublicKey(text);
  return { ...key.export({ format: 'jwk' }), use: 'sig' };
}

async function route(request, response) {
  const url = new URL(request.url, origin);
  const [, authority, ...rest] = url.pathname.split('/');
  const path = rest.join('/');
  const shared = authority === 'organizations';
  const provider = providers.get(authority);
  if (!shared && !provider) return html(response, 404, failure(404, 'There is no such directory tenant.'));

  switch (`${request.method} ${path.replace(/^interaction\/.*/, 'interaction')}`) {
    case 'GET v2.0/.well-known/openid-configuration':
      return json(response, metadata(authority));
    case 'GET discovery/v2.0/keys':
      return json(response, { keys: [{ ...publicKey, issuer: issuer(authority) }] });
    case 'GET oauth2/v2.0/authorize':
      translateScope(url.searchParams);
      if (shared) return chooseTenant(url, request, response);
      return hand(provider, authority, request, response, `${path}?${url.searchParams}`);
    case 'POST oauth2/v2.0/authorize':
      return shared ? accountPicked(url, request, response) : html(response, 405, failure(405, 'Use GET.'));
    case 'POST oauth2/v2.0/token':
      return token(authority, request, response);
    case 'GET interaction':
    case 'POST interaction':
      return signIn(provider, authority, url, request, response);
    case 'GET oauth2/v2.0/logout':
    case 'POST oauth2/v2.0/logout':
      return signOut(url, request, response);
    default:
      return provider
        ? hand(provider, authority, request, response, `${path}${url.search}`)
        : html(response, 404, failure(404, 'There is no such page.'));
  }
}

function issuer(authority) {
  return `${origin}/${authority === 'organizations' ? '{tenantid}' : authority}/v2.0`;
}

function metadata(authority) {
  const base = `${origin}/${authority}`;
  return {
    issuer: issuer(authority),
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    userinfo_endpoint: `${origin}/${authority}/oidc/userinfo`,
    response_modes_supported: ['query'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
    code_challenge_methods_supported: ['S256'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'tid', 'oid', 'roles', 'ver', 'uti', 'sid', 'nonce',
      'auth_time', 'name', 'preferred_username', 'email'],
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    http_logout_supported: true,
  };
}

// Entra names an API inside `scope` (`api://app/access`, `api://app/.default`); the provider wants `resource`.
function translateScope(parameters) {
  const prefix = `${app.uri}/`;
  const asked = (parameters.get('scope') ?? '').split(' ').filter(Boolean);
  if (!asked.some((scope) => scope.startsWith(prefix))) return;
  const plain = asked.map((scope) => (scope.startsWith(prefix) ? scope.slice(prefix.length) : scope));
  const wanted = plain.flatMap((scope) => (scope === '.default' ? app.scopes : [scope]));
  parameters.set('scope', wanted.join(' '));
  parameters.set('resource', app.uri);
}

// The shared authority: which account, hence which tenant?
function chooseTenant(url, request, response) {
  if (url.searchParams.get('prompt') === 'none') {
    const tid = cookie(request, 'signed-in');
    if (providers.has(tid)) return redirect(response, `/${tid}${withoutAuthority(url)}`);
    const back = URL.parse(url.searchParams.get('redirect_uri') ?? '');
    if (!back || !loopback(back)) return html(response, 400, failure(400, 'redirect_uri is not registered.'));
    back.searchParams.set('error', 'login_required');
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    return redirect(response, back.href);
  }
  return html(response, 200, pickAccount(url.pathname + url.search, users, url.searchParams.get('login_hint')));
}

async function accountPicked(url, request, response) {
  const oid = new URLSearchParams(await body(request)).get('oid');
  const user = users.find((candidate) => candidate.oid === oid);
  if (!user) return html(response, 400, failure(400, 'There is no such account.'));
  // Whoever was signed in to this tenant before makes room for the picked account.
  await (await sessionOf(providers.get(user.tid), request, response)).destroy();
  const nonce = randomBytes(16).toString('base64url');
  picks.set(nonce, oid);
  translateScope(url.searchParams);
  url.searchParams.set('prompt', 'login');
  url.searchParams.set('picked', nonce);
  return redirect(response, `/${user.tid}${withoutAuthority(url)}`);
}

function withoutAuthority(url) {
  return `/${url.pathname.split('/').slice(2).join('/')}?${url.searchParams}`;
}

// A tenant's own sign-in: takes a pick of the shared page over, or lets the person pick here.
async function signIn(provider, tid, url, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  let oid = picks.get(params.picked);
  picks.delete(params.picked);
  if (request.method === 'POST') oid = new URLSearchParams(await body(request)).get('oid');
  if (!findUser(tid, oid)) {
    const own = users.filter((candidate) => candidate.tid === tid);
    return html(response, 200, pickAccount(url.pathname, own, params.login_hint));
  }
  response.setHeader('set-cookie', `signed-in=${tid}; path=/; httponly; samesite=lax`);
  return provider.interactionFinished(request, response, { login: { accountId: oid } }, { mergeWithLastSubmission: false });
}

// A code belongs to the tenant that issued it, whichever token endpoint it is brought to.
async function token(authority, request, response) {
  const parameters = new URLSearchParams(await body(request));
  translateScope(parameters);
  let tid = authority;
  if (parameters.get('grant_type') === 'client_credentials') {
    // Application permissions come as roles; a client asks for `.default`, never for single scopes.
    parameters.delete('scope');
  }
  if (authority === 'organizations') {
    const code = parameters.get('code') ?? '';
    for (const [candidate, provider] of providers) {
      if (await provider.AuthorizationCode.find(code)) tid = candidate;
    }
  }
  const provider = providers.get(tid);
  if (!provider || (tid === CONSUMERS && parameters.get('grant_type') === 'client_credentials')) {
    return json(response, { error: 'invalid_grant', error_description: 'no directory tenant knows this request' }, 400);
  }
  // The provider reads the parsed body: the stream is spent.
  request.body = Object.fromEntries(parameters);
  return hand(provider, tid, request, response, 'oauth2/v2.0/token');
}

// Ends the sessions of this browser in every tenant and tells the client in a frame, as Entra does.
async function signOut(url, request, response) {
  const frames = [];
  for (const provider of providers.values()) {
    const session = await sessionOf(provider, request, response);
    if (!session.accountId) continue;
    const logout = options['frontchannel-logout-uri'];
    if (logout && session.authorizations?.[app.clientId]) {
      const frame = new URL(logout);
      frame.searchParams.set('sid', session.uid);
      frames.push(frame.href);
    }
    await session.destroy();
  }
  response.setHeader('set-cookie', 'signed-in=; path=/; max-age=0');
  const next = URL.parse(url.searchParams.get('post_logout_redirect_uri') ?? '');
  if (next && url.searchParams.has('state')) next.searchParams.set('state', url.searchParams.get('state'));
  return html(response, 200, signedOut(frames, next && loopback(next) ? next.href : undefined));
}

function sessionOf(provider, request, response) {
  return provider.Session.get({ req: request, res: response, secure: false });
}

function loopback(url) {
  return url.hostname === 'localhost' || /^127(\.\d+){3}$/.test(url.hostname);
}

// Calls a tenant's provider as if it were mounted below `/<tid>`.
function hand(provider, tid, request, response, path) {
  request.originalUrl = `/${tid}/${path}`;
  request.url = `/${path}`;
  return provider.callback()(request, response);
}

async function body(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > 65536) throw new Error('the request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cookie(request, name) {
  const pairs = (request.headers.cookie ?? '').split(/; */).map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1];
}

function json(response, value, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

function html(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

function redirect(response, location) {
  response.writeHead(303, { location, 'cache-control': 'no-store' });
  response.end();
}
