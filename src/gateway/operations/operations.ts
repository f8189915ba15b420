import type { FastifyInstance } from 'fastify';
import type { GatewayParts } from '../gateway-parts.ts';
import { addAdmin } from './admin.ts';
import { addHealth } from './health.ts';
import { addModels } from './models.ts';

/** Adds every path that is no call to a model. */
export function addOperations(app: FastifyInstance, parts: GatewayParts): void {
  addHealth(app, parts);
  addModels(app, parts);
  addAdmin(app, parts);
}
