// A call by Duet's SDK. `way`: `cold` begins at the click; `warm` makes ready what it can before; `preconnected` has the
// connection itself by then.

import { join, prepare } from '@duet/client';

const query = new URLSearchParams(location.search);
const room = query.get('room');
const way = query.get('way');
const remote = document.querySelector('#remote');
const go = document.querySelector('#go');
const url = `wss://${location.host}/ws`;

function show(call) {
  window.call = call;
  remote.srcObject = call.remote;
  call.on('remote', (stream) => (remote.srcObject = stream));
  const state = ({ name }) => (document.body.dataset.state = name);
  state(call.state);
  call.on('state', state);
}

if (way === 'cold') {
  go.onclick = async () => show(await join(url, { room }));
} else {
  const call = prepare(url, { room, preconnect: way === 'preconnected' });
  show(call);
  go.onclick = () => call.join();
}
