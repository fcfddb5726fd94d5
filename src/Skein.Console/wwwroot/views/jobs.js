import { h, show, bar, pill, table, empty } from '../dom.js';
import { bytes, count, moment, span, several } from '../format.js';
import { action } from '../api.js';

const mark = job => job.state === 'running' ? pill('', 'running') : job.state === 'aborted' ? pill('warning', 'aborted') : job.error ? pill('warning', 'finished with errors') : pill('ok', 'finished');

export function jobs(main, app) {
  const rebalance = h('section.card'), list = h('section.card.flush');
  const start = h('button.primary', { type: 'button', onclick: () => app.guard(() => action('start', { kind: 'rebalance' }), 'A rebalance begins') }, 'Start rebalance');
  const resilver = h('button', { type: 'button', onclick: () => app.guard(() => action('start', { kind: 'resilver' }), 'A resilver begins') }, 'Start resilver');
  show(main, h('div.head', null, h('h1', null, 'Jobs'), h('span.grow'), resilver, start), rebalance, list);
  return {
    update(view) {
      start.disabled = resilver.disabled = !app.writable;
      const state = view.control.rebalance, targets = view.nodes.filter(node => node.role === 'target').length;
      const left = state.not_clean?.length ?? 0;
      show(rebalance, h('div.head', null, h('h2', null, 'Where objects lie'), pill(state.settled ? 'ok' : 'warning', state.settled ? 'settled' : state.state === 'running' ? 'being moved' : 'not settled'), state.id && h('span.mono.muted', null, state.id)),
        h('p.muted', null, state.settled ? 'Every object lies where the cluster map says. A rebalance begins by itself when targets come or go.' : `${several(left, 'target')} of ${targets} may still hold objects that belong elsewhere. ${state.note}`),
        !state.settled && bar(targets - left, targets, `${targets - left} of ${targets} targets are done`));
      if (view.jobs.length === 0) { show(list, empty('No jobs yet', 'Copies, renames and rebalances appear here while they run and after they have ended.')); return; }
      show(list, h('h2', null, 'All jobs'), table(
        [{ name: 'Job' }, { name: 'State' }, { name: 'Objects', class: 'right' }, { name: 'Bytes', class: 'right hide-small' }, { name: 'Targets', class: 'right hide-small' }, { name: 'Began', class: 'hide-small' }, { name: 'Took', class: 'right hide-small' }, { name: '', class: 'right' }],
        view.jobs.map(job => [
          h('div', null, job.kind, job.bucket && h('span.muted', null, ' ' + job.bucket), h('div.mono.muted', null, job.id), job.error && h('div.break', null, job.error)),
          mark(job), h('span.num', null, count(job.objects)), h('span.num', null, bytes(job.bytes)), h('span.num', null, job.targets ? `${job.done}/${job.targets}` : '–'),
          h('span.num', null, moment(job.started)), h('span.num', null, job.started ? span(((job.ended || view.time) - job.started) / 1000) : '–'),
          job.state === 'running' ? h('button.danger', { type: 'button', disabled: !app.writable, 'aria-label': `Stop ${job.kind} ${job.id}`, onclick: () => app.guard(() => action('stop', { kind: job.kind, id: job.id }), `${job.id} is told to stop`) }, 'Stop') : '',
        ]), 'Jobs'));
    },
  };
}
