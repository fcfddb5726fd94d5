import { h, show, ask, pill, table, toast } from '../dom.js';
import { call } from '../api.js';

// A command line with a button that copies it; where the browser does not allow that, the text is marked for copying by hand.
function command(text) {
  const code = h('code.command', { tabindex: 0 }, text);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast('Copied');
    } catch {
      getSelection().selectAllChildren(code);
      toast('Marked: copy it with Ctrl-C');
    }
  };
  return h('div.copy', null, code, h('button', { type: 'button', 'aria-label': `Copy: ${text}`, onclick: copy }, 'Copy'));
}

// How another node comes in: by itself, with one address of the cluster; or one that stands by is fetched.
export async function join(app) {
  await ask('Join a node', (body, done) => {
    const role = h('select', { 'aria-label': 'Role of the new node', onchange: () => draw() }, h('option', { value: 'target' }, 'target'), h('option', { value: 'proxy' }, 'proxy'));
    const lines = h('div.stack', { 'aria-live': 'polite' });
    const address = h('input', { placeholder: '10.0.0.7:8081', 'aria-label': 'Address of the node that stands by', autocomplete: 'off', oninput: () => draw(true) });
    const go = h('button.primary', { type: 'submit' }, 'Bring in');
    const form = h('form', { onsubmit: async event => {
      event.preventDefault();
      go.disabled = true;
      const node = await app.guard(() => bring(address.value.trim(), role.value));
      if (node) { toast(`${node} has joined the cluster`); done(true); } else draw(true);
    } });
    function draw(onlyForm) {
      go.disabled = !app.writable || !/^(https?:\/\/)?[^\s/:]+:\d+$/.test(address.value.trim());
      if (onlyForm) return;
      const disks = role.value === 'target' ? ' -mountpaths 2' : '';
      show(lines, h('p', null, 'On the new machine, where Skein is installed:'),
        command(`skeind -role ${role.value} -data /var/lib/skein -discovery-url ${location.origin}${disks}`),
        h('p.muted', null, role.value === 'target'
          ? 'It needs no more than this address, comes in by itself, and objects move to it. A folder on a disk of its own is better than -mountpaths: name it in the configuration.'
          : 'It needs no more than this address and comes in by itself; it votes when the cluster has fewer than five voters.'));
    }
    form.append(h('p', null, 'Or fetch a node that was started with ', h('span.mono', null, '-standby'), ':'),
      h('div.inline', null, address, go));
    body.append(h('label.inline', null, 'Role', role), lines, form,
      h('div.actions', null, h('button', { type: 'button', onclick: () => done(null) }, 'Close')));
    draw();
  });
}

async function bring(text, role) {
  const url = new URL(text.includes('://') ? text : 'http://' + text);
  const answer = await call('POST', '/v1/cluster/join-by-admin', {
    daemon_type: role, intra_control_net: { node_ip_addr: url.hostname, daemon_port: url.port, direct_url: url.origin },
  });
  return (await answer.json()).daemon_id;
}

// The last way out: most voters are gone for ever. What would be lost is shown first, and a word has to be typed.
export async function force(app, node) {
  const path = '/v1/daemon/proxy/' + encodeURIComponent(node) + '?frc=true';
  const agreed = await ask(`Force ${node} to be the primary`, (body, done) => {
    const plan = h('div.stack', { 'aria-live': 'polite' }, h('div.muted', null, 'Looking what every node holds…'));
    const typed = h('input', { 'aria-label': `Type ${node} to confirm`, autocomplete: 'off', disabled: true, oninput: () => { go.disabled = typed.value !== node; } });
    const go = h('button.danger', { type: 'button', disabled: true, onclick: () => done(true) }, 'Force it');
    body.append(
      h('div.note.critical', null, 'Only when most of the voters are gone and will not come back. If they do, what they knew alone is given up.'), plan,
      h('label.field', null, h('span', null, 'Type ', h('span.mono', null, node), ' to confirm'), typed),
      h('div.actions', null, h('button', { type: 'button', onclick: () => done(null) }, 'Cancel'), go));
    look(path, plan).then(isShown => { typed.disabled = !isShown; if (isShown) typed.focus(); });
  });
  if (agreed) await app.guard(() => call('PUT', path + '&accept_loss=true'), `${node} leads`);
}

async function look(path, plan) {
  try {
    const found = await (await call('PUT', path)).json();
    show(plan,
      table([{ name: 'Node' }, { name: 'Votes' }, { name: 'Answers' }, { name: 'Holds' }],
        found.nodes.map(one => [h('span.break', null, one.id), one.voter ? 'yes' : 'no', one.reachable ? 'yes' : pill('critical', 'no'), h('span.mono', null, one.holds || '–')]), 'What every node holds'),
      h('p', null, 'Adopted is ', h('span.mono', null, found.adopts), `, whose last change is: ${found.last_change}`),
      found.losses?.length ? h('div.note.critical', null, h('strong', null, 'Lost, or given up'), h('ul', null, found.losses.map(loss => h('li.break', null, loss)))) : h('p', null, 'Nothing is lost.'));
    return true;
  } catch (error) {
    show(plan, h('div.note.critical', null, error.message));
    return false;
  }
}
