import type { Dialect } from '../dialect.ts';
import { createNdjsonFramer } from '../ndjson-framer.ts';
import { readError, writeError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readRequest, writeRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader, createStreamWriter } from './stream.ts';

/** Ollama's own chat: docs.ollama.com/api/chat, read 2026-11. Streams are lines of JSON. */
export const ollama: Dialect = Object.freeze({
  name: 'ollama',
  readShape,
  readRequest,
  writeRequest,
  passRequest,
  readResponse,
  writeResponse,
  readUsage,
  streamFormat: Object.freeze({ contentType: 'application/x-ndjson', createFramer: createNdjsonFramer }),
  createStreamReader,
  createStreamWriter,
  readError,
  writeError,
});
