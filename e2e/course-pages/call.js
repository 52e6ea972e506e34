// A call in the manner of a last lesson: whoever is in the room offers when somebody comes, and a data channel carries the chat.
//
//   init -> joined -> joined_conn <-> joined_unbind -> leaved -> joined ...

var localVideo = document.querySelector('#localvideo');
var remoteVideo = document.querySelector('#remotevideo');
var connectButton = document.querySelector('#connect');
var leaveButton = document.querySelector('#leave');
var sendButton = document.querySelector('#send');
var text = document.querySelector('#text');
var lines = document.querySelector('#lines');

var socket = null;
var localStream = null;
var pc = null;
var channel = null;
var state;

// As it stands in the address: not decoded, and false when it is not there.
var query = /[?&]room=([^&]*)/.exec(location.search);
var room = query ? query[1] : false;

become('init');

function become(next) {
  state = next;
  document.querySelector('#state').textContent = next;
}

function told(what) {
  document.querySelector('#told').textContent += what + ' ';
}

function buttons(isIn) {
  connectButton.disabled = isIn;
  leaveButton.disabled = !isIn;
}

function failed(error) {
  console.error('步骤失败 step failed: ' + error);
}

// ---- the server ----

function send(data) {
  socket.emit('message', room, data);
}

function connect() {
  socket = io.connect();

  socket.on('joined', function () {
    told('joined');
    become('joined');
    createConnection();
    bindTracks();
    buttons(true);
  });

  socket.on('otherjoin', function () {
    told('otherjoin');
    if (state === 'joined_unbind') {
      createConnection();
      bindTracks();
    }
    channel = pc.createDataChannel('chat');
    bindChannel();
    become('joined_conn');
    call();
  });

  socket.on('full', function () {
    told('full');
    socket.disconnect();
    hangUp();
    closeMedia();
    become('leaved');
    buttons(false);
  });

  socket.on('leaved', function () {
    told('leaved');
    become('leaved');
    socket.disconnect();
    buttons(false);
  });

  socket.on('bye', function () {
    told('bye');
    become('joined_unbind');
    hangUp();
  });

  socket.on('disconnect', function () {
    told('disconnect');
    if (state !== 'leaved') {
      hangUp();
      closeMedia();
    }
    become('leaved');
    buttons(false);
  });

  socket.on('message', function (room, data) {
    if (data === null || data === undefined) {
      console.error('a message without data');
    } else if (data.type === 'offer') {
      pc.setRemoteDescription(new RTCSessionDescription(data));
      pc.createAnswer().then(describe).catch(failed);
    } else if (data.type === 'answer') {
      pc.setRemoteDescription(new RTCSessionDescription(data));
    } else if (data.type === 'candidate') {
      pc.addIceCandidate(new RTCIceCandidate({
        sdpMLineIndex: data.label,
        sdpMid: data.id,
        candidate: data.candidate
      }));
    } else {
      console.log('a message of another kind', data);
    }
  });

  socket.emit('join', room);
}

connectButton.onclick = function () {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    console.error('getUserMedia is not there');
    return;
  }
  navigator.mediaDevices.getUserMedia({ video: true, audio: true })
    .then(function (stream) {
      localStream = stream;
      localVideo.srcObject = stream;
      connect();
    })
    .catch(failed);
};

leaveButton.onclick = function () {
  socket.emit('leave', room);
  hangUp();
  closeMedia();
};

// ---- the connection ----

function createConnection() {
  if (pc) {
    return;
  }
  pc = new RTCPeerConnection({ iceServers: [] });
  pc.onicecandidate = function (event) {
    if (event.candidate) {
      send({
        type: 'candidate',
        label: event.candidate.sdpMLineIndex,
        id: event.candidate.sdpMid,
        candidate: event.candidate.candidate
      });
    }
  };
  pc.ondatachannel = function (event) {
    channel = event.channel;
    bindChannel();
  };
  pc.ontrack = function (event) {
    remoteVideo.srcObject = event.streams[0];
  };
}

function bindTracks() {
  localStream.getTracks().forEach(function (track) {
    pc.addTrack(track, localStream);
  });
}

function call() {
  pc.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: true }).then(describe).catch(failed);
}

function describe(description) {
  pc.setLocalDescription(description);
  send(description);
}

function hangUp() {
  if (pc) {
    pc.close();
    pc = null;
  }
  remoteVideo.srcObject = null;
}

function closeMedia() {
  if (localStream) {
    localStream.getTracks().forEach(function (track) {
      track.stop();
    });
  }
  localStream = null;
  localVideo.srcObject = null;
}

// ---- the chat ----

function bindChannel() {
  channel.onopen = channel.onclose = function () {
    sendButton.disabled = !channel || channel.readyState !== 'open';
  };
  channel.onmessage = function (event) {
    lines.value += 'their: ' + event.data + '\n';
  };
}

sendButton.onclick = function () {
  channel.send(text.value);
  lines.value += 'mine: ' + text.value + '\n';
  text.value = '';
};
