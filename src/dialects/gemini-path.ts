// Resource names that stand in the path as they are; anything else is the name of a model.
const RESOURCE = /^(models|tunedModels|publishers|projects|endpoints)\//;

/** The path and query of a call: `/models/gemini-2.5-pro:streamGenerateContent` with `alt=sse`. Pure. */
export function callPath(
  model: string,
  stream: boolean,
): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const method = stream ? 'streamGenerateContent' : 'generateContent';
  return { path: `/${modelResource(model)}:${method}`, query: stream ? { alt: 'sse' } : {} };
}

/** The path of a call that counts tokens. Pure. */
export function countPath(model: string): string {
  return `/${modelResource(model)}:countTokens`;
}

/** The resource of a model, as a path has it. A colon in a name would read as the start of the method, a slash as the next segment. Pure. */
export function modelResource(model: string): string {
  if (!RESOURCE.test(model)) return `models/${encodeSegment(model)}`;
  return model.split('/').map(encodeSegment).join('/');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%40', '@');
}

/** The model a caller names in the path, without the collection it is in. Pure. */
export function modelOfPath(pathModel: string | null): string {
  return (pathModel ?? '').replace(/^models\//, '');
}
