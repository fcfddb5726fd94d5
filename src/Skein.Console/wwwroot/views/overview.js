import { h, show, bar, pill, empty } from '../dom.js';
import { bytes, count, several, level } from '../format.js';

function spark(values) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 119 36');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const most = Math.max(1, ...values), line = document.createElementNS(space, 'polyline');
  line.setAttribute('class', 'spark');
  line.setAttribute('points', values.map((value, i) => `${119 - (values.length - 1 - i)},${34 - 32 * value / most}`).join(' '));
  svg.append(line);
  return svg;
}

const tile = (label, value, note, ...more) => h('div.card.tile', null, h('div.label', null, label), h('div.value', null, value), h('div.muted', null, note), ...more);

function verdict(health) {
  const title = { ok: 'All is well', warning: 'The cluster works, and something needs attention', critical: 'The cluster is in trouble' }[health.level];
  const shown = health.findings.slice(0, 12);
  return h('section.card.verdict', { class: health.level, 'aria-label': 'Health' },
    h('h2', null, title),
    health.findings.length === 0 ? h('div.muted', null, 'Every node answers, there is a majority, and every object lies where it belongs.')
      : h('ul.findings', null, shown.map(one => h('li', null, pill(one.level, one.level === 'critical' ? 'Critical' : 'Warning'), h('span.break', null, one.text), h('span.muted', null, one.fix)))),
    health.findings.length > shown.length && h('p.muted', null, `and ${several(health.findings.length - shown.length, 'more')}`));
}

function running(view) {
  const list = view.jobs.filter(job => job.state === 'running');
  return h('section.card', null, h('h2', null, 'Jobs that run'),
    list.length === 0 ? h('div.muted', null, 'None. ', h('a', { href: '#/jobs' }, 'Jobs that have ended'))
      : h('div.stack', null, list.slice(0, 6).map(job => h('div', null,
        h('div.head', null, h('a', { href: '#/jobs' }, job.kind), h('span.mono.muted', null, job.id), h('span.grow'), h('span.num.muted', null, `${several(job.objects, 'object')}, ${bytes(job.bytes)}`)),
        job.targets > 0 && bar(job.done, job.targets, `${job.done} of ${job.targets} targets done`)))));
}

function places(view) {
  const group = (role, many) => {
    const nodes = view.nodes.filter(node => node.role === role);
    return h('div', null, h('div.muted', null, several(nodes.length, role, many)),
      h('div.cluster-map', null, nodes.map(node => h('a', { href: '#/member/' + encodeURIComponent(node.id), title: `${node.id}: ${node.state}`, 'aria-label': `${node.id}: ${node.state}` },
        h('span.dot', { class: level(node) })))));
  };
  return h('section.card', null, h('h2', null, 'Members'), h('div.stack', null, group('proxy', 'proxies'), group('target', 'targets')));
}

export function overview(main, app) {
  return {
    update(view) {
      const targets = view.nodes.filter(node => node.role === 'target');
      const used = targets.reduce((sum, node) => sum + node.used, 0), available = targets.reduce((sum, node) => sum + node.available, 0);
      const now = app.history.at(-1), control = view.control;
      const top = scrollY;
      show(main, h('h1', null, 'Overview'), verdict(view.health),
        h('div.tiles', null,
          tile('Capacity', targets.length ? `${bytes(used)} used` : '–', `${bytes(available)} available`, bar(used, used + available)),
          tile('Reads', `${bytes(now.read)}/s`, 'by clients', spark(app.history.map(one => one.read))),
          tile('Writes', `${bytes(now.write)}/s`, 'by clients', spark(app.history.map(one => one.write))),
          tile('Buckets', count(view.buckets), h('a', { href: '#/buckets' }, view.buckets ? 'Browse' : 'Create the first'))),
        targets.length === 0 && h('section.card', null, empty('No target yet', 'Objects need at least one target. Start one with ', h('span.mono', null, `skeind -role target -data /var/lib/skein -discovery-url ${location.origin}`), '.')),
        h('div.two', null,
          h('section.card', null, h('h2', null, 'Control plane'),
            h('dl.props', null,
              h('dt', null, 'Primary'), h('dd', null, control.primary ? h('a', { href: '#/member/' + encodeURIComponent(control.primary) }, control.primary) : pill('critical', 'none')),
              h('dt', null, 'Term'), h('dd.num', null, `${control.term} (generation ${control.generation})`),
              h('dt', null, 'Document'), h('dd.num', null, h('a', { href: '#/timeline' }, `version ${control.version}`)),
              h('dt', null, 'Voters'), h('dd', null, String(control.voters.length)),
              h('dt', null, 'Majority'), h('dd', null, control.quorum_age_ms >= 0 ? `seen ${control.quorum_age_ms} ms ago` : 'not known here'),
              h('dt', null, 'Objects'), h('dd', null, control.rebalance.settled ? 'all where they belong' : control.rebalance.state === 'running' ? 'being moved' : 'some lie elsewhere'))),
          h('div.stack', null, places(view), running(view))));
      scrollTo(0, top);
    },
  };
}
