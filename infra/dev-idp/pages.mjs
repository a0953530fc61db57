// The two pages a person sees: choosing an account, and having signed out.

import { tenants } from './directory.mjs';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; background: #f3f2f1; color: #201f1e; margin: 0; }
  main { max-width: 26rem; margin: 10vh auto; background: #fff; padding: 2rem; box-shadow: 0 2px 8px #0003; }
  h1 { font-size: 1.4rem; margin-top: 0; }
  button { display: block; width: 100%; text-align: left; font: inherit; padding: .6rem .8rem; margin: .4rem 0;
    background: #fff; border: 1px solid #8a8886; cursor: pointer; }
  button:hover, button:focus { background: #edebe9; }
  small { color: #484644; display: block; }
  iframe { display: none; }`;

function page(title, body) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;
}

export function pickAccount(action, users, hint) {
  const name = (user) => tenants.find(({ tid }) => tid === user.tid).name;
  const ordered = [...users].sort((a, b) => (b.username === hint) - (a.username === hint));
  const buttons = ordered.map((user) => `
    <button name="oid" value="${escape(user.oid)}">${escape(user.name)}
      <small>${escape(user.username)} · ${escape(name(user))}</small></button>`);
  return page('Sign in', `<p>Development identity provider. Pick an account.</p>
    <form method="post" action="${escape(action)}">${buttons.join('')}</form>`);
}

export function signedOut(frames, next) {
  const iframes = frames.map((src) => `<iframe src="${escape(src)}" title="sign-out"></iframe>`).join('');
  const onward = next
    ? `<p><a id="next" href="${escape(next)}">Continue</a></p>
       <script>addEventListener('load', () => location.replace(document.getElementById('next').href));</script>`
    : '';
  return page('You are signed out', `<p>Close this window, or sign in again.</p>${onward}${iframes}`);
}

export function failure(status, text) {
  return page(`Error ${status}`, `<p>${escape(text)}</p>`);
}

function escape(text) {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
