import type { DialectName } from '#core';
import {
  type Dialect,
  dialectOf,
  familyOf,
  type OutboundTarget,
  outboundService,
  type PassedRequest,
  spliceTopLevel,
  type WrittenRequest,
} from '#dialects';
import type { Inbound } from './call.ts';
import { type ServiceAnswer, serviceAnswer } from './service-answer.ts';
import type { ServiceCall } from './service-call.ts';
import type { CallSize } from './stream-account.ts';
import type { BodySource } from './transport.ts';

/** What to send to a provider, and how its answer is read. */
export interface WrittenService {
  readonly written: WrittenRequest | PassedRequest;
  readonly body: Uint8Array | BodySource;
  readonly contentType: string | null;
  readonly isPassed: boolean;
  readonly dialect: Dialect;
  readonly answer: ServiceAnswer;
}

const encoder = new TextEncoder();

/** Writes a call for a provider of a dialect; a text says why the provider cannot take it. Pure. */
export function writeService(
  { service, inbound }: { readonly service: ServiceCall; readonly inbound: Inbound },
  spoken: DialectName,
  out: OutboundTarget,
  size: CallSize,
): WrittenService | string {
  const asked = inbound.dialect.name;
  const { name, request, upload } = service;
  const outbound = outboundService(spoken, { dialect: asked, name, kind: request.kind });
  const dialect = dialectOf(spoken);
  if (outbound === null || dialect === null) return `${spoken} has no call for ${name}`;
  const isForeign = familyOf(spoken) !== familyOf(asked);
  // Left out, it would be an answer to another question: no policy may drop it.
  if (isForeign && request.kind === 'embeddings' && request.inputs.some((input) => typeof input !== 'string')) {
    return `token ids mean nothing to a provider of ${spoken}`;
  }
  if (isForeign && request.kind === 'embeddings' && request.hasMedia === true) {
    return `pictures and files to be embedded cannot be said to a provider of ${spoken}`;
  }
  const refusal = outbound.refusal?.(request, out.upstreamModel) ?? null;
  if (refusal !== null) return refusal;
  const answer = serviceAnswer(outbound, request, size);
  const { pass } = service.inbound;
  if (pass === null || isForeign) {
    const written = outbound.writeRequest(request, out);
    const body = encoder.encode(JSON.stringify(written.body));
    return { written, body, contentType: null, isPassed: false, dialect, answer };
  }
  const written = pass(inbound.body, out, inbound.context);
  const body = upload === null ? spliceTopLevel(inbound.bytes, written.edits) : upload.body(written.edits);
  return { written, body, contentType: upload?.contentType ?? null, isPassed: true, dialect, answer };
}
