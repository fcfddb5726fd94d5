const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
export function bytes(value) {
  let i = 0, n = Number(value) || 0;
  while (n >= 1024 && i < units.length - 1) { n /= 1024; i++; }
  return `${i === 0 ? n : n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)} ${units[i]}`;
}
export const count = value => (Number(value) || 0).toLocaleString('en-US');
export const several = (n, one, many) => `${count(n)} ${n === 1 ? one : many ?? one + 's'}`;
export function span(seconds) {
  if (seconds < 0) return '–';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}
export const moment = ms => ms ? new Date(ms).toLocaleString('sv-SE') : '–';
export const level = node => node.state.includes('down') ? 'critical' : node.state !== 'online' || !node.answers ? 'warning' : 'ok';
export const state = node => node.state !== 'online' ? node.state : node.answers ? 'online' : 'does not answer';
