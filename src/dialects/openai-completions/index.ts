import type { Dialect } from '../dialect.ts';
import { readError, writeError } from '../openai-errors.ts';
import { passRequest } from './pass.ts';
import { readRequest, writeRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader, createStreamWriter } from './stream.ts';

/** OpenAI's older completions, which base models still speak: platform.openai.com/docs/api-reference/completions, read 2026-11. */
export const openaiCompletions: Dialect = Object.freeze({
  name: 'openai-completions',
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
