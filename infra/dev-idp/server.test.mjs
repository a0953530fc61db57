// The provider from outside, as a relying party and a browser see it: `npm test`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./server.mjs', import.meta.url));
const CALLBACK = 'http://localhost:8080/auth/callback';
const running = [];
let idp;

before(async () => {
  idp = await startIdp('--frontchannel-logout-uri', 'http://localhost:8080/auth/frontchannel-logout');
});
after(() => running.forEach((child) => child.kill()));

async function startIdp(...options) {
  const child = spawn(process.execPath, [SERVER, '--address', '127.77.254.254', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.includes('\n')) return JSON.parse(text);
  }
  throw new Error('the provider ended before it was ready');
}

// A browser: follows redirects within the provider, keeps cookies by path.
class Browser {
  cookies = new Map();

  async go(url, form) {
    for (;;) {
      const { pathname } = new URL(url);
      const sent = [...this.cookies.values()].filter((cookie) => pathname.startsWith(cookie.path));
      const answer = await fetch(url, {
        redirect: 'manual',
        method: form ? 'POST' : 'GET',
        body: form && new URLSearchParams(form),
        headers: { cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') },
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        const path = /; *path=([^;]*)/i.exec(line)?.[1] ?? '/';
        this.cookies.set(`${name} ${path}`, { name, value, path });
      }
      const location = answer.headers.get('location');
      if (!location) return { url, status: answer.status, text: await answer.text() };
      [url, form] = [new URL(location, url).href, undefined];
      if (!url.startsWith(idp.origin)) return { url };
    }
  }
}

function person(username) {
  return idp.users.find((user) => user.username === username);
}

function authorizeUrl(endpoint, changes = {}) {
  const url = new URL(endpoint);
  const parameters = {
    client_id: idp.client.id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid profile',
    state: 'the-state', nonce: 'the-nonce', code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'), ...changes,
  };
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}

async function discover(authority) {
  return (await fetch(`${idp.origin}/${authority}/v2.0/.well-known/openid-configuration`)).json();
}

async function exchange(endpoint, form) {
  const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) });
  return { status: answer.status, ...await answer.json() };
}

async function signIn(browser, username, changes) {
  const { authorization_endpoint: endpoint } = await discover('organizations');
  const picker = authorizeUrl(endpoint, changes);
  assert.match((await browser.go(picker)).text, /Pick an account/);
  const callback = new URL((await browser.go(picker, { oid: person(username).oid })).url);
  assert.ok(callback.searchParams.has('code'), callback.href);
  return callback;
}

async function codeToTokens(code, changes) {
  const { token_endpoint: endpoint } = await discover('organizations');
  return exchange(endpoint, {
    grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: 'v'.repeat(43),
    client_id: idp.client.id, client_secret: idp.client.secret, ...changes,
  });
}

async function verified(token, authority = 'organizations') {
  const { jwks_uri: uri } = await discover(authority);
  const { keys: [key] } = await (await fetch(uri)).json();
  const [header, payload, signature] = token.split('.');
  assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature, 'base64url')));
  const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  assert.deepEqual(decode(header), { typ: 'JWT', alg: 'RS256', kid: key.kid });
  return decode(payload);
}

test('the shared authority has a templated issuer, a tenant its own', async () => {
  const [shared, own] = [await discover('organizations'), await discover(idp.tenants[0].tid)];
  const keys = async (metadata) => (await (await fetch(metadata.jwks_uri)).json()).keys;

  assert.equal(shared.issuer, `${idp.origin}/{tenantid}/v2.0`);
  assert.equal(own.issuer, idp.tenants[0].issuer);
  assert.equal((await keys(shared))[0].issuer, shared.issuer);
  assert.equal((await keys(own))[0].issuer, own.issuer);
});

test('an owner signs in through the shared authority and gets an ID token of the own tenant', async () => {
  const user = person('ada.byron@contoso.test');
  const callback = await signIn(new Browser(), user.username);
  assert.equal(callback.origin + callback.pathname, CALLBACK);
  assert.equal(callback.searchParams.get('state'), 'the-state');

  const tokens = await codeToTokens(callback.searchParams.get('code'));
  const claims = await verified(tokens.id_token);

  const { iss, aud, tid, oid, roles, ver, nonce, preferred_username: username, name } = claims;
  assert.deepEqual({ iss, aud, tid, oid, roles, ver, nonce, username, name }, {
    iss: idp.tenants[0].issuer, aud: idp.client.id, tid: user.tid, oid: user.oid, roles: ['Syncline.Owner'],
    ver: '2.0', nonce: 'the-nonce', username: user.username, name: user.name,
  });
  for (const claim of ['sub', 'uti', 'sid', 'nbf', 'iat', 'exp']) assert.ok(claims[claim], claim);
  assert.notEqual(claims.sub, user.oid);
});

test('a code is good once, and only with its verifier and the client secret', async () => {
  const code = async () => (await signIn(new Browser(), 'olga.tanaka@fabrikam.test')).searchParams.get('code');

  const used = await code();
  assert.equal((await codeToTokens(used)).status, 200);
  assert.equal((await codeToTokens(used)).error, 'invalid_grant');
  assert.equal((await codeToTokens(await code(), { code_verifier: 'w'.repeat(43) })).error, 'invalid_grant');
  assert.equal((await codeToTokens(await code(), { client_secret: 'wrong' })).error, 'invalid_client');
});

test('two people of two tenants sign in one after the other in one browser', async () => {
  const browser = new Browser();
  const claims = async (username) => {
    const callback = await signIn(browser, username);
    return verified((await codeToTokens(callback.searchParams.get('code'))).id_token);
  };

  assert.equal((await claims('ada.byron@contoso.test')).name, 'Ada Byron');
  assert.equal((await claims('ben.costa@contoso.test')).name, 'Ben Costa');
  assert.equal((await claims('olga.tanaka@fabrikam.test')).tid, idp.tenants[1].tid);
});

test('without a session, prompt=none answers login_required; with one, it signs in silently', async () => {
  const browser = new Browser();
  const { authorization_endpoint: endpoint } = await discover('organizations');
  const silent = () => browser.go(authorizeUrl(endpoint, { prompt: 'none' }));

  assert.equal(new URL((await silent()).url).searchParams.get('error'), 'login_required');
  await signIn(browser, 'ada.byron@contoso.test');
  assert.ok(new URL((await silent()).url).searchParams.get('code'));
});

test('a personal account gets a token of the consumer tenant, for the relying party to refuse', async () => {
  const callback = await signIn(new Browser(), 'pat@outlook.example');
  const claims = await verified((await codeToTokens(callback.searchParams.get('code'))).id_token);

  assert.equal(claims.tid, '9188040d-6c67-4c5b-b112-36a304b66dad');
});

test('a redirect address may use any loopback port, and no other path or host', async () => {
  const { authorization_endpoint: endpoint } = await discover(idp.tenants[0].tid);
  const status = async (address) => (await new Browser().go(authorizeUrl(endpoint, { redirect_uri: address }))).status;

  assert.equal(await status('http://127.0.0.1:45678/auth/callback'), 200);
  assert.equal(await status('http://localhost:8080/elsewhere'), 400);
  assert.equal(await status('http://example.test/auth/callback'), 400);
});

test('the command line gets an access token for the API in the user\'s name', async () => {
  const browser = new Browser();
  const asked = { client_id: idp.cli.id, redirect_uri: 'http://localhost:53123/callback' };
  const callback = await signIn(browser, 'ben.costa@contoso.test',
    { ...asked, scope: 'openid profile api://syncline/access' });
  const { token_endpoint: endpoint } = await discover('organizations');
  const tokens = await exchange(endpoint, {
    grant_type: 'authorization_code', code: callback.searchParams.get('code'), code_verifier: 'v'.repeat(43), ...asked,
  });

  assert.equal(tokens.status, 200, tokens.error_description);
  const claims = await verified(tokens.access_token);

  const { aud, iss, azp, idtyp, scp, oid, ver, roles } = claims;
  assert.deepEqual({ aud, iss, azp, idtyp, scp, oid, ver, roles }, {
    aud: idp.api.audience, iss: idp.tenants[0].issuer, azp: idp.cli.id, idtyp: 'user', scp: 'access',
    oid: person('ben.costa@contoso.test').oid, ver: '2.0', roles: ['Syncline.Admin'],
  });
  assert.equal(claims.client_id, undefined);
});

test('the daemon has its application role in one tenant and none in the other', async () => {
  const claims = async (tid) => {
    const tokens = await exchange(`${idp.origin}/${tid}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', scope: 'api://syncline/.default',
      client_id: idp.daemon.id, client_secret: idp.daemon.secret,
    });
    return verified(tokens.access_token, tid);
  };
  const [first, second] = [await claims(idp.tenants[0].tid), await claims(idp.tenants[1].tid)];

  assert.deepEqual([first.idtyp, first.roles, first.scp], ['app', ['Syncline.Automation'], undefined]);
  assert.deepEqual([second.idtyp, second.roles, second.aud], ['app', undefined, idp.api.audience]);
  assert.equal(first.sub, first.oid);
  const shared = await exchange(`${idp.origin}/organizations/oauth2/v2.0/token`, {
    grant_type: 'client_credentials', scope: 'api://syncline/.default',
    client_id: idp.daemon.id, client_secret: idp.daemon.secret,
  });
  assert.equal(shared.error, 'invalid_grant');
});

test('signing out tells the client in a frame, with the sid of the ID token, and ends the session', async () => {
  const browser = new Browser();
  const callback = await signIn(browser, 'ada.byron@contoso.test');
  const { sid } = await verified((await codeToTokens(callback.searchParams.get('code'))).id_token);
  const { end_session_endpoint: logout, authorization_endpoint: endpoint } = await discover('organizations');

  const { text } = await browser.go(`${logout}?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F&state=s`);

  assert.ok(text.includes(`/auth/frontchannel-logout?sid=${sid}`), text);
  assert.ok(text.includes('http://localhost:8080/?state=s'), text);
  const silent = await browser.go(authorizeUrl(endpoint, { prompt: 'none' }));
  assert.equal(new URL(silent.url).searchParams.get('error'), 'login_required');
});

test('with a client key, the client proves itself by a signed assertion and the secret is refused', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dev-idp-'));
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = join(directory, 'client.pem');
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
  const plain = idp;
  idp = await startIdp('--client-key', file);
  try {
    const { token_endpoint: endpoint } = await discover('organizations');
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({
      iss: idp.client.id, sub: idp.client.id, aud: endpoint, jti: randomUUID(), exp: Math.floor(Date.now() / 1000) + 60,
    })}`;
    const assertion = `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
    const code = async () => (await signIn(new Browser(), 'ada.byron@contoso.test')).searchParams.get('code');

    const answer = await exchange(endpoint, {
      grant_type: 'authorization_code', code: await code(), redirect_uri: CALLBACK, code_verifier: 'v'.repeat(43),
      client_id: idp.client.id, client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const refused = await codeToTokens(await code(), { client_secret: plain.client.secret });

    assert.equal((await verified(answer.id_token)).name, 'Ada Byron');
    assert.equal(refused.error, 'invalid_client');
  } finally {
    idp = plain;
    rmSync(directory, { recursive: true });
  }
});

test('an address that is not loopback is refused', async () => {
  const child = spawn(process.execPath, [SERVER, '--address', '0.0.0.0'], { stdio: 'ignore' });
  const [code] = await new Promise((resolve) => child.on('exit', (...status) => resolve(status)));

  assert.equal(code, 2);
});
