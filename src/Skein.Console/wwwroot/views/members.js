import { h, show, bar, pill, rows, table, empty, ask } from '../dom.js';
import { bytes, count, span, level, state, several } from '../format.js';
import { action, call } from '../api.js';
import { join, force } from './membership.js';

const flags = [[1 << 5, 'moves objects between its disks'], [1 << 6, 'was cut off while moving objects'], [1 << 8, 'a mountpath is full'], [1 << 11, 'a mountpath is nearly full'], [1 << 13, 'a disk fails']];
const voterOf = (view, id) => view.control.voters.find(voter => voter.id === id);
const controlOf = (view, id) => view.control.nodes.find(node => node.id === id) ?? { lag: -1, last_heard_ms: -1, lease_ms: 0 };
const part = (view, node) => node.id === view.control.primary ? 'primary' : voterOf(view, node.id)?.witness ? 'witness' : voterOf(view, node.id) ? 'voter' : '';

export function members(main, app) {
  const search = h('input', { type: 'search', placeholder: 'Find a node', 'aria-label': 'Find a node', oninput: () => app.view && draw(app.view) });
  const summary = h('span.muted');
  const narrow = matchMedia('(max-width: 640px)').matches;
  const list = rows({
    label: 'Members', height: 44,
    columns: narrow ? 'minmax(0, 1fr) auto' : 'minmax(150px, 1.4fr) minmax(110px, .8fr) minmax(120px, 1fr) 60px 90px 90px minmax(90px, 1fr) 110px',
    heads: narrow ? ['Node', 'State'] : ['Node', 'Part', 'State', 'Lag', 'Heard', 'Lease', 'Space', 'Reads / writes'],
  });
  const card = h('section.card.flush', null, list.element);
  show(main, h('div.head', null, h('h1', null, 'Members'), summary, h('span.grow'), search, h('button.primary', { type: 'button', onclick: () => join(app) }, 'Join a node')), card);
  function draw(view) {
    const word = search.value.trim().toLowerCase();
    const nodes = view.nodes.filter(node => !word || `${node.id} ${node.role} ${state(node)} ${part(view, node)}`.toLowerCase().includes(word));
    summary.textContent = `term ${view.control.term}, ${several(view.control.voters.length, 'voter')}, ${several(view.nodes.length, 'node')}`;
    list.set(nodes, node => {
      const control = controlOf(view, node.id), role = part(view, node);
      const name = h('a', { href: '#/member/' + encodeURIComponent(node.id), title: node.id }, node.id);
      const mark = pill(level(node), state(node));
      return narrow ? [name, mark] : [
        name, h('span', null, node.role + (role ? ', ' + role : '')), h('span', null, mark),
        h('span.num', null, control.lag < 0 ? '–' : String(control.lag)), h('span.num', null, control.last_heard_ms < 0 ? '–' : control.last_heard_ms + ' ms'),
        h('span.num', null, node.role !== 'target' ? '' : control.lease_ms > 0 ? (control.lease_ms / 1000).toFixed(1) + ' s' : 'none'),
        node.role === 'target' ? bar(node.used, node.used + node.available) : h('span'),
        h('span.num', null, node.role === 'target' ? `${bytes(node.readRate)} / ${bytes(node.writeRate)}` : ''),
      ];
    });
    list.element.hidden = nodes.length === 0;
    card.querySelector('.empty')?.remove();
    if (nodes.length === 0) card.append(empty('No node matches', 'Search for an id, a role or a state.'));
  }
  return { update: draw };
}

export function member(main, app, [id]) {
  const body = h('div.stack');
  const buttons = h('div.actions');
  show(main, h('div.head', null, h('a', { href: '#/members' }, 'Members'), h('span.muted', null, '/'), h('h1.break', null, id), h('span.grow'), buttons), body);
  let made = '';
  return {
    update(view) {
      const node = view.nodes.find(one => one.id === id);
      if (!node) { show(body, h('section.card', null, empty('This node is not in the cluster', 'It has left, or it has another id.'))); show(buttons); return; }
      const control = controlOf(view, id), role = part(view, node), out = /maintenance|decommission|shutdown/.test(node.state);
      const key = `${out}${role}${app.writable}${view.control.primary}`;
      if (made !== key) { made = key; show(buttons, actions(app, node, out, role)); }
      show(body,
        h('div.two', null,
          h('section.card', null, h('h2', null, 'State'), h('dl.props', null,
            h('dt', null, 'State'), h('dd', null, pill(level(node), state(node))),
            h('dt', null, 'Part'), h('dd', null, node.role + (role ? ', ' + role : '')),
            h('dt', null, 'Address'), h('dd.mono', null, node.url),
            h('dt', null, 'Document'), h('dd', null, control.lag < 0 ? 'not known here' : control.lag === 0 ? 'up to date' : several(control.lag, 'version') + ' behind'),
            h('dt', null, 'Heard'), h('dd', null, control.last_heard_ms < 0 ? 'not known here' : control.last_heard_ms + ' ms ago'),
            node.role === 'target' && [h('dt', null, 'Lease'), h('dd', null, control.lease_ms > 0 ? `${(control.lease_ms / 1000).toFixed(1)} s left: takes writes` : 'none: takes no writes')],
            flags.filter(([bit]) => node.flags & bit).map(([, text]) => [h('dt', null, 'Alert'), h('dd', null, pill('warning', text))]))),
          h('section.card', null, h('h2', null, 'Process'), h('dl.props', null,
            h('dt', null, 'Up for'), h('dd', null, span(node.uptime)), h('dt', null, 'Processor'), h('dd', null, node.cpu < 0 ? '–' : node.cpu.toFixed(1) + ' %'),
            h('dt', null, 'Memory'), h('dd', null, node.memory < 0 ? '–' : bytes(node.memory)), h('dt', null, 'Requests'), h('dd.num', null, `${count(node.requests)}, ${count(node.errors)} failed`),
            node.role === 'target' && [h('dt', null, 'Now'), h('dd', null, `${bytes(node.readRate)}/s read, ${bytes(node.writeRate)}/s written`)]))),
        node.role === 'target' && h('section.card.flush', null, h('h2', null, 'Disks'),
          node.disks.length === 0 ? empty('No mountpath in service', 'Attach one: ', h('span.mono', null, `skein storage mountpath attach ${id}=PATH`))
            : table([{ name: 'Mountpath', class: 'wide' }, { name: 'State' }, { name: 'Space' }, { name: 'Used', class: 'right hide-small' }, { name: 'Available', class: 'right hide-small' }, { name: 'Busy', class: 'right' }],
              node.disks.map(disk => [h('span.mono.break', null, disk.path), mountpath(disk), ...space(disk)]), 'Disks')));
    },
  };
}

// A mountpath out of service says nothing of its space.
const mountpath = disk => ({ available: pill('ok', 'in service'), waiting: pill('warning', 'leaving') })[disk.state] ?? pill('critical', 'out of service');
const space = disk => disk.state === 'disabled' ? [h('span.muted', null, '–'), '–', '–', '–'] : [
  bar(disk.used, disk.used + disk.available), h('span.num', null, bytes(disk.used)), h('span.num', null, bytes(disk.available)), h('span.num', null, disk.busy < 0 ? '–' : disk.busy + ' %')];

function actions(app, node, out, role) {
  const button = (text, run, danger, allowed = true) => h('button', { type: 'button', class: danger ? 'danger' : '', disabled: !app.writable || !allowed, onclick: run }, text);
  return [
    node.role === 'proxy' && role !== 'primary' && button('Make primary', () => lead(app, node)),
    // Only the proxy itself can be forced, and only where there is nobody who leads.
    node.id === app.view.node && !app.view.writable && h('button.danger', { type: 'button', disabled: app.lost, onclick: () => force(app, node.id) }, 'Force primary'),
    out ? button('Bring back', () => app.guard(() => action('stop-maintenance', { sid: node.id }), `${node.id} comes back`))
      : button('Maintenance', () => plan(app, node, 'start-maintenance', 'Take into maintenance')),
    button('Shut down', () => plan(app, node, 'shutdown-node', 'Shut down'), true),
    button('Decommission', () => plan(app, node, 'decommission-node', 'Decommission'), true),
  ];
}

async function lead(app, node) {
  const yes = await ask(`Make ${node.id} the primary?`, (body, done) => body.append(
    h('p', null, 'It becomes a voter if it is none, catches up, and takes the lead. Clients notice nothing.'),
    h('div.actions', null, h('button', { type: 'button', onclick: () => done(null) }, 'Cancel'), h('button.primary', { type: 'button', onclick: () => done(true) }, 'Make primary'))));
  if (yes) await app.guard(() => call('PUT', '/v1/cluster/proxy/' + encodeURIComponent(node.id)), `${node.id} leads`);
}

// Nothing is done before its plan has been shown: what moves, what would be lost, and what else to know.
async function plan(app, node, name, title) {
  const options = { sid: node.id, skip_rebalance: false, rm_user_data: false };
  const agreed = await ask(`${title}: ${node.id}`, (body, done) => {
    const shown = h('div.stack', { 'aria-live': 'polite' });
    const go = h('button.primary', { type: 'button', disabled: true, onclick: () => done(true) }, title);
    const box = (key, text) => h('label.check', null, h('input', { type: 'checkbox', onchange: event => { options[key] = event.target.checked; look(); } }), text);
    async function look() {
      go.disabled = true;
      show(shown, h('div.muted', null, 'Looking what would happen…'));
      try {
        const found = await action(name, { ...options, dry_run: true });
        show(shown, h('dl.props', null, h('dt', null, 'Moves'), h('dd', null, `${several(found.moves.objects, 'object')}, ${bytes(found.moves.bytes)}`),
          h('dt', null, 'Lost'), h('dd', null, found.lost.objects ? pill('critical', `${several(found.lost.objects, 'object')}, ${bytes(found.lost.bytes)}`) : 'nothing')),
          (found.notes ?? []).map(note => h('div.note', { class: found.lost.objects ? 'critical' : '' }, note)));
        go.disabled = !app.writable;
      } catch (error) { show(shown, h('div.note.critical', null, error.message)); }
    }
    body.append(...[h('p.muted', null, 'Plan'), shown, node.role === 'target' && box('skip_rebalance', 'Leave the data where it is'),
      node.role === 'target' && name === 'decommission-node' && box('rm_user_data', 'Remove the objects from its disks'),
      h('div.actions', null, h('button', { type: 'button', onclick: () => done(null) }, 'Cancel'), go)].filter(Boolean));
    look();
  });
  if (agreed) await app.guard(() => action(name, options), `${title}: begun for ${node.id}`);
}
