// What a host's network lets through: the host reaches the server on the ports named here, and nobody else at all.

import { execFileSync } from 'node:child_process';
import { program } from './needs.mjs';

/** Cuts a host off from everything but these ports of the server; a later call replaces an earlier one. */
export function restrict(host, server, { udp = [], tcp = [] }) {
  const ports = [...udp.map((port) => `udp dport ${port} accept`), ...tcp.map((port) => `tcp dport ${port} accept`)];
  const to = ports.flatMap((rule) => [`ip daddr ${server.address} ${rule}`, `ip6 daddr ${server.address6} ${rule}`]);
  rules(host, `
    chain out {
      type filter hook output priority 0; policy drop;
      oifname lo accept
      ${to.join('\n      ')}
    }
    chain in {
      type filter hook input priority 0; policy drop;
      iifname lo accept
      ip saddr ${server.address} accept
      ip6 saddr ${server.address6} accept
    }`);
}

/** Cuts a host off from everybody, in silence: what it sends and what is sent to it is lost. */
export function cut(host) {
  rules(host, `
    chain out {
      type filter hook output priority 0; policy drop;
      oifname lo accept
    }
    chain in {
      type filter hook input priority 0; policy drop;
      iifname lo accept
    }`);
}

/** What comes to one TCP port of the server's host goes to another. */
export function redirect(host, from, to) {
  rules(host, `
    chain redirected {
      type nat hook prerouting priority dstnat;
      tcp dport ${from} redirect to :${to}
    }`);
}

/** Everything is let through again. */
export function unrestrict(host) {
  rules(host, '');
}

function rules(host, chains) {
  nft(host, ['-f', '-'], `table inet e2e {\n}\ndelete table inet e2e\ntable inet e2e {${chains}\n}\n`);
}

function nft(host, arguments_, input = '') {
  const inside = ['netns', 'exec', host.namespace, program('nft'), ...arguments_];
  return execFileSync(program('ip'), inside, { input, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Counts what comes to a host straight from these other hosts, whatever is let through: a function that gives how many packets. */
export function countFrom(host, others) {
  const rule = ({ address, address6 }) => `ip saddr ${address} counter\n      ip6 saddr ${address6} counter`;
  nft(host, ['-f', '-'], `table inet e2ecount {\n}\ndelete table inet e2ecount\ntable inet e2ecount {
    chain in {
      type filter hook input priority -10; policy accept;
      ${others.map(rule).join('\n      ')}
    }\n}\n`);
  return () => {
    const counters = nft(host, ['list', 'table', 'inet', 'e2ecount']).toString().matchAll(/packets (\d+)/g);
    return [...counters].reduce((sum, [, packets]) => sum + Number(packets), 0);
  };
}
