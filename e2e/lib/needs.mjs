// What these tests need on the machine. A test never skips: what is missing makes it fail with the command that
// installs it.

import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Where a run leaves what it wants to be looked at. */
export const TARGET = join(ROOT, 'e2e', 'target');

const PACKAGES = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  certutil: 'libnss3-tools',
  nft: 'nftables',
  apache2: 'apache2',
  caddy: 'caddy',
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  'systemd-analyze': 'systemd',
  openssl: 'openssl',
  ip: 'iproute2',
  tar: 'tar',
  turnserver: 'coturn',
  turnutils_peer: 'coturn',
  turnutils_stunclient: 'coturn',
  turnutils_uclient: 'coturn',
  unzip: 'unzip',
};

/** The path of a program, or an error that says how to install it. */
export function program(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not installed: apt-get install ${PACKAGES[name] ?? name}`);
}

/** Fails unless network namespaces and TUN devices can be made here. */
export function needLab() {
  program('ip');
  if (process.getuid() !== 0) {
    throw new Error('the lab needs root, as it makes network namespaces: run it as root');
  }
  if (!existsSync('/dev/net/tun')) {
    throw new Error('the lab needs /dev/net/tun: modprobe tun, or in a container --device /dev/net/tun');
  }
}

/** The java program of a JDK 25: that of JAVA_HOME, or one under /usr/lib/jvm. */
export function java25() {
  const homes = [process.env.JAVA_HOME, ...folders('/usr/lib/jvm')].filter(Boolean);
  for (const home of homes) {
    if (isVersion25(home)) {
      return join(home, 'bin', 'java');
    }
  }
  throw new Error('no JDK 25 in JAVA_HOME or under /usr/lib/jvm: apt-get install temurin-25-jdk or openjdk-25-jdk');
}

/** The compiled classes of netlab. */
export function netlabClasses() {
  const classes = join(ROOT, 'netlab', 'target', 'classes');
  if (!existsSync(join(classes, 'dev', 'duet', 'netlab', 'Main.class'))) {
    throw new Error(`netlab is not compiled (${classes}): mvn -pl netlab compile`);
  }
  return classes;
}

/** The class path of the Java client of Socket.IO. */
export function javaClientPath() {
  const target = join(ROOT, 'e2e', 'java-client', 'target');
  const classes = join(target, 'classes');
  const lib = join(target, 'lib');
  if (!existsSync(join(classes, 'dev', 'duet', 'javaclient', 'CourseVisit.class')) || !existsSync(lib)) {
    throw new Error(`the Java client is not built (${target}): mvn -pl e2e/java-client package`);
  }
  return [classes, join(lib, '*')].join(delimiter);
}

function folders(parent) {
  return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
}

function isVersion25(home) {
  const release = join(home, 'release');
  return existsSync(release) && /JAVA_VERSION="25\b/.test(readFileSync(release, 'utf8'));
}
