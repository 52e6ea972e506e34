// A call as a course has it: a click, the camera, socket.io, `join`; whoever is in the room offers when somebody comes.

var room = new URLSearchParams(location.search).get('room');
var remote = document.querySelector('#remote');
var socket;
var stream;
var pc;

function say(data) {
  socket.emit('message', room, data);
}

function open() {
  pc = new RTCPeerConnection({ iceServers: [] });
  pc.onicecandidate = function (event) {
    if (event.candidate) {
      say({
        type: 'candidate',
        label: event.candidate.sdpMLineIndex,
        id: event.candidate.sdpMid,
        candidate: event.candidate.candidate
      });
    }
  };
  pc.ontrack = function (event) {
    remote.srcObject = event.streams[0];
  };
  stream.getTracks().forEach(function (track) {
    pc.addTrack(track, stream);
  });
}

function describe(description) {
  pc.setLocalDescription(description);
  say({ type: description.type, sdp: description.sdp });
}

function connect() {
  socket = io.connect();
  socket.on('joined', function () {
    open();
    document.body.dataset.state = 'waiting';
  });
  socket.on('otherjoin', function () {
    pc.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: true }).then(describe).catch(console.error);
  });
  socket.on('message', function (_, data) {
    if (data.type === 'offer') {
      pc.setRemoteDescription(new RTCSessionDescription(data));
      pc.createAnswer().then(describe).catch(console.error);
    } else if (data.type === 'answer') {
      pc.setRemoteDescription(new RTCSessionDescription(data));
    } else if (data.type === 'candidate') {
      pc.addIceCandidate(new RTCIceCandidate({
        sdpMLineIndex: data.label,
        sdpMid: data.id,
        candidate: data.candidate
      }));
    }
  });
  socket.emit('join', room);
}

document.querySelector('#go').onclick = function () {
  navigator.mediaDevices.getUserMedia({ video: true, audio: true })
    .then(function (found) {
      stream = found;
      connect();
    })
    .catch(console.error);
};
