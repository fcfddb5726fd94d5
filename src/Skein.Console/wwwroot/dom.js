// Elements are made here and nowhere else. Texts go in as text, so that no name can become markup.
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.classList.add(...value.split(' ').filter(Boolean));
    else if (key === 'value' || key === 'checked') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function show(parent, ...children) { parent.replaceChildren(...children.flat(Infinity).filter(Boolean)); return parent; }

export function bar(part, whole, label) {
  const percent = whole > 0 ? Math.min(100, 100 * part / whole) : 0;
  const inner = h('i');
  inner.style.width = percent + '%';
  return h('div.bar', { class: percent >= 95 ? 'critical' : percent >= 85 ? 'warning' : '', role: 'img', 'aria-label': label ?? Math.round(percent) + '%' }, inner);
}

export const pill = (level, text) => h('span.pill', { class: level }, text);
export const empty = (title, text, ...more) => h('div.empty', null, h('strong', null, title), text, ...more);

export function toast(text, bad) {
  const box = h('div', { class: bad ? 'bad' : '' }, text);
  const all = document.getElementById('toasts');
  while (all.children.length > 3) all.firstChild.remove();
  all.append(box);
  setTimeout(() => box.remove(), bad ? 9000 : 4000);
}

// A table of plain rows; the first column names the row.
export function table(columns, rows, caption) {
  return h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', null,
      h('thead', null, h('tr', null, columns.map(column => h('th', { scope: 'col', class: column.class }, column.name)))),
      h('tbody', null, rows.map(row => h('tr', null, row.map((cell, i) => h('td', { class: columns[i].class }, cell)))))));
}

// A list that only has the rows in its document which can be seen: 100,000 rows cost as much as 40.
export function rows({ columns, heads, height = 38, label, more }) {
  const inner = h('div', { role: 'presentation' });
  const box = h('div.rows', { tabindex: 0, role: 'region', 'aria-label': label }, inner);
  let items = [], make = null;
  const draw = () => {
    const first = Math.max(0, Math.floor(box.scrollTop / height) - 6);
    const last = Math.min(items.length, Math.ceil((box.scrollTop + box.clientHeight) / height) + 6);
    show(inner, items.slice(first, last).map((item, i) => {
      const row = h('div.row', null, make(item));
      row.style.top = (first + i) * height + 'px';
      row.style.height = height + 'px';
      row.style.gridTemplateColumns = columns;
      return row;
    }));
    if (more && last >= items.length - 20) more();
  };
  let asked = false;
  const later = () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; draw(); }); } };
  box.addEventListener('scroll', later);
  new ResizeObserver(later).observe(box);
  const head = h('div.rowhead', null, heads.map(text => h('span', null, text)));
  head.style.gridTemplateColumns = columns;
  return {
    element: h('div', null, head, box),
    set(list, maker) { items = list; make = maker; inner.style.height = items.length * height + 'px'; box.style.height = Math.min(items.length * height + 2, 760) + 'px'; later(); },
  };
}

// A dialog in front of the page; it ends with what `done` is called with, or null.
export function ask(title, build) {
  return new Promise(resolve => {
    const done = value => { dialog.close(); dialog.remove(); resolve(value); };
    const body = h('div.stack');
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', oncancel: event => { event.preventDefault(); done(null); } },
      h('h2', { id: 'dialog-title' }, title), body);
    build(body, done);
    document.body.append(dialog);
    dialog.showModal();
    dialog.scrollTop = 0; // where the browser has put the focus may be far below
  });
}
