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
  const input = `table inet e2e {\n}\ndelete table inet e2e\ntable inet e2e {${chains}\n}\n`;
  const inside = ['netns', 'exec', host.namespace, program('nft'), '-f', '-'];
  execFileSync(program('ip'), inside, { input, stdio: ['pipe', 'pipe', 'inherit'] });
}
