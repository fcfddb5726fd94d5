// The public REST API of the proxy that served this page.
export class ApiError extends Error {}

export async function call(method, path, body, headers) {
  let answer;
  try {
    answer = await fetch(path, { method, body: body === undefined ? undefined : body instanceof Blob ? body : JSON.stringify(body), headers });
  } catch {
    throw new ApiError('There is no answer. The node may be down, or its address cannot be reached from this browser.');
  }
  if (!answer.ok) {
    let text = '';
    try { text = answer.headers.get('Hdr-Error') || await answer.text(); text = JSON.parse(text).message ?? text; } catch { /* plain text */ }
    throw new ApiError(text || `Status ${answer.status}`);
  }
  return answer;
}

export const get = async path => (await call('GET', path)).json();
export const action = async (name, value, path = '/v1/cluster', method = 'PUT', fields = {}) => {
  const text = await (await call(method, path, { action: name, value, ...fields })).text();
  try { return JSON.parse(text); } catch { return text; }
};

// A bucket as it stands in the addresses of this page and of the API.
export const bucketQuery = bucket => {
  const query = new URLSearchParams();
  if (bucket.provider && bucket.provider !== 'ais') query.set('provider', bucket.provider);
  const space = (bucket.namespace?.uuid ? '@' + bucket.namespace.uuid : '') + (bucket.namespace?.name ? '#' + bucket.namespace.name : '');
  if (space) query.set('namespace', space);
  return query;
};
export const objectPath = (bucket, name, more = {}) => {
  const query = bucketQuery(bucket);
  for (const [key, value] of Object.entries(more)) query.set(key, value);
  const text = query.toString();
  return `/v1/objects/${encodeURIComponent(bucket.name)}/${encodeURIComponent(name)}${text ? '?' + text : ''}`;
};
export const bucketPath = (bucket, more = {}) => {
  const query = bucketQuery(bucket);
  for (const [key, value] of Object.entries(more)) if (value !== '') query.set(key, value);
  const text = query.toString();
  return `/v1/buckets/${encodeURIComponent(bucket.name)}${text ? '?' + text : ''}`;
};
