import { GatewayError } from '#core';

/** What the headers of a part say: the field, and the file where it is one. */
export interface PartHeaders {
  readonly name: string;
  /** Null for a text field. */
  readonly file: { readonly filename: string; readonly type: string } | null;
}

/** One parameter after another, from the beginning to the end: quoted, or a token. */
const PARAMETER = /\s*;\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*/y;
const AS_IS = /^(?:7bit|8bit|binary)$/i;
const READABLE = /^(?:utf-?8|us-ascii|ascii)$/i;

/**
 * Reads the headers of a part strictly (RFC 7578): whatever a provider could read otherwise than we do, would be a text that nobody has checked. Throws 400
 * `invalid_request`. Pure.
 */
export function readPartHeaders(head: string): PartHeaders {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    if (line === '') continue;
    const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*)$/.exec(line);
    if (found === null) throw refused('has a header that is none');
    const name = (found[1] ?? '').toLowerCase();
    if (headers.has(name)) throw refused(`has ${name} twice`);
    headers.set(name, found[2] ?? '');
  }
  const disposition = headers.get('content-disposition') ?? '';
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) throw refused('has no content-disposition of a form');
  const parameters = readParameters(disposition.slice('form-data'.length));
  const name = parameters.get('name') ?? '';
  if (name === '') throw refused('has no name');
  if (parameters.has('filename*')) throw refused('has `filename*`, which forms do not have (RFC 7578 §4.2)');
  if (!AS_IS.test(headers.get('content-transfer-encoding') ?? '8bit')) throw refused('is encoded once more');
  const [type = '', ...typeParameters] = (headers.get('content-type') ?? '').split(';');
  const filename = parameters.get('filename');
  if (filename === undefined && !isReadable(typeParameters)) throw refused('has a text that is not UTF-8');
  return { name, file: filename === undefined ? null : { filename, type: type.trim() } };
}

/** Parameters in order, such as `; name="a"; filename=b`. Throws 400 `invalid_request` for what cannot be read, or comes twice. Pure. */
export function readParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    if (found === null) throw refused('has parameters that cannot be read');
    const name = (found[1] ?? '').toLowerCase();
    if (parameters.has(name)) throw refused(`has ${name} twice`);
    parameters.set(name, found[2] ?? found[3] ?? '');
  }
  return parameters;
}

function isReadable(parameters: readonly string[]): boolean {
  return parameters.every((parameter) => {
    const charset = /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/i.exec(parameter)?.[1];
    return charset === undefined ? !/charset/i.test(parameter) : READABLE.test(charset);
  });
}

function refused(what: string): GatewayError {
  return new GatewayError('invalid_request', `a part of the form ${what}`);
}
