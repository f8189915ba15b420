/** How a gateway is started: process settings only. */
export { type GatewayOptions, StartError } from './gateway-options.ts';
/** Where the gateway logs to; a pino logger fits. */
export type { Log } from './gateway-parts.ts';
/** One try to put policies into service, with its findings. */
export type { ActivationAttempt } from './policy-holder.ts';
/** Starts a gateway and resolves when it listens; effects: sockets, files, timers. Rejects with StartError. */
export { type RunningGateway, startGateway } from './start-gateway.ts';
