import type { ServiceName, ServiceRequest } from '#core';
import type { InboundService } from '#dialects';
import type { BodySource } from './transport.ts';

/** A call that is no chat, as its caller made it. */
export interface ServiceCall {
  readonly name: ServiceName;
  readonly inbound: InboundService;
  readonly request: ServiceRequest;
  /** The form with its files, where it is one. */
  readonly upload: Upload | null;
}

/** A form that came with files: kept outside memory, to be sent as often as it takes. */
export interface Upload {
  /** With its boundary. */
  readonly contentType: string;
  /** The form with other values in some of its text fields; undefined leaves a field out. */
  readonly body: (edits: Readonly<Record<string, unknown>>) => BodySource;
}
