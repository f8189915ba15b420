import type { Remote } from './remote-question.ts';
import { askWebhook } from './webhook.ts';

/** The services that can be asked, by the name that compiled checks give them. */
export const REMOTES: ReadonlyMap<string, Remote> = new Map([['webhook', askWebhook]]);
