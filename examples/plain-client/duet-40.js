// A call over duet.v1 without a library: docs/protocol.md is all it needs.
const query = new URLSearchParams(location.search);
const room = query.get('room') ?? 'plain';
const server = query.get('server') ?? `${location.protocol.replace('http', 'ws')}//${location.host}/ws`;
const $ = (id) => document.getElementById(id);
let ws, me, other, pc, tracks;
$('join').onclick = async () => {
  $('app').dataset.state = 'connecting';
  tracks = $('local').srcObject = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  ws = new WebSocket(server, 'duet.v1'); // The subprotocol is the version of the protocol.
  ws.onopen = () => send({ type: 'join', room, instance: crypto.randomUUID() });
  ws.onclose = () => { $('app').dataset.state = me ? 'ended' : 'refused'; };
  let inOrder = Promise.resolve(); // A candidate must not overtake the description before it.
  ws.onmessage = ({ data }) => { inOrder = inOrder.then(() => take(JSON.parse(data))).catch(console.error); };
};
window.onpagehide = () => ws?.send(JSON.stringify({ type: 'leave' })); // The seat is free again at once.
const send = (message) => ws.send(JSON.stringify(message));
const signal = (body) => send({ type: 'signal', to: other.id, ...body });
async function take(m) {
  if (m.type === 'joined') me = { ...m.you, ice: { iceServers: m.iceServers, bundlePolicy: 'max-bundle' } };
  if (m.type === 'joined') m.participants.length ? meet(m.participants[0]) : ($('app').dataset.state = 'waiting');
  if (m.type === 'participant-joined') meet(m.participant);
  if (m.type === 'participant-back' && m.participant.instance !== other?.instance) meet(m.participant); // It reloaded.
  if (m.type === 'participant-left') { pc?.close(); $('app').dataset.state = 'waiting'; }
  if (m.type === 'full' || m.type === 'ended' || m.type === 'error') console.warn(m);
  if (m.type === 'full' || m.type === 'ended') ws.close();
  if (m.description) await pc.setRemoteDescription(m.description);
  if (m.description?.type === 'offer') { await pc.setLocalDescription(); signal({ description: pc.localDescription }); }
  if ('candidate' in m) await pc.addIceCandidate(m.candidate);
}
function meet(participant) { // Another participant, or another page of the same one: a new connection.
  [other, pc] = [participant, (pc?.close(), new RTCPeerConnection(me.ice))];
  const offer = async () => { await pc.setLocalDescription(); signal({ description: pc.localDescription }); };
  if (me.order < other.order) pc.onnegotiationneeded = offer; // The lower order makes the offer.
  pc.onicecandidate = ({ candidate }) => signal({ candidate });
  pc.ontrack = ({ streams }) => { $('remote').srcObject = streams[0]; };
  pc.onconnectionstatechange = () => { $('app').dataset.state = pc.connectionState; };
  for (const track of tracks.getTracks()) pc.addTrack(track, tracks);
}
