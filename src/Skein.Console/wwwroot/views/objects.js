import { h, show, rows, empty, ask, toast } from '../dom.js';
import { get, call, bucketPath, objectPath } from '../api.js';
import { bytes, count, several } from '../format.js';
import { title, properties, address } from './buckets.js';

const DIRECTORY = 256, NON_RECURSIVE = 2048, page = 1000;

export function objects(main, app, [name, query = '', ...prefixParts]) {
  const parts = new URLSearchParams(query), space = parts.get('namespace') ?? '';
  const bucket = { name, provider: parts.get('provider') ?? 'ais', namespace: { uuid: /^@([^#]*)/.exec(space)?.[1] ?? '', name: /#(.*)$/.exec(space)?.[1] ?? '' } };
  const prefix = prefixParts.join('/');
  const link = more => address(bucket) + (more ? '/' + more.split('/').map(encodeURIComponent).join('/') : '');
  const search = h('input', { type: 'search', placeholder: 'Names that begin with…', 'aria-label': 'Names that begin with', onchange: () => start() });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, 'aria-label': 'Files to upload', onchange: () => upload([...picker.files]) });
  const add = h('button.primary', { type: 'button', onclick: () => picker.click() }, 'Upload');
  const state = h('span.muted', { 'aria-live': 'polite' });
  const narrow = matchMedia('(max-width: 640px)').matches;
  const list = rows({ label: 'Objects', heads: narrow ? ['Name', 'Size'] : ['Name', 'Size', ''], columns: narrow ? 'minmax(0, 1fr) 80px' : 'minmax(0, 1fr) 120px 200px', more: () => load() });
  const card = h('section.card.flush');
  const folders = prefix.split('/').slice(0, -1);
  show(main, h('div.head', null, h('nav.crumbs', { 'aria-label': 'Path' }, h('a', { href: '#/buckets' }, 'Buckets'), h('span.muted', null, '/'), h('h1', null, folders.length ? h('a', { href: link('') }, title(bucket)) : title(bucket)),
    folders.map((folder, i) => [h('span.muted', null, '/'), h('a', { href: link(folders.slice(0, i + 1).join('/') + '/') }, folder || '(empty)')])), h('span.grow'), state, search, h('button', { type: 'button', onclick: () => properties(app, bucket).then(changed => changed && start()) }, 'Properties'), picker, add), card);
  card.addEventListener('dragover', event => event.preventDefault());
  card.addEventListener('drop', event => { event.preventDefault(); upload([...event.dataTransfer.files]); });
  let entries = [], token = '', busy = false, over = false, run = 0;

  function start() { run++; entries = []; token = ''; over = false; busy = false; load(); }
  async function load() {
    if (busy || over) return;
    busy = true;
    const mine = run;
    const reply = await app.guard(() => get(bucketPath(bucket, { prefix: prefix + search.value, flags: String(NON_RECURSIVE), props: 'name,size', pagesize: String(page), continuation_token: token })));
    if (mine !== run) return;
    busy = false;
    if (!reply) { over = true; if (!entries.length) show(card, empty('The objects cannot be listed', 'Try again when the cluster answers.')); return; }
    entries.push(...(reply.entries ?? []).filter(entry => entry.name !== prefix));
    token = reply.continuation_token;
    over = !token;
    state.textContent = over ? several(entries.length, 'entry', 'entries') : `${count(entries.length)} entries and more`;
    if (!entries.length) { show(card, prefix || search.value ? empty('Nothing here', 'No object has a name that begins so.') : empty('No objects yet', 'Drop files here, or use Upload.')); return; }
    if (!card.contains(list.element)) show(card, list.element);
    list.set(entries, row);
  }
  function row(entry) {
    const short = entry.name.slice(prefix.length);
    if (entry.flags & DIRECTORY) {
      const whole = entry.name.endsWith('/') ? entry.name : entry.name + '/';
      return [h('a', { href: link(whole), title: whole }, short.replace(/\/?$/, '/')), h('span'), narrow ? null : h('span')];
    }
    return [h('button.link', { type: 'button', title: entry.name, onclick: () => detail(entry) }, short), h('span.num', null, bytes(entry.size ?? 0)),
      narrow ? null : h('span.right', null, h('a.button', { href: objectPath(bucket, entry.name), download: short, 'aria-label': 'Download ' + short }, 'Download'))];
  }
  async function upload(files) {
    for (const file of files) {
      state.textContent = `Uploading ${file.name}, ${bytes(file.size)}`;
      await app.guard(() => call('PUT', objectPath(bucket, prefix + file.name), file), `${file.name} is stored`);
    }
    picker.value = '';
    start();
  }
  async function detail(entry) {
    const found = await app.guard(async () => {
      const head = await call('HEAD', objectPath(bucket, entry.name));
      const where = await get(bucketPath(bucket, { prefix: entry.name, props: 'name,size,location,copies', pagesize: '1' }));
      return { head, where: where.entries?.find(one => one.name === entry.name) };
    });
    if (!found) return;
    const names = [['Checksum', found.head.headers.get('Ais-Checksum-Value'), found.head.headers.get('Ais-Checksum-Type')], ['Version', found.head.headers.get('Ais-Version')], ['Custom', found.head.headers.get('Ais-Custom-Md')]];
    const gone = await ask(entry.name, (body, done) => body.append(
      h('dl.props', null, h('dt', null, 'Size'), h('dd.num', null, `${bytes(entry.size ?? 0)} (${several(Number(entry.size ?? 0), 'byte')})`),
        h('dt', null, 'Lives on'), h('dd.mono', null, found.where?.location ?? new URL(found.head.url).host),
        names.filter(([, value]) => value).map(([key, value, more]) => [h('dt', null, key), h('dd.mono', null, more ? `${more} ${value}` : value)])),
      h('div.actions', null,
        h('button.danger', { type: 'button', onclick: async event => {
          if (event.target.dataset.sure) { if (await app.guard(async () => { await call('DELETE', objectPath(bucket, entry.name)); return true; }, `${entry.name} is deleted`)) done(true); }
          else { event.target.dataset.sure = '1'; event.target.textContent = 'Delete for good?'; }
        } }, 'Delete'),
        h('a.button', { href: objectPath(bucket, entry.name), download: entry.name.split('/').pop() }, 'Download'),
        h('button', { type: 'button', onclick: () => done(null) }, 'Close'))));
    if (gone) start();
  }
  load();
  return { update() { add.disabled = !app.view; } };
}
