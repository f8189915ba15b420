import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { ResolveAll } from '#network';
import type { Cleanup } from './temp-directory.ts';

/** A DNS server that answers by UDP on loopback, with a time to live of 0. */
export interface DnsServer {
  /** Names in the order in which both of their addresses, A and AAAA, were asked for. */
  readonly asked: readonly string[];
  /** Asks this server, as a process would whose system names it. */
  readonly resolve: ResolveAll;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const HEADER_BYTES = 12;

/** Starts one. `addressesOf` is told the name and how often it was looked up before; it ends after the test. */
export async function startDns(
  t: Cleanup,
  addressesOf: (name: string, before: number) => readonly string[],
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  const counts = new Map<string, number>();
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    const key = `${name} ${type}`;
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    if (type === TYPE_A) asked.push(name);
    const found = addressesOf(name, before).filter((each) => isIPv6(each) === (type === TYPE_AAAA));
    socket.send(answer(query.subarray(0, end), type, found), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => void socket.close());
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const resolve: ResolveAll = (hostname, _options, callback) => {
    Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]).then(([v4, v6]) => {
      const found = [
        ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 })),
        ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 })),
      ];
      if (found.length > 0) callback(null, found);
      else callback(Object.assign(new Error(`no address of ${hostname}`), { code: 'ENOTFOUND' }), []);
    });
  };
  return { asked, resolve };
}

/** RFC 1035 §4.1.2: labels with their lengths, then type and class. */
function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answer(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.fill(0, 8, HEADER_BYTES);
  const records = addresses.map((address) => {
    const data = type === TYPE_A ? Buffer.from(address.split('.').map(Number)) : v6Bytes(address);
    const fixed = Buffer.alloc(HEADER_BYTES);
    // The name is that of the question; time to live 0.
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt16BE(data.length, 10);
    return Buffer.concat([fixed, data]);
  });
  return Buffer.concat([head, ...records]);
}

function v6Bytes(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(left), groups(right)];
  const bytes = Buffer.alloc(16);
  for (const [at, group] of before.entries()) bytes.writeUInt16BE(group, at * 2);
  for (const [at, group] of after.entries()) bytes.writeUInt16BE(group, 16 - (after.length - at) * 2);
  return bytes;
}
