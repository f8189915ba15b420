import type { Chance } from './compose.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { RunningGateway } from './start-gateway.ts';

/** `startGateway`, whose some thousand modules are read at the first call: verbs that only ask how a call is read do not wait for them. */
export async function startGateway(options: GatewayOptions, chance?: Chance): Promise<RunningGateway> {
  const gateway = await import('./start-gateway.ts');
  return gateway.startGateway(options, chance);
}
