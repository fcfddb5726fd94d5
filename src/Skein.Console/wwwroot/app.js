import { h, show, toast } from './dom.js';
import { overview } from './views/overview.js';
import { members, member } from './views/members.js';
import { timeline } from './views/timeline.js';
import { jobs } from './views/jobs.js';
import { buckets } from './views/buckets.js';
import { objects } from './views/objects.js';

const views = [
  ['', 'Overview', overview], ['members', 'Members', members], ['jobs', 'Jobs', jobs], ['buckets', 'Buckets', buckets], ['timeline', 'Timeline', timeline],
];
const deeper = { member, objects };
const main = document.getElementById('main');
const app = { view: null, history: [], get writable() { return Boolean(this.view?.writable) && !this.lost; }, lost: false, guard };
let current = null;

async function guard(work, done) {
  try {
    const result = await work();
    if (done) toast(done);
    return result;
  } catch (error) {
    toast(error.message, true);
    return undefined;
  }
}

function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map(part => { try { return decodeURIComponent(part); } catch { return part; } });
  const found = views.find(view => view[0] === name) ?? [name, '', deeper[name] ?? overview];
  const shown = { member: 'members', objects: 'buckets' }[name] ?? name;
  show(document.getElementById('nav'), views.map(view =>
    h('a', { href: '#/' + view[0], 'aria-current': view[0] === shown ? 'page' : undefined }, view[1])));
  current?.close?.();
  show(main);
  current = found[2](main, app, rest);
  document.title = (views.find(view => view[0] === shown)?.[1] ?? 'Overview') + ' – Skein';
  if (app.view) current?.update?.(app.view);
}

function take(view) {
  app.view = view;
  const targets = view.nodes.filter(node => node.role === 'target');
  app.history.push({ read: targets.reduce((sum, node) => sum + node.readRate, 0), write: targets.reduce((sum, node) => sum + node.writeRate, 0) });
  if (app.history.length > 120) app.history.shift();
  status();
  current?.update?.(view);
}

function status() {
  const { view, lost } = app;
  const pill = document.getElementById('verdict');
  const level = lost ? 'critical' : view?.health.level ?? '';
  pill.className = 'pill ' + level;
  pill.textContent = lost ? 'No connection' : !view ? 'Connecting…' : { ok: 'Healthy', warning: 'Needs attention', critical: 'In trouble' }[level];
  document.getElementById('where').textContent = view ? `${view.cluster || 'no cluster'} · seen from ${view.node}` : '';
  document.getElementById('banner').textContent = lost
    ? 'This proxy does not answer. What is shown was true a while ago; the console tries again.'
    : view && !view.writable ? 'No majority on this side: the cluster can be looked at and not changed.' : '';
}

function connect() {
  const source = new EventSource('/v1/console/events');
  source.onmessage = event => { app.lost = false; take(JSON.parse(event.data)); };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
    setTimeout(() => { if (source.readyState !== EventSource.OPEN) { app.lost = true; status(); } }, 3000);
  };
}

function theme() {
  const button = document.getElementById('theme');
  const order = ['auto', 'light', 'dark'];
  let chosen = localStorage.getItem('skein-theme') ?? 'auto';
  const apply = () => {
    if (chosen === 'auto') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = chosen;
    button.textContent = { auto: 'Auto', light: 'Light', dark: 'Dark' }[chosen];
    button.setAttribute('aria-label', `Auto, light or dark: ${button.textContent}`);
  };
  button.addEventListener('click', () => { chosen = order[(order.indexOf(chosen) + 1) % 3]; localStorage.setItem('skein-theme', chosen); apply(); });
  apply();
}

// Keys: g and then the first letter of a view; / for the search field.
let goes = false;
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || document.querySelector('dialog[open]')) return;
  if (goes) {
    goes = false;
    const view = views.find(one => one[1][0].toLowerCase() === event.key);
    if (view) { location.hash = '#/' + view[0]; main.focus(); }
  } else if (event.key === 'g') goes = true;
  else if (event.key === '/') { const field = main.querySelector('input[type=search]'); if (field) { event.preventDefault(); field.focus(); } }
});
addEventListener('hashchange', route);
theme();
route();
connect();
