import { h, show, rows, empty, ask } from '../dom.js';
import { get, call, action, bucketPath, bucketQuery } from '../api.js';
import { bytes, count, several } from '../format.js';

export const title = bucket => `${bucket.provider || 'ais'}://${bucket.namespace?.uuid ? '@' + bucket.namespace.uuid : ''}${bucket.namespace?.name ? '#' + bucket.namespace.name : ''}${bucket.namespace?.uuid || bucket.namespace?.name ? '/' : ''}${bucket.name}`;
export const address = bucket => `#/objects/${encodeURIComponent(bucket.name)}/${encodeURIComponent(bucketQuery(bucket).toString())}`;

export function buckets(main, app) {
  const search = h('input', { type: 'search', placeholder: 'Find a bucket', 'aria-label': 'Find a bucket', oninput: () => draw() });
  const create = h('button.primary', { type: 'button', onclick: () => make() }, 'Create bucket');
  const list = rows({ label: 'Buckets', heads: ['Bucket', ''], columns: 'minmax(0, 1fr) auto', height: 46 });
  const card = h('section.card.flush');
  show(main, h('div.head', null, h('h1', null, 'Buckets'), h('span.grow'), search, create), card);
  let all = null, seen = -1;

  async function load() {
    const found = await app.guard(() => get('/v1/buckets'));
    if (found) { all = found; draw(); } else if (!all) show(card, empty('The buckets cannot be read', 'Try again when the cluster answers.'));
  }
  function draw() {
    if (!all) return;
    const word = search.value.trim().toLowerCase();
    const shown = all.filter(bucket => title(bucket).toLowerCase().includes(word));
    if (shown.length === 0) {
      show(card, all.length ? empty('No bucket matches', 'Search for a part of its name.') : empty('No buckets yet', 'A bucket is a named set of objects. Create the first one here, or with ', h('span.mono', null, 'skein bucket create ais://NAME'), '.'));
      return;
    }
    show(card, list.element);
    list.set(shown, bucket => [h('a', { href: address(bucket), title: title(bucket) }, title(bucket)),
      h('button', { type: 'button', 'aria-label': 'Properties of ' + title(bucket), onclick: () => properties(app, bucket).then(changed => changed && load()) }, 'Properties')]);
  }
  async function make() {
    const name = await ask('Create a bucket', (body, done) => {
      const field = h('input', { required: true, maxlength: 64, pattern: '[A-Za-z0-9._\\-]+', autofocus: true, autocomplete: 'off' });
      body.append(h('form', { method: 'dialog', onsubmit: event => { event.preventDefault(); done(field.value.trim()); } },
        h('label.field', null, 'Name: letters, digits, dots, dashes and underscores', field),
        h('div.actions', null, h('button', { type: 'button', onclick: () => done(null) }, 'Cancel'), h('button.primary', { type: 'submit' }, 'Create'))));
    });
    if (name && await app.guard(() => action('create-bck', null, '/v1/buckets/' + encodeURIComponent(name), 'POST').then(() => true), `${name} is there`)) load();
  }
  load();
  return { update(view) { create.disabled = !app.writable; if (seen >= 0 && seen !== view.buckets) load(); seen = view.buckets; } };
}

// Number and size of objects: a job of the targets, asked for until it has ended, for a bounded time.
async function sums(bucket, place) {
  try {
    const begun = await call('HEAD', bucketPath(bucket, { bsumm_remote: 'false' }));
    const id = begun.headers.get('Ais-Xaction-Id');
    for (let i = 0; i < 40; i++) {
      await new Promise(next => setTimeout(next, 250));
      const answer = await call('HEAD', bucketPath(bucket, { bsumm_remote: 'false', uuid: id }));
      const summary = answer.status === 200 && answer.headers.get('Ais-Bucket-Summ');
      if (summary) { const sum = JSON.parse(summary); place.textContent = `${several(Number(sum.ObjCount.obj_count_present), 'object')}, ${bytes(sum.TotalSize.size_all_present_objs ?? sum.TotalSize.size_on_disk)}`; return; }
    }
    place.textContent = 'still being counted';
  } catch (error) { place.textContent = error.message; }
}

function flat(value, prefix = '') {
  return Object.entries(value).flatMap(([key, inner]) => inner && typeof inner === 'object' && !Array.isArray(inner) ? flat(inner, prefix + key + '.') : [[prefix + key, inner]]);
}

export async function properties(app, bucket) {
  const answer = await app.guard(() => call('HEAD', bucketPath(bucket)));
  if (!answer) return false;
  const props = JSON.parse(answer.headers.get('Ais-Bucket-Props') ?? '{}');
  return ask(title(bucket), (body, done) => {
    const total = h('dd.num', null, 'counting…');
    const list = h('dl.props', null, h('dt', null, 'Objects'), total, flat(props).map(([key, value]) => [h('dt', null, key), h('dd.mono', null, String(value))]));
    const field = h('textarea', { spellcheck: 'false', 'aria-label': 'Properties to change, in JSON', value: JSON.stringify({ versioning: props.versioning, checksum: props.checksum, lru: props.lru }, null, 2) });
    const editor = h('details', null, h('summary', null, 'Change properties'), h('div.stack', null, h('p.muted', null, 'JSON with the properties to set; what is not named stays.'), field,
      h('div.actions', null, h('button.primary', { type: 'button', disabled: !app.writable, onclick: async () => {
        const done2 = await app.guard(async () => { await action('set-bprops', JSON.parse(field.value), bucketPath(bucket), 'PATCH'); return true; }, 'The properties are set');
        if (done2) done(true);
      } }, 'Set'))));
    const confirm = h('input', { 'aria-label': 'Name of the bucket', autocomplete: 'off', oninput: () => { destroy.disabled = !app.writable || confirm.value !== bucket.name; } });
    const destroy = h('button.danger', { type: 'button', disabled: true, onclick: async () => {
      if (await app.guard(async () => { await action('destroy-bck', null, bucketPath(bucket), 'DELETE'); return true; }, `${bucket.name} is destroyed`)) done(true);
    } }, 'Destroy');
    body.append(list, editor, h('details', null, h('summary', null, 'Destroy the bucket'), h('div.stack', null, h('p.note.critical', null, 'All its objects are lost. Type its name to confirm.'), h('div.head', null, confirm, destroy))),
      h('div.actions', null, h('button', { type: 'button', onclick: () => done(false) }, 'Close')));
    sums(bucket, total);
  });
}
