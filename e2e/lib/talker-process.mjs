// A process of its own with participants in it; it does what it is told by messages, as talkers.mjs sends them. Its first argument is
// the bundle of the client core.

import { pathToFileURL } from 'node:url';
import { Talker } from './talker.mjs';

const { Session } = await import(pathToFileURL(process.argv[2]));
const talkers = new Map();

const calls = {
  open: (name, options) => void talkers.set(name, new Talker(Session, options)),
  state: (name) => talkers.get(name).state,
  join: (name) => talkers.get(name).join(),
  say: (name, count) => talkers.get(name).say(count),
  talk: (name, count, perSecond) => talkers.get(name).talk(count, perSecond),
  close: (name) => talkers.get(name).close(),
};

process.on('message', async ({ id, name, arguments: arguments_ }) => {
  try {
    process.send({ id, result: await calls[name](...arguments_) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
