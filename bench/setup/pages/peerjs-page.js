// A call by PeerJS, as its documentation has it. `way=warm`: the camera and the connection to its server before the click.

const query = new URLSearchParams(location.search);
const room = query.get('room');
const waits = query.get('side') === 'a';
const remote = document.querySelector('#remote');
const go = document.querySelector('#go');

function become(state) {
  document.body.dataset.state = state;
}

function play(call) {
  call.on('stream', (stream) => {
    if (remote.srcObject !== stream) remote.srcObject = stream;
  });
}

function camera() {
  return navigator.mediaDevices.getUserMedia({ video: true, audio: true });
}

function register() {
  const peer = new Peer(`${room}-${waits ? 'a' : 'b'}`, {
    host: location.hostname, port: Number(location.port), path: '/peer', secure: true, config: { iceServers: [] },
  });
  return new Promise((resolve, reject) => {
    peer.on('open', () => resolve(peer));
    peer.on('error', reject);
  });
}

if (waits) {
  go.onclick = async () => {
    const stream = await camera();
    const peer = await register();
    peer.on('call', (call) => {
      call.answer(stream);
      play(call);
    });
    become('waiting');
  };
} else if (query.get('way') === 'warm') {
  const both = Promise.all([camera(), register()]);
  both.then(() => become('ready'));
  go.onclick = async () => {
    const [stream, peer] = await both;
    play(peer.call(`${room}-a`, stream));
  };
} else {
  go.onclick = async () => {
    const stream = await camera();
    const peer = await register();
    play(peer.call(`${room}-a`, stream));
  };
}
