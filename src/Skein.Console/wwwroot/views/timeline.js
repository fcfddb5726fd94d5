import { h, show, empty } from '../dom.js';
import { get } from '../api.js';
import { moment, several } from '../format.js';

const page = 100;
const text = value => value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 1);

export function timeline(main, app) {
  const list = h('ol.time'), card = h('section.card.flush', null, list), more = h('button', { type: 'button', hidden: true, onclick: () => load(true) }, 'Earlier');
  const fresh = h('button', { type: 'button', onclick: () => load(false) }, 'Refresh');
  show(main, h('div.head', null, h('h1', null, 'Timeline'), h('span.muted', null, 'who changed what, when and why'), h('span.grow'), fresh), card, h('div.actions', null, more));
  let first = 0, newest = -1;

  async function load(earlier) {
    const reply = await app.guard(() => get(`/v1/cluster?what=history&limit=${page}${earlier && first > 1 ? '&to=' + (first - 1) : ''}`));
    if (!reply) { if (!list.children.length) show(card, empty('The timeline cannot be read', 'Try again when the cluster answers.')); return; }
    const entries = [...reply.entries].reverse();
    if (!earlier) { list.replaceChildren(); newest = entries[0]?.version ?? 0; }
    for (const entry of entries) list.append(entry.missing_to
      ? h('li', null, h('span.num.muted', null, `${entry.version}–${entry.missing_to}`), h('span.muted', null, 'No proxy knows these versions any more.'), '')
      : item(entry));
    first = entries.at(-1)?.version ?? 1;
    more.hidden = first <= 1 || entries.length < page;
    if (!list.children.length) show(card, empty('Nothing has happened yet', 'Each change of the cluster appears here, with who asked for it.'));
  }

  function item(entry) {
    const place = h('div');
    const button = h('button', { type: 'button', 'aria-expanded': 'false', 'aria-label': `Changes of version ${entry.version}`, onclick: async () => {
      if (place.firstChild) { place.replaceChildren(); button.setAttribute('aria-expanded', 'false'); return; }
      const diff = await app.guard(() => get(`/v1/cluster?what=history_diff&from=${entry.version - 1}&to=${entry.version}`));
      if (!diff) return;
      button.setAttribute('aria-expanded', 'true');
      show(place, diff.changes.length === 0 ? h('p.muted', null, 'Nothing but the stamp.') : h('div.diff', null,
        h('strong', null, 'Where'), h('strong', null, 'Before'), h('strong', null, 'After'),
        diff.changes.map(change => [h('span.mono', null, change.path), h('span.mono.old', null, text(change.before)), h('span.mono.new', null, text(change.after))])),
        diff.truncated && h('p.muted', null, 'There is more; the command line shows all: skein cluster history diff.'));
    } }, 'Changes');
    button.disabled = entry.version <= 1;
    return h('li', null, h('span.num', null, String(entry.version)),
      h('div', null, h('div.break', null, entry.what || 'a change'), h('div.muted.break', null, `${moment(entry.time)} · by ${entry.who || 'the cluster'} · term ${entry.term}${entry.why ? ' · ' + entry.why : ''}`), place), button);
  }

  load(false);
  return { update(view) { if (newest >= 0 && view.control.version > newest) fresh.textContent = `Refresh (${several(view.control.version - newest, 'new change')})`; else fresh.textContent = 'Refresh'; } };
}
