import type { Dialect } from '../dialect.ts';
import { readError, writeError } from './errors.ts';
import { passRequest } from './pass.ts';
import { createStreamReader } from './read-stream.ts';
import { readRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { writeRequest } from './write-request.ts';
import { createStreamWriter } from './write-stream.ts';

/** Anthropic's Messages API, version 2023-06-01. */
export const anthropicMessages: Dialect = Object.freeze({
  name: 'anthropic-messages',
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
  requestIdHeader: 'request-id',
});
