// Peers that answer: listens at each address it is given, sends every datagram back and prints its text. With the address
// `any` it takes what comes to whatever address of this host.
//   node echo-peer.mjs PORT ADDRESS...

import dgram from 'node:dgram';

const [port, ...addresses] = process.argv.slice(2);
const sockets = addresses.map((address) => {
  const socket = dgram.createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', ipv6Only: address.includes(':'), reuseAddr: true });
  socket.on('message', (message, from) => {
    process.stdout.write(`${message.toString()}\n`);
    socket.send(message, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => reject(new Error(`${address}: ${error.message}`)));
    socket.bind(Number(port), address, resolve);
  });
});
await Promise.all(sockets);
process.stdout.write('listening\n');
