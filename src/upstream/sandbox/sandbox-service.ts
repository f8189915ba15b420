import { isObject, type ServiceResponse } from '#core';
import { type OutboundService, outboundService } from '#dialects';

const READS = outboundService('openai-chat', { dialect: 'openai-chat', name: 'transcription', kind: 'transcription' });
const DRAWS = outboundService('openai-chat', {
  dialect: 'openai-chat',
  name: 'image-generation',
  kind: 'images',
});

/** The sandbox's side of every call that is no chat: the neutral form as JSON; sound, subtitles and events as they are. Pure. */
export const SANDBOX_SERVICE: OutboundService = Object.freeze<OutboundService>({
  writeRequest: () => {
    throw new Error('the sandbox takes the neutral form');
  },
  readResponse(body) {
    if (isObject(body) && typeof body.kind === 'string') return body as unknown as ServiceResponse;
    return { reason: 'malformed', message: 'The answer of the sandbox is malformed, as the directive asked.' };
  },
  readEvent(event) {
    const drawn = DRAWS?.readEvent?.(event) ?? {};
    return drawn.pieces === undefined ? (READS?.readEvent?.(event) ?? {}) : drawn;
  },
  mayBeRaw: true,
});
