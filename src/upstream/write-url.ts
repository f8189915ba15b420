import type { PlanTarget } from '#decision';

type Provider = Pick<PlanTarget['provider'], 'baseUrl' | 'quirks'>;

/** Where a call goes: base URL, then the provider's own path template or the dialect's path, then all query parameters. Pure. */
export function writeUrl(
  provider: Provider,
  written: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  upstreamModel: string,
  template: 'whole' | 'stream' | 'beside' | 'none',
): { readonly origin: string; readonly path: string } {
  const { origin, base, search } = splitBase(provider.baseUrl);
  const { query } = provider.quirks;
  const own = template === 'stream' ? (provider.quirks.streamPath ?? provider.quirks.path) : provider.quirks.path;
  const path = own === null || template === 'none' ? written.path : pathBy(own, written.path, upstreamModel, template);
  const parameters = [
    ...(search === '' ? [] : [search]),
    ...Object.entries({ ...written.query, ...query }).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    ),
  ];
  const separator = path.includes('?') ? '&' : '?';
  return { origin, path: `${base}${path}${parameters.length === 0 ? '' : `${separator}${parameters.join('&')}`}` };
}

/** The template is a chat's; where deployments have a path each, other calls stand beside it (Azure's `/deployments/{model}/embeddings`). */
function pathBy(template: string, written: string, upstreamModel: string, use: 'whole' | 'stream' | 'beside'): string {
  const model = encodeURIComponent(upstreamModel);
  if (use !== 'beside') return template.replaceAll('{model}', model);
  const chat = '/chat/completions';
  if (!template.includes('{model}') || !template.endsWith(chat)) return written;
  return `${template.slice(0, -chat.length).replaceAll('{model}', model)}${written}`;
}

function splitBase(baseUrl: string) {
  const slashes = baseUrl.indexOf('//');
  const pathStart = baseUrl.indexOf('/', slashes + 2);
  if (pathStart < 0) return { origin: baseUrl, base: '', search: '' };
  const rest = baseUrl.slice(pathStart);
  const question = rest.indexOf('?');
  const base = question < 0 ? rest : rest.slice(0, question);
  return {
    origin: baseUrl.slice(0, pathStart),
    base: base.endsWith('/') ? base.slice(0, -1) : base,
    search: question < 0 ? '' : rest.slice(question + 1),
  };
}
