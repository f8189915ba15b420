import { asNumber, asObject, asString, type NeutralRequest, type ServiceRequest } from '#core';

/** What goes to the sandbox: the neutral request and the caller's directives. JSON, so that it passes through the same code as any provider's. */
export interface SandboxRequest {
  /** A chat, or another call. */
  readonly request?: NeutralRequest;
  readonly service?: ServiceRequest;
  readonly maxOutputTokens?: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly target: string;
  /** Counted from 1 over all attempts of the request. */
  readonly attempt: number;
  /** Counted from 1 over the attempts at this target. */
  readonly attemptAtTarget: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes the request body. Pure. */
export function sandboxBody(request: SandboxRequest): Uint8Array {
  return encoder.encode(JSON.stringify(request));
}

/** Reads what `sandboxBody` wrote. Pure. */
export function readSandboxBody(bytes: Uint8Array): SandboxRequest {
  const body = asObject(JSON.parse(decoder.decode(bytes)));
  return {
    ...(body.request === undefined ? {} : { request: body.request as NeutralRequest }),
    ...(body.service === undefined ? {} : { service: body.service as ServiceRequest }),
    maxOutputTokens: asNumber(body.maxOutputTokens) ?? null,
    metadata: asObject(body.metadata) as Readonly<Record<string, string>>,
    target: asString(body.target) ?? '',
    attempt: asNumber(body.attempt) ?? 1,
    attemptAtTarget: asNumber(body.attemptAtTarget) ?? 1,
  };
}
