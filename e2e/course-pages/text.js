// A text chat in the manner of a first lesson: the server carries every line, "name:text".

var nameField = document.querySelector('#name');
var roomField = document.querySelector('#room');
var lines = document.querySelector('#lines');
var text = document.querySelector('#text');
var connectButton = document.querySelector('#connect');
var leaveButton = document.querySelector('#leave');
var sendButton = document.querySelector('#send');

var socket;
var room;

function enable(isIn) {
  connectButton.disabled = isIn;
  leaveButton.disabled = text.disabled = sendButton.disabled = !isIn;
}

connectButton.onclick = function () {
  room = roomField.value;
  socket = io.connect();

  socket.on('joined', function () {
    enable(true);
  });
  socket.on('message', function (room, data) {
    lines.value += data + '\r';
  });
  socket.on('leaved', function () {
    enable(false);
    socket.disconnect();
  });

  socket.emit('join', room);
};

leaveButton.onclick = function () {
  socket.emit('leave', room);
};

sendButton.onclick = function () {
  var line = nameField.value + ':' + text.value;
  socket.emit('message', room, line);
  lines.value += line + '\r';
  text.value = '';
};
