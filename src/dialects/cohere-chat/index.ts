import type { Dialect } from '../dialect.ts';
import { readError, writeError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readRequest, writeRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader, createStreamWriter } from './stream.ts';

/** Cohere's chat, version 2: docs.cohere.com/reference/chat, read 2026-11. */
export const cohereChat: Dialect = Object.freeze({
  name: 'cohere-chat',
  readShape,
  readRequest,
  writeRequest,
  passRequest,
  readResponse,
  writeResponse,
  readUsage,
  createStreamReader,
  createStreamWriter,
  readError,
  writeError,
});
