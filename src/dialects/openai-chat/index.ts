import type { Dialect } from '../dialect.ts';
import { readError, writeError } from '../openai-errors.ts';
import { passRequest } from './pass.ts';
import { readRequest, writeRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader, createStreamWriter } from './stream.ts';

/** OpenAI's chat completions, and the hosts compatible with them. */
export const openaiChat: Dialect = Object.freeze({
  name: 'openai-chat',
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
  requestIdHeader: 'x-request-id',
});
