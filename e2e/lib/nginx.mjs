// A real nginx in front of Duet: TLS ends here, the WebSocket is upgraded, and Duet lives under a path.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './authority.mjs';
import { program } from './needs.mjs';

const START_MS = 10_000;

/** Starts nginx on port 443 of the server's host; `/video/` goes to Duet's plain http port. */
export async function startNginx(host) {
  const folder = mkdtempSync(join(tmpdir(), 'duet-nginx-'));
  const { certificate, key, authority } = makeCertificate(folder, host.address);
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, certificate, key));
  const nginx = host.spawn(program('nginx'), ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'inherit' });
  const exited = new Promise((resolve) => nginx.once('exit', resolve));
  const agent = host.agent();
  const deadline = Date.now() + START_MS;
  // Its certificate is unknown to this probe, so the plain port answers it.
  while (!(await agent.call('fetch', 'http://127.0.0.1:8081/up').then(() => true, () => false))) {
    if (Date.now() > deadline || nginx.exitCode !== null) {
      throw new Error(`nginx did not start: ${readFileSync(join(folder, 'error.log'), 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    authority,
    async stop() {
      nginx.kill('SIGTERM');
      await exited;
      await agent.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder, certificate, key) {
  return `
daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  map $http_upgrade $connection_upgrade {
    default upgrade;
    '' '';
  }
  server {
    listen 127.0.0.1:8081;
    return 200 up;
  }
  server {
    listen 443 ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location /video/ {
      proxy_pass http://127.0.0.1:8080;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_read_timeout 60s;
    }
  }
}
`;
}
