import type { JsonObject } from '#core';
import { inboundService, type RequestShape, shapeOfService } from '#dialects';
import type { ServiceCall, Upload } from '#upstream';
import type { InboundCall } from './inbound-call.ts';

/** What a body asks for. */
export interface Asked {
  readonly shape: RequestShape;
  /** Null of a chat, which is translated only where it must be. */
  readonly service: ServiceCall | null;
}

/** Reads what policy needs of a body, in the caller's dialect. Throws 400 `invalid_request` with the field's path. Pure. */
export function readAsked(
  { dialect, context }: Pick<InboundCall, 'dialect' | 'context'>,
  body: JsonObject,
  upload: Upload | null,
): Asked {
  const inbound = inboundService(dialect.name, context.service);
  if (inbound === null || context.service === undefined) {
    return { shape: dialect.readShape(body, context), service: null };
  }
  const request = inbound.readRequest(body, context);
  return { shape: shapeOfService(request), service: { name: context.service, inbound, request, upload } };
}
