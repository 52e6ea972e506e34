// A certificate authority for the length of a test, for what stands in front of Duet.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './needs.mjs';

/** Makes an authority and a certificate for an address, and a name, in a folder; returns the paths and the authority's PEM. */
export function makeCertificate(folder, address, name) {
  const openssl = (...arguments_) => execFileSync(program('openssl'), arguments_, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2',
    '-addext', 'keyUsage=critical,keyCertSign');
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=proxy');
  writeFileSync(join(folder, 'leaf.ext'),
    `subjectAltName=IP:${address}${name === undefined ? '' : `,DNS:${name}`}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`);
  openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'leaf.pem',
    '-days', '2', '-extfile', 'leaf.ext');
  return {
    certificate: join(folder, 'leaf.pem'),
    key: join(folder, 'leaf.key'),
    authority: readFileSync(join(folder, 'ca.pem'), 'utf8'),
  };
}
